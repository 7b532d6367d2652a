"""What a player shows of a file, and what narrate leaves in its own files; the same for every format."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from audiobook.errors import StorageError
from audiobook.languages import ISO_639_2
from audiobook.model import Cue, Utterance

SYNTHETIC = "Read by synthetic voices: the speech was made by a computer (narrate)."
GENRE = "Audiobook"
UNKNOWN_AUTHOR = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a player shows of a track.

    `language` is a BCP 47 tag, `year` as the source gives it, `cover` the identity of the picture.
    `scenes` are the numbers of the utterances before which a chapter mark stands, none where there are
    no marks, else the first being 0.
    """

    title: str
    album: str
    author: str | None
    voices: tuple[str, ...]
    number: int
    count: int
    language: str
    text: str
    year: str | None = None
    series: str | None = None
    series_part: str | None = None
    description: str | None = None
    publisher: str | None = None
    cover: str | None = None
    scenes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What narrate leaves in a file of its own.

    `fingerprint` tells what it was made from, `origin` where its source lay (one word); `record` says so
    at length, and `times` where each utterance sounds (`write_times`); `cues` say the same to players, in
    a track of so many `seconds`.
    """

    fingerprint: str
    origin: str
    record: str
    times: str
    cues: tuple[Cue, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    """What a file of narrate's own says of itself: its stamp's beginning, and how long it is.

    `seconds` is to the sample, and 0 where the file is not whole.
    """

    fingerprint: str
    origin: str
    seconds: float


def language_code(tag: str) -> str:
    """Return the ISO 639-2 code of a BCP 47 tag, `und` where it is not known."""
    primary = re.split(r"[-_]", tag.strip().lower())[0]
    if len(primary) == 3 and primary.isalpha():
        return primary
    return ISO_639_2.get(primary, "und")


def write_times(cues: Sequence[Cue], sample_rate: int) -> str:
    """Write where utterances sound: the sample rate, then the samples of silence and of speech in turn."""
    numbers, position = [], 0
    for cue in cues:
        start, end = round(cue.start_s * sample_rate), round(cue.end_s * sample_rate)
        numbers += [start - position, end - start]
        position = end
    return json.dumps([sample_rate, *numbers], separators=(",", ":"))


def read_times(text: str, utterances: Sequence[Utterance]) -> tuple[Cue, ...]:
    """Read what `write_times` wrote of these utterances.  Raises `StorageError` where it is not of them."""
    try:
        sample_rate, *numbers = (int(number) for number in json.loads(text))
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    except (ValueError, TypeError) as error:
        raise StorageError("the file does not tell where its words sound") from error
    if len(pairs) != len(utterances) or sample_rate <= 0:
        raise StorageError("the file was made of other words")
    cues, position = [], 0
    for utterance, (silence, speech) in zip(utterances, pairs, strict=True):
        start, position = position + silence, position + silence + speech
        cues.append(Cue(utterance=utterance, start_s=start / sample_rate, end_s=position / sample_rate))
    return tuple(cues)
