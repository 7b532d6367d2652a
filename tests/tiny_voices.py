"""Neural voices of a few kilobytes: real ONNX models with the inputs, the outputs and the noise of the real
ones.

Each phoneme is a tone of a fixed length, so that how long a clip must be, and how high, can be told
beforehand. `python -m tests.tiny_voices FOLDER` writes them, for a look at `narrate voices install --from`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIPER = "en_US-tiny-low"
SPEAKERS = {"ann": 0, "bob": 1, "cat": 2, "dan": 3, "eve": 4, "fay": 5}
PIPER_RATE = 22050
PIPER_SAMPLES = 900
"""A phoneme's length: 41 ms; half of what is given to the model are pads, which have none."""
KOKORO_RATE = 24000
KOKORO_SAMPLES = 1500
KOKORO_VOICES = ("af_bella", "af_sky", "am_adam", "am_puck", "bf_emma", "bm_lewis")

_AMPLITUDE = 0.3


class _Graph:
    """Nodes in the making."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=name, **attributes))
        return output

    def constant(self, value: Any, kind: str = "float32") -> str:
        return self.add("Constant", value=numpy_helper.from_array(np.array(value, dtype=kind)))

    def pick(self, vector: str, index: int) -> str:
        return self.add("Gather", vector, self.constant(index, "int64"), axis=0)

    def tone(self, count: str, hertz: str, sample_rate: int, *, noise: str) -> str:
        """A tone of `count` samples with a second partial, and a little noise that the graph draws itself."""
        position = self.add("Range", self.constant(0, "int64"), count, self.constant(1, "int64"))
        second = self.add("Div", self.add("Cast", position, to=TensorProto.FLOAT), self.constant(sample_rate))
        angle = self.add("Mul", self.add("Mul", second, hertz), self.constant(2 * np.pi))
        upper = self.add(
            "Mul", self.add("Sin", self.add("Mul", angle, self.constant(2.0))), self.constant(0.3)
        )
        wave = self.add("Mul", self.add("Add", self.add("Sin", angle), upper), self.constant(_AMPLITUDE))
        drawn = self.add("RandomNormalLike", wave, dtype=TensorProto.FLOAT)
        return self.add("Add", wave, self.add("Mul", self.add("Mul", drawn, noise), self.constant(0.02)))

    def write(
        self, path: Path, inputs: dict[str, tuple[int, list[Any]]], wave: str, shape: list[int]
    ) -> None:
        output = self.add("Reshape", wave, self.constant(shape, "int64"))
        self.nodes.append(helper.make_node("Identity", [output], ["output"]))
        graph = helper.make_graph(
            self.nodes,
            "tiny",
            [helper.make_tensor_value_info(name, kind, size) for name, (kind, size) in inputs.items()],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n"] * len(shape))],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def make_piper(folder: Path, name: str = PIPER, *, speakers: bool = True, base_hz: float = 140.0) -> Path:
    """Write a voice as Piper's makers publish it, and return its model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = _Graph()
    scales = [graph.pick("scales", index) for index in range(3)]
    # Pads (0) are every second of what is given; the duration has noise of its own, as VITS has.
    is_sound = graph.add("Cast", graph.add("Cast", "input", to=TensorProto.BOOL), to=TensorProto.FLOAT)
    drawn = graph.add("RandomNormalLike", is_sound, dtype=TensorProto.FLOAT)
    spread = graph.add("Mul", graph.add("Mul", drawn, scales[2]), graph.constant(0.05))
    lengths = graph.add("Mul", is_sound, graph.add("Add", spread, graph.constant(1.0)))
    total = graph.add("Mul", graph.add("ReduceSum", lengths, keepdims=0), graph.constant(PIPER_SAMPLES))
    count = graph.add("Cast", graph.add("Mul", total, scales[1]), to=TensorProto.INT64)
    hertz = graph.constant(base_hz)
    if speakers:
        sid = graph.add("Cast", graph.pick("sid", 0), to=TensorProto.FLOAT)
        hertz = graph.add("Add", hertz, graph.add("Mul", sid, graph.constant(30.0)))
    wave = graph.tone(count, hertz, PIPER_RATE, noise=scales[0])
    inputs: dict[str, tuple[int, list[Any]]] = {
        "input": (TensorProto.INT64, ["batch", "phonemes"]),
        "input_lengths": (TensorProto.INT64, ["batch"]),
        "scales": (TensorProto.FLOAT, [3]),
    }
    if speakers:
        inputs["sid"] = (TensorProto.INT64, ["batch"])
    path = folder / f"{name}.onnx"
    graph.write(path, inputs, wave, [1, 1, 1, -1])
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    language = name.partition("-")[0]
    config = {
        "audio": {"sample_rate": PIPER_RATE, "quality": "low"},
        "espeak": {"voice": {"en_US": "en-us"}.get(language, language[:2])},  # as in published ones
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": len(SPEAKERS) if speakers else 1,
        "speaker_id_map": SPEAKERS if speakers else {},
        "language": {"code": language, "family": language[:2], "name_english": "English"},
    }
    Path(f"{path}.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    return path


def make_kokoro(folder: Path) -> Path:
    """Write a model and voices as kokoro-onnx's makers publish them, and return the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = _Graph()
    sounds = graph.add("Cast", graph.add("Cast", "tokens", to=TensorProto.BOOL), to=TensorProto.FLOAT)
    lengths = graph.add("Div", graph.add("Mul", sounds, graph.constant(KOKORO_SAMPLES)), "speed")
    lengths = graph.add("Clip", graph.add("Round", lengths), graph.constant(1.0))
    count = graph.add("Cast", graph.add("ReduceSum", lengths, keepdims=0), to=TensorProto.INT64)
    curve = graph.add(
        "Slice", "style", *(graph.constant([n], "int64") for n in (0, 1, 1)), name="/F0_proj/Slice"
    )
    hertz = graph.add("Squeeze", curve)
    wave = graph.tone(count, hertz, KOKORO_RATE, noise=graph.constant(1.0))
    inputs: dict[str, tuple[int, list[Any]]] = {
        "tokens": (TensorProto.INT64, [1, "phonemes"]),
        "style": (TensorProto.FLOAT, [1, 256]),
        "speed": (TensorProto.FLOAT, [1]),
    }
    path = folder / "kokoro-v1.0.onnx"
    graph.write(path, inputs, wave, [-1])
    styles = {}
    for number, voice in enumerate(KOKORO_VOICES):
        styles[voice] = np.full((510, 1, 256), 120.0 + 40 * number, dtype=np.float32)
    with (folder / "voices-v1.0.bin").open("wb") as file:
        np.savez(file, **styles)  # type: ignore[arg-type]
    return path


def digest(path: Path, algorithm: str) -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(make_piper(Path(sys.argv[1])), make_kokoro(Path(sys.argv[1])))  # noqa: T201
