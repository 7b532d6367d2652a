"""Stories in the voices of Piper and Kokoro: languages, delivery, what is spoken for the written, casting."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from audiobook.building.installing import install_voice
from audiobook.cli import main
from audiobook.model import Voice
from audiobook.planning.clip_specs import ClipSpec, deliver_by, specify_clips
from audiobook.planning.pronouncing import Pronouncer
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from tests.studio import open_studio
from tests.tiny_voices import PIPER, make_kokoro, make_piper

pytestmark = pytest.mark.usefixtures("voices")
NewProject = Callable[..., Path]
FRENCH = "fr_FR-tiny-low"

HARBOUR = """\
The harbour

In 1815 Dr. Smith paid £2m for the quay of Nguyen.

"Where have you been?" asked Rachel.

"Out there," whispered Max.

"I must be going home now," murmured Rachel.
"""
PHARE = """\
Le phare

Le vieux gardien du phare n'avait parlé à personne depuis le printemps.

« Il y a quelqu'un ? » demanda Marie en levant sa lanterne.

« Personne », murmura le vieux Jean. « Rentrons à la maison. »
"""
ENGLISH = f"""\
narrator: {{engine: piper, voice: "{PIPER}#ann"}}
characters:
  Rachel: {{engine: kokoro, voice: af_bella}}
  Max: {{engine: piper, voice: "{PIPER}#dan", range: 60}}
pronunciations:
  Nguyen: {{ipa: "ŋwiən", respelling: nwin}}
"""


@pytest.fixture(name="voices", scope="module")
def install_voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    made = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NARRATE_VOICES", str(tmp_path_factory.mktemp("voices")))
        install_voice(f"piper:{PIPER}", make_piper(made), lambda *_: None)
        install_voice(f"piper:{FRENCH}", make_piper(made, FRENCH, speakers=False), lambda *_: None)
        install_voice("kokoro", make_kokoro(made), lambda *_: None)
        yield


def cast_of(project: Path, story: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return who speaks in which voice, and what is warned of."""
    script, cast = script_and_cast(open_project(project), story)
    roles = {role.speaker or "narrator": f"{role.voice.engine}:{role.voice.id}" for role in cast.roles}
    return roles, script.book.warnings


def spec(project: Path, story: str) -> dict[str, ClipSpec]:
    """Return what is ordered of the engines, by what is written."""
    opened = open_project(project)
    own = read_settings(opened).for_story(story)
    script, cast = script_and_cast(opened, story)
    said = [utterance for chapter in script.chapters for utterance in chapter.utterances]
    pronouncer = Pronouncer(own.pronunciations, script.book)
    specs = specify_clips(said, cast, pronouncer, deliver_by(own))
    return {utterance.text: each for utterance, each in zip(said, specs, strict=True)}


@pytest.mark.parametrize(
    "narrator",
    [f"piper, voice: {PIPER}", f'piper, voice: "{PIPER}#0"', "kokoro, voice: af_bella*0.7+af_sky*0.3"],
)
def test_a_french_story_is_never_read_in_english(new_project: NewProject, narrator: str) -> None:
    settings = f"narrator: {{engine: {narrator}}}\npools:\n  male: [{{engine: {narrator}, rate: 140}}]\n"
    project = new_project(settings, phare=PHARE)
    roles, warnings = cast_of(project, "phare")
    assert set(roles) == {"narrator", "Marie", "Jean"}
    assert all(voice.startswith("pyttsx3:fr-fr") for voice in roles.values()), roles
    told = " ".join(warnings)
    assert "can't speak French; another voice does" in told
    assert "every voice of pools.male can't speak French" in told


def test_a_french_voice_in_the_pools_reads_a_french_story(new_project: NewProject) -> None:
    pool = f"[en-us+f2, {{engine: piper, voice: {FRENCH}}}, {{engine: kokoro, voice: bf_emma}}]"
    settings = f"narrator: fr-be\npools:\n  female: {pool}\n  male: {pool}\n"
    roles, warnings = cast_of(new_project(settings, phare=PHARE), "phare")
    assert roles["Marie"] == f"piper:{FRENCH}"
    assert not any("another voice does" in warning for warning in warnings)
    narrated = f'narrator: {{engine: piper, voice: "{PIPER}#bob"}}\npools:\n  female: {pool}\n'
    roles, warnings = cast_of(new_project(narrated, "other", phare=PHARE), "phare")
    assert roles["narrator"] == f"piper:{FRENCH}"
    assert any(f"the narrator's {PIPER}#bob can't speak French" in warning for warning in warnings)


def test_lines_are_delivered_and_spoken_as_they_are_read(new_project: NewProject) -> None:
    specs = spec(new_project(ENGLISH, harbour=HARBOUR), "harbour")
    whisper = specs["Out there,"]
    assert whisper.cast == Voice(engine="piper", id=f"{PIPER}#dan", rate=155, range=60)
    assert (whisper.voice.rate, whisper.voice.volume, whisper.voice.id) == (143, 0.5, f"{PIPER}#dan")
    murmur = specs["I must be going home now,"]
    assert (murmur.voice.pitch, murmur.voice.range, murmur.voice.volume) == (47, 40, 0.7)
    narrated = specs["In 1815 Dr. Smith paid £2m for the quay of Nguyen."]
    assert narrated.text.startswith("In eighteen fifteen Doctor Smith paid 2 million pounds for")
    (sound,) = narrated.phonemes
    assert (narrated.text[sound.start : sound.end], sound.notation) == ("Nguyen", "ŋwiən")


@pytest.mark.slow
def test_a_story_is_made_and_made_of_what_was_ordered(new_project: NewProject) -> None:
    project = new_project(ENGLISH, harbour=HARBOUR)
    done = CliRunner().invoke(main, ["--json", "--jobs", "1"], catch_exceptions=False)
    (story,) = json.loads(done.stdout)["stories"]
    assert (story["errors"], story["clips_made"]) == ([], 8)
    assert len(list(project.glob("output/*/*.mp3"))) == 1


def test_casting_is_pinned_to_voices_of_any_engine(new_project: NewProject) -> None:
    pools = (
        f'pools:\n  male: [{{engine: piper, voice: "{PIPER}#dan", pitch: 40}}]\n'
        "  female: [{engine: kokoro, voice: af_bella*0.7+af_sky*0.3}]\n"
    )
    project = new_project(pools, harbour=HARBOUR)
    before, _ = cast_of(project, "harbour")
    assert before["Max"] == f"piper:{PIPER}#dan"
    assert before["Rachel"] == "kokoro:af_bella*0.7+af_sky*0.3"
    done = CliRunner().invoke(main, ["cast", "harbour", "--pin"], catch_exceptions=False)
    assert done.exit_code == 0
    pinned = (project / "voices.yaml").read_text(encoding="utf-8").replace(pools, "")
    assert f'"{PIPER}#dan"' in pinned
    (project / "voices.yaml").write_text(pinned, encoding="utf-8")
    assert cast_of(project, "harbour")[0] == before


@pytest.mark.slow
def test_the_studio_lists_them_lets_them_be_heard_and_keeps_them(new_project: NewProject) -> None:
    project = new_project("narrator: en-us\n", harbour=HARBOUR)
    with open_studio(project) as studio:
        engines = {each["name"]: each["voices"] for each in studio.ask("api/voices").json["engines"]}
        assert {voice["id"] for voice in engines["piper"]} > {f"{PIPER}#ann", FRENCH}
        assert "af_bella" in {voice["id"] for voice in engines["kokoro"]}
        for engine, voice in (("piper", f"{PIPER}#eve"), ("kokoro", "af_bella*0.7+af_sky*0.3")):
            query = f"engine={engine}&voice={quote(voice, safe='')}"
            heard = studio.ask(studio.story("harbour", f"/utterances/2/audio?{query}"))
            assert heard.status == 200, heard.body
            with wave.open(io.BytesIO(heard.body)) as sound:
                assert sound.getframerate() == {"piper": 22050, "kokoro": 24000}[engine]
            value = {
                "character": "Rachel",
                "voice": {"engine": engine, "id": voice},
                "revision": studio.ask(studio.story("harbour", "/cast")).json["revision"],
            }
            assert studio.ask(studio.story("harbour", "/voice"), "POST", value=value).status == 200
            assert cast_of(project, "harbour")[0]["Rachel"] == f"{engine}:{voice}"
