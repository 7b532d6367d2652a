"""The ideographs and kana of a text, and which of them a voice can't read."""

from __future__ import annotations

import re

from audiobook.engines.base import LiterateEngine
from audiobook.model import Voice
from audiobook.project.shared_engines import shared_engine
from audiobook.words import HAN, KANA

CHARACTERS = re.compile(f"[{HAN}{KANA}]")


def list_characters(*texts: str | None) -> str:
    """Return the ideographs and kana of texts, each once, in order."""
    found = (CHARACTERS.findall(text) for text in texts if text and not text.isascii())
    return "".join(sorted({character for each in found for character in each}))


def find_unread(characters: str, voice: Voice) -> frozenset[str]:
    """Return which of them a voice can't read; none of an engine that does not tell."""
    engine = shared_engine(voice.engine) if characters else None
    return engine.find_unread(characters, voice.id) if isinstance(engine, LiterateEngine) else frozenset()
