"""Write a story's present cast into voices.yaml, so that it stays whatever changes around it."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.casting import CharacterSettings, Pin, StorySettings, find_stated, pin_characters
from audiobook.casting.yaml_words import Value
from audiobook.errors import SettingsError, StorageError
from audiobook.model import NARRATOR, Cast, Character, Role, Script
from audiobook.production.project import Project, find_story
from audiobook.production.scripting import plan_script
from audiobook.production.stories import read_settings
from audiobook.reading import NO_WISH, ReadingWish

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What was written: the file, the section, and the characters; `changed` False where all stood there."""

    path: Path
    section: str
    characters: tuple[str, ...]
    changed: bool


def pin_cast(project: Project, name: str, wish: ReadingWish = NO_WISH) -> Pinned:
    """Write who speaks in a story, and in which voice, into its section of voices.yaml.

    Only insertions are made; what a person stated stays as it is.  The file is replaced in one step,
    and not at all where somebody else changed it meanwhile.  Raises `NarrateError`.
    """
    path = (project.voices or project.texts.parent / "voices.yaml").resolve()
    data = _read(path)
    settings = read_settings(project)
    source = find_story(project, name)
    story = settings.for_story(source.stem)
    script, cast = plan_script(source, story, wish=wish)
    pins = _make_pins(script, cast, story)
    text = data.removeprefix(_BOM).decode("utf-8")
    pinned = pin_characters(text, source.stem, pins) if pins else text
    if pinned != text:
        mark = _BOM if data.startswith(_BOM) else b""
        _replace(project, path, data, mark + pinned.encode("utf-8"))
    return Pinned(
        path=path,
        section=f"stories.{source.stem}.characters",
        characters=tuple(pin.name for pin in pins),
        changed=pinned != text,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error


def _make_pins(script: Script, cast: Cast, settings: StorySettings) -> list[Pin]:
    """Return a pin for everybody who speaks; no name stands in two."""
    characters = {character.name: character for character in script.characters}
    claimed = {alias.casefold() for stated in settings.characters for alias in stated.aliases or ()}
    claimed |= {stated.name.casefold() for stated in settings.characters}
    claimed |= {role.speaker.casefold() for role in cast.roles if role.speaker}
    pins: dict[str, Pin] = {}
    for role in cast.roles:
        character = characters.get(role.speaker or "")
        if role.speaker in {None, NARRATOR} or character is None or character.name.casefold() in pins:
            continue
        stated = find_stated(character, settings.characters)
        aliases = [alias for alias in character.aliases if alias.casefold() not in claimed]
        aliases = list({alias.casefold(): alias for alias in aliases}.values())
        claimed.update(alias.casefold() for alias in aliases)
        own = {character.name} if stated is None else {stated.name, *(stated.aliases or ())}
        pins[character.name.casefold()] = Pin(
            name=character.name if stated is None else stated.name,
            names=frozenset(name.casefold() for name in own),
            fields=_make_fields(role, character, aliases, stated or CharacterSettings(name=""), settings),
        )
    return list(pins.values())


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
    if stated.gender is None and character.gender != "unknown":
        fields["gender"] = character.gender
    if stated.aliases is None and aliases:
        fields["aliases"] = aliases
    return fields


def _replace(project: Project, path: Path, before: bytes, after: bytes) -> None:
    """Put the new bytes in the file's place, once they are proven to be valid settings."""
    try:
        handle, name = tempfile.mkstemp(prefix=".voices-", suffix=".yaml", dir=path.parent)
    except OSError as error:
        raise StorageError(f"{path.parent}: can't be written: {error.strerror}") from error
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        try:
            read_settings(replace(project, voices=fresh))
        except SettingsError as error:
            reason = f"the cast does not fit into the file as it is written ({error.faults[0].message})"
            raise StorageError(f"{path}: {reason}; nothing was changed") from error
        if path.exists():
            shutil.copymode(path, fresh)
        else:
            fresh.chmod(0o644)
        if _read(path) != before:
            raise StorageError(f"{path}: was changed meanwhile, so nothing was written; pin again")
        fresh.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)
