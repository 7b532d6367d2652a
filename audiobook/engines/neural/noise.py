"""Make a model's noise the same at each run.

The graphs of VITS (Piper) and of Kokoro draw random numbers themselves, from a generator of onnxruntime's
that goes on from run to run: the same words never sound the same twice.  Here each of these nodes is
replaced by nodes that count: the n-th number is a hash of n, so it depends on nothing else.  The hash is
whole-number arithmetic below 2^62, and thus exact; Gauss's bell is made of it by Box and Muller's formula
(A Note on the Generation of Random Normal Deviates, 1958).
"""

from __future__ import annotations

from typing import Any

from audiobook.errors import EngineError

VERSION = 1
"""Counts the changes that give the same model other noise."""

_PRIME = 2**31 - 1
_FACTORS = (48271, 69621)
"""Of two good generators modulo 2^31 - 1 (Park and Miller 1988 and 1993; Fishman and Moore 1986)."""
_ROUNDS = 3
_NORMAL = {"RandomNormal", "RandomNormalLike"}
_UNIFORM = {"RandomUniform", "RandomUniformLike"}
_OTHERS = {"Multinomial", "Bernoulli"}
_LEAST_OPSET = 11
"""`Range` came with it (https://onnx.ai/onnx/operators/onnx__Range.html)."""
_LIKE_OPSET = 15  # CastLike


def still_noise(model: Any, name: str) -> int:
    """Make a loaded model's noise the same at each run; return how many nodes drew some.

    `model` is an `onnx.ModelProto`, changed in place; `name` is what a person knows it by.
    Raises `EngineError` where it draws what has no replacement here.
    """
    opset = next((each.version for each in model.opset_import if each.domain in {"", "ai.onnx"}), 0)
    stiller = _Stiller(opset, name)
    for function in model.functions:
        stiller.still(function)
    return stiller.still(model.graph)


class _Stiller:
    """Walks through a graph and those within it, replacing what draws random numbers."""

    def __init__(self, opset: int, name: str) -> None:
        self._opset = opset
        self._name = name
        self._count = 0

    def still(self, graph: Any) -> int:
        import onnx

        nodes: list[Any] = []
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    self.still(attribute.g)
            if node.op_type in _NORMAL | _UNIFORM:
                nodes += self._replace(node)
            elif node.op_type in _OTHERS:
                raise EngineError(f"{self._name}: its {node.op_type} can't be made to repeat itself")
            else:
                nodes.append(node)
        del graph.node[:]
        graph.node.extend(nodes)
        return self._count

    def _replace(self, node: Any) -> list[Any]:
        from onnx import TensorProto, helper

        if self._opset < _LEAST_OPSET:
            raise EngineError(f"{self._name}: made for operator set {self._opset}, older than {_LEAST_OPSET}")
        self._count += 1
        told = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        draft = _Draft(f"narrate_noise_{self._count}")
        is_like = node.op_type.endswith("Like")
        shape = draft.add("Shape", node.input[0]) if is_like else draft.whole(list(told["shape"]))
        count = draft.add("ReduceProd", shape, keepdims=0)
        position = draft.add("Range", draft.whole(0), count, draft.whole(1))
        if node.op_type in _NORMAL:
            wave = _draw_normal(draft, position, self._count)
            wave = draft.add("Mul", wave, draft.real(told.get("scale", 1.0)))
            wave = draft.add("Add", wave, draft.real(told.get("mean", 0.0)))
        else:
            low, high = told.get("low", 0.0), told.get("high", 1.0)
            wave = draft.add("Mul", _draw(draft, position, self._count, 0), draft.real(high - low))
            wave = draft.add("Add", wave, draft.real(low))
        shaped = draft.add("Reshape", wave, shape)
        if is_like and "dtype" not in told and self._opset >= _LIKE_OPSET:
            draft.end("CastLike", [shaped, node.input[0]], node.output[0])
        else:
            draft.end("Cast", [shaped], node.output[0], to=told.get("dtype", TensorProto.FLOAT))
        return draft.nodes


class _Draft:
    """Nodes in the making, their names told apart from all others' by a prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.nodes: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{self._prefix}_{len(self.nodes)}"
        self.end(operator, list(inputs), output, **attributes)
        return output

    def end(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"{output}_node", **attributes))

    def whole(self, value: int | list[int]) -> str:
        return self._constant(value, "int64")

    def real(self, value: float) -> str:
        return self._constant(value, "float32")

    def _constant(self, value: float | list[int], kind: str) -> str:
        import numpy as np
        from onnx import numpy_helper

        return self.add("Constant", value=numpy_helper.from_array(np.array(value, dtype=kind)))


def _draw(draft: _Draft, position: str, seed: int, which: int) -> str:
    """Return numbers from 0 to 1, one for each position: squares modulo a prime, three times over."""
    from onnx import TensorProto

    prime = draft.whole(_PRIME)
    hashed = draft.add("Mul", position, draft.whole(_FACTORS[which]))
    hashed = draft.add("Add", hashed, draft.whole(7919 * seed + 104729 * which + 1))
    hashed = draft.add("Mod", hashed, prime)
    for turn in range(_ROUNDS):
        squared = draft.add("Add", draft.add("Mul", hashed, hashed), draft.whole(12345 + turn))
        hashed = draft.add("Mod", squared, prime)
    number = draft.add("Cast", hashed, to=TensorProto.FLOAT)
    # Half a step up, so that no logarithm is that of 0.
    return draft.add("Mul", draft.add("Add", number, draft.real(0.5)), draft.real(1 / 2**31))


def _draw_normal(draft: _Draft, position: str, seed: int) -> str:
    import math

    logarithm = draft.add("Log", _draw(draft, position, seed, 0))
    radius = draft.add("Sqrt", draft.add("Mul", logarithm, draft.real(-2.0)))
    angle = draft.add("Mul", _draw(draft, position, seed, 1), draft.real(math.tau))
    return draft.add("Mul", radius, draft.add("Cos", angle))
