"""What a player needs of a story: its finished files, where words sound in them, and how loud they are."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from urllib.parse import quote

from audiobook.caching.waveforms import draw_waveform, find_waveform
from audiobook.errors import NarrateError
from audiobook.project.places import find_folder
from audiobook.studio.answers import StudioError
from audiobook.studio.desk import Desk, OpenStory
from audiobook.studio.finished_tracks import FinishedTrack, list_finished
from audiobook.studio.timeline import show_peaks, show_track

_AT_ONCE_S = 600
"""The longest file whose waveform is worth waiting for: decoding it takes a tenth of a second or two."""

_PATIENCE_S = 0.05
"""After which the waveforms of further files are left for later."""

_MOST_KEPT = 8
"""Stories whose files are remembered, with their cues."""


class Player:
    """Lists what there is to listen to.  May be used from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, tuple[OpenStory, int, tuple[FinishedTrack, ...]]] = {}
        self._drawing = threading.Lock()

    def show(self, name: str) -> dict[str, object]:
        """Return a story's finished MP3 files; `peaks` are empty where they take longer (`show_peaks`)."""
        story, tracks = self.find(name)
        until = time.monotonic() + _PATIENCE_S
        shown = []
        for each in tracks:
            waveform = find_waveform(each.fingerprint, self._desk.cache)
            if waveform is None and each.track.seconds <= _AT_ONCE_S and time.monotonic() < until:
                waveform = self._draw(each)
            address = f"api/stories/{quote(name, safe='')}/tracks/{each.number}"
            shown.append(show_track(each, waveform or b"", story.colours, address))
        book = story.script.book
        return {"title": book.title, "author": book.author, "language": book.language, "tracks": shown}

    def show_peaks(self, name: str, number: int) -> dict[str, object]:
        """Return a file's waveform, drawn now if need be.  Raises `NarrateError`."""
        story, tracks = self.find(name)
        each = _choose(tracks, number)
        waveform = find_waveform(each.fingerprint, self._desk.cache) or self._draw(each)
        return {"peaks": show_peaks(waveform, each.track, story.colours)}

    def file(self, name: str, number: int) -> Path:
        """Return a finished file.  Raises `StudioError` where there is none of that number."""
        _, tracks = self.find(name)
        return Path(_choose(tracks, number).track.path)

    def prepare(self, name: str) -> None:
        """Draw the waveforms that a story lacks, so that nobody has to wait for them."""
        try:
            _, tracks = self.find(name)
            for each in tracks:
                if find_waveform(each.fingerprint, self._desk.cache) is None:
                    self._draw(each)
        except NarrateError:
            return  # whoever asks for them is told

    def _draw(self, each: FinishedTrack) -> bytes:
        with self._drawing:
            return draw_waveform(
                Path(each.track.path),
                each.track.seconds,
                each.fingerprint,
                self._desk.cache,
                self._desk.encoder,
            )

    def find(self, name: str) -> tuple[OpenStory, tuple[FinishedTrack, ...]]:
        """Return a story and its files, looked at anew only where one came, went or was replaced."""
        story = self._desk.open(name)
        folder = find_folder(self._desk.project, name)
        try:
            stamp = folder.stat().st_mtime_ns
        except OSError:
            return story, ()
        known = self._known.get(name)
        if known is None or known[0] is not story or known[1] != stamp:
            known = (story, stamp, list_finished(folder, story.script, self._desk.cache))
            self._known = dict([*self._known.items(), (name, known)][-_MOST_KEPT:])
        return story, known[2]


def _choose(tracks: tuple[FinishedTrack, ...], number: int) -> FinishedTrack:
    for each in tracks:
        if each.number == number:
            return each
    raise StudioError(404, f"There is no finished file of number {number}.")
