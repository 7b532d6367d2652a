"""What a finished file was made from, kept inside it, so that a later run can say why it makes it anew.

A record holds nothing that does not decide the file's bytes (the fingerprint is a hash of it), so that a
file that is left alone never holds a record that a fresh one would not.  That is why it knows voices, and
no names of speakers.  Of the words it keeps checksums: about 10 kB an hour, plain JSON, in a frame of the
file's own tags, where it moves along with the file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

from audiobook.audio import MASTERING_VERSION, Spacing
from audiobook.model import Break, Utterance, Voice
from audiobook.project.versions import name_voice

if TYPE_CHECKING:
    from audiobook.planning.clip_specs import ClipSpec
    from audiobook.publishing import Tags

TRACK_VERSION = 7
"""Raised whenever the same clips and settings would make other bytes."""

_LONGEST_VALUE = 80
_BREAKS: Mapping[Break, str] = {
    "none": "n",
    "tag": "t",
    "sentence": "s",
    "speaker": "v",
    "paragraph": "p",
    "scene": "c",
    "heading": "h",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """The programs that decide a file's bytes: the encoder's version, and each engine's by its name.

    A voice with a version of its own stands among the engines, as `name_voice` names it.
    """

    encoder: str
    engines: Mapping[str, str]


class RecordedLine(NamedTuple):
    """An utterance as a record knows it: checksums of its words as written and as spoken, voice, break.

    `voice` is its speaker's, and `delivery` tells what the line changes of it: names, and the changes.
    """

    written: str
    spoken: str
    voice: Voice
    follows: str
    delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a file was made from.

    `tags` holds long values as checksums, `pauses` only those in use, `pace` the factors of
    the voices' rates.
    """

    version: int
    mastering: int
    makers: Makers
    origin: str
    pauses: Mapping[str, int]
    tags: Mapping[str, str]
    lines: tuple[RecordedLine, ...]
    pace: tuple[float, ...] = ()


def write_record(
    utterances: Sequence[Utterance],
    specs: Sequence[ClipSpec],
    spacing: Spacing,
    tags: Tags,
    *,
    origin: str,
    makers: Makers,
) -> str:
    """Write the record of a file that these make, as JSON: always the same for the same."""
    voices = list(dict.fromkeys(spec.cast for spec in specs))
    deliveries = list(dict.fromkeys(d for spec in specs if (d := _tell_delivery(spec))))
    index = {voice: str(number) for number, voice in enumerate(voices)}
    written = [_checksum(utterance.text) for utterance in utterances]
    spoken = [_checksum(spec.text + "".join(map(repr, spec.phonemes))) for spec in specs]
    breaks = [u.follows for u in utterances[1:]]
    pauses: dict[str, int] = {follows: spacing.pause_ms[follows] for follows in sorted(set(breaks))}
    used = {voice.engine for voice in voices} | {name_voice(voice) for voice in voices}
    record = {
        "version": TRACK_VERSION,
        "mastering": MASTERING_VERSION,
        "encoder": makers.encoder,
        "engines": {name: makers.engines[name] for name in sorted(used & makers.engines.keys())},
        "origin": origin,
        "pauses": pauses | {"head": spacing.head_ms, "tail": spacing.tail_ms},
        "tags": {key: _shorten(value) for key, value in asdict(tags).items() if value is not None},
        "voices": [[v.engine, v.id, v.rate, v.pitch, v.volume, v.range] for v in voices],
        "written": "".join(written),
        "spoken": {str(n): s for n, (w, s) in enumerate(zip(written, spoken, strict=True)) if w != s},
        "voice_of": " ".join(index[spec.cast] for spec in specs),
        "deliveries": deliveries,
        "pace": sorted({spec.pace for spec in specs}),
        "delivered": {str(n): deliveries.index(d) for n, o in enumerate(specs) if (d := _tell_delivery(o))},
        "breaks": "n" + "".join(_BREAKS[follows] for follows in breaks),
    }
    return _dump(record)


def read_record(text: str) -> Record | None:
    """Read a record; None where it is not one that this version writes."""
    try:
        data = json.loads(text)
        voices = [
            Voice(engine=engine, id=name, rate=rate, pitch=pitch, volume=volume, range=melody)
            for engine, name, rate, pitch, volume, melody in data["voices"]
        ]
        written = [data["written"][at : at + 8] for at in range(0, len(data["written"]), 8)]
        spoken = [data["spoken"].get(str(number), words) for number, words in enumerate(written)]
        voice_of = [voices[int(number)] for number in data["voice_of"].split()]
        delivered = [
            data["deliveries"][data["delivered"][str(number)]] if str(number) in data["delivered"] else ""
            for number in range(len(written))
        ]
        return Record(
            version=data["version"],
            mastering=data["mastering"],
            makers=Makers(encoder=data["encoder"], engines=data["engines"]),
            origin=data["origin"],
            pauses=data["pauses"],
            tags=data["tags"],
            lines=tuple(map(RecordedLine, written, spoken, voice_of, data["breaks"], delivered)),
            pace=tuple(data["pace"]),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def keep_lines(text: str, count: int) -> str:
    """Return a record with its first `count` lines alone, as `write_record` has written it."""
    data = json.loads(text)
    spoken = {number: words for number, words in data["spoken"].items() if int(number) < count}
    voice_of = " ".join(data["voice_of"].split()[:count])
    data |= {"written": data["written"][: 8 * count], "spoken": spoken, "voice_of": voice_of}
    data["delivered"] = {number: d for number, d in data["delivered"].items() if int(number) < count}
    return _dump(data | {"breaks": data["breaks"][:count]})


def _tell_delivery(spec: ClipSpec) -> str:
    return f"{', '.join(spec.delivered_by)}: {spec.delivery}" if spec.delivered_by else ""


def _dump(record: Mapping[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def match_lines(record: Record, utterances: Sequence[Utterance]) -> list[Utterance | None]:
    """Say of each line of a record which of these utterances it is by its words, None where it is none."""
    known: dict[str, list[Utterance]] = {}
    for utterance in reversed(utterances):
        known.setdefault(_checksum(utterance.text), []).append(utterance)
    return [known[line.written].pop() if known.get(line.written) else None for line in record.lines]


def _checksum(words: str) -> str:
    return f"{zlib.crc32(words.encode('utf-8', 'surrogatepass')):08x}"


def _shorten(value: object) -> str:
    words = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return words if len(words) <= _LONGEST_VALUE else f"{words[:40]}… {_checksum(words)}"
