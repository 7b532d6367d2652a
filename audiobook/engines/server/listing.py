"""The voices that a server lists: asked for, read in whatever form they come, and kept for when it is away.

No standard says how a server lists its voices.  What is known: `{"voices": ["af_heart", …]}` of
Kokoro-FastAPI (later with objects of `id` and `name`), `{"voices": [{"name": …}]}` of Chatterbox-TTS-API,
`[{"id": …, "locale": …}]`, and lists under `data`, as OpenAI's own.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from audiobook.engines.kokoro.voices import LANGUAGES, gender_of
from audiobook.engines.server.asking import AnswerLimits, Refusal, ask_once
from audiobook.files import write_whole
from audiobook.folders import voices_folder
from audiobook.languages import read_tag
from audiobook.model import Gender, SpeechServer

_PLACES = ("/audio/voices", "/voices")
_LIMITS = AnswerLimits(seconds=5.0, answer_bytes=4_000_000)
_MOST = 5_000
_LONGEST_ID = 200
_NOT_THERE = {400, 404, 405, 501}

_NAMES = ("id", "voice_id", "voice", "name")
_LANGUAGE_NAMES = ("language", "locale", "lang", "language_code")
_GENDERS: dict[str, Gender] = {
    "f": "female", "female": "female", "woman": "female", "m": "male", "male": "male", "man": "male",
}  # fmt: skip
_KOKORO = re.compile(r"[abefhijpz][fm]_\w+")
"""An id of Kokoro's, which tells language and gender."""


class ListedVoice(NamedTuple):
    """A voice as a server lists it; the language is a BCP 47 tag, empty where it is not told."""

    id: str
    name: str
    language: str
    gender: Gender


def fetch_listing(server: SpeechServer, key: str) -> tuple[ListedVoice, ...]:
    """Ask a server for its voices, and keep what it answers; none where it lists none.

    Raises `Trouble` and `Refusal`.
    """
    found: tuple[ListedVoice, ...] = ()
    for place in _PLACES:
        try:
            answer = ask_once(f"{server.url}{place}", key, None, _LIMITS)
        except Refusal as refusal:
            if refusal.status in _NOT_THERE:
                continue
            raise
        if found := read_listing(answer.data):
            break
    _keep(server, found)
    return found


def read_listing(data: bytes) -> tuple[ListedVoice, ...]:
    """Return the voices of a server's answer, each once; none where it is no list of voices."""
    try:
        stated = json.loads(data)
    except (ValueError, RecursionError):
        return ()
    for name in ("voices", "data"):
        if isinstance(stated, dict) and isinstance(stated.get(name), dict | list):
            stated = stated[name]
    voices = {voice.id: voice for voice in _read_voices(stated)}
    return tuple(list(voices.values())[:_MOST])


def _read_voices(stated: object) -> Iterator[ListedVoice]:
    entries: Iterable[Any] = ()
    if isinstance(stated, list):
        entries = stated
    elif isinstance(stated, dict):
        entries = ({"id": id_, **details} for id_, details in stated.items() if isinstance(details, dict))
    for entry in entries:
        details = {"id": entry} if isinstance(entry, str) else entry
        if isinstance(details, dict) and (voice := _read_voice(details)):
            yield voice


def _read_voice(details: dict[str, Any]) -> ListedVoice | None:
    id_ = _find(details, _NAMES)
    if not id_.strip() or len(id_) > _LONGEST_ID or not id_.isprintable():
        return None
    gender = _GENDERS.get(_find(details, ("gender",)).lower(), "unknown")
    return complete(id_, _find(details, ("name",)), read_tag(_find(details, _LANGUAGE_NAMES)), gender)


def complete(id_: str, name: str = "", language: str = "", gender: Gender = "unknown") -> ListedVoice:
    """Return a voice with what its id tells beside what is stated."""
    if _KOKORO.fullmatch(id_):
        language = language or LANGUAGES[id_[0]]
        gender = gender_of(id_) if gender == "unknown" else gender
    return ListedVoice(id_, name or id_, language, gender)


def _find(details: dict[str, Any], names: Iterable[str]) -> str:
    """Return the first of some values that is a word, or the first word of a list there."""
    for name in names:
        value = details.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value:
            return value
    return ""


def recall_listing(server: SpeechServer) -> tuple[ListedVoice, ...] | None:
    """Return the voices that a server listed last; None where it was never asked, or that can't be read."""
    try:
        rows = json.loads(_place(server).read_bytes())
        return tuple(ListedVoice(*row) for row in rows)
    except (OSError, ValueError, TypeError):
        return None


def _keep(server: SpeechServer, voices: tuple[ListedVoice, ...]) -> None:
    """Keep a listing among the installed voices, since it decides as they do who speaks what."""
    with contextlib.suppress(OSError):  # it is asked again, then
        write_whole(_place(server), json.dumps(voices, ensure_ascii=False).encode())


def _place(server: SpeechServer) -> Path:
    return voices_folder() / "server" / f"{name_place(server)}.json"


def name_place(server: SpeechServer) -> str:
    """Name where a server is without telling it: finished files go to strangers, and hold such names."""
    return sha256(f"{server.url}\n{server.model}".encode()).hexdigest()[:12]
