"""Piper's published voices: their names, their index, and how one is installed."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection

from audiobook.engines.neural.store import VoiceStore

FORM = r"(?P<language>[a-z]{2,3}_[A-Z]{2})-(?P<name>\w+)-(?P<quality>x_low|low|medium|high)"
"""How a published voice is named (https://huggingface.co/rhasspy/piper-voices)."""

_INDEX = "index.json"


def known_names(store: VoiceStore) -> tuple[str, ...]:
    """List the published voices as the index said that was fetched last; none before it was."""
    with contextlib.suppress(OSError, ValueError):
        return tuple(json.loads((store.folder / _INDEX).read_text(encoding="utf-8")))
    return ()


def is_published(name: str, known: Collection[str]) -> bool:
    """Tell whether there is such a voice; without an index, whether there may be."""
    return name in known if known else re.fullmatch(FORM, name) is not None
