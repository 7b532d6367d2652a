"""Convolutions of whole numbers as products of matrices, and what lies between them with the channels last.

`ConvInteger` sorts its weights anew for every sentence; those of a product are sorted for the processor when
the model is loaded, and it needs its numbers with the channels last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audiobook.engines.neural.graph import Graph, both_ways

CONTRIB = "com.microsoft"
"""The domain of onnxruntime's own operators."""

_ELEMENTWISE = {"Add", "Sub", "Mul", "Div", "Pow", "Sin", "Sqrt", "LeakyRelu"}

_LEAST_DEPTH = 16
"""Numbers in a product's sum from which a convolution is worth one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Convolution:
    """A `ConvInteger` with what makes its result a float.

    `weights` has taps, channels and outputs as one table of taps times channels by outputs.
    """

    node: Any
    result: str
    weights: Any
    scale: str
    weight_scale: str
    bias: str
    taps: int
    dilation: int
    stride: int
    pads: tuple[int, int]


class ChannelsLast:
    """Rewrites a graph so that values of batch, channels and time have the channels last."""

    def __init__(self, graph: Graph, outputs: list[str]) -> None:
        self._graph = graph
        self._outputs = set(outputs)
        self._turned: dict[str, str] = {}
        """Values that are there with channels last, by the name that they had."""
        self._long: dict[str, tuple[str, int]] = {}
        """Of turned values: one of the same length, and the axis of its time."""
        self._back: dict[str, str] = {}
        self._lengths: dict[tuple[str, int], str] = {}
        self._places: dict[tuple[str, int, int, int, int], str] = {}
        self._ranks: dict[str, int | None] = {}

    def rewrite(self) -> None:
        """Do it, in place."""
        for node in list(self._graph.nodes):
            if node.op_type == "ConvInteger" and (found := _read_convolution(self._graph, node)):
                self._multiply(found)
            elif any(name in self._turned for name in node.input):
                self._follow(node)

    def _follow(self, node: Any) -> None:
        """Give a node its turned values as they are where it can take them so, else turned back."""
        graph = self._graph
        result = node.output[0]
        if result in self._turned:  # the last node of a convolution, done
            return
        others = [name for name in node.input if name not in self._turned]
        if node.op_type in _ELEMENTWISE and all(map(self._can_turn, others)):
            attributes = {each.name: each.f for each in node.attribute}
            inputs = [self._turn(name) for name in node.input]
            self._turned[result] = graph.add(node.op_type, *inputs, **attributes)
            lengths = [self._long[name] for name in node.input if name in self._long]
            if lengths:
                self._long[result] = lengths[0]
        elif node.op_type == "ReduceMean" and _is_over_time(graph, node):
            mean = graph.add("ReduceMean", self._turned[node.input[0]], graph.whole([0, 1]), keepdims=1)
            self._turned[result] = mean
        elif node.op_type == "DynamicQuantizeLinear":
            self._quantize(node)
        elif node.op_type == "ConvTranspose" and (made := self._lengthen(node)):
            self._turned[result] = made
            self._long[result] = (made, 1)
        elif node.op_type == "Pad" and node.input[0] in self._turned and len(node.input) == 2:
            pads = graph.add("Gather", node.input[1], graph.whole([0, 2, 1, 3, 5, 4]))
            mode = next((each.s for each in node.attribute if each.name == "mode"), b"constant")
            made = graph.add("Pad", self._turned[node.input[0]], pads, mode=mode)
            self._turned[result] = made
            self._long[result] = (made, 1)
        else:
            self._turn_back(node)
            return
        if result in self._outputs:
            graph.add("Transpose", self._turned[result], perm=[0, 2, 1], output=result)

    def _quantize(self, node: Any) -> None:
        """Quantize with the channels last; scale and zero point are the same."""
        source, whole = node.input[0], node.output[0]
        turned = f"{whole}/turned"
        node.input[0] = self._turned[source]
        node.output[0] = turned
        self._graph.makers[turned] = self._graph.makers.pop(whole)
        self._turned[whole] = turned
        if source in self._long:
            self._long[whole] = self._long[source]

    def _lengthen(self, node: Any) -> str | None:
        """Put a product of matrices in the place of a convolution that makes time `stride` times as long.

        With twice as many taps as the stride, `stride` moments of the result are made of a moment and of the
        one before it: a row of the product.
        """
        import numpy as np

        graph = self._graph
        told = {each.name: list(each.ints) or each.i for each in node.attribute}
        source = graph.maker(node.input[1], "DequantizeLinear")
        stored = graph.constant(source.input[0] if source is not None else node.input[1])
        bias = graph.constant(node.input[2]) if len(node.input) > 2 else None
        stride = told.get("strides", [1])[0]
        usual = told.get("group", 1) == 1 and not any(told.get("output_padding", [0]))
        if stored is None or bias is None or stored.ndim != 3 or stored.shape[2] != 2 * stride or not usual:
            return None
        if source is not None and any(graph.constant(name).size != 1 for name in source.input[1:]):
            return None
        channels, outputs, _ = stored.shape
        table = stored.reshape(channels, outputs, 2, stride).transpose(2, 0, 3, 1)
        weights = graph.add_constant(np.ascontiguousarray(table.reshape(2 * channels, stride * outputs)))
        if source is not None:
            weights = graph.add("DequantizeLinear", weights, *source.input[1:])
        margin = graph.add_constant(np.zeros((1, 1, channels), np.float32))
        rows = self._turned[node.input[0]]
        now = graph.add("Concat", rows, margin, axis=1)
        before = graph.add("Concat", margin, rows, axis=1)
        both = graph.add("Reshape", graph.add("Concat", now, before, axis=2), graph.whole([-1, 2 * channels]))
        found = graph.add("Gemm", both, weights, graph.add_constant(np.tile(bias, stride)))
        moments = graph.add("Reshape", found, graph.whole([1, -1, outputs]))
        first, last = told.get("pads", [0, 0])
        end = -last if last else np.iinfo(np.int64).max
        return graph.add("Slice", moments, graph.whole([first]), graph.whole([end]), graph.whole([1]))

    def _turn_back(self, node: Any) -> None:
        for position, name in enumerate(node.input):
            if name in self._turned:
                if name not in self._back:
                    self._back[name] = self._graph.add("Transpose", self._turned[name], perm=[0, 2, 1])
                node.input[position] = self._back[name]

    def _can_turn(self, name: str) -> bool:
        array = self._graph.constant(name)
        if array is not None:
            return array.ndim in {0, 3} or array.size == 1
        return self._rank(name) == 3

    def _turn(self, name: str) -> str:
        """Return the name of a value with channels last."""
        import numpy as np

        if name not in self._turned:
            array = self._graph.constant(name)
            if array is None:
                return self._graph.add("Transpose", name, perm=[0, 2, 1])
            if array.ndim < 3 or array.size == 1:
                return name
            turned = np.ascontiguousarray(array.transpose(0, 2, 1))
            return self._graph.add_constant(turned)
        return self._turned[name]

    def _multiply(self, conv: _Convolution) -> None:
        """Put a product of matrices in a convolution's place: each row holds what one sum is made of."""
        graph = self._graph
        whole, _, zero = conv.node.input[:3]
        channels = conv.weights.shape[0] // conv.taps
        length = self._long.get(whole, (whole, 2))
        rows = self._turn(whole)
        if conv.taps > 1 or conv.stride > 1:
            margins = [graph.add("Expand", zero, graph.whole([1, pad, channels])) for pad in conv.pads]
            padded = graph.add("Concat", margins[0], rows, margins[1], axis=1) if any(conv.pads) else rows
            picked = graph.add("Gather", padded, self._find_places(conv, length), axis=1)
            rows = graph.add("Reshape", picked, graph.whole([1, -1, conv.taps * channels]))
        inputs = (rows, graph.add_constant(conv.weights), conv.scale, conv.weight_scale, zero, "", conv.bias)
        name = graph.add("MatMulIntegerToFloat", *inputs, domain=CONTRIB)
        self._turned[conv.result] = name
        keeps = conv.stride == 1 and sum(conv.pads) == conv.dilation * (conv.taps - 1)
        self._long[conv.result] = length if keeps else (name, 1)
        if conv.result in self._outputs:
            graph.add("Transpose", name, perm=[0, 2, 1], output=conv.result)

    def _find_places(self, conv: _Convolution, length: tuple[str, int]) -> str:
        """Return for each moment of the result the moments that it is made of."""
        graph = self._graph
        margin = sum(conv.pads) - conv.dilation * (conv.taps - 1)
        key = (f"{length[0]}:{length[1]}", conv.taps, conv.dilation, conv.stride, margin)
        if key not in self._places:
            if length not in self._lengths:
                shape = graph.add("Shape", length[0])
                self._lengths[length] = graph.add("Gather", shape, graph.whole(length[1]), axis=0)
            end = graph.add("Add", self._lengths[length], graph.whole(margin))
            # Every stride-th place before the end: as many as the convolution has.
            first = graph.add("Range", graph.whole(0), end, graph.whole(conv.stride))
            taps = graph.whole([conv.dilation * tap for tap in range(conv.taps)])
            self._places[key] = graph.add("Add", graph.add("Unsqueeze", first, graph.whole([1])), taps)
        return self._places[key]

    def _rank(self, name: str) -> int | None:
        """Return how many axes a value has, where that is easily told."""
        if name not in self._ranks:
            self._ranks[name] = None
            self._ranks[name] = self._find_rank(name)
        return self._ranks[name]

    def _find_rank(self, name: str) -> int | None:
        graph = self._graph
        array = graph.constant(name)
        node = graph.makers.get(name)
        if array is not None:
            return int(array.ndim)
        if name in self._turned:
            return 3
        if node is None:
            return graph.input_ranks.get(name)
        if node.op_type in {"Conv", "ConvTranspose", "ConvInteger"}:
            return self._rank(node.input[1])
        if node.op_type in {"Add", "Sub", "Mul", "Div", "Pow", "MatMulInteger", "MatMul"}:
            ranks = [self._rank(each) for each in node.input[:2]]
            return None if None in ranks else max(rank for rank in ranks if rank is not None)
        if node.op_type == "Unsqueeze":
            rank, axes = self._rank(node.input[0]), graph.constant(node.input[1])
            return None if rank is None or axes is None else rank + axes.size
        if node.op_type in {
            "Sqrt",
            "Cast",
            "Split",
            "LeakyRelu",
            "Sin",
            "Pad",
            "Transpose",
            "Slice",
            "Concat",
        } | {"DynamicQuantizeLinear", "ReduceMean"}:
            return self._rank(node.input[0])
        return None


def _is_over_time(graph: Graph, node: Any) -> bool:
    axes = graph.constant(node.input[1]) if len(node.input) > 1 else None
    keeps = all(each.i == 1 for each in node.attribute if each.name == "keepdims")
    return axes is not None and axes.tolist() in ([2], [-1]) and keeps


def _read_convolution(graph: Graph, node: Any) -> _Convolution | None:
    """Read a `ConvInteger` over time that is worth a product of matrices; None where it isn't.

    The nodes after it are those that onnxruntime's quantizer writes: a bias in whole numbers may be added,
    then all is multiplied by the scales of the values and of the weights.
    """
    import numpy as np

    told = {each.name: list(each.ints) or each.i for each in node.attribute}
    weights = graph.constant(node.input[1])
    if len(node.input) < 4 or weights is None or weights.ndim != 3 or told.get("group", 1) != 1:
        return None
    outputs, channels, taps = weights.shape
    added = graph.only_taker(node.output[0], "Add")
    bias = _read_bias(graph, added, node.output[0]) if added is not None else np.zeros(outputs, np.float32)
    cast = graph.only_taker(added.output[0] if added is not None else node.output[0], "Cast")
    scaled = graph.only_taker(cast.output[0], "Mul") if cast is not None else None
    zero = graph.constant(node.input[3])
    if bias is None or scaled is None or zero is None or zero.size != 1:
        return None
    scales = next((name for name in scaled.input if name != cast.output[0]), "")
    product = graph.maker(scales, "Mul")
    pair = next((two for two in both_ways(product) if graph.constant(two[1]) is not None), None)
    centred = weights.astype(np.int32) - int(zero.ravel()[0])
    table = centred.transpose(2, 1, 0).reshape(taps * channels, outputs)
    if pair is None or taps * channels < _LEAST_DEPTH or not _is_exact(table):
        return None
    return _Convolution(
        node=node,
        result=scaled.output[0],
        weights=table.astype(np.int8),
        scale=pair[0],
        weight_scale=pair[1],
        bias=graph.add_constant(np.ascontiguousarray(bias.reshape(-1), dtype=np.float32)),
        taps=taps,
        dilation=told.get("dilations", [1])[0],
        stride=told.get("strides", [1])[0],
        pads=tuple(told.get("pads", [0, 0])),
    )


def _read_bias(graph: Graph, added: Any, result: str) -> Any:
    """Return the bias that a quantizer's nodes make whole numbers of: bias / scale, rounded."""
    name = next((each for each in added.input if each != result), "")
    for operator in ("Reshape", "Cast", "Floor", "Div"):
        node = graph.maker(name, operator)
        if node is None:
            return None
        name = node.input[0]
    return graph.constant(name)


def _is_exact(table: Any) -> bool:
    """Tell whether no sum of two neighbours' products overflows 16 bits, whatever the values from 0 to 255.

    Processors without an instruction for it (AVX-VNNI, AVX512-VNNI) multiply bytes in this way, and saturate
    (Intel's manual of instructions: VPMADDUBSW).  The published weights have 7 bits.
    """
    import numpy as np

    even = np.concatenate([table, np.zeros((len(table) % 2, table.shape[1]), table.dtype)])
    pairs = even.reshape(-1, 2, table.shape[1])
    most = 32767 // 255
    return bool(
        (np.clip(pairs, 0, None).sum(axis=1) <= most).all()
        and (np.clip(-pairs, 0, None).sum(axis=1) <= most).all()
        and np.abs(table).max(initial=0) <= 127
    )
