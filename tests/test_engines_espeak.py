"""What is particular to eSpeak: its catalogue, its text, its processes."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import espeakng_loader
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.engines.espeak import server
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.espeak.forking_process import ForkingProcess
from audiobook.engines.espeak.process import (
    Answer,
    EspeakProcess,
    Request,
    pack_request,
    pack_voice,
    package_folder,
    read_answer,
    read_hello,
)
from audiobook.engines.espeak.reloading_process import ReloadingProcess
from audiobook.engines.espeak.text import letters_of, plain_text, respellings
from audiobook.engines.neural.voicing import find_f0
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import Voice
from benchmarks import stress

P = TypeVar("P", bound=EspeakProcess)
ROOT = Path(__file__).parent.parent
VOICE = Voice(engine="pyttsx3", id="en-us")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(name="engine")
def make_engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def processes() -> dict[int, int]:
    """Return the parent of each running process of the server, by id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"espeak/server.py" in command and state != "Z":
            found[int(folder.name)] = int(parent)
    return found


def family(ancestor: int) -> list[int]:
    """Return the server's processes that descend from `ancestor`, parents first."""
    everyone = processes()
    found = [ancestor]
    for member in found:
        found += [child for child, parent in everyone.items() if parent == member]
    return found[1:]


def whole_family(ancestor: int) -> list[int]:
    """Return the server, one voice's process and its child, which is forked a moment after an answer."""
    deadline = time.monotonic() + 20
    while len(members := family(ancestor)) != 3:
        assert time.monotonic() < deadline, f"not three: {members}"
        time.sleep(0.01)
    return members


@contextlib.contextmanager
def running(kind: Callable[[], P]) -> Iterator[P]:
    process = kind()
    yield process
    process.close()


def speak(process: EspeakProcess, voice: str, text: str) -> Answer:
    return process.speak(make_request(voice, text), 60)


def make_request(voice: str, text: str) -> Request:
    return Request(text=text, voice=voice, rate=160, pitch=50, volume=80)


def ask_server(data: Path, voice: str, text: str, **variables: str) -> tuple[int, Answer]:
    """Have a server speak a text with the data in that folder; return how many texts it offers, and it."""
    command = [sys.executable, "-I", "-S", server.__file__, "reload", str(package_folder("pyttsx3").parent)]
    command += [espeakng_loader.get_library_path(), str(data)]
    asked = pack_voice(voice) + pack_request(make_request(voice, text), 60)
    done = subprocess.run(
        command, input=asked, capture_output=True, check=False, env={**os.environ, **variables}
    )
    said = io.BytesIO(done.stdout)
    _, texts = read_hello(said.read)
    return texts, read_answer(said.read)


def wait_for_the_end_of(ids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while left := set(ids) & processes().keys():
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("voice_id", "fault"),
    [
        ("en-us", None),
        ("en-gb-x-rp", None),
        ("en-gb-scotland+f4", None),
        ("gmw/en-US+klatt2", None),
        ("en-us+Mr serious", None),
        ("en", None),
        ("de", None),
        ("en-uss", "a voice of eSpeak, got 'en-uss' (did you mean 'en-us'?)"),
        ("EN-US", "a voice of eSpeak, got 'EN-US' (did you mean 'en-us'?)"),
        ("en-uss+f2", "a voice of eSpeak, got 'en-uss+f2' (did you mean 'en-us+f2'?)"),
        ("en-us+nope", "a voice of eSpeak, got 'en-us+nope': there is no variant 'nope'"),
        (
            "de+whispr",
            "a voice of eSpeak, got 'de+whispr': there is no variant 'whispr' (did you mean 'de+whisper'?)",
        ),
        ("en-us+fast", "a voice of eSpeak, got 'en-us+fast': there is no variant 'fast'"),
        ("en-us+", "a voice of eSpeak, got 'en-us+': there is no variant ''"),
        ("en-us+../../lang/gmw/de", "a voice of eSpeak, got 'en-us+../../lang/gmw/de': there is no variant "),
        ("fo", "a voice of eSpeak, got 'fo'"),  # Faroese comes without a dictionary
        ("", "a voice of eSpeak, got ''"),
    ],
)
def test_faults_of_voice_ids(engine: EspeakEngine, voice_id: str, fault: str | None) -> None:
    found = engine.find_fault(voice_id)
    assert found == fault or (fault and found and found.startswith(fault))


def test_catalogue(engine: EspeakEngine) -> None:
    entries = {entry.id: entry for entry in engine.voices()}
    assert len(entries) == len(engine.voices()) > 10_000
    assert entries["en-us"].name == "English (America)"
    assert entries["en-us+f2"].gender == "female"
    assert entries["en-gb-scotland+m3"].gender == "male"
    assert entries["en-gb-scotland+m3"].language == "en-gb-scotland"
    assert all(engine.find_fault(id_) is None for id_ in list(entries)[::97])


def test_data_folder_is_the_loaders_own() -> None:
    assert package_folder("espeakng_loader") / "espeak-ng-data" == Path(espeakng_loader.get_data_path())


@pytest.mark.slow
def test_every_language_and_every_variant_speaks(engine: EspeakEngine) -> None:
    for entry in engine.voices():
        if "+" not in entry.id or entry.language == "en-us":
            assert engine.synthesize("One more time.", Voice(engine="pyttsx3", id=entry.id)).seconds > 0.2


def test_unknown_voice_is_an_error_not_another_voice(engine: EspeakEngine) -> None:
    with pytest.raises(EngineError, match=r"expected a voice of eSpeak, got 'en-us\+nope'"):
        engine.synthesize("Hello.", Voice(engine="pyttsx3", id="en-us+nope"))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Plain words, 'quoted'.", "Plain words, 'quoted'."),
        ("a\x00b\x01c", "a b c"),
        ("a \ud800 b", "a b"),
        ("one\u2028two\r\n\tthree\u00a0four", "one two three four"),
        ("soft\u00adhyphen, zero\u200bwidth", "softhyphen, zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301te\u0301", "été"),
        ("***", ""),
        ("*really* _so_, a_b", "really so, a b"),
        ("5 * 3", "5 * 3"),
        ("[[hello]]", "hello"),
        ("== title ==", "title"),
        ("<b>bold</b> & co", "<b>bold</b> & co"),
        ("x" * 250, " ".join(["x" * 100, "x" * 100, "x" * 50])),
    ],
)
def test_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@given(st.text())
def test_plain_text_keeps_letters_and_can_be_encoded(text: str) -> None:
    import unicodedata

    plain = plain_text(text)
    plain.encode()
    assert "\0" not in plain
    before = [char for char in unicodedata.normalize("NFC", text) if char.isalnum()]
    assert sorted(char for char in plain if char.isalnum()) == sorted(before)


@given(st.text(min_size=1))
def test_last_respelling_is_ascii(text: str) -> None:
    for letter in letters_of(text):
        assert respellings(letter)[-1].isascii()
        assert any(map(str.isalnum, respellings(letter)[-1]))


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("Gate ٣ now", "Gate 3 now"),
        ("in १९४२.", "in 1942."),
        ("①", "1"),
        ("Ꭰ", "a"),
        ("\x00hello\x07", "hello"),
        ("_hello_", "hello"),
    ],
)
def test_letters_without_a_sound_are_spelled_out(engine: EspeakEngine, text: str, same_as: str) -> None:
    assert engine.synthesize(text, VOICE) == engine.synthesize(same_as, VOICE)


def test_all_of_ascii_is_spoken_by_english_voices(engine: EspeakEngine) -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        for voice_id in ("en-us", "en-gb-x-rp", "en-gb-scotland"):
            assert engine.synthesize(letter, Voice(engine="pyttsx3", id=voice_id)).seconds > 0.05


def test_time_limit_ends_in_an_error_after_retries() -> None:
    engine = EspeakEngine(time_limit_s=-10)
    with pytest.raises(
        SynthesisError, match=r"could not speak 'Hello there.' in the voice .* 3 times; run again"
    ):
        engine.synthesize("Hello there.", VOICE)
    engine.close()


@linux_only
def test_killed_processes_are_replaced(engine: EspeakEngine) -> None:
    first = engine.synthesize("Hello there.", VOICE)
    for victim in range(3):  # the server, the voice's process, its child
        members = whole_family(os.getpid())
        os.kill(members[victim], signal.SIGKILL)
        # A child that was ready may still answer before it goes down with its parents; the next may not.
        for _ in range(2):
            assert engine.synthesize("Hello there.", VOICE) == first
            wait_for_the_end_of(members[victim : victim + 1])


@linux_only
def test_close_ends_every_process(engine: EspeakEngine) -> None:
    engine.synthesize("Hello.", VOICE)
    members = family(os.getpid())
    engine.close()
    wait_for_the_end_of(members)
    assert engine.synthesize("Hello.", VOICE).seconds > 0.2


@linux_only
def test_no_process_outlives_a_killed_program() -> None:
    program = (
        "from audiobook.engines import open_engine; from audiobook.model import Voice;"
        "e = open_engine('pyttsx3');"
        "e.synthesize('Hello.', Voice(engine='pyttsx3', id='en-us')); print('ready', flush=True);"
        "e.synthesize('word ' * 200_000, Voice(engine='pyttsx3', id='en-us'))"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        time.sleep(0.2)  # by now it is speaking
        members = whole_family(run.pid)
        run.kill()
    wait_for_the_end_of(members)


@pytest.mark.slow
def test_many_voices_in_turn(engine: EspeakEngine) -> None:
    ids = [entry.id for entry in engine.voices() if entry.language == "en-us"][:40]
    first = [engine.synthesize("Hello.", Voice(engine="pyttsx3", id=id_)) for id_ in ids]
    assert [engine.synthesize("Hello.", Voice(engine="pyttsx3", id=id_)) for id_ in ids] == first


def test_a_reloaded_library_speaks_the_bytes_of_a_forked_one() -> None:
    with running(ForkingProcess) as forked, running(ReloadingProcess) as reloaded:
        for voice in ("gmw/en-US", "gmw/en-US+klatt2", "gmw/de+whisper"):
            for text in ("Hello there!", "Seven tired sailors argued.", "Hello there!"):
                assert speak(reloaded, voice, text) == speak(forked, voice, text)


@pytest.mark.slow
def test_in_every_voice_a_reloaded_library_speaks_the_bytes_of_a_forked_one(engine: EspeakEngine) -> None:
    entries = [entry for entry in engine.voices() if "+" not in entry.id or entry.language == "en-us"]
    voices = [engine._catalogue.identifier(entry.id) for entry in entries]
    with running(ForkingProcess) as forked, running(ReloadingProcess) as reloaded:
        for voice in voices:
            text = "One more time: 7 lights, café – yes?"
            assert speak(reloaded, voice, text) == speak(forked, voice, text), voice


@pytest.mark.slow
def test_without_fork_texts_in_any_order_and_number_have_the_same_bytes() -> None:
    jobs = stress.make_jobs(240, 60, seed=2)
    identifiers = {id_: EspeakEngine()._catalogue.identifier(id_) for id_ in stress.VOICES}
    with running(ForkingProcess) as forked, running(ReloadingProcess) as reloaded:
        for _, text, id_ in jobs:
            assert speak(reloaded, identifiers[id_], text) == speak(forked, identifiers[id_], text)


@pytest.mark.slow
@linux_only
def test_a_reloading_process_is_replaced_when_it_has_spoken_its_texts() -> None:
    with running(ReloadingProcess) as process:
        first = speak(process, "gmw/en-US", "Hello.")
        before = family(os.getpid())
        process._texts_left = 0
        assert speak(process, "gmw/en-US", "Hello.") == first
        assert len(before) == len(family(os.getpid())) == 1
        assert before != family(os.getpid())


@pytest.mark.slow
@linux_only
def test_a_library_that_stays_loaded_speaks_one_text() -> None:
    data = Path(espeakng_loader.get_data_path())
    asked = data, "gmw/en-US+klatt2", "Hello there!"
    texts, answer = ask_server(*asked, LD_PRELOAD=espeakng_loader.get_library_path())
    assert (texts, answer) == (1, ask_server(*asked)[1])


@pytest.mark.slow
def test_without_fork_a_late_answer_ends_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_NO_FORK", "1")
    engine = EspeakEngine(time_limit_s=-10)
    with pytest.raises(SynthesisError, match=r"no answer within -9.* s, 3 times; run again"):
        engine.synthesize("Hello there.", VOICE)
    engine.close()


@pytest.mark.slow
@linux_only
def test_without_fork_a_killed_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_NO_FORK", "1")
    engine = EspeakEngine()
    first = engine.synthesize("Hello there.", VOICE)
    (victim,) = family(os.getpid())
    os.kill(victim, signal.SIGKILL)
    assert engine.synthesize("Hello there.", VOICE) == first
    members = family(os.getpid())
    engine.close()
    wait_for_the_end_of(members)


@pytest.mark.slow
def test_data_anywhere_and_where_upper_and_lower_case_are_one(tmp_path: Path) -> None:
    """eSpeak holds a path in 160 bytes; a disk of macOS or Windows finds `gmw/en-US` under `gmw/en-us`."""
    real = Path(espeakng_loader.get_data_path())
    data = tmp_path / ("deep" * 40) / ("down" * 40) / "espeak-ng-data"
    (data / "lang" / "gmw").mkdir(parents=True)
    for folder in (Path(), Path("lang"), Path("lang/gmw")):
        for path in (real / folder).iterdir():
            if not (data / folder / path.name).exists():
                (data / folder / path.name).symlink_to(path)
    (data / "lang" / "gmw" / "en-us").symlink_to(real / "lang" / "gmw" / "en-US")
    answers = [ask_server(folder, "gmw/en-US+f2", "Hello there!")[1] for folder in (real, data)]
    assert answers[0] == answers[1]
    assert answers[0].voice_taken


@pytest.mark.slow
def test_a_small_stress_run() -> None:
    results, _ = stress.run(clips=200, workers=2, longest=60)
    assert len(results) == 200
    assert stress.find_faults(results) == []


def test_the_range_widens_the_melody(engine: EspeakEngine) -> None:
    def spread(melody: int) -> float:
        clip = engine.synthesize("All our women were away, were they?", replace(VOICE, range=melody))
        found = find_f0(np.frombuffer(clip.samples, "<i2") / 32768, clip.sample_rate)
        low, high = np.percentile(found, [10, 90])
        return float(12 * np.log2(high / low))  # semitones

    flat, own, wide = map(spread, (0, 50, 100))
    assert flat < 0.5 < 1.5 * own < wide
