"""The form in which Kokoro's model is run, made once when it is installed.

The graph computes how long each phoneme is, and shows it nobody: that becomes its second output.  How high
the voice is at each moment it computes before it makes the sound: a new input multiplies that.  The rest is
speed: the same arithmetic by operators that onnxruntime is quicker at (docs/performance.md says by how much).

- Convolutions of whole numbers become products of matrices, whose weights are sorted for the processor when
  the model is loaded; `ConvInteger` sorts them anew for every sentence.
- What lies between them is computed with the channels last, as these products need it.
- A normalization's and an activation's factors are multiplied before they meet the wave.
- The spectrum is a convolution with sines and cosines instead of `STFT`.

Patterns that a graph lacks are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audiobook.engines.kokoro.channels_last import CONTRIB, ChannelsLast
from audiobook.engines.neural.graph import Graph, both_ways
from audiobook.engines.neural.installing import Recipe

DURATION = "duration"
"""What kokoro-onnx, too, calls the output that newer exports of the model have."""

PITCH = "pitch"
"""The input by which the voice's fundamental frequency is multiplied: one number, 1 for its own pitch."""

_F0 = "F0_proj"
"""The layer that gives the fundamental frequency in Hz at each moment (StyleTTS 2's `ProsodyPredictor`)."""

_NO_SINE = 1e-9
"""The sines of no and of half the sample rate are zero, and then only the sign tells a phase of π from one of
-π.  `STFT` leaves a rest of rounding there, of which nine tenths have these signs: the phases that the model
gets are as near to what they were as can be."""


def prepare(model: Any) -> None:
    """Bring a loaded `onnx.ModelProto` into the form in which it is run."""
    from onnx import helper

    show_durations(model.graph)
    admit_pitch(model.graph)
    graph = Graph(model.graph, "narrate")
    _merge_activations(graph)
    _merge_normalizations(graph)
    _square(graph)
    _convolve_spectrum(graph)
    graph.sort()
    ChannelsLast(graph, [output.name for output in model.graph.output]).rewrite()
    graph.close()
    if CONTRIB not in {each.domain for each in model.opset_import}:
        model.opset_import.append(helper.make_opsetid(CONTRIB, 1))


def show_durations(graph: Any) -> None:
    """Make the phonemes' lengths an output: whole numbers of frames (of 600 samples), one for each token."""
    from onnx import TensorProto, helper

    if any(output.name == DURATION for output in graph.output):
        return
    rounded = {node.output[0] for node in graph.node if node.op_type == "Round"}
    lengths = [node for node in graph.node if node.op_type == "Clip" and node.input[0] in rounded]
    if len(lengths) != 1:
        return
    graph.node.append(
        helper.make_node("Cast", [lengths[0].output[0]], [DURATION], name=DURATION, to=TensorProto.INT64)
    )
    graph.output.append(helper.make_tensor_value_info(DURATION, TensorProto.INT64, None))


def admit_pitch(graph: Any) -> None:
    """Make a factor of the fundamental frequency an input; formants and durations stay as they are."""
    from onnx import TensorProto, helper

    own = {name for node in graph.node if _F0 in node.name for name in node.output}
    takers = [node for node in graph.node if _F0 not in node.name and own.intersection(node.input)]
    if len(takers) != 1 or takers[0].op_type != "Squeeze" or PITCH in {each.name for each in graph.input}:
        return
    (curve,) = takers[0].output
    shifted = f"{curve}_shifted"
    for node in graph.node:
        node.input[:] = [shifted if name == curve else name for name in node.input]
    graph.node.append(helper.make_node("Mul", [curve, PITCH], [shifted], name=shifted))
    graph.input.append(helper.make_tensor_value_info(PITCH, TensorProto.FLOAT, [1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Normalized:
    """The parts of `gain * (centred / deviation) + shift`."""

    centred: str
    deviation: str
    gain: str
    shift: str


def _find_normalized(graph: Graph, name: str) -> _Normalized | None:
    """Return the parts of a value that is a normalized one with gain and shift."""
    added = graph.maker(name, "Add")
    for scaled, shift in both_ways(added):
        product = graph.maker(scaled, "Mul")
        for normal, gain in both_ways(product):
            quotient = graph.maker(normal, "Div")
            if quotient and graph.maker(quotient.input[0], "Sub") and graph.maker(quotient.input[1], "Sqrt"):
                centred, deviation = quotient.input
                return _Normalized(centred=centred, deviation=deviation, gain=gain, shift=shift)
    return None


def _merge_activations(graph: Graph) -> None:
    """Compute y + sin(a y)^2 / a, after a normalization, as (u + sin(u)^2) / a, u being a y."""
    import numpy as np

    for sine in [node for node in graph.nodes if node.op_type == "Sin"]:
        inner = graph.maker(sine.input[0], "Mul")
        square = graph.only_taker(sine.output[0], "Pow")
        weighed = graph.only_taker(square.output[0], "Mul") if square is not None else None
        total = graph.only_taker(weighed.output[0], "Add") if weighed is not None else None
        for (factor, y), (back, _) in zip(both_ways(inner), both_ways(weighed), strict=False):
            frequency, divisor = graph.constant(factor), graph.constant(back)
            if total is None or frequency is None or divisor is None or y not in total.input:
                continue
            normal = _find_normalized(graph, y)
            exponent = graph.constant(square.input[1])
            if normal is None or len(graph.takers[y]) != 2 or exponent is None or exponent.tolist() != 2:
                continue
            if not np.allclose(frequency * divisor, 1, rtol=1e-4):
                continue
            gain = graph.add("Div", graph.add("Mul", normal.gain, factor), normal.deviation)
            shift = graph.add("Mul", normal.shift, factor)
            u = graph.add("Add", graph.add("Mul", normal.centred, gain), shift)
            sin = graph.add("Sin", u)
            whole = graph.add("Add", u, graph.add("Mul", sin, sin))
            graph.add("Mul", whole, back, output=total.output[0])


def _merge_normalizations(graph: Graph) -> None:
    """Divide a normalization's gain by the deviation, instead of the wave."""
    for node in [node for node in graph.nodes if node.op_type == "Add"]:
        if normal := _find_normalized(graph, node.output[0]):
            gain = graph.add("Div", normal.gain, normal.deviation)
            scaled = graph.add("Mul", normal.centred, gain)
            graph.add("Add", scaled, normal.shift, output=node.output[0])


def _square(graph: Graph) -> None:
    """Multiply what is squared by itself."""
    for node in [node for node in graph.nodes if node.op_type == "Pow"]:
        exponent = graph.constant(node.input[1])
        if exponent is not None and exponent.tolist() == 2:
            graph.add("Mul", node.input[0], node.input[0], output=node.output[0])


def _convolve_spectrum(graph: Graph) -> None:
    """Compute each `STFT` as a convolution with its window's cosines and sines."""
    import numpy as np

    for node in [node for node in graph.nodes if node.op_type == "STFT"]:
        step, window, length = (graph.constant(name) for name in node.input[1:4])
        onesided = all(each.i == 1 for each in node.attribute if each.name == "onesided")
        if step is None or window is None or length is None or not onesided:
            continue
        size = int(length)
        bins, times = np.arange(size // 2 + 1)[:, None], np.arange(size)[None]
        angles = 2 * np.pi * ((bins * times) % size) / size
        parts = np.stack([np.cos(angles), -np.sin(angles)], axis=1).reshape(-1, 1, size)
        parts[np.abs(parts) < 1e-9] = 0
        weights = graph.add_constant((parts * window.astype(np.float64)).astype(np.float32))
        signal = graph.add("Reshape", node.input[0], graph.whole([1, 1, -1]))
        bias = np.zeros(len(parts), np.float32)
        bias[1], bias[-1] = _NO_SINE, -_NO_SINE
        found = graph.add(
            "Conv", signal, weights, graph.add_constant(bias), kernel_shape=[size], strides=[int(step)]
        )
        frames = graph.add("Transpose", found, perm=[0, 2, 1])
        graph.add("Reshape", frames, graph.whole([1, -1, size // 2 + 1, 2]), output=node.output[0])


RECIPE = Recipe(version="kokoro 3", prepare=prepare)
"""`version` counts the changes that make other bytes of the same model."""
