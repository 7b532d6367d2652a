"""What the page asks for: the shelf, a story's script and cast, its lines and files to hear."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from audiobook.casting import VoiceWish
from audiobook.model import NARRATOR, Clip
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.desk import Desk
from audiobook.studio.line_speech import LineSpeaker
from audiobook.studio.player import Player
from audiobook.studio.prepared import Prepared
from audiobook.studio.shelf import Shelf
from audiobook.studio.views import RANGES
from audiobook.studio.watch import Watch

_WAIT_S = 0.05
"""How long the shelf waits for stories that are being read before it shows them so."""

_LONGEST_SENTENCE = 300

_PATIENT_AGAIN_S = 1.0
"""After such a wait, how long it does not wait again: what takes longer is told by an event."""


class ReadRoutes:
    """Answers that change nothing."""

    def __init__(self, desk: Desk, shelf: Shelf, player: Player, watch: Watch, prepared: Prepared) -> None:
        self._desk = desk
        self._shelf = shelf
        self._player = player
        self._watch = watch
        self._prepared = prepared
        self._waited_at = -_PATIENT_AGAIN_S

    def routes(self) -> list[Route]:
        """List the addresses."""
        story = "/api/stories/{name}"
        return [
            Route("/api/shelf", self.shelf),
            Route("/api/voices", self.voices),
            Route(story, self.script),
            Route(f"{story}/chapters", self.chapters),
            Route(f"{story}/cast", self.cast),
            Route(f"{story}/cover", self.cover),
            Route(f"{story}/player", self.player),
            Route(f"{story}/audition", self.audition),
            Route(f"{story}/utterances/{{number:int}}/audio", self.utterance),
            Route(f"{story}/utterances/{{number:int}}/spoken", self.spoken),
            Route(f"{story}/tracks/{{number:int}}", self.track),
            Route(f"{story}/tracks/{{number:int}}/peaks", self.peaks),
        ]

    def shelf(self, _request: Request) -> Response:
        """Answer with all stories."""
        if not self._shelf.is_complete and time.monotonic() - self._waited_at >= _PATIENT_AGAIN_S:
            self._watch.look(_WAIT_S)
            self._waited_at = time.monotonic()
        return answer(self._shelf.show())

    def script(self, request: Request) -> Response:
        """Answer with a story's script."""
        story, revision = self._desk.open_now(request.path_params["name"])
        self._watch.later(partial(self._prepared.words, story.name))
        return answer(self._desk.add_state(story.script_json, story, revision))

    def chapters(self, request: Request) -> Response:
        """Answer with how a story stands, chapter by chapter."""
        return answer(self._shelf.show_chapters(request.path_params["name"]))

    def cast(self, request: Request) -> Response:
        """Answer with a story's cast."""
        story, revision = self._desk.open_now(request.path_params["name"])
        return answer(self._desk.add_state(story.cast_json, story, revision))

    def cover(self, request: Request) -> Response:
        """Answer with a small cover."""
        return Response(self._prepared.cover(request.path_params["name"]), media_type="image/jpeg")

    def voices(self, _request: Request) -> Response:
        """Answer with all voices of this machine."""
        return answer(self._prepared.voices())

    def utterance(self, request: Request) -> Response:
        """Answer with the sound of a line."""
        speaker, number = self._find_line(request)
        clip = speaker.speak(number, read_wish(request.query_params))
        return Response(write_wav(clip), media_type="audio/wav")

    def audition(self, request: Request) -> Response:
        """Answer with the sound of a sentence that a speaker of the story never said."""
        story = self._desk.open(request.path_params["name"])
        written = request.query_params.get("text", "")
        text = " ".join(written.split())
        if not text or len(written) > _LONGEST_SENTENCE:
            raise StudioError(422, f"text: expected 1 to {_LONGEST_SENTENCE} letters.")
        speaker = request.query_params.get("speaker", NARRATOR)
        clip = story.speaker.say(text, speaker, read_wish(request.query_params))
        return Response(write_wav(clip), media_type="audio/wav")

    def spoken(self, request: Request) -> Response:
        """Answer with what is spoken of a line, and by which rules."""
        speaker, number = self._find_line(request)
        return answer(asdict(speaker.explain(number)))

    def _find_line(self, request: Request) -> tuple[LineSpeaker, int]:
        story = self._desk.open(request.path_params["name"])
        if request.query_params.get("edition", story.edition) != story.edition:
            raise StudioError(409, "The story's text was changed; the page shows it as it is in a moment.")
        speaker, number = story.speaker, request.path_params["number"]
        if number >= len(speaker):
            raise StudioError(404, f"The story has no line {number}; its lines are 0 to {len(speaker) - 1}.")
        return speaker, number

    def player(self, request: Request) -> Response:
        """Answer with what there is to listen to."""
        return answer(self._player.show(request.path_params["name"]))

    def peaks(self, request: Request) -> Response:
        """Answer with a file's waveform."""
        return answer(self._player.show_peaks(request.path_params["name"], request.path_params["number"]))

    def track(self, request: Request) -> Response:
        """Answer with a finished file, or the ranges of it that are asked for (RFC 9110, section 14)."""
        path = self._player.file(request.path_params["name"], request.path_params["number"])
        try:
            status = path.stat()
        except OSError as error:
            raise StudioError(404, f"{path.name} is there no more.") from error
        return FileResponse(path, media_type="audio/mpeg", stat_result=status)


def read_wish(query: Mapping[str, str]) -> VoiceWish:
    """Read what of a voice an address asks for.  Raises `StudioError`."""

    def number(key: str, kind: Callable[[str], float]) -> float | None:
        text = query.get(key)
        if text is None:
            return None
        low, high = RANGES[key]
        try:
            value = kind(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise StudioError(422, f"{key}: expected a number from {low} to {high}, got {text[:40]!r}.")
        return value

    rate, pitch, melody = number("rate", int), number("pitch", int), number("range", int)
    return VoiceWish(
        engine=query.get("engine"),
        id=query.get("voice"),
        rate=None if rate is None else int(rate),
        pitch=None if pitch is None else int(pitch),
        volume=number("volume", float),
        range=None if melody is None else int(melody),
    )


def write_wav(clip: Clip) -> bytes:
    """Return a clip as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.sample_rate)
        file.writeframes(clip.samples)
    return out.getvalue()
