"""Reviewing a story: one list of what wants an ear, and what of that a person is done with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audiobook.building.unclear import read_all_unclear, unclear_place
from audiobook.caching.silences import measure_silences, recall_silences
from audiobook.errors import NarrateError
from audiobook.files import Identity, identify
from audiobook.script import show_around
from audiobook.studio.answers import StudioError, answer, encode
from audiobook.studio.bodies import read_fields
from audiobook.studio.concerns import (
    Concern,
    Kind,
    Lines,
    find_doubts,
    find_long_silences,
    find_odd_paces,
    find_unheard,
    list_lines,
)
from audiobook.studio.desk import MOST_OPEN, Desk, OpenStory
from audiobook.studio.done_marks import FILE, DoneMarks
from audiobook.studio.finished_tracks import FinishedTrack
from audiobook.studio.player import Player
from audiobook.studio.watch import Watch

_MOST_LETTERS = 50_000
"""Of an utterance, as `openapi.json` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A story's concerns, in order, and of which of its states they are."""

    story: OpenStory
    tracks: tuple[FinishedTrack, ...]
    heard: Identity | None
    unmeasured: int
    lines: Lines
    concerns: Sequence[Concern]


class Review:
    """Answers about what wants an ear.  `tell` is told the name of a story of which more is known by now."""

    def __init__(self, desk: Desk, player: Player, watch: Watch, tell: Callable[[str], None]) -> None:
        self._desk = desk
        self._player = player
        self._watch = watch
        self._tell = tell
        self._marks = DoneMarks(desk.project.texts.parent / FILE)
        self._found: dict[str, _Found] = {}
        self._asked: set[str] = set()
        self._broken: set[str] = set()

    def routes(self) -> list[Route]:
        """List the addresses."""
        review = "/api/stories/{name}/review"
        return [Route(review, self.show), Route(review, self.mark, methods=["POST"])]

    def show(self, request: Request) -> Response:
        """Answer with what wants an ear."""
        name = request.path_params["name"]
        _, revision = self._desk.open_now(name)
        found = self._find(name)
        self._measure(name, found)
        story, lines, concerns = found.story, found.lines, found.concerns
        done = self._marks.find_done(name, [lines.mark(each) for each in concerns])
        book = story.script.book
        shown = {
            "title": book.title,
            "language": book.language,
            "edition": story.edition,
            "characters": [{"name": who, "color": colour} for who, colour in story.colours.items()],
            "files": len(found.tracks),
            "unmeasured": found.unmeasured,
            "concerns": [
                _show(each, lines, book.text, is_done=is_done)
                for each, is_done in zip(concerns, done, strict=True)
            ],
        }
        return answer(self._desk.add_state(encode(shown), story, revision))

    async def mark(self, request: Request) -> Response:
        """Note that a person is done with something, or is not."""
        said = await read_fields(request, "kind", "line", "words", "edition", "done")
        name, kind, line = request.path_params["name"], said.text("kind"), said.whole("line")
        words, edition, is_done = said.text("words"), said.text("edition"), said.truth("done")
        if kind not in get_args(Kind) or line < 0 or not 0 < len(words) <= _MOST_LETTERS:
            raise StudioError(
                422, f"No line has such a number or such words, or nothing is called {kind[:40]!r}."
            )

        def change() -> None:
            found = self._find(name)
            if edition != found.story.edition:
                raise StudioError(
                    409, "The story's text was changed; the page shows it as it is in a moment."
                )
            for each in found.concerns:
                if (each.kind, each.line) == (kind, line) and found.lines.utterances[line].text == words:
                    self._marks.set(name, found.lines.mark(each), is_done=is_done)
                    return
            raise StudioError(409, "Nothing of that line wants an ear any more; look again.")

        await anyio.to_thread.run_sync(change)
        return answer({"done": is_done})

    def _find(self, name: str) -> _Found:
        """Return a story's concerns, looked for anew only where something has changed."""
        story, tracks = self._player.find(name)
        heard = identify(unclear_place(self._desk.project, name))
        cache = self._desk.cache
        unmeasured = sum(not self._is_measured(each) for each in tracks)
        known = self._found.get(name)
        if known and (known.story, known.tracks, known.heard, known.unmeasured) == (
            story,
            tracks,
            heard,
            unmeasured,
        ):
            return known
        lines = list_lines(story.script)
        concerns = [
            *find_unheard(tracks, lines, read_all_unclear(self._desk.project, name)),
            *find_long_silences(tracks, lines, cache),
            *find_odd_paces(tracks, lines, story.speaker),
            *find_doubts(story.script, lines),
        ]
        concerns.sort(key=lambda each: each.rank)
        found = _Found(
            story=story, tracks=tracks, heard=heard, unmeasured=unmeasured, lines=lines, concerns=concerns
        )
        self._found = dict([*self._found.items(), (name, found)][-MOST_OPEN:])
        return found

    def _measure(self, name: str, found: _Found) -> None:
        """Have the files that nobody has listened to measured, one at a time, when there is time."""
        for each in found.tracks:
            if not self._is_measured(each) and each.fingerprint not in self._asked:
                self._asked.add(each.fingerprint)
                self._watch.later(partial(self._measure_one, name, each))

    def _measure_one(self, name: str, each: FinishedTrack) -> None:
        path, cache = Path(each.track.path), self._desk.cache
        try:
            encoder = self._desk.encoder
        except NarrateError:  # the banner tells of it; the next look asks again
            self._asked.discard(each.fingerprint)
            return
        try:
            measure_silences(path, each.fingerprint, cache, encoder)
        except NarrateError:  # `narrate check` tells of it
            self._broken.add(each.fingerprint)
        if self._is_measured(each):  # and may be asked for again when the cache has let go of it
            self._asked.discard(each.fingerprint)
        self._tell(name)

    def _is_measured(self, each: FinishedTrack) -> bool:
        is_known = recall_silences(each.fingerprint, self._desk.cache) is not None
        return is_known or each.fingerprint in self._broken


def _show(concern: Concern, lines: Lines, text: str, *, is_done: bool) -> dict[str, object]:
    utterance, chapter = lines.utterances[concern.line], lines.chapters[concern.line]
    doubt, sound = concern.doubt, concern.sound
    place = doubt.quotation if doubt else utterance
    before, after = show_around(text, place.start, place.end) if place.end else ("", "")
    return {
        "kind": concern.kind,
        "line": concern.line,
        "words": utterance.text,
        "speaker": utterance.speaker,
        "spoken": utterance.kind,
        "chapter": {"number": chapter.number, "title": chapter.title},
        "before": before,
        "said": doubt.text if doubt else utterance.text,
        "after": after,
        "told": concern.told,
        "done": is_done,
        "doubt": doubt
        and {
            "quotation": doubt.quotation.start,
            "confidence": round(doubt.quotation.confidence, 3),
            "lines": doubt.lines,
            "gain": round(doubt.gain, 2),
            "others": [*([doubt.proposal] if doubt.proposal else []), *doubt.others],
        },
        "sound": sound
        and {"track": sound.track, "start": round(sound.start_s, 3), "end": round(sound.end_s, 3)},
    }
