"""Write a story's present cast into voices.yaml, so that it stays whatever changes around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiobook.casting import CharacterSettings, StorySettings, find_stated, state_characters
from audiobook.editing.voices_file import (
    decode_voices,
    encode_voices,
    read_voices,
    replace_voices,
    voices_path,
)
from audiobook.model import NARRATOR, Cast, Character, Role, Script
from audiobook.planning.scripting import plan_script
from audiobook.planning.stories import open_in_series
from audiobook.project.layout import Project
from audiobook.reading import NO_WISH, ReadingWish
from audiobook.yamledit.words import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What was written: the file, the section, and the characters; `changed` False where all stood there."""

    path: Path
    section: str
    characters: tuple[str, ...]
    changed: bool


def pin_cast(project: Project, name: str, wish: ReadingWish = NO_WISH) -> Pinned:
    """Write who speaks in a story, and in which voice, into its section of voices.yaml.

    What a person stated stays as it is, comments and all.  The file is replaced in one step, and
    not at all where somebody else changed it meanwhile.  Raises `NarrateError`.
    """
    path = voices_path(project)
    data = read_voices(path)
    source, story = open_in_series(project, name)
    script, cast = plan_script(source, story, wish=wish)
    pins = _make_pins(script, cast, story)
    text = decode_voices(data)
    known = {stated.name for stated in story.characters}
    missing = {pinned: fields for pinned, fields in pins.items() if fields or pinned not in known}
    after = state_characters(text, source.stem, missing)
    if after != text:
        replace_voices(project, path, data, encode_voices(after, data))
    return Pinned(
        path=path,
        section=f"stories.{source.stem}.characters",
        characters=tuple(pins),
        changed=after != text,
    )


def _make_pins(script: Script, cast: Cast, settings: StorySettings) -> dict[str, dict[str, Value]]:
    """Return what to write of everybody who speaks, by the name to write it under; no name stands in two."""
    characters = {character.name: character for character in script.characters}
    claimed = {alias.casefold() for stated in settings.characters for alias in stated.aliases or ()}
    claimed |= {stated.name.casefold() for stated in settings.characters}
    claimed |= {role.speaker.casefold() for role in cast.roles if role.speaker}
    pins: dict[str, dict[str, Value]] = {}
    seen: set[str] = set()
    for role in cast.roles:
        character = characters.get(role.speaker or "")
        if role.speaker in {None, NARRATOR} or character is None or character.name.casefold() in seen:
            continue
        stated = find_stated(character, settings.characters)
        aliases = [alias for alias in character.aliases if alias.casefold() not in claimed]
        aliases = list({alias.casefold(): alias for alias in aliases}.values())
        claimed.update(alias.casefold() for alias in aliases)
        seen.add(character.name.casefold())
        fields = _make_fields(role, character, aliases, stated or CharacterSettings(name=""), settings)
        pins[character.name if stated is None else stated.name] = fields
    return pins


def _make_fields(
    role: Role, character: Character, aliases: list[str], stated: CharacterSettings, settings: StorySettings
) -> dict[str, Value]:
    """Return what holds of a character now and is not stated anywhere."""
    fields: dict[str, Value] = {}
    voice, wish = role.voice, stated.voice
    if wish.id is None and settings.casting == "full":
        fields["voice"] = voice.id
        if voice.engine != settings.engine:
            fields["engine"] = voice.engine
        if wish.rate is None and voice.rate != settings.rate:
            fields["rate"] = voice.rate
        if wish.pitch is None and voice.pitch != 50:
            fields["pitch"] = voice.pitch
        if wish.volume is None and voice.volume != 1:
            fields["volume"] = voice.volume
        if wish.range is None and voice.range != 50:
            fields["range"] = voice.range
    if stated.gender is None and character.gender != "unknown":
        fields["gender"] = character.gender
    if stated.aliases is None and aliases:
        fields["aliases"] = aliases
    return fields
