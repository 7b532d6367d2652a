"""How a line is spoken: from the table of voices.yaml to what is heard and told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from audiobook.casting import Manner, default_voices_yaml, deliver, keep_flow, load_settings
from audiobook.cli import main
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.neural.voicing import find_f0
from audiobook.model import DELIVERIES, Voice
from audiobook.project.shared_engines import known_engines
from benchmarks.delivery import MOST_VOICED, QUIETER_DB, compare_whisper

NewProject = Callable[..., Path]

VOICE = Voice(engine="pyttsx3", id="en-us+f2", rate=150, pitch=50, volume=0.8)
TABLE = {
    "whispered": Manner(variant="whisper", rate=90, volume=50),
    "teased": Manner(pitch=5, range=60),
    "question": Manner(),
}


def no_variant(_: Voice, __: str) -> None:
    return None


@pytest.fixture(scope="module")
def espeak() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def test_a_line_without_delivery_is_spoken_in_the_speakers_own_voice() -> None:
    for names in ([], ["question"], ["shouted"]):
        delivered = deliver(VOICE, names, TABLE, no_variant)
        assert (delivered.voice, delivered.names, delivered.why) == (VOICE, (), "")


def test_changes_add_up_within_their_bounds() -> None:
    delivered = deliver(VOICE, ["whispered", "teased", "question"], TABLE, lambda v, name: f"{v.id}/{name}")
    assert delivered.voice == replace(VOICE, id="en-us+f2/whisper", rate=135, pitch=55, volume=0.4, range=100)
    assert delivered.names == ("whispered", "teased")
    assert delivered.why == "rate 90, volume 50, variant whisper; pitch 5, range 60"


def test_an_engine_without_the_variant_still_speaks_slower_and_softer() -> None:
    assert deliver(VOICE, ["whispered"], TABLE, no_variant).voice == replace(VOICE, rate=135, volume=0.4)


def test_the_built_in_table_knows_every_delivery() -> None:
    assert set(load_settings(None, engines=known_engines(), engine="pyttsx3").general.delivery) == set(
        DELIVERIES
    )
    assert all(f"  {name}: {{" in default_voices_yaml() for name in DELIVERIES)


def test_settings_are_laid_over_the_table(tmp_path: Path) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text(
        "delivery: {whispered: {volume: 70%}, teased: false}\n"
        "stories: {plain: {delivery: false}, loud: {delivery: {whispered: {pitch: +3}}}}\n",
        encoding="utf-8",
    )
    settings = load_settings(path, engines=known_engines())
    built_in = load_settings(None, engines=known_engines(), engine="pyttsx3").general.delivery
    general = settings.general.delivery
    assert general["whispered"] == Manner(volume=70).over(built_in["whispered"])
    assert deliver(VOICE, ["teased"], general, no_variant).names == ()
    assert general["shouted"] == built_in["shouted"]
    plain = settings.for_story("plain").delivery
    assert all(deliver(VOICE, [name], plain, no_variant).voice == VOICE for name in DELIVERIES)
    loud = settings.for_story("loud").delivery["whispered"]
    assert loud == Manner(pitch=3).over(general["whispered"])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("I", "I,"), ("I,", "I,"), ("Go!", "Go!"), ("he said", "he said,"), ("But—", "But—"), ("", "")],
)
def test_a_sentence_that_goes_on_does_not_end_like_one(text: str, spoken: str) -> None:
    assert keep_flow(text) == spoken


@pytest.mark.parametrize(
    ("voice", "variant", "found"),
    [
        ("en-us+f2", "whisper", "en-us+whisperf"),
        ("en-us+m3", "whisper", "en-us+whisper"),
        ("en-gb-x-rp", "whisper", "en-gb-x-rp+whisper"),
        ("en-us+f2", "croak", "en-us+croak"),
        ("en-us+f2", "nope", None),
        ("nope", "whisper", None),
    ],
)
def test_espeak_has_variants_of_every_voice(
    espeak: EspeakEngine, voice: str, variant: str, found: str | None
) -> None:
    assert espeak.vary(voice, variant) == found
    assert found is None or espeak.find_fault(found) is None


@pytest.mark.parametrize("voice", ["en-us+f2", "en-us+m3"])
def test_marks_are_heard_at_the_end_of_a_line(espeak: EspeakEngine, voice: str) -> None:
    def rise(mark: str) -> float:
        """How many semitones the last sound lies over that of a full stop."""
        clip = espeak.synthesize(f"We could go there tomorrow{mark}", Voice(engine="pyttsx3", id=voice))
        last = find_f0(np.frombuffer(clip.samples, dtype="<i2") / 32768, clip.sample_rate)[-4:]
        return float(12 * np.log2(np.median(last)))

    full_stop = rise(".")
    assert rise("?") > full_stop + 1.5
    assert rise("!?") == pytest.approx(rise("?"))
    assert rise("…") == pytest.approx(full_stop) == pytest.approx(rise("..."))
    for held in (",", "—", "-", "--", " –", ":"):
        assert rise(held) > full_stop + 1, held


STORY = '"Come in," Max whispered. He waited.\n\n"Why?" asked Rachel. "I have all day."\n'


def narrate(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.slow
def test_a_changed_table_makes_the_lines_concerned_anew_and_says_so(new_project: NewProject) -> None:
    project = new_project(settings="", story=STORY)
    narrate("--quiet")
    voices = project / "voices.yaml"
    voices.write_text("delivery: {whispered: {volume: 60%}, shouted: false}\n", encoding="utf-8")
    (story,) = json.loads(narrate("--dry-run", "--json"))["stories"]
    assert story["files"][0]["why"] == ["delivery of whispered changed: 1 line, “Come in,”"]
    (story,) = json.loads(narrate("--json"))["stories"]
    assert story["clips_made"] == 1
    voices.write_text("delivery: {whispered: {volume: 60%}}\n", encoding="utf-8")
    (story,) = json.loads(narrate("--dry-run", "--json"))["stories"]
    assert story["files"] == []


def test_a_delivery_that_is_turned_off_is_named(new_project: NewProject) -> None:
    project = new_project(settings="", story='"Come in!" Max shouted.\n')
    narrate("--quiet")
    (project / "voices.yaml").write_text("delivery: {shouted: false}\n", encoding="utf-8")
    (story,) = json.loads(narrate("--dry-run", "--json"))["stories"]
    assert story["files"][0]["why"] == ["delivery of shouted changed: 1 line, “Come in!”"]


def test_the_script_shows_how_lines_are_spoken(new_project: NewProject) -> None:
    new_project(settings="", story=STORY)
    assert "Max, whispered" in narrate("script", "story")
    spoken = json.loads(narrate("script", "story", "--json"))["chapters"][0]["utterances"]
    assert [u["delivery"] for u in spoken] == [["whispered"], [], [], ["question"], [], []]


@pytest.mark.slow
def test_he_whispered_is_heard_as_a_whisper(tmp_path: Path) -> None:
    quieter_db, whisper, plain = compare_whisper(tmp_path)
    assert quieter_db > QUIETER_DB
    assert whisper.voiced < MOST_VOICED < plain.voiced / 2
