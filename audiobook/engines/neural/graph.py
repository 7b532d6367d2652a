"""Changing a model's graph: who makes and who takes a value, constants, nodes that take others' places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Graph:
    """An `onnx.GraphProto` that is being rewritten; `close` writes what has become of it.

    A value is known by its name.  Nodes may be added in any order: `close` sorts them, and leaves out what
    nobody takes.
    """

    def __init__(self, graph: Any, prefix: str) -> None:
        self._graph = graph
        self._prefix = prefix
        self._count = 0
        self._initializers = {each.name: each for each in graph.initializer}
        self._known: dict[str, Any] = {}
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self.input_ranks = {
            each.name: len(each.type.tensor_type.shape.dim)
            for each in graph.input
            if each.type.tensor_type.HasField("shape")
        }
        self.nodes: list[Any] = list(graph.node)
        self.makers: dict[str, Any] = {}
        self.takers: dict[str, list[Any]] = {}
        for node in self.nodes:
            self._link(node)

    def _link(self, node: Any) -> None:
        for name in node.output:
            self.makers[name] = node
        for name in dict.fromkeys(node.input):
            self.takers.setdefault(name, []).append(node)

    def constant(self, name: str) -> Any:
        """Return a constant's array, None where the value is computed."""
        from onnx import numpy_helper

        if name not in self._known:
            maker = self.makers.get(name)
            if name in self._initializers:
                self._known[name] = numpy_helper.to_array(self._initializers[name])
            elif maker is not None and maker.op_type == "Constant" and maker.attribute[0].name == "value":
                self._known[name] = numpy_helper.to_array(maker.attribute[0].t)
            else:
                return None
        return self._known[name]

    def maker(self, name: str, *operators: str) -> Any:
        """Return the node that makes a value, where it is one of these operators'; else None."""
        node = self.makers.get(name)
        return node if node is not None and node.op_type in operators else None

    def only_taker(self, name: str, *operators: str) -> Any:
        """Return the one node that takes a value, where it is one of these operators'; else None."""
        found = self.takers.get(name, ())
        return found[0] if len(found) == 1 and found[0].op_type in operators else None

    def add_constant(self, array: Any) -> str:
        """Add a constant, or find it, and return its name."""
        from onnx import numpy_helper

        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = self._name()
            self._constants[key] = name
            self._known[name] = array
            self._initializers[name] = numpy_helper.from_array(array, name)
        return self._constants[key]

    def whole(self, value: int | Sequence[int]) -> str:
        """Add whole numbers, and return their name."""
        import numpy as np

        return self.add_constant(np.array(value, dtype=np.int64))

    def add(self, operator: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node, and return its value's name: `output`, then in the place of that value's maker."""
        from onnx import helper

        name = output or self._name()
        node = helper.make_node(operator, list(inputs), [name], name=f"{name}/made", **attributes)
        node.domain = domain
        if output:
            self.remove(self.makers[output])
        self.nodes.append(node)
        self._link(node)
        return name

    def remove(self, node: Any) -> None:
        """Take a node out."""
        self.nodes = [each for each in self.nodes if each is not node]
        for name in dict.fromkeys(node.input):
            self.takers[name] = [each for each in self.takers[name] if each is not node]
        for name in node.output:
            del self.makers[name]

    def _name(self) -> str:
        self._count += 1
        return f"{self._prefix}_{self._count}"

    def close(self) -> None:
        """Write the nodes in an order in which each follows those that it needs, and what they use."""
        self.sort()
        ordered = self.nodes
        used = {name for node in ordered for name in node.input} | {each.name for each in self._graph.output}
        del self._graph.node[:]
        self._graph.node.extend(ordered)
        kept = [each for name, each in self._initializers.items() if name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)
        made = {name for node in ordered for name in node.output}
        told = [each for each in self._graph.value_info if each.name in made]
        del self._graph.value_info[:]
        self._graph.value_info.extend(told)

    def sort(self) -> None:
        """Bring the nodes in an order in which each comes after what it needs, without what nobody needs."""
        ordered = self._order()
        self.nodes, self.makers, self.takers = ordered, {}, {}
        for node in ordered:
            self._link(node)

    def _order(self) -> list[Any]:
        """Return the nodes that the outputs need, depth first."""
        ordered: list[Any] = []
        done: set[str] = set()
        waiting = [each.name for each in reversed(self._graph.output)]
        while waiting:
            name = waiting[-1]
            node = self.makers.get(name)
            missing = (
                []
                if node is None or name in done
                else [each for each in _needs(node) if each in self.makers and each not in done]
            )
            if missing:
                waiting += reversed(missing)
                continue
            waiting.pop()
            if node is not None and name not in done:
                ordered.append(node)
                done.update(node.output)
        return ordered


def _needs(node: Any) -> list[str]:
    """Return the names that a node takes, those within its branches too."""
    inner = [
        name
        for attribute in node.attribute
        if attribute.HasField("g")
        for each in attribute.g.node
        for name in _needs(each)
    ]
    return [*node.input, *inner]


def both_ways(node: Any) -> list[tuple[str, str]]:
    """Return a node's two inputs in both orders; none of no node."""
    return [(node.input[0], node.input[1]), (node.input[1], node.input[0])] if node is not None else []
