"""Every key of voices.yaml, and what may stand there.

A new key is a line in one of the tables below, a field of `settings.py`, a line in voices.yaml and one
in docs/voices.md (a test compares them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audiobook.casting.character_readers import CHARACTER_KEYS, NARRATOR_KEYS, read_characters, read_narrator
from audiobook.casting.credit_readers import CREDIT_KEYS
from audiobook.casting.delivery_readers import MANNER_KEYS, read_delivery
from audiobook.casting.line_readers import LINE_KEYS, read_line
from audiobook.casting.pronunciation_readers import (
    PRONUNCIATION_KEYS,
    ReadLexicon,
    read_lexicons,
    read_pronunciations,
)
from audiobook.casting.readers import Reader, choice, listing, number, record, table, text, truth, whole
from audiobook.casting.server_readers import SERVER_KEYS, read_servers
from audiobook.casting.settings import CharacterSettings
from audiobook.casting.voice_readers import VOICE_KEYS, FindFault, VoiceReader
from audiobook.choices import FORMATS, LAYOUTS
from audiobook.model import DELIVERIES, NARRATOR
from audiobook.yamledit.tree import Scalar

_GENDERS = ("female", "male", "unknown")

_PAUSE_KEYS: Mapping[str, Reader[Any]] = {
    f"{name}_ms": whole(0, 20_000, "a number of milliseconds")
    for name in ("tag", "sentence", "speaker", "paragraph", "scene", "heading", "head", "tail")
}

_READING_KEYS: Mapping[str, Reader[Any]] = {
    "footnotes": choice("skip", "paragraph"),
    "matter": truth("true or false"),
    "descriptions": truth("true or false"),
    "proof": choice("fail", "warn"),
    "normalize": truth("true or false"),
    "labels": truth("true or false"),
}

_FORMATS = listing(choice(*FORMATS), "a list of formats, like [mp3, epub]", at_least=1)

_STORY_OUTPUT_KEYS: Mapping[str, Reader[Any]] = {"formats": _FORMATS}

_OUTPUT_KEYS: Mapping[str, Reader[Any]] = {
    "formats": _FORMATS,
    "layout": choice(*LAYOUTS),
    "captions": choice("sentences", "words"),
    "base_url": text("an address like https://example.org/books", pattern=r"https?://\S+", longest=1000),
    "ffmpeg": text("'bundled', or the name or path of an ffmpeg", longest=1000),
    "cache_gb": number(0.1, 10_000, "a number of gigabytes"),
    "listen": truth("true or false"),
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


class Schema:
    """The readers of a settings file, which know the engines and what lies below the section.

    `engines`, `default_engine`, `keeps_engine` and `servers` are what `VoiceReader` takes.  `read_lexicon`
    reads the files under `lexicons`; without it they stay unread.
    """

    def __init__(
        self,
        engines: Mapping[str, FindFault],
        default_engine: str | None,
        read_lexicon: ReadLexicon | None = None,
        *,
        keeps_engine: bool = False,
        servers: tuple[str, ...] = (),
    ) -> None:
        self._voices = VoiceReader(engines, default_engine, keeps_engine=keeps_engine, servers=servers)
        self._read_lexicon = read_lexicon

    def general_keys(self) -> Mapping[str, Reader[Any]]:
        """Return the readers of all top-level keys; stories are kept as they stand, for later."""
        return {
            # Checked before all else (load.py), since what voices there are depends on it.
            "engine": lambda node: node.text if isinstance(node, Scalar) else None,
            "servers": read_servers,
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
        pool = listing(self._voices.read_pooled, "a list of voices, like [en-us+f2, en-us+f4]", at_least=1)
        return {
            "casting": _CASTING,
            "rate": VOICE_KEYS["rate"],
            "narrator": lambda node: read_narrator(self._voices, node, narrator, section),
            "pools": record(dict.fromkeys(_GENDERS, pool), f"a mapping with {', '.join(_GENDERS)}"),
            "characters": lambda node: read_characters(self._voices, node, characters, section),
            "lines": table(lambda entry: read_line(entry, section), "a mapping from lines to speakers"),
            "pronunciations": read_pronunciations(f"{section}pronunciations"),
            "lexicons": read_lexicons(self._read_lexicon, f"{section}lexicons"),
            "delivery": read_delivery,
            "pauses": record(_PAUSE_KEYS, f"a mapping with {', '.join(_PAUSE_KEYS)}"),
            "reading": record(_READING_KEYS, f"a mapping with {', '.join(_READING_KEYS)}"),
            "credits": record(CREDIT_KEYS, f"a mapping with {', '.join(CREDIT_KEYS)}"),
        }

    def story_keys(self, lower: Mapping[str, Any], story: str) -> Mapping[str, Reader[Any]]:
        """Return the readers of a story's section, laid over the general one, `lower`."""
        return {
            **DETAIL_KEYS,
            **self.section_keys(lower, f"stories.{story}."),
            "output": record(_STORY_OUTPUT_KEYS, f"a mapping with {', '.join(_STORY_OUTPUT_KEYS)}"),
        }


def all_keys() -> Iterator[str]:
    """Yield every key as a dotted path; `NAME` and `STORY` stand for names that the user chooses."""
    yield from (f"narrator.{key}" for key in NARRATOR_KEYS)
    yield from (f"characters.NAME.{key}" for key in CHARACTER_KEYS)
    yield from (f"lines.WORDS.{key}" for key in LINE_KEYS)
    yield from (f"pronunciations.WORDS.{key}" for key in PRONUNCIATION_KEYS)
    yield from (f"pools.{gender}" for gender in _GENDERS)
    yield from (f"delivery.{key}" for key in DELIVERIES)
    yield from (f"delivery.NAME.{key}" for key in MANNER_KEYS)
    yield from (f"pauses.{key}" for key in _PAUSE_KEYS)
    yield from (f"reading.{key}" for key in _READING_KEYS)
    yield from (f"credits.{key}" for key in CREDIT_KEYS)
    yield from (f"output.{key}" for key in _OUTPUT_KEYS)
    yield from (f"servers.NAME.{key}" for key in SERVER_KEYS)
    yield from Schema({}, None).general_keys()
    yield from (f"stories.STORY.output.{key}" for key in _STORY_OUTPUT_KEYS)
    yield from (f"stories.STORY.{key}" for key in Schema({}, None).story_keys({}, "STORY"))
