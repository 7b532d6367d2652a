"""Say whom an alias of voices.yaml takes in, before the story is made so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from audiobook.casting import StorySettings
from audiobook.model import NARRATOR, Script, Voice
from audiobook.planning.scripting import PlanScript, plan_script
from audiobook.plurals import count
from audiobook.script import Join, find_joins


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryJoins:
    """Whom the aliases of a story take in, and those who had lines before anything was stated, by voice.

    `formerly` are of the cast that the text alone gets: who has no line any more, or is another by an alias.
    """

    joins: tuple[Join, ...] = ()
    formerly: Mapping[Voice, tuple[str, ...]] = field(default_factory=dict)


def find_story_joins(
    path: Path, settings: StorySettings, script: Script, reads: PlanScript = plan_script
) -> StoryJoins:
    """Return whom the aliases of a story's settings take in, of whom `script` was written with them.

    The story is read once more, as the text alone tells it, where an alias may be somebody's: `reads` had
    better have a cache.
    """
    met = {character.name for character in script.characters}
    if not settings.lines and not any(known.aliases and known.name in met for known in settings.characters):
        return StoryJoins()
    plain, cast = reads(path, replace(settings, characters=(), lines=()))
    speaking = {quotation.speaker for quotation in script.quotations}
    formerly: dict[Voice, tuple[str, ...]] = {}
    for role in cast.roles:
        if role.speaker and role.speaker != NARRATOR and role.speaker not in speaking:
            formerly[role.voice] = (*formerly.get(role.voice, ()), role.speaker)
    joins = find_joins(plain.characters, script.characters, settings.corrections)
    return StoryJoins(joins=joins, formerly=formerly)


def warn_of_joins(voices: Path | None, joins: Iterable[Join]) -> list[str]:
    """Return a sentence for each person who is drawn in by a part of the name: nobody may have meant that."""
    return [_place(voices, join) for join in joins if join.kind == "drawn in"]


def note_joins(voices: Path | None, joins: Iterable[Join]) -> list[str]:
    """Return a sentence for each person who is taken in as named, or stays apart."""
    return [_place(voices, join) for join in joins if join.kind != "drawn in"]


def describe_join(join: Join) -> str:
    """Say whom an alias takes in: "Kitty also joins Lady Catherine, 56 lines"."""
    lines = count(join.lines, "line")
    if join.kind == "apart":
        return (
            f"{join.character} has the name {join.alias} now; {join.other} ({lines}) stays apart, unless "
            "an alias names that person whole"
        )
    told = f"{join.character} also joins {join.other}, {lines}"
    if join.kind == "drawn in":
        told += f", by the alias {join.alias}; to keep them two, put {join.other}: under characters: too"
    return told


def _place(voices: Path | None, join: Join) -> str:
    place = f"{voices}:{join.origin.line}: " if join.origin else ""
    return place + describe_join(join)
