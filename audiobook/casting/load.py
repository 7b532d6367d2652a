"""From a settings file to `Settings`, or to all that is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from audiobook.casting.delivery import Manner
from audiobook.casting.pronunciation_readers import ReadLexicon
from audiobook.casting.readers import attempt, choice, gather_keys, record
from audiobook.casting.schema import DETAIL_KEYS, Schema
from audiobook.casting.settings import (
    BookDetails,
    CharacterSettings,
    Credits,
    OutputSettings,
    Pauses,
    ReadingSettings,
    Settings,
    StorySettings,
    VoiceWish,
)
from audiobook.casting.voice_readers import FindFault
from audiobook.casting.yaml_tree import (
    Entry,
    Finding,
    Mark,
    Misfit,
    Table,
    decode,
    is_nothing,
    parse,
    read_bytes,
)
from audiobook.errors import Fault, SettingsError
from audiobook.model import Gender, Voice


@cache
def default_voices_yaml() -> str:
    """Return the text of the commented voices.yaml that holds every built-in setting."""
    return files(__package__).joinpath("voices.yaml").read_text(encoding="utf-8")


def load_settings(
    path: Path | None, *, engines: Mapping[str, FindFault], read_lexicon: ReadLexicon | None = None
) -> Settings:
    """Return the settings of a file laid over the built-in ones, which None gives alone.

    `engines` maps the name of each known engine to its `find_fault`, which is asked about the voices
    that the file names and about no others.  `read_lexicon` reads the files under `lexicons`, which stay
    unread without it.
    Raises `SettingsError` with every fault of the file, the topmost first; a file that can't be read
    or is no YAML has one fault.
    """
    built_in = _read_built_in()
    if path is None:
        return _make_settings(built_in, {}, {})
    findings: list[Finding] = []
    try:
        tree = parse(decode(read_bytes(path)), findings)
        settings = _load(tree, built_in, engines, read_lexicon, findings)
    except Misfit as error:
        settings = None
        findings.extend(error.findings)
    if settings is None or findings:
        ordered = sorted(set(findings), key=lambda found: (found.mark.line, found.mark.column, found.path))
        raise SettingsError(tuple(_fault(str(path), found) for found in ordered))
    return settings


def built_in_narrator() -> Voice:
    """Return the narrator of whoever states no voice."""
    return load_settings(None, engines={}).general.narrator


def _fault(file: str, found: Finding) -> Fault:
    # Names of the user's choice may hold what no terminal can show, halves of surrogate pairs even.
    path = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in found.path)
    return Fault(file=file, line=found.mark.line, column=found.mark.column, path=path, message=found.message)


@cache
def _read_built_in() -> dict[str, Any]:
    """Return the values of the built-in file; its voices are proven by a test, not at every start."""
    findings: list[Finding] = []
    tree = parse(default_voices_yaml(), findings)
    return gather_keys(tree, Schema({}, None).general_keys(), "settings", findings)


def _load(
    tree: Table,
    built_in: dict[str, Any],
    engines: Mapping[str, FindFault],
    read_lexicon: ReadLexicon | None,
    findings: list[Finding],
) -> Settings | None:
    """Return the settings of a file's tree, None where the findings tell why not."""
    marks = {entry.name: entry.mark for entry in tree.entries}
    engine = _read_engine(tree, built_in["engine"], engines, findings)
    schema = Schema({name: cache(find_fault) for name, find_fault in engines.items()}, engine, read_lexicon)
    stated = gather_keys(tree, schema.general_keys(), "settings", findings)
    if engine is not None:
        findings.extend(_find_foreign_voices(engine, engines, built_in, stated, marks))
    stories: dict[str, dict[str, Any]] = {}
    inner: list[Finding] = []
    for story in _entries_of(tree, "stories"):
        read_story = record(schema.story_keys(stated, story.name), "a mapping of settings")
        node = Table(mark=story.mark, entries=()) if is_nothing(story.value) else story.value
        for own in attempt(read_story, node, story.name, story.mark, inner):
            stories[story.name] = own
    findings.extend(found.under("stories", found.mark) for found in inner)
    return None if findings else _make_settings(built_in, stated, stories)


def _read_engine(
    tree: Table, built_in: str, engines: Mapping[str, FindFault], findings: list[Finding]
) -> str | None:
    """Return the engine of voices that name none.

    Where the file misspells it, the nearest stands in, so that the voices' faults show in the same run;
    None where none is near.
    """
    for entry in tree.entries:
        if entry.name == "engine" and not is_nothing(entry.value):
            known = attempt(choice(*engines), entry.value, entry.name, entry.mark, findings)
            near = difflib.get_close_matches(getattr(entry.value, "text", ""), engines, n=1)
            return next(iter([*known, *near]), None)
    return built_in


def _entries_of(tree: Table, name: str) -> tuple[Entry, ...]:
    node = tree.get(name)
    return node.entries if isinstance(node, Table) else ()


def _find_foreign_voices(
    engine: str,
    engines: Mapping[str, FindFault],
    built_in: dict[str, Any],
    stated: dict[str, Any],
    marks: Mapping[str, Mark],
) -> list[Finding]:
    """Find the built-in voices that the file leaves in place although its engine can't speak them."""
    if engine == built_in["engine"] or engine not in engines:
        return []
    remaining: dict[str, list[VoiceWish]] = {}
    if "narrator" not in stated or stated["narrator"].voice.id is None:
        remaining["narrator"] = [built_in["narrator"].voice]
    for gender, pool in built_in["pools"].items():
        if gender not in stated.get("pools", {}):
            remaining[f"pools.{gender}"] = list(pool)
    lacking = [
        path for path, wishes in remaining.items() if any(engines[engine](wish.id or "") for wish in wishes)
    ]
    if not lacking:
        return []
    message = f"expected voices of {engine!r} under {', '.join(lacking)}, got none (the built-in ones are of "
    message += f"{built_in['engine']!r}); narrate voices {engine} lists those that are here"
    return [Finding(mark=marks["engine"], message=message, path="engine")]


def _make_settings(
    built_in: dict[str, Any], stated: dict[str, Any], stories: Mapping[str, dict[str, Any]]
) -> Settings:
    general = _merge(built_in, stated)
    engine = general["engine"]
    return Settings(
        engine=engine,
        general=_make_section(engine, general),
        stories={
            name: replace(_make_section(engine, _merge(general, own)), own_voices=_find_own_voices(own))
            for name, own in stories.items()
        },
        output=OutputSettings(**general["output"]),
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


def _make_section(engine: str, values: Mapping[str, Any]) -> StorySettings:
    """Return a section's settings; `values` hold all keys that the built-in file has."""
    base = Voice(engine=engine, id="", rate=values["rate"])
    pools: dict[Gender, tuple[Voice, ...]] = {
        gender: tuple(wish.on(base) for wish in wishes) for gender, wishes in values["pools"].items()
    }
    return StorySettings(
        engine=engine,
        rate=values["rate"],
        casting=values["casting"],
        narrator=values["narrator"].voice.on(base),
        pools=pools,
        characters=tuple(values.get("characters", {}).values()),
        lines=tuple(fix for fixes in values.get("lines", {}).values() for fix in fixes),
        pronunciations=tuple(values.get("pronunciations", {}).values()),
        narrator_pronunciations=values["narrator"].pronunciations,
        lexicon=values.get("lexicons", ()),
        delivery=values["delivery"],
        pauses=Pauses(**values["pauses"]),
        reading=ReadingSettings(**values["reading"]),
        credits=Credits(**values["credits"]),
        details=BookDetails(**{key: values[key] for key in DETAIL_KEYS if key in values}),
    )
