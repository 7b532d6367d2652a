"""Words in time: from what an engine tells of its clips to the JSON, the captions and an old cache."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import webvtt
from click.testing import CliRunner

from audiobook.audio import find_encoder
from audiobook.building.word_times import read_along
from audiobook.caching.clips import ClipCache
from audiobook.caching.track_words import keep_words, recall_words
from audiobook.cli import main
from audiobook.engines import open_engine
from audiobook.engines.base import Engine
from audiobook.engines.neural.word_edges import find_word_edges
from audiobook.engines.spoken_words import time_words
from audiobook.folders import cache_folder
from audiobook.listening.reading_along import SaidLine
from audiobook.model import NARRATOR, Clip, Cue, Phonemes, Reading, Utterance, Voice, WordTime
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.written_times import time_written
from audiobook.words import find_words
from tests.published import fetch_once, fetch_recognizer, find_shared

US = Voice(engine="pyttsx3", id="en-us")
NewProject = Callable[..., Path]
STORY = 'In 1940 the $5.50 tea was gone. "Two of the boys," said Anna, "drank it—all of it."'
WORDS = "In 1940 the $5.50 tea was gone Two of the boys said Anna drank it all of it"


@pytest.fixture(scope="module")
def espeak() -> Iterator[Engine]:
    engine = open_engine("pyttsx3")
    yield engine
    engine.close()


def _tell(text: str, clip: Clip) -> list[str]:
    return [text[word.start : word.end] for word in clip.words or ()]


def _are_in_order(words: tuple[WordTime, ...], seconds: float) -> bool:
    times = [time for word in words for time in (word.start_s, word.end_s)]
    return times == sorted(times) and times[0] >= 0 and times[-1] <= seconds + 1e-9


def test_words_of_another_take_are_not_taken_for_those_of_a_file(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)

    def cue(start_s: float, end_s: float) -> Cue:
        utterance = Utterance(text="Yes.", kind="narration", start=0, end=4, paragraph=0, speaker=None)
        word = WordTime(start=0, end=3, start_s=start_s, end_s=end_s)
        return Cue(utterance=utterance, start_s=start_s, end_s=end_s, words=(word,))

    keep_words("f" * 64, [cue(1.0, 1.5), cue(2.0, 2.5)], cache)
    assert recall_words("f" * 64, [cue(1.0, 1.5), cue(2.0, 2.5)], cache)
    assert recall_words("f" * 64, [cue(1.0, 1.7), cue(2.2, 2.7)], cache) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (STORY, WORDS),
        ("“Mr. Brown’s _so_ *bold*,” he said — ﬁn Ⅻ…", "Mr Brown’s so bold he said ﬁn Ⅻ"),
        ("Ǆur?!", "Ǆur"),
        ("你好 now", "你 好 now"),
    ],
)
def test_espeak_times_each_word_of_a_text(text: str, words: str, espeak: Engine) -> None:
    clip = espeak.synthesize(text, US)
    assert _tell(text, clip) == words.split()
    assert _are_in_order(clip.words or (), clip.seconds)


def test_a_word_begins_where_the_sound_sets_in_again(espeak: Engine) -> None:
    text = "We are near. Some water, now. More!"
    clip = espeak.synthesize(text, US)
    loud = np.flatnonzero(np.abs(np.frombuffer(clip.samples, "<i2")) > 32) / clip.sample_rate
    gaps = [(one, other) for one, other in pairwise(loud) if other - one > 0.13]
    words = clip.words or ()
    pauses = [(one.end_s, other.start_s) for one, other in pairwise(words) if other.start_s - one.end_s > 0.1]
    assert len(gaps) == len(pauses) == 3
    for gap, pause in zip(gaps, pauses, strict=True):
        assert pause == pytest.approx(gap, abs=0.03)


def test_words_that_are_told_by_phonemes_have_their_times_too(espeak: Engine) -> None:
    text = "A tomato's red, isn't Xanadu?"
    sounds = (Phonemes(start=2, end=8, notation="b@n'A:n@"), Phonemes(start=22, end=28, notation="z'an@du:"))
    clip = espeak.synthesize(text, US, sounds)  # type: ignore[call-arg]
    assert _tell(text, clip) == ["A", "tomato's", "red", "isn't", "Xanadu"]
    assert _are_in_order(clip.words or (), clip.seconds)


def test_words_said_in_one_share_its_time_by_their_letters() -> None:
    words = time_words("of the end", [(0, 0, 500), (7, 500, 900)], 1000)
    assert [word.start_s for word in words] == pytest.approx([0, 0.2, 0.5])
    assert [word.end_s for word in words] == pytest.approx([0.2, 0.5, 0.9])


def test_phonemes_find_their_words_though_they_are_said_otherwise_alone() -> None:
    signs = list("ɪn naɪntiːn fɔːɹɾi ʌvðə bˈɛst, ænd")
    alone = [list(each) for each in ("ˈɪn", "nˈaɪntiːn fˈɔːɹti", "ˈʌv", "ðˈiː", "bˈɛst", "ˈænd")]
    found = {
        number: "".join(signs[first : last + 1]) for number, first, last in find_word_edges(signs, alone)
    }
    assert found == {0: "ɪn", 1: "naɪntiːn fɔːɹɾi", 2: "ʌv", 3: "ðə", 4: "bˈɛst", 5: "ænd"}


def _time(text: str, spoken: str, *readings: Reading) -> dict[str, tuple[float, float]]:
    utterance = Utterance(paragraph=1, start=0, end=1, kind="narration", speaker=NARRATOR, text=text)
    cue = Cue(utterance=utterance, start_s=10, end_s=20)
    spec = ClipSpec(key="", text=spoken, voice=US, cast=US, readings=readings)
    words = [
        WordTime(start=start, end=end, start_s=number, end_s=number + 0.5)
        for number, (start, end) in enumerate(find_words(spoken))
    ]
    return {text[w.start : w.end]: (w.start_s, w.end_s) for w in time_written(cue, spec, words)}


def test_what_is_written_sounds_while_what_is_spoken_for_it_does() -> None:
    year = Reading(start=3, end=7, spoken="nineteen forty")
    assert _time("In 1940, so.", "In nineteen forty, so.", year) == {
        "In": (10, 10.5),
        "1940": (11, 12.5),
        "so": (13, 13.5),
    }
    both = Reading(start=0, end=6, spoken="the first")
    assert _time("No. 1a now", "the first now", both) == {
        "No": (10, 10.75),
        "1a": (10.75, 11.5),
        "now": (12, 12.5),
    }
    silent = Reading(start=0, end=2, spoken=" ")
    assert _time("ab now", "  now", silent) == {"now": (10, 10.5)}
    assert _time("Q&A ok", "Q and A ok", Reading(start=1, end=2, spoken=" and ")) == {
        "Q&A": (10, 12.5),
        "ok": (13, 13.5),
    }
    decomposed = "cafe\u0301 a\u0300 la"
    assert _time(decomposed, "café à la") == {
        "cafe\u0301": (10, 10.5),
        "a\u0300": (11, 11.5),
        "la": (12, 12.5),
    }


def test_the_cache_keeps_a_clips_words_and_takes_entries_without(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    samples = array("h", range(1000)).tobytes()
    words = (
        WordTime(start=0, end=2, start_s=0.01, end_s=0.02),
        WordTime(start=3, end=9, start_s=0.02, end_s=0.04),
    )
    for key, known in (("aa", words), ("bb", None), ("cc", ())):
        cache.put(key, Clip(samples=samples, sample_rate=16_000, words=known))
        assert (clip := cache.get(key)) is not None
        assert (clip.samples, clip.words) == (samples, known)
        assert cache.measure(key) == (1000, 16_000)
    path = cache.place("aa", ".clip")
    path.write_bytes(path.read_bytes()[:-3])
    assert cache.get("aa") is None


def _make(*more: str) -> str:
    done = CliRunner().invoke(main, ["make", "--format", "mp3", *more])
    assert done.exit_code == 0, done.output
    return done.output


def _read(project: Path) -> dict[str, Any]:
    (path,) = (project / "output" / "tea").glob("*.words.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _check(told: dict[str, Any]) -> None:
    assert " ".join(word["word"] for word in told["words"]) == WORDS
    for word in told["words"]:
        cue = told["cues"][word["cue"] - 1]
        assert cue["text"][word["from"] : word["to"]] == word["word"]
        assert cue["start"] <= word["start"] < word["end"] <= cue["end"]
    assert all(cue["timed"] for cue in told["cues"])


def test_a_run_writes_when_each_word_sounds(new_project: NewProject) -> None:
    project = new_project("engine: pyttsx3\noutput: {captions: words}\n", tea=STORY)
    _make()
    (sound,) = project.rglob("*.mp3")
    before = sound.read_bytes()
    _make("--format", "words", "--format", "vtt")
    assert sound.read_bytes() == before
    _check(told := _read(project))
    vtt = sound.with_suffix(".vtt").read_text(encoding="utf-8")
    blocks = [block for block in vtt.split("\n\n") if "-->" in block]
    for number, block in enumerate(blocks, 1):
        times = re.findall(r"<\d\d:\d\d:(\d\d\.\d{3})>", block)
        begins = [word["start"] for word in told["words"] if word["cue"] == number]
        assert list(map(float, times)) == pytest.approx(begins[1:], abs=0.001)
    assert "$5.50" in re.sub(r"<[\d:.]+>", "", vtt)


@pytest.mark.slow
def test_chosen_chapters_have_their_captions_and_no_list(new_project: NewProject) -> None:
    chapters = "\n\n\n".join(f"CHAPTER {n}\n\nThe tea was gone on day {n}." for n in (1, 2))
    project = new_project("engine: pyttsx3\n", tea=chapters)
    _make(
        "--chapters",
        "2",
        "--format",
        "words",
        "--format",
        "vtt",
        "--format",
        "podcast",
        "--base-url",
        "https://a.example",
    )
    made = sorted(path.name for path in project.glob("output/*/*"))
    assert made == [f"02 - CHAPTER 2.{ending}" for ending in ("mp3", "vtt", "words.json")]
    _make("--preview", "1", "--format", "vtt")
    assert not [*project.glob("output/**/*preview*.vtt")]


def _forget(*, clips: bool) -> None:
    """Leave of the cache what an earlier narrate would have there, or nothing."""
    cache = ClipCache(cache_folder() / "clips")
    for path in cache.folder.rglob("*.words"):
        path.unlink()
    for path in cache.folder.rglob("*.clip"):
        clip = cache.get(path.stem)
        assert clip is not None
        path.unlink()
        if clips:
            cache.put(path.stem, Clip(samples=clip.samples, sample_rate=clip.sample_rate))


@pytest.mark.slow
@pytest.mark.parametrize("clips", [True, False])
def test_clips_whose_words_are_not_known_are_spoken_again(clips: bool, new_project: NewProject) -> None:
    project = new_project("engine: pyttsx3\n", tea=STORY)
    _make("--format", "words")
    _check(told := _read(project))
    (sound,) = project.rglob("*.mp3")
    before = sound.read_bytes()
    _forget(clips=clips)
    assert "spoken again" in _make("--format", "words", "--verbose")
    assert _read(project) == told
    assert sound.read_bytes() == before


def test_where_nobody_knows_when_words_sound_the_run_says_so(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NARRATE_WHISPER", raising=False)
    project = new_project(tea="One two. Three!")
    said = _make("--format", "words")
    assert "the words of 2 lines have no times (tone does not tell); a recognizer" in " ".join(said.split())
    told = _read(project)
    assert told["words"] == []
    assert [cue["timed"] for cue in told["cues"]] == [False, False]


def test_times_within_captions_are_passed_over_by_a_library(new_project: NewProject) -> None:
    project = new_project("engine: pyttsx3\noutput: {captions: words, formats: [mp3, vtt]}\n", tea=STORY)
    _make("--format", "vtt")
    (path,) = project.rglob("*.vtt")
    assert "<00:00:0" in path.read_text(encoding="utf-8")
    said = " ".join(caption.text.replace("\n", " ") for caption in webvtt.read(str(path)).captions)
    assert said == STORY.replace('"', "")


@pytest.mark.usefixtures("tiny_voices")
@pytest.mark.parametrize("pitch", [50, 80])
def test_kokoros_words_lie_within_its_clips(pitch: int) -> None:
    engine = open_engine("kokoro")
    text = "In 1940 the café’s owner paid — of the “well-known” money. Yes."
    clip = engine.synthesize(text, Voice(engine="kokoro", id="af_bella", pitch=pitch))
    engine.close()
    assert _tell(text, clip) == "In 1940 the café’s owner paid of the well-known money Yes".split()
    assert _are_in_order(clip.words or (), clip.seconds)
    assert (clip.words or ())[-1].end_s == pytest.approx(clip.seconds, abs=0.001)


@pytest.mark.slow
def test_a_recognizer_reads_along_where_an_engine_does_not_tell(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed: the extra `listen`")
    model = fetch_once(find_shared(tmp_path_factory), "whisper", fetch_recognizer)
    monkeypatch.setenv("NARRATE_WHISPER", str(model))
    project = new_project("characters: {Anna: {engine: tone, voice: tone-high}}\n", tea=STORY)
    said = _make("--engine", "pyttsx3", "--format", "words", "--verbose")
    assert "the recognizer reads along" in said
    assert "have no times" not in said
    told = _read(project)
    assert all(cue["timed"] for cue in told["cues"])
    (sound,) = project.rglob("*.mp3")
    lines = [SaidLine(cue["text"], cue["start"], cue["end"]) for cue in told["cues"]]
    heard = read_along(sound, find_encoder(), model, lines, range(1))[0]
    own = [word["start"] for word in told["words"] if word["cue"] == 1]
    assert heard is not None
    assert np.median([abs(word.start_s - at) for word, at in zip(heard, own, strict=True)]) < 0.1
