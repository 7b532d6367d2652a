"""From a settings file to `Settings`, or to all that is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from audiobook.casting.delivery import Manner
from audiobook.casting.pronunciation_readers import ReadLexicon
from audiobook.casting.readers import attempt, choice, gather_keys, record
from audiobook.casting.schema import DETAIL_KEYS, Schema
from audiobook.casting.server_readers import read_servers
from audiobook.casting.settings import (
    BookDetails,
    CharacterSettings,
    ChosenBy,
    Credits,
    OutputSettings,
    Pauses,
    ReadingSettings,
    Settings,
    StorySettings,
    VoiceWish,
)
from audiobook.casting.voice_readers import SERVER, KnownEngines
from audiobook.errors import Fault, SettingsError
from audiobook.model import NARRATOR, Gender, SpeechServer, Voice
from audiobook.yamledit.tree import (
    Entry,
    Misfit,
    SettingFault,
    Table,
    decode,
    is_nothing,
    parse,
    read_bytes,
)

AUTO = "auto"
"""In the place of an engine: the best that can speak here."""

_ENGLISH = "en"
"""The language of casts before a story's own is known (`languages.py` sees to that)."""


class _Choice(NamedTuple):
    """The engine of voices that name none, and who chose it."""

    engine: str
    chosen_by: ChosenBy


@cache
def default_voices_yaml() -> str:
    """Return the text of the commented voices.yaml that holds every built-in setting."""
    return files(__package__).joinpath("voices.yaml").read_text(encoding="utf-8")


def load_servers(path: Path | None) -> tuple[SpeechServer, ...]:
    """Return the servers of a settings file, whatever else is wrong with it; none where theirs can't be read.

    They are engines, which must be known before the voices of the file are looked at.
    """
    try:
        node = None if path is None else parse(decode(read_bytes(path)), []).get("servers")
        return () if node is None or is_nothing(node) else tuple(read_servers(node).values())
    except Misfit:
        return ()


def load_settings(
    path: Path | None,
    *,
    engines: KnownEngines,
    engine: str | None = None,
    read_lexicon: ReadLexicon | None = None,
) -> Settings:
    """Return the settings of a file laid over the built-in ones, which None gives alone.

    `engines` are asked about the voices that the file names and about no others; `engine` (or `auto`) speaks
    instead of the file's for whom the file names no voice.  `read_lexicon` reads the files under `lexicons`,
    which stay unread without it.
    Raises `SettingsError` with every fault of the file, the topmost first; a file that can't be read
    or is no YAML has one fault.
    """
    # Asked for each section, and the answer takes a look at the disk.
    engines = replace(engines, find_cast=cache(engines.find_cast))
    override = None if engine is None else _Choice(engine, "--engine")
    if engine == AUTO:
        override = _Choice(engines.best, "auto")
    if path is None:
        built_in = _read_built_in() | (override or _Choice(engines.best, "auto"))._asdict()
        return _make_settings(built_in, {}, engines)
    findings: list[SettingFault] = []
    try:
        tree = parse(decode(read_bytes(path)), findings)
        settings = _load(tree, engines, override, read_lexicon, findings)
    except Misfit as error:
        settings = None
        findings.extend(error.findings)
    if settings is None or findings:
        ordered = sorted(set(findings), key=lambda found: (found.mark.line, found.mark.column, found.path))
        raise SettingsError(tuple(_fault(str(path), found) for found in ordered))
    return settings


def _fault(file: str, found: SettingFault) -> Fault:
    # Names of the user's choice may hold what no terminal can show, halves of surrogate pairs even.
    path = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in found.path)
    return Fault(file=file, line=found.mark.line, column=found.mark.column, path=path, message=found.message)


@cache
def _read_built_in() -> dict[str, Any]:
    """Return the values of the built-in file; its voices are proven by a test, not at every start."""
    findings: list[SettingFault] = []
    tree = parse(default_voices_yaml(), findings)
    return gather_keys(tree, Schema({}, None).general_keys(), "settings", findings)


def _load(
    tree: Table,
    engines: KnownEngines,
    override: _Choice | None,
    read_lexicon: ReadLexicon | None,
    findings: list[SettingFault],
) -> Settings | None:
    """Return the settings of a file's tree, None where the findings tell why not.

    The voices that it names are those of its own engine, whatever the `override` is.
    """
    file_choice = _read_engine(tree, engines, findings, is_to_speak=override is None)
    faults = {name: cache(find_fault) for name, find_fault in engines.faults.items()}
    schema = Schema(
        faults,
        file_choice and file_choice.engine,
        read_lexicon,
        keeps_engine=override is not None,
        servers=engines.servers,
    )
    stated = gather_keys(tree, schema.general_keys(), "settings", findings)
    findings += _find_taken(tree, engines)
    stories: dict[str, dict[str, Any]] = {}
    inner: list[SettingFault] = []
    for story in _entries_of(tree, "stories"):
        read_story = record(schema.story_keys(stated, story.name), "a mapping of settings")
        node = Table(mark=story.mark, entries=()) if is_nothing(story.value) else story.value
        for own in attempt(read_story, node, story.name, story.mark, inner):
            stories[story.name] = own
    findings.extend(found.under("stories", found.mark) for found in inner)
    if findings or file_choice is None:
        return None
    general = _merge(_read_built_in(), stated) | (override or file_choice)._asdict()
    lines = {story.name: story.mark.line for story in _entries_of(tree, "stories")}
    return replace(_make_settings(general, stories, engines), story_lines=lines)


def _read_engine(
    tree: Table, engines: KnownEngines, findings: list[SettingFault], *, is_to_speak: bool
) -> _Choice | None:
    """Return the file's engine of voices that name none, and see whether it can speak, if it is to.

    Where the file misspells it, the nearest stands in, so that the voices' faults show in the same run;
    None where none is near, or where it is a server that can't be told.
    """
    for entry in tree.entries:
        if entry.name == "engine" and not is_nothing(entry.value):
            servers = [server.name for server in _entries_of(tree, "servers")]
            is_server = getattr(entry.value, "text", "") == SERVER
            names = dict.fromkeys((AUTO, *engines.faults, *servers, *([SERVER] if is_server else [])))
            known = attempt(choice(*names), entry.value, entry.name, entry.mark, findings)
            if not known:
                near = difflib.get_close_matches(getattr(entry.value, "text", ""), engines.faults, n=1)
                return _Choice(near[0], "voices.yaml") if near else None
            name = engines.name_engine(known[0])
            if servers and not engines.servers and name in {SERVER, *servers}:
                return None  # what is wrong with these is told under their key
            if name != AUTO:
                lack = engines.find_lack(name) if is_to_speak or name == SERVER else None
                if lack:
                    findings.append(
                        SettingFault(mark=entry.mark, message=f"expected {lack}", path=entry.name)
                    )
                return None if name == SERVER else _Choice(name, "voices.yaml")
    return _Choice(engines.best, "auto")


def _find_taken(tree: Table, engines: KnownEngines) -> list[SettingFault]:
    """Find servers that are called as an engine is, which they can't replace."""
    taken = {AUTO, SERVER, *engines.faults} - {*engines.servers}
    return [
        SettingFault(
            mark=entry.mark,
            message=f"expected a name that no engine has, got {entry.name!r}",
            path=f"servers.{entry.name}",
        )
        for entry in _entries_of(tree, "servers")
        if entry.name in taken
    ]


def _entries_of(tree: Table, name: str) -> tuple[Entry, ...]:
    node = tree.get(name)
    return node.entries if isinstance(node, Table) else ()


def _make_settings(
    general: dict[str, Any],
    stories: Mapping[str, dict[str, Any]],
    engines: KnownEngines,
) -> Settings:
    return Settings(
        engine=general["engine"],
        general=_make_section(general, engines),
        stories={
            name: replace(
                _make_section(_merge(general, own), engines),
                own_voices=_find_own_voices(own),
                has_own_formats="formats" in own.get("output", {}),
            )
            for name, own in stories.items()
        },
        output=OutputSettings(**general["output"]),
        servers=tuple(general.get("servers", {}).values()),
    )


def _find_own_voices(own: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths of the voices that a story's section names by their ids."""
    speakers = {f"characters.{name}": stated for name, stated in own.get("characters", {}).items()}
    if "narrator" in own:
        speakers["narrator"] = own["narrator"]
    pools = {f"pools.{gender}" for gender in own.get("pools", {})}
    return frozenset(pools | {path for path, stated in speakers.items() if stated.voice.id is not None})


def _merge(lower: Any, upper: Any) -> Any:
    """Return `upper` laid over `lower`: mappings by key, voices and characters by field, lists whole."""
    if isinstance(upper, dict):
        merged = dict(lower)
        for key, value in upper.items():
            merged[key] = _merge(lower[key], value) if key in lower else value
        return merged
    if isinstance(upper, (VoiceWish, CharacterSettings, Manner)):
        return upper.over(lower)
    return upper


def _make_section(values: Mapping[str, Any], engines: KnownEngines) -> StorySettings:
    """Return a section's settings; `values` hold all keys that the built-in file has."""
    engine, rate = values["engine"], values["rate"]
    base = Voice(engine=engine, id="", rate=rate)
    narrator: CharacterSettings = values.get("narrator", CharacterSettings(name=NARRATOR))
    pools: dict[Gender, tuple[Voice, ...]] = {
        gender: tuple(wish.on(base) for wish in wishes) for gender, wishes in values.get("pools", {}).items()
    }
    named = {voice.engine for pool in pools.values() for voice in pool}
    casts = [cast for name in sorted(named) if (cast := engines.find_cast(name, _ENGLISH))]
    own = engines.find_cast(narrator.voice.engine or engine, _ENGLISH)
    usual = Voice(engine=engine, id="") if own is None else own.narrator
    settings = StorySettings(
        engine=engine,
        rate=rate,
        casting=values["casting"],
        chosen_by=values["chosen_by"],
        narrator=narrator.voice.on(replace(usual, engine=engine, rate=rate)),
        pools=pools,
        narrator_wish=narrator.voice,
        stated_pools=pools,
        pitch_shifts={cast.narrator.engine: cast.pitch_shifts for cast in casts},
        characters=tuple(values.get("characters", {}).values()),
        lines=tuple(fix for fixes in values.get("lines", {}).values() for fix in fixes),
        pronunciations=tuple(values.get("pronunciations", {}).values()),
        narrator_pronunciations=narrator.pronunciations,
        lexicon=values.get("lexicons", ()),
        delivery=values["delivery"],
        pauses=Pauses(**values["pauses"]),
        reading=ReadingSettings(**values["reading"]),
        credits=Credits(**values["credits"]),
        formats=values["output"]["formats"],
        layout=values["output"]["layout"],
        details=BookDetails(**{key: values[key] for key in DETAIL_KEYS if key in values}),
    )
    cast = engines.find_cast(engine, _ENGLISH)
    return settings if cast is None else settings.with_cast(cast)
