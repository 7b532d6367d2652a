"""Read those who speak: the narrator, and the characters of a section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiobook.casting.line_readers import origin_of
from audiobook.casting.pronunciation_readers import read_pronunciations
from audiobook.casting.readers import Reader, attempt, choice, gather_keys, gather_table, listing, text
from audiobook.casting.settings import CharacterSettings
from audiobook.casting.shared_names import find_shared_names
from audiobook.casting.voice_readers import VOICE_KEYS, VoiceReader
from audiobook.model import NARRATOR, Pronunciation
from audiobook.yamledit.tree import Entry, Misfit, Node, Scalar, SettingFault, Table, is_nothing

CHARACTER_KEYS: Mapping[str, Reader[Any]] = {
    **VOICE_KEYS,
    "aliases": listing(text("a name"), "a list of other names, like [Rach, Ms. Green]"),
    "gender": choice("female", "male", "unknown"),
    "pronunciations": lambda node: node,
}
"""`pronunciations` are read where it is known in whose section they stand."""

NARRATOR_KEYS: Mapping[str, Reader[Any]] = {**VOICE_KEYS, "pronunciations": lambda node: node}

_CHARACTER_WORDS = ", ".join(CHARACTER_KEYS)
_NAME = text("a character's name")


def read_narrator(
    voices: VoiceReader, node: Node, lower: CharacterSettings, section: str
) -> CharacterSettings:
    """Read the narrator's voice and pronunciations."""
    if isinstance(node, Scalar):
        return CharacterSettings(name=NARRATOR, voice=voices.read(node, lower.voice.engine))
    findings: list[SettingFault] = []
    what = f"a voice's id, or a mapping with {', '.join(NARRATOR_KEYS)}"
    values = gather_keys(node, NARRATOR_KEYS, what, findings)
    narrator = CharacterSettings(
        name=NARRATOR,
        voice=voices.make_wish(node, values, lower.voice.engine, findings),
        pronunciations=_gather_pronunciations(node, f"{section}narrator", findings),
    )
    if findings:
        raise Misfit(*findings)
    return narrator


def read_characters(
    voices: VoiceReader, node: Node, lower: Mapping[str, CharacterSettings], section: str
) -> dict[str, CharacterSettings]:
    """Read the characters of a section, and see that no name belongs to two."""

    def read_character(entry: Entry, findings: list[SettingFault]) -> CharacterSettings:
        _check_character_name(entry)
        below = lower[entry.name].voice.engine if entry.name in lower else None
        origin = origin_of(entry, section, "characters")
        if is_nothing(entry.value):
            return CharacterSettings(name=entry.name, origin=origin)
        if isinstance(entry.value, Scalar):
            if entry.value.kind == "truth" and entry.value.text.lower() == "false":
                return CharacterSettings(name=entry.name, is_character=False, origin=origin)
            voice = voices.read(entry.value, below)
            return CharacterSettings(name=entry.name, voice=voice, is_character=True, origin=origin)
        what = f"a voice's id, false for what is no character, or a mapping with {_CHARACTER_WORDS}"
        values = gather_keys(entry.value, CHARACTER_KEYS, what, findings)
        return CharacterSettings(
            name=entry.name,
            is_character=True,
            origin=origin,
            aliases=values.get("aliases"),
            gender=values.get("gender"),
            voice=voices.make_wish(entry.value, values, below, findings),
            pronunciations=_gather_pronunciations(entry.value, f"{section}characters.{entry.name}", findings),
        )

    findings: list[SettingFault] = []
    what = "a mapping from names of characters to voices"
    characters = gather_table(node, read_character, what, findings)
    marks = {entry.name: entry.mark for entry in node.entries} if isinstance(node, Table) else {}
    findings += find_shared_names(characters, lower, marks)
    if findings:
        raise Misfit(*findings)
    return characters


def _gather_pronunciations(node: Node, path: str, findings: list[SettingFault]) -> tuple[Pronunciation, ...]:
    """Return how a speaker, whose mapping stands at a dotted path, says words."""
    found: dict[str, Pronunciation] = {}
    for entry in node.entries if isinstance(node, Table) else ():
        if entry.name == "pronunciations" and not is_nothing(entry.value):
            read = read_pronunciations(f"{path}.pronunciations")
            for values in attempt(read, entry.value, entry.name, entry.mark, findings):
                found = values
    return tuple(found.values())


def _check_character_name(entry: Entry) -> None:
    _NAME(Scalar(mark=entry.mark, text=entry.name, kind="text"))
    if entry.name.casefold() == NARRATOR:
        message = "expected a character, got the narrator, whose voice stands under the key 'narrator'"
        raise Misfit(SettingFault(mark=entry.mark, message=message))
