"""What Piper and Kokoro promise beyond the conformance of all engines, on tiny models heard exactly."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from audiobook.engines import open_engine
from audiobook.engines.base import Engine
from audiobook.engines.conformance.trial import level_of, pitch_of
from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.neural.noise import still_noise
from audiobook.engines.neural.pace import SENTENCES, STANDARD_RATE, STANDARD_S
from audiobook.engines.neural.sessions import ModelShelf, count_threads
from audiobook.engines.neural.splitting import CLAUSE_ENDS, SENTENCE_ENDS, split_phonemes
from audiobook.engines.neural.waves import pitch_factor
from audiobook.errors import EngineError, PhonemeError
from audiobook.model import Clip, Phonemes, Voice
from tests.conftest import ROOT
from tests.tiny_voices import KOKORO_RATE, KOKORO_SAMPLES, PIPER, make_piper

VOICES = {
    "piper": Voice(engine="piper", id=f"{PIPER}#bob"),
    "kokoro": Voice(engine="kokoro", id="af_bella"),
}
TEXT = "All our women were away."


@pytest.fixture(name="engine", params=sorted(VOICES), scope="module")
def open_each(request: pytest.FixtureRequest, tiny_voices: Path) -> Iterator[Engine]:
    assert tiny_voices
    engine = open_engine(request.param)
    yield engine
    engine.close()


@pytest.fixture(name="voice")
def voice_of(engine: Engine) -> Voice:
    return VOICES[engine.voices()[0].engine]


def run_python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@given(phonemes=st.lists(st.sampled_from("aəˈtn   ,;.!?—"), max_size=400), limit=st.integers(1, 60))
def test_splitting_loses_nothing_and_keeps_the_limit(phonemes: list[str], limit: int) -> None:
    pieces = split_phonemes(phonemes, limit)
    assert [each for piece in pieces for each in piece] == phonemes
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert len(pieces) <= 2 * -(-len(phonemes) // limit)


@pytest.mark.slow
@given(
    words=st.lists(st.text("aətn", min_size=1, max_size=12), min_size=1, max_size=200),
    marks=st.lists(st.sampled_from([" ", " ", " ", ", ", ". "]), min_size=200, max_size=200),
    limit=st.integers(30, 120),
)
def test_splitting_cuts_no_word(words: list[str], marks: list[str], limit: int) -> None:
    text = "".join(word + mark for word, mark in zip(words, marks, strict=False)).strip()
    pieces = ["".join(piece) for piece in split_phonemes(text, limit)]
    assert [word for piece in pieces for word in piece.split()] == text.split()


def test_splitting_prefers_sentences_then_clauses() -> None:
    text = "aaaa aaaa, aaaa aaaa. aaaa aaaa aaaa, aaaa aaaa"
    first = split_phonemes(text, 30)[0]
    assert "".join(first) == "aaaa aaaa, aaaa aaaa."
    assert not SENTENCE_ENDS & CLAUSE_ENDS


def find_rate(engine: Engine, voice: Voice) -> float:
    """Return the rate at which eSpeak takes as long for the calibration text."""
    seconds = sum(engine.synthesize(text, voice).seconds for text in SENTENCES["en"])
    return STANDARD_RATE * STANDARD_S["en"] / seconds


@pytest.mark.parametrize("rate", [120, 155, 190])
def test_a_rate_is_what_it_is_to_espeak(engine: Engine, voice: Voice, rate: int) -> None:
    assert find_rate(engine, replace(voice, rate=rate)) == pytest.approx(rate, rel=0.01)


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_the_standard_is_espeaks(language: str) -> None:
    espeak = open_engine("pyttsx3")
    voice = Voice(engine="pyttsx3", id={"en": "en-us+f2", "fr": "fr-fr"}.get(language, language))
    seconds = sum(espeak.synthesize(text, voice).seconds for text in SENTENCES[language])
    espeak.close()
    assert seconds == pytest.approx(STANDARD_S[language], rel=0.01)


def test_a_rate_means_the_same_at_every_pitch_and_to_every_voice(engine: Engine, voice: Voice) -> None:
    ids = [entry.id for entry in engine.voices()]
    others = [
        replace(voice, id=id_, pitch=pitch) for id_, pitch in zip(ids[:4], (20, 50, 80, 100), strict=True)
    ]
    rates = [find_rate(engine, other) for other in others]
    assert rates == pytest.approx([155] * len(rates), rel=0.01)


@pytest.mark.parametrize("pitch", [0, 25, 75, 100])
def test_pitch_moves_by_semitones_and_keeps_the_duration(engine: Engine, voice: Voice, pitch: int) -> None:
    plain = engine.synthesize(TEXT, voice)
    other = engine.synthesize(TEXT, replace(voice, pitch=pitch))
    assert pitch_of(other) / pitch_of(plain) == pytest.approx(2 ** ((pitch - 50) / 150), rel=0.02)
    assert pitch_factor(100) == pytest.approx(2 ** (4 / 12))
    assert other.seconds == pytest.approx(plain.seconds, rel=0.01)
    assert level_of(other) == pytest.approx(level_of(plain), rel=0.05)


@pytest.mark.usefixtures("tiny_voices")
def test_speakers_and_blends_are_voices_of_their_own() -> None:
    def hertz(engine: str, voice_id: str) -> float:
        return pitch_of(open_engine(engine).synthesize(TEXT, Voice(engine=engine, id=voice_id)))

    assert hertz("piper", f"{PIPER}#bob") == hertz("piper", f"{PIPER}#1") == pytest.approx(170, rel=0.03)
    assert hertz("piper", f"{PIPER}#5") == pytest.approx(290, rel=0.03)
    assert hertz("piper", PIPER) == hertz("piper", f"{PIPER}#ann")
    assert hertz("kokoro", "af_bella") == pytest.approx(120, rel=0.03)
    assert hertz("kokoro", "af_bella*0.7+af_sky*0.3") == pytest.approx(132, rel=0.03)
    assert hertz("kokoro", "af_bella+af_sky") == pytest.approx(140, rel=0.03)


@pytest.mark.usefixtures("tiny_voices")
@pytest.mark.parametrize(
    ("engine", "voice_id", "fault"),
    [
        ("piper", f"{PIPER}#6", "a voice of piper whose speaker is one of 6, from #0, got"),
        ("piper", f"{PIPER}#bobb", f"(did you mean '{PIPER}#bob'?)"),
        ("piper", f"{PIPER}#", "a voice of piper whose speaker"),
        ("piper", "en_US-lessac-medium#3", "narrate voices install piper:en_US-lessac-medium"),
        ("piper", "en_US-tiny-lo", f"(did you mean '{PIPER}'?)"),
        ("piper", "../piper", "a voice of piper, got '../piper'"),
        ("kokoro", "af_bela", "a voice of kokoro, got 'af_bela' (did you mean 'af_bella'?)"),
        ("kokoro", "af_bella+", "or a blend like"),
        ("kokoro", "af_bella*0+af_sky*1", "or a blend like"),
        ("kokoro", "af_bella*-1", "or a blend like"),
        ("kokoro", "af_bella+af_bella", "or a blend like"),
    ],
)
def test_faults_say_what_to_do(engine: str, voice_id: str, fault: str) -> None:
    found = open_engine(engine).find_fault(voice_id)
    assert found is not None
    assert fault in found


def test_looking_loads_no_model_and_no_library(engine: Engine, voice: Voice) -> None:
    program = (
        f"import sys; from audiobook.engines import open_engine; engine = open_engine({voice.engine!r})\n"
        f"assert engine.voices() and engine.find_fault({voice.id!r}) is None and engine.fingerprint\n"
        f"assert engine.find_fault('nobody') and engine.transcribe('mɪlk', 'ipa', {voice.id!r})\n"
        "heavy = {'onnxruntime', 'onnx', 'piper', 'kokoro_onnx', 'phonemizer', 'numpy'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = run_python(program)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert engine.fingerprint


def test_a_missing_package_is_told_with_its_cure(engine: Engine, voice: Voice, tmp_path: Path) -> None:
    """The program runs without the packages: beside it lies all but these."""
    packages = next(path for path in map(Path, sys.path) if (path / "onnxruntime").is_dir())
    for path in packages.iterdir():
        if not path.name.startswith(("piper", "kokoro", "onnx", "_")):
            (tmp_path / path.name).symlink_to(path)
    program = (
        "from audiobook.engines import open_engine; from audiobook.model import Voice\n"
        "from audiobook.errors import EngineError\n"
        f"engine = open_engine({voice.engine!r}); print(len(engine.voices()) > 0)\n"
        f"voice = {voice!r}\n"
        "for attempt in (lambda: engine.fingerprint, lambda: engine.synthesize('Hello.', voice), "
        "lambda: engine.install(voice.id, None, print, print)):\n"
        "    try: attempt()\n"
        "    except EngineError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
    )
    package = {"piper": "piper-tts", "kokoro": "kokoro-onnx"}[voice.engine]
    cure = f"pip install 'narrate-audiobook[{voice.engine}]'"
    told = f"the engine {voice.engine} needs the package {package}; {cure}"
    assert done.stdout.splitlines() == ["True", told, told, told], done.stderr
    assert engine.fingerprint


def test_no_word_of_a_long_text_is_lost(engine: Engine, voice: Voice) -> None:
    count = 20  # a thousand phonemes, beyond any model's limit
    words = "and then another wave rolled slowly over the grey stones " * count
    one = engine.synthesize(words[: len(words) // count], voice).seconds
    assert engine.synthesize(words, voice).seconds / one == pytest.approx(count, rel=0.02)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
def test_kokoro_speaks_every_phoneme_of_a_text_beyond_its_limit() -> None:
    """The tiny model gives each phoneme 1,500 samples at its own speed, spaces too."""
    engine = KokoroEngine()
    voice = VOICES["kokoro"]
    words = " ".join(["Milk"] * 700)
    digest = engine._store.read_origin("v1.0").digest
    with engine._shelf.borrow(f"en-us#{digest}") as reader:
        (phonemes,) = reader.model.phonemize(words)
        pieces = split_phonemes(phonemes, reader.model.limit)
        pace = engine._find_pace(voice.id, "en-us", digest, reader)
    spoken = sum(len("".join(piece).strip()) for piece in pieces)
    assert len(phonemes) > 5 * 510
    assert max(map(len, pieces)) <= 400
    assert spoken == len("".join(phonemes)) - (len(pieces) - 1)
    expected = spoken * round(KOKORO_SAMPLES * pace.length(voice.rate)) / KOKORO_RATE
    assert engine.synthesize(words, voice).seconds == pytest.approx(expected, rel=0.001)


@pytest.mark.usefixtures("tiny_voices")
@pytest.mark.parametrize("length", [1.0, 0.8])
def test_kokoro_tells_where_each_phoneme_is_heard(length: float) -> None:
    """The tiny model gives the mark at either end one sample; spaces that separate nothing are not spoken.

    The text is longer than what is spoken after another sentence.
    """
    engine = open_engine("kokoro")
    assert isinstance(engine, KokoroEngine)
    with engine._shelf.borrow(f"en-us#{engine._store.read_origin('v1.0').digest}") as reader:
        spoken = reader.model.run(" ə  mˈɪlk" + "ɪ" * 20 + " ", "af_bella", length, 1.0)
    samples = round(KOKORO_SAMPLES * length)
    assert spoken.edges == tuple(1 + samples * count for count in (0, 0, 1, 2, 2, *range(3, 28), 27))
    assert len(spoken.wave) == spoken.edges[-1] + 1


def test_range_is_noise_and_the_same_at_each_run(engine: Engine, voice: Voice) -> None:
    def clips(melody: int) -> list[Clip]:
        return [engine.synthesize(TEXT, replace(voice, range=melody)) for _ in range(2)]

    for melody in (0, 50, 100):
        first, second = clips(melody)
        assert first == second
    if voice.engine == "piper":
        assert len({clips(melody)[0].samples for melody in (0, 50, 100)}) == 3
    else:  # its noise is within the model
        assert clips(0) == clips(100)


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_no_files(voice: Voice, tmp_path: Path) -> None:
    program = (
        "import os, signal; from audiobook.engines import open_engine; from audiobook.model import Voice\n"
        f"open_engine({voice.engine!r}).synthesize({TEXT!r}, {voice!r})\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = run_python(program, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (-9, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_threads_are_one_unless_asked_for_and_then_show(engine: Engine, voice: Voice) -> None:
    """Samples depend on the number of threads, so that it must not follow the number of workers."""
    digest = hashlib.sha256(engine.synthesize(TEXT, voice).samples).hexdigest()
    program = (
        "import hashlib; from audiobook.engines import open_engine; from audiobook.model import Voice\n"
        f"engine = open_engine({voice.engine!r}); clip = engine.synthesize({TEXT!r}, {voice!r})\n"
        "print(hashlib.sha256(clip.samples).hexdigest(), engine.fingerprint)"
    )
    plain = run_python(program)
    assert (plain.stdout, plain.stderr) == (f"{digest} {engine.fingerprint}\n", "")
    first, second = (run_python(program, NARRATE_THREADS="2") for _ in range(2))
    assert first.stdout == second.stdout
    assert first.stdout.endswith(", 2 threads\n")


def test_the_makers_model_never_says_the_same_twice_and_the_installed_one_does(tmp_path: Path) -> None:
    source = make_piper(tmp_path, speakers=False)
    still = tmp_path / "still.onnx"
    assert write_still(source, still) == 2
    inputs = {
        "input": np.array([[1, 0, 20, 0, 30, 0, 2]], dtype=np.int64),
        "input_lengths": np.array([7], dtype=np.int64),
        "scales": np.array([0.667, 1.0, 0.8], dtype=np.float32),
    }

    def waves(path: Path) -> set[bytes]:
        sessions = [onnxruntime.InferenceSession(str(path)) for _ in range(2)]
        return {session.run(None, inputs)[0].tobytes() for session in sessions for _ in range(3)}

    assert len(waves(source)) > 2
    assert len(waves(still)) == 1


def build(nodes: Sequence[Any], path: Path) -> Path:
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", "m"])
    graph = helper.make_graph(list(nodes), "noise", [x], outputs)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(path))
    return path


def write_still(source: Path, target: Path) -> int:
    model = onnx.load(str(source))
    count = still_noise(model, source.name)
    onnx.save(model, str(target))
    return count


def draw(path: Path, target: Path) -> Any:
    assert write_still(path, target) == 1
    x = np.zeros((300, 400), dtype=np.float32)
    return onnxruntime.InferenceSession(str(target)).run(None, {"x": x})[0]


@pytest.mark.parametrize("operator", ["RandomNormalLike", "RandomNormal"])
def test_normal_noise_is_normal_and_white(operator: str, tmp_path: Path) -> None:
    inputs = ["x"] if operator.endswith("Like") else []
    more: dict[str, Any] = {} if inputs else {"shape": [300, 400]}
    node = helper.make_node(operator, inputs, ["y"], mean=1.0, scale=2.0, **more)
    noise = draw(build([node], tmp_path / "a.onnx"), tmp_path / "b.onnx")
    assert noise.shape == (300, 400)
    flat = (noise.ravel() - 1) / 2
    assert flat.mean() == pytest.approx(0, abs=0.02)
    assert flat.std() == pytest.approx(1, abs=0.02)
    assert (flat**4).mean() == pytest.approx(3, abs=0.1)
    for lag in (1, 2, 192, 400):
        assert abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) < 0.02


@pytest.mark.parametrize("operator", ["RandomUniformLike", "RandomUniform"])
def test_uniform_noise_fills_its_range(operator: str, tmp_path: Path) -> None:
    inputs = ["x"] if operator.endswith("Like") else []
    more: dict[str, Any] = {} if inputs else {"shape": [300, 400]}
    node = helper.make_node(operator, inputs, ["y"], low=-1.0, high=3.0, **more)
    noise = draw(build([node], tmp_path / "a.onnx"), tmp_path / "b.onnx")
    counts, _ = np.histogram(noise, bins=10, range=(-1, 3))
    assert counts.sum() == noise.size
    assert counts == pytest.approx(np.full(10, noise.size / 10), rel=0.05)


def test_noise_within_a_branch_is_found(tmp_path: Path) -> None:
    value = [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)]
    drawing = helper.make_graph([helper.make_node("RandomNormalLike", ["x"], ["z"])], "then", [], value)
    quiet = helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "else", [], value)
    yes = helper.make_node(
        "Constant", [], ["yes"], value=helper.make_tensor("b", TensorProto.BOOL, [], [True])
    )
    branch = helper.make_node("If", ["yes"], ["y"], then_branch=drawing, else_branch=quiet)
    first = draw(build([yes, branch], tmp_path / "a.onnx"), tmp_path / "b.onnx")
    second = draw(tmp_path / "a.onnx", tmp_path / "c.onnx")
    assert first.std() == pytest.approx(1, abs=0.02)
    assert (first == second).all()


def test_what_can_not_be_stilled_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Bernoulli", ["x"], ["y"])
    with pytest.raises(EngineError, match="its Bernoulli can't be made to repeat itself"):
        write_still(build([node], tmp_path / "a.onnx"), tmp_path / "b.onnx")


def test_a_shelf_keeps_few_models_and_the_latest() -> None:
    loaded: list[str] = []

    def load(name: str) -> str:
        loaded.append(name)
        return name

    shelf = ModelShelf(load, 2)
    for name in "ababcab":
        with shelf.borrow(name) as model:
            assert model == name
    assert "".join(loaded) == "abcab"


def test_what_is_said_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    for told, count in (("", 1), ("4", 4), ("0", 1), ("-2", 1), ("many", 1)):
        monkeypatch.setenv("NARRATE_THREADS", told)
        assert count_threads() == count


def test_a_pronunciation_is_what_the_model_is_told(engine: Engine, voice: Voice) -> None:
    transcribe: Callable[[str, str, str], str] = engine.transcribe  # type: ignore[attr-defined]
    assert transcribe("/təˈmɑːtəʊ/", "ipa", voice.id) == "təˈmɑːtəʊ"
    assert transcribe('t@"mA:t@U', "x-sampa", voice.id) == "təˈmɑːtəʊ"
    for ph, alphabet in (("7", "ipa"), ("t@m'A", "espeak"), ("ˈˌ", "ipa"), ("ǁ文", "ipa")):
        with pytest.raises(PhonemeError):
            transcribe(ph, alphabet, voice.id)
    long = Phonemes(start=0, end=1, notation="təmɑːtəʊ təmɑːtəʊ təmɑːtəʊ")
    speak: Callable[..., Clip] = engine.synthesize
    assert speak("A fell.", voice, (long,)).seconds > 2 * speak("A fell.", voice).seconds


def test_silence_in_a_model_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is broken in this way can't even be installed."""
    from audiobook.building.installing import install_voice

    path = make_piper(tmp_path)
    model = onnx.load(str(path))
    for node in model.graph.node:
        if node.op_type == "Identity" and node.output[0] == "output":
            zero = helper.make_node("Sub", [node.input[0], node.input[0]], ["output"])
            node.CopyFrom(zero)
    onnx.save(model, str(path))
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    with pytest.raises(EngineError, match="the voice 0 is silent"):
        install_voice("piper:mine", path, lambda *_: None)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_that_spoke_ends_without_a_word(tiny_voices: Path, tmp_path: Path, method: str) -> None:
    assert tiny_voices
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing\n"
        "from audiobook.engines import open_engine\n"
        "from audiobook.model import Voice\n"
        "def speak():\n"
        "    open_engine('kokoro').synthesize('Hello.', Voice(engine='kokoro', id='af_sky'))\n"
        "if __name__ == '__main__':\n"
        f"    child = multiprocessing.get_context({method!r}).Process(target=speak)\n"
        "    child.start(); child.join()\n"
        "    raise SystemExit(child.exitcode)\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(scratch.iterdir()) == []
