"""The form in which Kokoro's model is run computes what the published one does, on graphs of its patterns."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from audiobook.engines.kokoro.graph import RECIPE

CHANNELS = 32
LENGTH = 41
CHANCE = np.random.default_rng(7)


class Draft:
    """Nodes in the making, as onnxruntime's quantizer and torch's exporter write them."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"{operator}{len(self.nodes)}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value: Any, kind: str = "float32") -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.array(value, dtype=kind), name))
        return name

    def normalize(self, x: str) -> str:
        """A normalization over time with a gain and a shift of each channel."""
        axes = self.constant([2], "int64")
        centred = self.add("Sub", x, self.add("ReduceMean", x, axes))
        variance = self.add("ReduceMean", self.add("Mul", centred, centred), axes)
        deviation = self.add("Sqrt", self.add("Add", variance, self.constant(1e-5)))
        gain, shift = (self.constant(CHANCE.normal(1, 0.2, (1, CHANNELS, 1))) for _ in "12")
        return str(self.add("Add", self.add("Mul", gain, self.add("Div", centred, deviation)), shift))

    def activate(self, x: str) -> str:
        frequency = CHANCE.uniform(0.5, 3, (1, CHANNELS, 1))
        sine = self.add("Sin", self.add("Mul", self.constant(frequency), x))
        weighed = self.add("Mul", self.constant(1 / frequency), self.add("Pow", sine, self.constant(2.0)))
        return str(self.add("Add", x, weighed))

    def convolve(
        self, x: str, taps: int, *, dilation: int = 1, stride: int = 1, bits: int = 7, outputs: int = CHANNELS
    ) -> str:
        middle = 2**bits // 2
        weights = CHANCE.integers(0, 2**bits, (outputs, CHANNELS, taps))
        whole, scale, zero = self.add("DynamicQuantizeLinear", x, outputs=3)
        pad = dilation * (taps - 1) // 2
        product = self.add(
            "ConvInteger",
            whole,
            self.constant(weights, "uint8"),
            zero,
            self.constant(middle, "uint8"),
            kernel_shape=[taps],
            pads=[pad, pad],
            dilations=[dilation],
            strides=[stride],
        )
        both = self.add("Mul", scale, self.constant(0.01))
        rounded = self.add("Floor", self.add("Div", self.constant(CHANCE.normal(0, 1, outputs)), both))
        bias = self.add(
            "Reshape", self.add("Cast", rounded, to=TensorProto.INT32), self.constant([1, -1, 1], "int64")
        )
        found = self.add("Cast", self.add("Add", product, bias), to=TensorProto.FLOAT)
        return str(self.add("Mul", found, both))

    def model(self, output: str, inputs: list[Any]) -> Any:
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
        graph = helper.make_graph(self.nodes, "draft", inputs, outputs, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


X = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, CHANNELS, "time"])


def prepare(model: Any) -> Any:
    prepared = onnx.ModelProto()
    prepared.CopyFrom(model)
    RECIPE.prepare(prepared)
    return prepared


def run(model: Any, **inputs: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(None, inputs)[0]


def count(model: Any) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


def wave(length: int = LENGTH) -> Any:
    return CHANCE.normal(0, 1, (1, CHANNELS, length)).astype(np.float32)


@pytest.mark.parametrize(
    ("taps", "dilation", "stride"), [(1, 1, 1), (3, 1, 1), (7, 3, 1), (11, 5, 1), (3, 1, 2), (12, 1, 6)]
)
def test_a_convolution_is_a_product_of_the_same_whole_numbers(taps: int, dilation: int, stride: int) -> None:
    draft = Draft()
    model = draft.model(draft.convolve("x", taps, dilation=dilation, stride=stride, outputs=5), [X])
    prepared = prepare(model)
    assert (count(prepared)["ConvInteger"], count(prepared)["MatMulIntegerToFloat"]) == (0, 1)
    for length in (LENGTH, 12, 60):
        x = wave(length)
        before, after = run(model, x=x), run(prepared, x=x)
        assert before.shape == after.shape
        step = 0.01 * (x.max() - x.min()) / 255  # one of the whole numbers; the bias was rounded to these
        assert np.abs(before - after).max() <= 1.01 * step


def test_a_block_of_the_vocoder_has_its_channels_last_and_sounds_the_same() -> None:
    draft = Draft()
    y = draft.activate(draft.normalize("x"))
    y = draft.convolve(y, 3, dilation=3)
    y = draft.convolve(draft.activate(draft.normalize(y)), 3)
    total = draft.add("Add", y, "x")
    model = draft.model(draft.add("LeakyRelu", total, alpha=0.1), [X])
    prepared = prepare(model)
    turned = [node for node in prepared.graph.node if node.op_type == "Transpose"]
    constants = {each.name for each in prepared.graph.initializer}
    assert (
        len([node for node in turned if node.input[0] not in constants]) <= 5
    )  # x twice, the result, two gains
    assert count(prepared)["Pow"] == 0
    x = wave()
    before, after = run(model, x=x), run(prepared, x=x)
    # A value between two whole numbers may become the other one, seldom.
    assert np.abs(before - after).mean() < 0.002 * np.abs(before).mean()


@pytest.mark.parametrize(("stride", "pad"), [(6, 3), (10, 5), (2, 0)])
def test_time_is_made_longer_by_a_product(stride: int, pad: int) -> None:
    draft = Draft()
    weights = draft.add(
        "DequantizeLinear",
        draft.constant(CHANCE.integers(0, 255, (CHANNELS, 8, 2 * stride)), "uint8"),
        draft.constant(0.01),
        draft.constant(130, "uint8"),
    )
    y = draft.convolve("x", 3)
    bias = draft.constant(CHANCE.normal(0, 1, 8))
    y = draft.add("ConvTranspose", y, weights, bias, strides=[stride], pads=[pad, pad])
    y = draft.add("Pad", y, draft.constant([0, 0, 1, 0, 0, 0], "int64"), mode="reflect")
    model = draft.model(draft.add("LeakyRelu", y, alpha=0.1), [X])
    prepared = prepare(model)
    assert count(prepared)["ConvTranspose"] == 0
    x = wave()
    before, after = run(model, x=x), run(prepared, x=x)
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 0.002 * np.abs(before).mean()


def test_weights_that_would_overflow_are_left_alone() -> None:
    draft = Draft()
    model = draft.model(draft.convolve("x", 3, bits=8), [X])
    assert count(prepare(model)) == count(model)


def test_a_spectrum_is_the_same() -> None:
    draft = Draft()
    window = np.hanning(21)[:20]
    names = [draft.constant(5, "int64"), draft.constant(window), draft.constant(20, "int64")]
    signal = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, "time"])
    model = draft.model(draft.add("STFT", "x", *names), [signal])
    prepared = prepare(model)
    assert count(prepared)["STFT"] == 0
    x = wave(500)[:, 0]
    before, after = run(model, x=x), run(prepared, x=x)
    assert before.shape == after.shape
    assert np.abs(before - after).max() < 1e-4


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    draft = Draft()
    model = draft.model(draft.convolve(draft.activate(draft.normalize("x")), 3), [X])
    paths = [tmp_path / "one.onnx", tmp_path / "two.onnx"]
    for path in paths:
        onnx.save(prepare(model), str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("lengths", [0, 1, 2])
def test_durations_are_shown_where_it_is_clear_which_they_are(lengths: int) -> None:
    draft = Draft()
    rounded = draft.add("Round", "x")
    total = "x"
    for _ in range(lengths):
        total = draft.add("Add", total, draft.add("Clip", rounded))
    prepared = prepare(draft.model(draft.add("Identity", total), [X]))
    assert ("duration" in {each.name for each in prepared.graph.output}) == (lengths == 1)


def test_a_graph_without_these_patterns_computes_what_it_did() -> None:
    draft = Draft()
    mixed = draft.add("Concat", draft.normalize("x"), "x", axis=1)
    model = draft.model(draft.add("Tanh", draft.add("Pow", mixed, draft.constant(3.0))), [X])
    x = wave()
    assert run(prepare(model), x=x) == pytest.approx(run(model, x=x), abs=1e-5)


def test_a_voice_is_higher_by_the_factor_of_its_curve_alone() -> None:
    draft = Draft()
    curve = draft.add("Squeeze", draft.add("Relu", "x", name="/predictor/F0_proj/Conv"))
    model = draft.model(draft.add("Add", curve, draft.constant(1.0)), [X])
    prepared = prepare(model)
    x = wave()
    own = run(model, x=x)
    assert np.array_equal(run(prepared, x=x, pitch=np.ones(1, np.float32)), own)
    higher = run(prepared, x=x, pitch=np.full(1, 1.25, np.float32))
    assert np.allclose(higher, 1 + 1.25 * (own - 1), atol=1e-5)


def test_a_graph_whose_curve_is_not_found_has_no_pitch() -> None:
    draft = Draft()
    prepared = prepare(draft.model(draft.add("Squeeze", draft.add("Relu", "x")), [X]))
    assert [each.name for each in prepared.graph.input] == ["x"]
