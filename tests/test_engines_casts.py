"""Every engine brings a cast; the best one that is installed speaks where nobody names another."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from mutagen.id3 import ID3

from audiobook.casting import KnownEngines, default_voices_yaml, load_settings
from audiobook.engines import (
    allowing,
    best_engine,
    better_engine,
    engine_names,
    find_broken,
    find_cast,
    find_lack,
    open_engine,
)
from audiobook.engines.casts import cast_from_catalogue, read_casts
from audiobook.engines.kokoro.model import parse_blend
from audiobook.engines.kokoro.voices import VOICES, language_of
from audiobook.engines.neural.voicing import judge_gender
from audiobook.errors import EngineError, SettingsError
from audiobook.model import EngineCast, Voice, VoiceEntry
from audiobook.planning.tagging import name_voices
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings, warn_of_broken_engine
from audiobook.project.shared_engines import forget_engines, known_engines
from tests.command_line import make, narrate
from tests.test_engines_registry import install as install_entry_point
from tests.tiny_voices import KOKORO_VOICES, PIPER

NewProject = Callable[..., Path]
DIALOGUE = '"Are you there?" asked Rachel.\n\n"I am," said Max.\n\nNobody else was in the house.\n'
SPANISH = "---\nlanguage: es\n---\n\n—Llegas tarde —dijo María.\n\n—Lo siento —respondió Juan.\n"


@pytest.fixture(name="no_voices")
def remove_voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "none"))


def voices_of(cast: EngineCast) -> list[Voice]:
    return [cast.narrator, *(voice for pool in cast.pools.values() for voice in pool)]


def test_espeaks_table_names_voices_that_it_has() -> None:
    cast = find_cast(open_engine("pyttsx3"), "en-GB")
    assert cast is not None
    assert [open_engine("pyttsx3").find_fault(voice.id) for voice in voices_of(cast)] == [None] * 21
    assert cast.narrator == Voice(engine="pyttsx3", id="en-gb-x-rp", pitch=45)
    assert all(cast.descriptions[voice.id] for voice in voices_of(cast))


LEFT_OUT = {"af_bella", "af_jessica", "af_nicole", "bf_alice"}
"""Voices that sound less good than the others by ears (docs/engines.md)."""


def test_kokoros_table_has_the_clear_english_voices_and_blends_of_voices_that_there_are() -> None:
    casts = read_casts("kokoro/cast.txt", "kokoro")
    assert set(casts) == {"en", "es", "fr"}
    for language, cast in casts.items():
        for voice in voices_of(cast):
            parts = parse_blend(voice.id)
            assert parts is not None
            assert parts.keys() <= set(VOICES)
            assert language_of(voice.id).startswith(language)
        assert all(cast.pools.values())
    english = {voice.id for voice in voices_of(casts["en"])}
    assert {name for name in VOICES if language_of(name).startswith("en-")} - english == LEFT_OUT


def test_a_cast_is_made_of_any_catalogue() -> None:
    entries = [
        VoiceEntry(engine="x", id="ann", name="Ann", language="fr-FR", gender="female"),
        VoiceEntry(engine="x", id="bob", name="Bob", language="en-US", gender="male"),
        VoiceEntry(engine="x", id="cat", name="Cat", language="en-GB", gender="female"),
        VoiceEntry(engine="x", id="dan", name="Dan", language=""),
    ]
    cast = cast_from_catalogue(entries, "en")
    assert cast is not None
    assert cast.narrator.id == "bob"
    assert {gender: [voice.id for voice in pool] for gender, pool in cast.pools.items()} == {
        "female": ["cat"],
        "male": ["bob"],
        "unknown": ["dan"],
    }
    assert cast_from_catalogue(entries[:3], "de") is None


@pytest.mark.usefixtures("no_voices")
def test_without_installed_voices_it_is_espeak() -> None:
    assert (best_engine(), better_engine()) == ("pyttsx3", "kokoro")
    assert find_lack("pyttsx3") is None
    assert "narrate voices install kokoro" in (find_lack("kokoro") or "")
    with pytest.raises(EngineError, match="there is no engine 'kokora'"):
        find_lack("kokora")


@pytest.mark.usefixtures("tiny_voices")
class TestWithVoices:
    """What holds where Kokoro and a voice of Piper's are installed."""

    def test_kokoro_is_the_best(self) -> None:
        assert (best_engine(), better_engine()) == ("kokoro", None)

    def test_the_commented_file_works_with_any_engine(self, tmp_path: Path) -> None:
        path = tmp_path / "voices.yaml"
        for engine in ("auto", *(name for name in engine_names() if name not in {"command", "system"})):
            path.write_text(default_voices_yaml().replace("engine: auto ", f"engine: {engine} "))
            general = load_settings(path, engines=known_engines()).general
            assert general.engine == ("kokoro" if engine == "auto" else engine)
            voices = [general.narrator, *(voice for pool in general.pools.values() for voice in pool)]
            assert {voice.engine for voice in voices} == {general.engine}
            assert [open_engine(general.engine).find_fault(v.id) for v in voices] == [None] * len(voices)

    def test_only_what_is_installed_is_cast(self) -> None:
        cast = find_cast(open_engine("kokoro"), "en")
        assert cast is not None
        assert cast.narrator.id == "bf_emma"
        assert {part for voice in voices_of(cast) for part in parse_blend(voice.id) or ()} <= set(
            KOKORO_VOICES
        )
        assert find_cast(open_engine("kokoro"), "de") is None

    def test_pipers_speakers_are_cast_by_their_sound(self) -> None:
        """They are tones of 140 Hz and 30 more for each."""
        cast = find_cast(open_engine("piper"), "en")
        assert cast is not None
        assert cast.narrator.id == f"{PIPER}#ann"
        assert [voice.id for voice in cast.pools["male"]] == [f"{PIPER}#ann"]
        assert [voice.id for voice in cast.pools["female"]] == [
            f"{PIPER}#{name}" for name in ("bob", "cat", "dan", "eve", "fay")
        ]
        assert cast.descriptions[f"{PIPER}#bob"] == "woman, 170 Hz"

    @pytest.mark.parametrize("kept", [None, "[1]", '{"0": 0.0}', '{"0": "low"}'])
    def test_pipers_speakers_whose_sound_is_not_known_are_cast_without_starting_it(
        self, kept: str | None, tmp_path: Path, made_voices: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "voices" / "piper" / PIPER
        shutil.copytree(made_voices / "piper" / PIPER, folder)
        monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
        (folder / "model.onnx").write_bytes(b"?")
        (folder / "speakers.json").unlink()
        if kept:
            (folder / "speakers.json").write_text(kept)
        cast = find_cast(open_engine("piper"), "en")
        assert cast is not None
        assert cast.narrator.id == f"{PIPER}#ann"
        assert [len(pool) for pool in cast.pools.values()] == [0, 0, 1 if kept == '{"0": 0.0}' else 6]
        assert cast.descriptions == {}

    @pytest.mark.parametrize(
        ("voice", "engine"),
        [("af_bella", "kokoro"), ("en-us+f2", "pyttsx3"), (f"{PIPER}#cat", "piper"), ("tone-low", "tone")],
    )
    def test_an_id_tells_its_engine(self, new_project: NewProject, voice: str, engine: str) -> None:
        for stated in ("auto", "pyttsx3", "tone"):
            new_project(f"engine: {stated}\nnarrator: {voice!r}\npools: {{male: [{voice!r}]}}\n", stated)
            general = read_settings(open_project(Path())).general
            assert (general.narrator.engine, general.narrator.id) == (engine, voice)
            assert general.pools["male"][0].engine == engine
            # A narrator sounds the same whatever is installed: eSpeak's as before there were others.
            assert general.narrator.pitch == (45 if engine == "pyttsx3" else 50)

    def test_a_storys_voice_may_be_of_another_engine(self, new_project: NewProject) -> None:
        new_project(
            "engine: pyttsx3\ncharacters: {Max: af_bella}\nstories: {a: {characters: {Max: en-us}}}\n"
        )
        story = read_settings(open_project(Path())).for_story("a")
        assert (story.characters[0].voice.engine, story.characters[0].voice.id) == ("pyttsx3", "en-us")

    def test_the_option_stands_over_the_file(self, new_project: NewProject) -> None:
        new_project("engine: tone\n")
        for engine in ("kokoro", "pyttsx3", "auto"):
            general = read_settings(open_project(Path(), engine=engine)).general
            assert general.narrator.engine == ("kokoro" if engine == "auto" else engine)

    @pytest.mark.slow
    def test_a_file_that_names_espeaks_voices_is_told_what_it_misses(self, new_project: NewProject) -> None:
        new_project("engine: pyttsx3\n", a=DIALOGUE)
        hint = "leave out engine, narrator and pools there for kokoro's"
        assert hint in narrate("a").stdout
        assert hint not in narrate("a", "--engine", "pyttsx3").stdout
        Path("voices.yaml").write_text("pools: {male: [en-us]}\n")
        assert hint not in narrate("a").stdout

    def test_auto_is_nobodys_choice(self, new_project: NewProject) -> None:
        new_project("engine: tone\n")
        chosen = {
            engine: read_settings(open_project(Path(), engine=engine)).general.chosen_by
            for engine in (None, "auto", "pyttsx3")
        }
        assert chosen == {None: "voices.yaml", "auto": "auto", "pyttsx3": "--engine"}
        Path("voices.yaml").unlink()
        assert read_settings(open_project(Path(), engine="auto")).general.chosen_by == "auto"

    def test_the_option_leaves_the_voices_that_the_file_names(
        self, new_project: NewProject, allowed: Path
    ) -> None:
        """Also those that only their own engine can tell to be voices."""
        program = allowed.parent.parent / "speak"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        allowing.write_allowed((program,))
        new_project(
            "engine: command\n"
            f"narrator: {{command: [{program}, '{{text}}', '{{out}}']}}\n"
            "characters: {Max: {rate: 150}}\n"
            "stories: {a: {narrator: {rate: 140}}}\n"
        )
        for engine in ("pyttsx3", "kokoro"):
            settings = read_settings(open_project(Path(), engine=engine))
            assert settings.general.narrator.id.startswith(str(program))
            assert {settings.general.narrator.engine, settings.for_story("a").narrator.engine} == {"command"}
            assert settings.general.pools["male"][0].engine == engine
            assert settings.general.characters[0].voice.engine is None

    def test_a_story_in_a_language_that_kokoro_lacks_is_espeaks(self, new_project: NewProject) -> None:
        new_project("engine: auto\n", a=SPANISH)
        told = json.loads(narrate("cast", "a", "--json").stdout)
        assert {role["voice"]["engine"] for role in told["cast"]} == {"pyttsx3"}
        assert any("no voice of kokoro speaks Spanish" in warning for warning in told["warnings"])

    def test_players_show_names(self, new_project: NewProject) -> None:
        project = new_project("engine: auto\n", a=DIALOGUE)
        report = make("a")["a"]
        assert report["engines"] == ["kokoro"]
        (path,) = (project / "output" / "a").glob("*.mp3")
        assert re.fullmatch(r"(Bella|Sky); Emma; (Adam|Puck|Lewis) \(Kokoro\)", str(ID3(path)["TCOM"]))

    def test_installing_is_a_reason(self, new_project: NewProject) -> None:
        new_project("engine: auto\n", a=DIALOGUE)
        make("a", "--engine", "pyttsx3")
        assert "kokoro was installed: pyttsx3 → kokoro" in narrate("--dry-run", "a").stdout
        assert "up to date" in narrate("--dry-run", "a", "--engine", "pyttsx3").stdout
        assert "--engine tone: pyttsx3 → tone" in narrate("--dry-run", "a", "--engine", "tone").stdout
        Path("voices.yaml").write_text("engine: kokoro\n")
        assert "voices.yaml: engine: pyttsx3 → kokoro" in narrate("--dry-run", "a").stdout

    def test_its_words_are_told_as_espeak_says_them(self, new_project: NewProject) -> None:
        new_project("engine: auto\n", a=DIALOGUE)
        told = json.loads(narrate("pronounce", "a", "Rachel", "--json").stdout)
        assert (told["engine"], told["words"][0]["notation"]) == ("kokoro", "ɹˈeɪtʃəl")

    def test_voices_lists_the_casts(self) -> None:
        shown = narrate("voices", "kokoro").stdout
        assert re.search(r"bf_emma +British woman, calm +the narrator", shown)
        told = json.loads(narrate("voices", "kokoro", "--json").stdout)
        assert [cast["narrator"]["id"] for cast in told["casts"]] == ["bf_emma"]
        assert {voice["description"] for voice in told["voices"] if voice["id"] == "af_sky"} != {""}


@pytest.fixture(name="own_voices")
def copy_voices(made_voices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test installed voices of its own, to be damaged; return Kokoro's folder."""
    folder = tmp_path / "voices"
    shutil.copytree(made_voices, folder)
    monkeypatch.setenv("NARRATE_VOICES", str(folder))
    (model,) = (folder / "kokoro").glob("*/model.onnx")
    return model.parent


@pytest.mark.parametrize(
    ("damaged", "fault"),
    [("voices.bin", "can't be read"), ("installed.json", "can't be read"), ("model.onnx", "is not there")],
)
def test_a_damaged_engine_can_not_speak(own_voices: Path, damaged: str, fault: str) -> None:
    (own_voices / damaged).unlink()
    if damaged != "model.onnx":
        (own_voices / damaged).write_text("{")
    assert (best_engine(), better_engine()) == ("pyttsx3", None)
    broken = find_broken() or ""
    assert broken.startswith("kokoro is installed, but can't speak: ")
    assert f"{damaged}: {fault}" in broken
    assert f"{damaged}: {fault}" in (find_lack("kokoro") or "")


def test_auto_says_that_an_installed_engine_is_broken(own_voices: Path, new_project: NewProject) -> None:
    new_project("", a=DIALOGUE)
    (own_voices / "voices.bin").write_text("{")
    told = json.loads(narrate("--json", "a").stdout)
    (warning,) = told["warnings"]
    assert warning == f"{find_broken()}. Until then the voices are those of pyttsx3."
    assert told["stories"][0]["engines"] == ["pyttsx3"]
    assert narrate("a").stderr.count(warning) == 1
    assert warn_of_broken_engine(read_settings(open_project(Path(), engine="pyttsx3"))) == []


@pytest.mark.usefixtures("no_voices")
def test_an_engine_that_can_not_speak_is_one_fault(new_project: NewProject) -> None:
    new_project("engine: kokoro\n")
    with pytest.raises(SettingsError) as caught:
        read_settings(open_project(Path()))
    assert str(caught.value) == (
        "voices.yaml:1:1: engine: expected an engine that can speak here, got 'kokoro', which has no voices "
        "yet; narrate voices install kokoro"
    )
    assert read_settings(open_project(Path(), engine="tone")).engine == "tone"
    Path("voices.yaml").write_text("")
    with pytest.raises(EngineError, match=r"^--engine: expected .*; narrate voices install kokoro$"):
        read_settings(open_project(Path(), engine="kokoro"))


@pytest.mark.usefixtures("no_voices")
def test_a_voice_that_is_not_installed_is_told_by_its_own_engine(new_project: NewProject) -> None:
    new_project("narrator: af_bella\ncharacters: {Max: am_adam}\n")
    with pytest.raises(SettingsError) as caught:
        read_settings(open_project(Path()))
    assert [fault.message for fault in caught.value.faults] == [
        f"expected a voice of kokoro that is installed, got '{name}'; narrate voices install kokoro:{name}"
        for name in ("af_bella", "am_adam")
    ]


def test_an_engine_that_nobody_named_may_be_broken(
    own_voices: Path, new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(f"engine: tone\nnarrator: en-us\ncharacters: {{Max: '{PIPER}#bob'}}\n")
    install_entry_point(project, "broken = no_such_module:Engine")
    monkeypatch.syspath_prepend(str(project))
    (own_voices / "voices.bin").write_text("{")
    forget_engines()
    general = read_settings(open_project(Path())).general
    assert (general.narrator.engine, general.characters[0].voice.engine) == ("pyttsx3", "piper")
    Path("voices.yaml").write_text("engine: tone\nnarrator: af_bella\n")
    with pytest.raises(SettingsError, match=r"; kokoro can't be asked: .*; broken can't be asked: "):
        read_settings(open_project(Path()))
    (own_voices.parent.parent / "piper" / PIPER / "voice.json").write_text("{")
    Path("voices.yaml").write_text("narrator: en-us\n")
    assert read_settings(open_project(Path(), engine="tone")).general.narrator.engine == "pyttsx3"


def test_an_engine_that_there_is_not_is_misuse(new_project: NewProject) -> None:
    new_project("", a=DIALOGUE)
    done = narrate("--engine", "koko")
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    assert "--engine: expected an engine (auto or pyttsx3 or " in told
    assert "got 'koko' (did you mean 'kokoro'?)" in told


def test_a_voice_of_several_engines_needs_one_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text("narrator: x\n")
    known = KnownEngines(
        faults={"pyttsx3": lambda _: "another", "one": lambda _: None, "two": lambda _: None},
        find_cast=known_engines().find_cast,
        best="pyttsx3",
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(path, engines=known)
    assert caught.value.faults[0].message == (
        "expected the engine beside a voice of several (one and two), got 'x': "
        "write {engine: one, voice: 'x'}"
    )


def test_an_engine_without_a_list_has_espeaks_cast() -> None:
    settings = load_settings(None, engines=known_engines(), engine="command").general
    assert {voice.engine for pool in settings.pools.values() for voice in pool} == {"pyttsx3"}


def test_names_of_voices() -> None:
    def name(*ids: str) -> tuple[str, ...]:
        return name_voices(
            Voice(engine=engine, id=voice) for engine, voice in (each.split(":") for each in ids)
        )

    assert name("kokoro:bf_emma", "kokoro:af_heart") == ("Emma", "Heart (Kokoro)")
    assert name("kokoro:af_bella*0.5+af_sky*0.5", "pyttsx3:en-us", "tone:tone-low") == (
        "Bella and Sky (Kokoro)",
        "en-us",
        "tone-low",
    )
    assert name("piper:en_US-lessac-medium", "piper:en_US-libritts_r-medium#17", f"piper:{PIPER}#ann") == (
        "Lessac",
        "Libritts r 17",
        "Ann (Piper)",
    )


def test_gender_by_sound() -> None:
    assert [judge_gender(hz) for hz in (0, 91, 160, 203)] == ["unknown", "male", "unknown", "female"]
