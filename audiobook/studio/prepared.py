"""What takes a moment to show, kept ready: covers, the list of voices, the views of a few stories."""

from __future__ import annotations

import contextlib
import threading

from audiobook.building.auditions import list_casts, list_voices
from audiobook.errors import NarrateError
from audiobook.model import VoiceEntry
from audiobook.planning.covers import wish_cover
from audiobook.publishing import identify_cover, make_thumbnail
from audiobook.studio.answers import encode
from audiobook.studio.desk import MOST_OPEN, Desk, Now
from audiobook.studio.line_speech import start_engine
from audiobook.studio.views import show_voices

_COVER_SIDE = 480
"""Pixels: what a shelf shows at 240, on a screen of twice the usual points."""


class Prepared:
    """Makes what answers are made of, each once while it stays the same.  Threads may share it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._covers: dict[str, tuple[str, bytes]] = {}
        self._voices: tuple[Now, list[VoiceEntry], bytes] | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Do what the first answers would have to wait for: the engine's start takes a third of a second."""
        with contextlib.suppress(NarrateError):  # whoever asks is told
            start_engine(self._desk.read_now().settings.general.narrator)
            self.voices()

    def story(self, name: str) -> None:
        """Make ready what the page asks of a story first; its views only where few stories are kept."""
        with contextlib.suppress(NarrateError):
            self.cover(name)
            if len(self._desk.sources()) <= MOST_OPEN:
                story = self._desk.open(name)
                _ = story.script_json, story.cast_json

    def words(self, name: str) -> None:
        """Make ready what the first correction of a story's lines needs, a third of a second for a novel."""
        with contextlib.suppress(NarrateError):
            self._desk.find_words(name, self._desk.open(name).script.book)

    def cover(self, name: str) -> bytes:
        """Return a story's cover as a small JPEG.  Raises `NarrateError`."""
        story = self._desk.open(name)
        wish, _ = wish_cover(self._desk.find(name).path, story.script.book)
        identity = identify_cover(wish)
        known = self._covers.get(name)
        if known is None or known[0] != identity:
            known = self._covers[name] = (identity, make_thumbnail(wish, _COVER_SIDE).data)
        return known[1]

    def voices(self) -> bytes:
        """Return all voices of this machine as JSON; an engine that can't be asked has none."""
        now = self._desk.read_now()
        with self._lock:
            if self._voices is None or self._voices[0] is not now:
                if self._voices is not None and _has_same_engines(self._voices[0], now):
                    entries = self._voices[1]
                else:
                    entries = list_voices((), lambda _fault: None)
                self._voices = (now, entries, encode(show_voices(entries, list_casts(()), now.settings)))
            return self._voices[2]


def _has_same_engines(before: Now, now: Now) -> bool:
    """Tell whether the voices are still those of before, whatever else voices.yaml says now."""
    return (before.installed, before.settings.servers) == (now.installed, now.settings.servers)
