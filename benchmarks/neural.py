"""Race a cold run in Kokoro's voices against kokoro-onnx, the package that people run this model with.

    NARRATE_KOKORO=FOLDER python -m benchmarks.neural [--text FILE] [--runs N] [--jobs N]
    NARRATE_KOKORO=FOLDER python -m benchmarks.neural --products

FOLDER holds the release's kokoro-v1.0.int8.onnx (or kokoro-v1.0.onnx) and voices-v1.0.bin.  In one run, on
the same text, model file and cores, by turns:

- the peer: a process that loads `kokoro_onnx.Kokoro` and has `create` speak sentence by sentence, with all
  its defaults, into a WAV file;
- narrate, from the same file installed, with empty cache and output: casting, synthesis by a narrator and
  characters, mastering, encoding, tags.

Both are timed from the process's start to its end, after one run of each that does not count (it fills the
disk's cache, and the voices' paces are measured).  What counts as speech is measured in both finished files
in the same way: pauses are no speech.  Prints seconds of speech a second, and their ratio; exit status 1
where the median of the ratios is below 1.5.

`--products` says instead how far one thread is from what it could do: how many products of numbers a second
of sound takes, how many a second a plain product of matrices of such a size makes, and the prepared model's
time by operators.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LEAST_RATIO = 1.5
_FILES = "NARRATE_KOKORO"
_VOICES = "voices-v1.0.bin"
_PEERS_VOICE = "af_heart"
_RATE = 16000
_FRAME = _RATE // 50
_LOUD = 0.01
"""-40 dB of full scale, between room tone (-70) and the softest consonants; both files peak above -10."""
_CAST = """\
engine: kokoro
narrator: {voice: bf_emma}
pools:
  female: [af_heart, af_bella, bf_isabella]
  male: [am_michael, bm_george, am_fenrir]
  unknown: [af_nicole]
"""


def speak_as_the_peer(model: str, text: Path, out: Path) -> None:
    """Speak a file as kokoro-onnx's own examples do, sentence by sentence."""
    import numpy as np
    from kokoro_onnx import Kokoro

    kokoro = Kokoro(model, str(Path(model).with_name(_VOICES)))
    waves = [kokoro.create(each, voice=_PEERS_VOICE)[0] for each in split_sentences(text.read_text("utf-8"))]
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes((np.concatenate(waves) * 32767).astype("<i2").tobytes())


def split_sentences(text: str) -> list[str]:
    """Split at full stops and the like, and at the ends of paragraphs; each part has a letter."""
    parts = re.split(r"(?<=[.!?…][\"”’])\s+|(?<=[.!?…])\s+|\n\s*\n", text)
    return [" ".join(part.split()) for part in parts if any(char.isalpha() for char in part)]


def measure_speech(path: Path) -> float:
    """Return how many seconds of a sound file are speech: fiftieths of a second that are loud."""
    import numpy as np

    from audiobook.audio import find_encoder

    decode = [find_encoder().program, "-loglevel", "error", "-i", str(path)]
    decode += ["-f", "s16le", "-ar", str(_RATE), "-ac", "1", "pipe:1"]
    samples = np.frombuffer(subprocess.run(decode, check=True, capture_output=True).stdout, "<i2") / 32768
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return float((np.sqrt((frames**2).mean(axis=1)) > _LOUD * np.abs(samples).max()).sum() / 50)


def run_peer(model: Path, text: Path, folder: Path) -> float:
    """Return the peer's seconds of speech a second."""
    out = folder / "peer.wav"
    command = [sys.executable, "-m", "benchmarks.neural", "--peer", str(model), str(text), str(out)]
    return _race(command, ROOT, {}, [out])


def run_narrate(voices: Path, text: Path, folder: Path, jobs: int) -> float:
    """Return a cold run's seconds of speech a second."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        project = Path(name)
        (project / "texts").mkdir()
        (project / "texts" / text.name).write_bytes(text.read_bytes())
        (project / "voices.yaml").write_text(_CAST, encoding="utf-8")
        environment = {"XDG_CACHE_HOME": str(project / "cache"), "NARRATE_VOICES": str(voices)}
        command = [sys.executable, "-m", "audiobook", "--quiet"]
        command += ["--jobs", str(jobs)] if jobs else []
        return _race(command, project, environment, [project / "output"])


def _race(command: list[str], where: Path, environment: dict[str, str], made: list[Path]) -> float:
    began = time.monotonic()
    subprocess.run(command, cwd=where, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, check=True)
    took = time.monotonic() - began
    files = [file for path in made for file in (path.rglob("*.mp3") if path.is_dir() else [path])]
    speech = sum(map(measure_speech, files))
    print(f"  {'narrate' if made[0].is_dir() else 'peer'}: {speech:.1f} s of speech in {took:.1f} s")
    return speech / took


def find_model() -> Path:
    """Return the release's model; ends the program where there is none."""
    folder = Path(os.environ.get(_FILES, ""))
    for name in ("kokoro-v1.0.int8.onnx", "kokoro-v1.0.onnx"):
        if os.environ.get(_FILES) and (folder / name).exists() and (folder / _VOICES).exists():
            return folder / name
    raise SystemExit(
        f"{_FILES}: expected a folder with kokoro-v1.0.int8.onnx and {_VOICES}, the files of the release; "
        "an installed model won't do, since it is prepared and the peer runs it as it was published"
    )


def install(model: Path, folder: Path) -> Path:
    """Install the model for this run alone, and return the folder of voices."""
    voices = folder / "voices"
    command = [sys.executable, "-m", "audiobook", "voices", "install", "kokoro", "--from", str(model), "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NARRATE_VOICES": str(voices)}
    subprocess.run(command, env=environment, check=True)
    return voices


_ROWS, _DEPTH, _COLUMNS = 4096, 1408, 128
"""A convolution of 11 taps and 128 channels over 0.85 s of sound: half of the model's work is such."""


def time_product(kind: str) -> float:
    """Return the billions of products a second of one thread that multiplies matrices of bytes or floats."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    is_whole = kind == "bytes"
    chance = np.random.default_rng(7)
    weights = chance.integers(-60, 60, (_DEPTH, _COLUMNS)).astype("int8" if is_whole else "float32")
    x = chance.integers(0, 255, (_ROWS, _DEPTH)).astype("uint8" if is_whole else "float32")
    left, right = (TensorProto.UINT8, TensorProto.INT32) if is_whole else (TensorProto.FLOAT,) * 2
    node = helper.make_node("MatMulInteger" if is_whole else "MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("x", left, x.shape)],
        [helper.make_tensor_value_info("y", right, (_ROWS, _COLUMNS))],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        session.run(None, {"x": x})
        took.append(time.perf_counter() - began)
    return _ROWS * _DEPTH * _COLUMNS / min(took) / 1e9


def describe_products(voices: Path) -> None:
    """Print what a second of sound takes of the prepared model, and what one thread could do."""
    import onnxruntime

    from audiobook.engines.kokoro.model import KokoroModel, LoadedKokoro, load_kokoro

    folder = voices / "kokoro" / "v1.0"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_profiling = True
    options.profile_file_prefix = str(voices / "profile")
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
    model = KokoroModel(LoadedKokoro(session=session, styles=load_kokoro(folder).styles), "en-us")
    (phonemes,) = model.phonemize("Nothing moved along the beach but grasses and the slowly turning waves.")
    model.run(phonemes, _PEERS_VOICE, 1.0, 1.0)
    seconds = len(model.run(phonemes, _PEERS_VOICE, 1.0, 1.0).wave) / model.sample_rate
    events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    began = max(event["ts"] for event in events if event["name"] == "model_run")
    times: collections.Counter[str] = collections.Counter()
    products = 0
    for event in events:
        told = event.get("args", {})
        if event["ts"] < began or not event["name"].endswith("_kernel_time"):
            continue
        times[told["op_name"]] += event["dur"] / 1e6
        if told["op_name"] in {"MatMul", "Gemm", "MatMulInteger", "MatMulIntegerToFloat"}:
            (depth, made) = (
                next(iter(each[0].values())) for each in (told["input_type_shape"], told["output_type_shape"])
            )
            products += depth[-1] * math.prod(made)
    total = sum(times.values())
    each = products / seconds / 1e9
    print(f"{seconds / total:.2f} s of sound a second, each of {each:.1f} billion products")
    for kind in ("bytes", "floats"):
        print(f"a plain product of {kind}: {time_product(kind):.0f} billion a second")
    for name, took in times.most_common(12):
        print(f"  {took / total:5.1%}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--text", type=Path, default=ROOT / "texts" / "lost-in-the-haze.txt")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=0, help="narrate's (default: as many as it chooses)")
    parser.add_argument("--products", action="store_true", help="what the processor could do")
    args = parser.parse_args()
    if args.peer:
        model, text, out = args.peer
        speak_as_the_peer(model, Path(text), Path(out))
        return 0
    model = find_model()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        voices = install(model, folder)
        if args.products:
            describe_products(voices)
            return 0
        run_narrate(voices, args.text, folder, args.jobs)
        run_peer(model, args.text, folder)
        pairs = [
            (run_peer(model, args.text, folder), run_narrate(voices, args.text, folder, args.jobs))
            for _ in range(args.runs)
        ]
    for peer, own in pairs:
        print(f"kokoro-onnx {peer:.2f}, narrate {own:.2f} seconds of speech a second: ratio {own / peer:.2f}")
    ratio = statistics.median(own / peer for peer, own in pairs)
    print(f"median ratio {ratio:.2f} (at least {_LEAST_RATIO})")
    return 0 if ratio >= _LEAST_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
