"""Every key of voices.yaml, and what may stand there.

A new key is a line in one of the tables below, a field of `settings.py`, a line in voices.yaml and one
in docs/voices.md (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audiobook.casting.credit_readers import CREDIT_KEYS
from audiobook.casting.line_readers import LINE_KEYS, origin_of, read_line
from audiobook.casting.pronunciation_readers import (
    PRONUNCIATION_KEYS,
    ReadLexicon,
    read_lexicons,
    read_pronunciations,
)
from audiobook.casting.readers import (
    Reader,
    attempt,
    choice,
    gather_keys,
    gather_table,
    listing,
    misfit,
    number,
    record,
    suggest,
    table,
    text,
    truth,
    whole,
)
from audiobook.casting.settings import CharacterSettings, VoiceWish
from audiobook.casting.shared_names import find_shared_names
from audiobook.casting.yaml_tree import (
    Entry,
    Finding,
    Mark,
    Misfit,
    Node,
    Scalar,
    Table,
    is_nothing,
)
from audiobook.model import FORMATS, NARRATOR, Pronunciation

FindFault = Callable[[str], str | None]
"""Tells what is wrong with a voice id of one engine, None where nothing is (`Engine.find_fault`)."""

_GENDERS = ("female", "male", "unknown")

_VOICE_KEYS: Mapping[str, Reader[Any]] = {
    "engine": text("the name of an engine"),
    "voice": text("the id of a voice"),
    # The ranges are those in which eSpeak NG changes anything (speak_lib.h: espeakRATE 80 to 450,
    # espeakPITCH and espeakRANGE 0 to 100); volume is pyttsx3's 0 to 1.
    "rate": whole(80, 450, "a number of words per minute"),
    "pitch": whole(0, 100, "a pitch, 50 being the voice's own"),
    "volume": number(0, 1, "a volume"),
    "range": whole(0, 100, "a range of the melody, 50 being the voice's own"),
}

_CHARACTER_KEYS: Mapping[str, Reader[Any]] = {
    **_VOICE_KEYS,
    "aliases": listing(text("a name"), "a list of other names, like [Rach, Ms. Green]"),
    "gender": choice("female", "male", "unknown"),
    "pronunciations": lambda node: node,
}
"""`pronunciations` are read where it is known in whose section they stand."""

_NARRATOR_KEYS: Mapping[str, Reader[Any]] = {**_VOICE_KEYS, "pronunciations": lambda node: node}

_CHARACTER_WORDS = ", ".join(_CHARACTER_KEYS)
_PAUSE_KEYS: Mapping[str, Reader[Any]] = {
    f"{name}_ms": whole(0, 20_000, "a number of milliseconds")
    for name in ("sentence", "speaker", "paragraph", "scene", "heading", "head", "tail")
}

_READING_KEYS: Mapping[str, Reader[Any]] = {
    "footnotes": choice("skip", "paragraph"),
    "matter": truth("true or false"),
    "descriptions": truth("true or false"),
    "normalize": truth("true or false"),
}

_OUTPUT_KEYS: Mapping[str, Reader[Any]] = {
    "formats": listing(choice(*FORMATS), "a list of formats, like [mp3, epub]", at_least=1),
    "base_url": text("an address like https://example.org/books", pattern=r"https?://\S+", longest=1000),
    "ffmpeg": text("'bundled', or the name or path of an ffmpeg", longest=1000),
    "cache_gb": number(0.1, 10_000, "a number of gigabytes"),
}

DETAIL_KEYS: Mapping[str, Reader[Any]] = {
    "title": text("a title", longest=500),
    "author": text("a name"),
    "year": text("a year in four digits", pattern=r"\d{4}"),
    # The shape of RFC 5646 tags; whether the language exists is not checked.
    "language": text("a language tag like en or en-GB", pattern=r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "series": text("the name of a series"),
    "series_part": text("the place in the series"),
    "description": text("a description", longest=4000),
}

_CASTING = choice("full", "gender", "single")
_NAME = text("a character's name")


class Schema:
    """The readers of a settings file, which know the engines and what lies below the section.

    `default_engine` speaks the voices that name none; where it is None (it was stated wrongly) they
    are not checked, and with no `engines` at all none is.  `read_lexicon` reads the files under
    `lexicons`; without it they stay unread.
    """

    def __init__(
        self,
        engines: Mapping[str, FindFault],
        default_engine: str | None,
        read_lexicon: ReadLexicon | None = None,
    ) -> None:
        self._engines = engines
        self._default_engine = default_engine
        self._read_lexicon = read_lexicon

    def general_keys(self) -> Mapping[str, Reader[Any]]:
        """Return the readers of all top-level keys; stories are kept as they stand, for later."""
        return {
            # Checked before all else (load.py), since what voices there are depends on it.
            "engine": lambda node: node.text if isinstance(node, Scalar) else None,
            **self.section_keys({}, ""),
            "output": record(_OUTPUT_KEYS, f"a mapping with {', '.join(_OUTPUT_KEYS)}"),
            "stories": table(lambda entry: entry.value, "a mapping from names of stories to settings"),
        }

    def section_keys(self, lower: Mapping[str, Any], section: str) -> Mapping[str, Reader[Any]]:
        """Return the readers of the keys that may stand at the top level and in a story's section.

        `lower` holds the values of the section below, over which this one is laid; `section` is the
        dotted path of this one.
        """
        narrator: CharacterSettings = lower.get("narrator", CharacterSettings(name=NARRATOR))
        characters: Mapping[str, CharacterSettings] = lower.get("characters", {})
        pool = listing(self._read_pool_voice, "a list of voices, like [en-us+f2, en-us+f4]", at_least=1)
        return {
            "casting": _CASTING,
            "rate": _VOICE_KEYS["rate"],
            "narrator": lambda node: self._read_narrator(node, narrator, section),
            "pools": record(dict.fromkeys(_GENDERS, pool), f"a mapping with {', '.join(_GENDERS)}"),
            "characters": lambda node: self._read_characters(node, characters, section),
            "lines": table(lambda entry: read_line(entry, section), "a mapping from lines to speakers"),
            "pronunciations": read_pronunciations(f"{section}pronunciations"),
            "lexicons": read_lexicons(self._read_lexicon, f"{section}lexicons"),
            "pauses": record(_PAUSE_KEYS, f"a mapping with {', '.join(_PAUSE_KEYS)}"),
            "reading": record(_READING_KEYS, f"a mapping with {', '.join(_READING_KEYS)}"),
            "credits": record(CREDIT_KEYS, f"a mapping with {', '.join(CREDIT_KEYS)}"),
        }

    def story_keys(self, lower: Mapping[str, Any], story: str) -> Mapping[str, Reader[Any]]:
        """Return the readers of a story's section, laid over the general one, `lower`."""
        return {**DETAIL_KEYS, **self.section_keys(lower, f"stories.{story}.")}

    def _read_voice(self, node: Node, lower_engine: str | None) -> VoiceWish:
        """Read a voice's id, or a mapping of what is stated about the voice."""
        findings: list[Finding] = []
        if isinstance(node, Scalar):
            wish = VoiceWish(id=_VOICE_KEYS["voice"](node))
            self._check_voice(wish, lower_engine, {"voice": node.mark}, findings)
            # A voice that stands alone has no key of its own to be shown under.
            findings = [Finding(mark=found.mark, message=found.message) for found in findings]
        else:
            what = f"a voice's id, or a mapping with {', '.join(_VOICE_KEYS)}"
            wish = self._make_wish(
                node, gather_keys(node, _VOICE_KEYS, what, findings), lower_engine, findings
            )
        if findings:
            raise Misfit(*findings)
        return wish

    def _read_narrator(self, node: Node, lower: CharacterSettings, section: str) -> CharacterSettings:
        if isinstance(node, Scalar):
            return CharacterSettings(name=NARRATOR, voice=self._read_voice(node, lower.voice.engine))
        findings: list[Finding] = []
        what = f"a voice's id, or a mapping with {', '.join(_NARRATOR_KEYS)}"
        values = gather_keys(node, _NARRATOR_KEYS, what, findings)
        narrator = CharacterSettings(
            name=NARRATOR,
            voice=self._make_wish(node, values, lower.voice.engine, findings),
            pronunciations=_gather_pronunciations(node, f"{section}narrator", findings),
        )
        if findings:
            raise Misfit(*findings)
        return narrator

    def _read_pool_voice(self, node: Node) -> VoiceWish:
        wish = self._read_voice(node, None)
        if wish.id is None:
            raise misfit(node, "a voice's id, or a mapping with the key 'voice'", hint=" without it")
        return wish

    def _make_wish(
        self, node: Node, values: Mapping[str, Any], lower_engine: str | None, findings: list[Finding]
    ) -> VoiceWish:
        """Return the voice that a mapping's values state, after a look at engine and id together."""
        entries = node.entries if isinstance(node, Table) else ()
        marks = {entry.name: entry.mark for entry in entries if not is_nothing(entry.value)}
        wish = VoiceWish(
            engine=values.get("engine"),
            id=values.get("voice"),
            rate=values.get("rate"),
            pitch=values.get("pitch"),
            volume=values.get("volume"),
            range=values.get("range"),
        )
        self._check_voice(wish, lower_engine, marks, findings)
        return wish

    def _check_voice(
        self,
        wish: VoiceWish,
        lower_engine: str | None,
        marks: Mapping[str, Mark],
        findings: list[Finding],
    ) -> None:
        """Find an unknown engine, an engine without a voice, and a voice that the engine has not."""
        if not self._engines:
            return
        if wish.engine is not None and wish.engine not in self._engines:
            hint = suggest(wish.engine, self._engines)
            message = f"expected an engine ({' or '.join(self._engines)}), got {wish.engine!r}{hint}"
            findings.append(Finding(mark=marks["engine"], message=message, path="engine"))
            return
        if wish.engine is not None and "voice" not in marks:
            message = f"expected a voice of {wish.engine!r} under 'voice' too, got none"
            findings.append(Finding(mark=marks["engine"], message=message, path="engine"))
        engine = wish.engine or lower_engine or self._default_engine
        if wish.id is None or engine is None:
            return
        fault = self._engines[engine](wish.id)
        if fault is not None:
            findings.append(Finding(mark=marks["voice"], message=f"expected {fault}", path="voice"))

    def _read_characters(
        self, node: Node, lower: Mapping[str, CharacterSettings], section: str
    ) -> dict[str, CharacterSettings]:
        """Read the characters of a section, and see that no name belongs to two."""

        def read_character(entry: Entry, findings: list[Finding]) -> CharacterSettings:
            _check_character_name(entry)
            below = lower[entry.name].voice.engine if entry.name in lower else None
            origin = origin_of(entry, section, "characters")
            if is_nothing(entry.value):
                return CharacterSettings(name=entry.name, origin=origin)
            if isinstance(entry.value, Scalar):
                if entry.value.kind == "truth" and entry.value.text.lower() == "false":
                    return CharacterSettings(name=entry.name, is_character=False, origin=origin)
                voice = self._read_voice(entry.value, below)
                return CharacterSettings(name=entry.name, voice=voice, is_character=True, origin=origin)
            what = f"a voice's id, false for what is no character, or a mapping with {_CHARACTER_WORDS}"
            values = gather_keys(entry.value, _CHARACTER_KEYS, what, findings)
            return CharacterSettings(
                name=entry.name,
                is_character=True,
                origin=origin,
                aliases=values.get("aliases"),
                gender=values.get("gender"),
                voice=self._make_wish(entry.value, values, below, findings),
                pronunciations=_gather_pronunciations(
                    entry.value, f"{section}characters.{entry.name}", findings
                ),
            )

        findings: list[Finding] = []
        what = "a mapping from names of characters to voices"
        characters = gather_table(node, read_character, what, findings)
        marks = {entry.name: entry.mark for entry in node.entries} if isinstance(node, Table) else {}
        findings += find_shared_names(characters, lower, marks)
        if findings:
            raise Misfit(*findings)
        return characters


def _gather_pronunciations(node: Node, path: str, findings: list[Finding]) -> tuple[Pronunciation, ...]:
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
        raise Misfit(Finding(mark=entry.mark, message=message))


def all_keys() -> Iterator[str]:
    """Yield every key as a dotted path; `NAME` and `STORY` stand for names that the user chooses."""
    yield from (f"narrator.{key}" for key in _NARRATOR_KEYS)
    yield from (f"characters.NAME.{key}" for key in _CHARACTER_KEYS)
    yield from (f"lines.WORDS.{key}" for key in LINE_KEYS)
    yield from (f"pronunciations.WORDS.{key}" for key in PRONUNCIATION_KEYS)
    yield from (f"pools.{gender}" for gender in _GENDERS)
    yield from (f"pauses.{key}" for key in _PAUSE_KEYS)
    yield from (f"reading.{key}" for key in _READING_KEYS)
    yield from (f"credits.{key}" for key in CREDIT_KEYS)
    yield from (f"output.{key}" for key in _OUTPUT_KEYS)
    yield from Schema({}, None).general_keys()
    yield from (f"stories.STORY.{key}" for key in Schema({}, None).story_keys({}, "STORY"))
