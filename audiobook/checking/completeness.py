"""Whether a finished file says all that was planned, at the times its cues tell, and nothing else.

What is planned comes as an argument (`PlannedFile`), what is in the file as its `Track`, and what can be
heard as a `Measurement`: three witnesses, of which each is compared with the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.audio.master import ROOM_TONE_DB
from audiobook.checking.meter import OUTLINE_HZ, Measurement
from audiobook.checking.report import Finding
from audiobook.model import Book, Cue, Skip, Track, Utterance
from audiobook.words import count_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOLERANCE_MS = 60
"""How far speech may set in from its cue.

Measured on 250 lines of a novel: −10 to 0 ms at its start, −7 to +15 at its end.
"""

_FADING_MS = 150
"""How much before its cue's end speech may end: the last sound of neural voices fades into the room tone
(98 ms before the end in one of 160 lines of Kokoro's).  Whether it is cut only a recognizer can tell."""

_SPEECH_DB = ROOM_TONE_DB + 4
"""RMS of 10 ms: room tone stays within 1.5 dB of its level, and the last of a fading consonant is over
this.  (At 10 dB over the room tone, one line in twenty seems to end 100 ms early.)"""

_NOISE_DB = ROOM_TONE_DB + 6
"""What in a pause is more than room tone, whatever a coder makes of that."""

PACE = (0.5, 2.0)
"""Shortest and longest that a line may be for its text and rate, against `Planned.expected_s`.

Measured on 93 lines of four stories: 0.80 to 1.24.
"""

_LAME_EXTRA = 47
"""Samples that an MP3 may be longer: LAME ends no file within the first 47 of its last frame (1152 less its
delay of 576 + 529), but fills them with silence; one more by resampling is then within."""

_FEW_SOUNDS_S = 0.6
_DRAWN_OUT_S = 1.5
"""A word or two: how long they are says little, and nothing that is over so soon is too long ("How so?" took
Kokoro 1.4 s)."""

_LETTER = re.compile(r"[^\W_]")
_OTHER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """What a file should say and when: of each utterance the silence before it and its likely length.

    `leads_s` begins with the silence at the file's head; `tail_s` is that at its end.
    """

    utterances: tuple[Utterance, ...]
    leads_s: tuple[float, ...]
    expected_s: tuple[float, ...]
    tail_s: float


def judge_track(path: Path, track: Track, planned: PlannedFile, heard: Measurement) -> list[Finding]:
    """Check a file's cues against the plan and against what can be heard."""
    return [
        _judge_length(path, track, planned, heard),
        _judge_words(path, track.cues, planned.utterances),
        _judge_silences(path, track, planned),
        _judge_pace(path, track.cues, planned),
        *_judge_sound(path, track.cues, heard),
    ]


def _judge_length(path: Path, track: Track, planned: PlannedFile, heard: Measurement) -> Finding:
    """Compare to the sample; where a track was made at another rate, resampling may round by one."""
    wanted_s = track.cues[-1].end_s + planned.tail_s if track.cues else track.seconds
    off = heard.frames - round(wanted_s * heard.sample_rate)
    most = _LAME_EXTRA if path.suffix == ".mp3" else 1
    passed = -1 <= off <= most
    return Finding(
        file=path,
        figure="decoded length",
        value=off,
        unit="samples off",
        limit="as planned, to the sample",
        passed=passed,
        remark="" if passed else f"{heard.seconds:.3f} s of {wanted_s:.3f} s: cut or changed since",
    )


def _judge_words(path: Path, cues: Sequence[Cue], utterances: Sequence[Utterance]) -> Finding:
    """Every planned line must be one cue, in order, with its words."""
    faults = list(_compare(cues, utterances))
    return Finding(
        file=path,
        figure="lines",
        value=f"{len(cues)} of {len(utterances)}",
        limit="each line of the plan in one cue, in order",
        passed=not faults,
        remark=_first(faults),
    )


def _compare(cues: Sequence[Cue], utterances: Sequence[Utterance]) -> Iterator[str]:
    held = [_identify(cue.utterance) for cue in cues]
    wanted = [_identify(utterance) for utterance in utterances]
    if held == wanted:
        return
    seen = set(held)
    yield from (
        f"{_quote(u)} is in no cue" for u, key in zip(utterances, wanted, strict=True) if key not in seen
    )
    planned = set(wanted)
    for cue, key in zip(cues, held, strict=True):
        if key not in planned:
            yield f"{_quote(cue.utterance)} at {cue.start_s:.1f} s is not planned"
    if len(seen) < len(held):
        twice = next(cue for n, cue in enumerate(cues) if held[n] in held[:n])
        yield f"{_quote(twice.utterance)} is said again at {twice.start_s:.1f} s"
    elif seen == planned:
        late = next(cue for cue, a, b in zip(cues, held, wanted, strict=True) if a != b)
        yield f"{_quote(late.utterance)} at {late.start_s:.1f} s is out of order"


def _identify(utterance: Utterance) -> tuple[int, int, str]:
    return utterance.start, utterance.end, utterance.text


def _judge_silences(path: Path, track: Track, planned: PlannedFile) -> Finding:
    """Compare the silences between cues with those that were planned."""
    ends = [0.0, *(cue.end_s for cue in track.cues)]
    gaps = [cue.start_s - end for cue, end in zip(track.cues, ends, strict=False)]
    pairs = zip(track.cues, gaps, planned.leads_s, strict=False)
    off = [((gap - lead) * 1000, cue) for cue, gap, lead in pairs]
    worst, cue = max(off, key=lambda entry: abs(entry[0]), default=(0.0, None))
    passed = abs(worst) <= TOLERANCE_MS
    where = f"before {_quote(cue.utterance)} at {cue.start_s:.1f} s" if cue and not passed else ""
    return Finding(
        file=path,
        figure="planned silences",
        value=round(worst, 1),
        unit="ms off",
        limit=f"within {TOLERANCE_MS} ms",
        passed=passed,
        remark=where,
    )


def _judge_pace(path: Path, cues: Sequence[Cue], planned: PlannedFile) -> Finding:
    """Find the cue that is least plausible for its words, by the rate of its voice."""
    least, most = PACE
    worst, remark = 1.0, ""
    for cue, expected_s in zip(cues, planned.expected_s, strict=False):
        spoken_s = cue.end_s - cue.start_s
        ratio = measure_pace(cue, expected_s)
        if max(ratio, 1 / max(ratio, 1e-9)) > max(worst, 1 / max(worst, 1e-9)):
            worst = ratio
            words = count_words(cue.utterance.text)
            pace = f"{words / spoken_s * 60:.0f} words a minute" if spoken_s > 0 else "no time at all"
            remark = f"{_quote(cue.utterance)} at {cue.start_s:.1f} s: {pace}"
    passed = least <= worst <= most
    return Finding(
        file=path,
        figure="pace",
        value=round(worst, 2),
        unit="× the length expected",
        limit=f"{least} to {most} for every line",
        passed=passed,
        remark="" if passed else remark,
    )


def measure_pace(cue: Cue, expected_s: float) -> float:
    """Return how many times as long a line is as is foreseen; of a word or two it says little (`PACE`)."""
    # A word may be drawn out by a pause that its mark asks for: half a second more says nothing.
    spoken_s = cue.end_s - cue.start_s
    ratio = (spoken_s + _FEW_SOUNDS_S) / (expected_s + _FEW_SOUNDS_S)
    return min(ratio, PACE[1]) if spoken_s <= _DRAWN_OUT_S else ratio


def _judge_sound(path: Path, cues: Sequence[Cue], heard: Measurement) -> Iterator[Finding]:
    """Listen whether speech sets in and ends at the cues, and whether the pauses are quiet."""
    import numpy as np

    speech = heard.outline_rms > 10 ** (_SPEECH_DB / 20)
    noise = heard.outline_rms > 10 ** (_NOISE_DB / 20)
    worst: tuple[float, float, str] = (0.0, 0.0, "")
    noises: list[str] = []
    for start_s, end_s, after in _pauses(cues, heard.seconds):
        # What is between two cues closer than twice the tolerance can't be told from either.
        margin = TOLERANCE_MS / 1000
        first, last = round((start_s + margin) * OUTLINE_HZ), round((end_s - margin) * OUTLINE_HZ)
        (sound,) = np.nonzero(noise[max(first, 0) : max(last, 0)])
        if len(sound):
            noises.append(f"{(first + sound[0]) / OUTLINE_HZ:.2f} s, {after}")
    silent = []
    for cue in cues:
        span = _speech_in(cue, speech)
        if span is None:
            silent.append(f"{_quote(cue.utterance)} at {cue.start_s:.1f} s can't be heard")
            continue
        for off, what in ((span[0] - cue.start_s, "sets in"), (span[1] - cue.end_s, "ends")):
            allowed_ms = _FADING_MS if what == "ends" and off < 0 else TOLERANCE_MS
            share = abs(off) * 1000 / allowed_ms
            if share > worst[0]:
                where = f"{_quote(cue.utterance)} at {cue.start_s:.1f} s {what} {_describe_shift(off)}"
                worst = (share, off, where)
    passed = not silent and worst[0] <= 1
    yield Finding(
        file=path,
        figure="speech at its cues",
        value=round(worst[1] * 1000),
        unit="ms off",
        limit=f"within {TOLERANCE_MS} ms, a fading end {_FADING_MS}",
        passed=passed,
        remark="" if passed else _first(silent) or worst[2],
    )
    yield Finding(
        file=path,
        figure="sound in pauses",
        value=len(noises),
        limit="none",
        passed=not noises,
        remark=_first(noises),
    )


def _describe_shift(off_s: float) -> str:
    return f"{abs(off_s) * 1000:.0f} ms {'late' if off_s > 0 else 'early'}"


def _pauses(cues: Sequence[Cue], seconds: float) -> Iterator[tuple[float, float, str]]:
    end_s, after = 0.0, "before the first line"
    for cue in cues:
        yield end_s, cue.start_s, after
        end_s, after = cue.end_s, f"after {_quote(cue.utterance)}"
    # The encoder leaves the last stretch as it falls.
    yield end_s, seconds + TOLERANCE_MS / 1000, after


def _speech_in(cue: Cue, is_speech: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return when the first and the last sound within a cue (and its tolerance) begins and ends.

    Sound at the very edge of the tolerance may be a neighbour's; what is off by more is found as sound
    in a pause, or as silence in the cue.
    """
    import numpy as np

    first = max(round(cue.start_s * OUTLINE_HZ - 1), 0)
    last = round(cue.end_s * OUTLINE_HZ + 1)
    (sound,) = np.nonzero(is_speech[first:last])
    if not len(sound):
        return None
    return (first + int(sound[0])) / OUTLINE_HZ, (first + int(sound[-1]) + 1) / OUTLINE_HZ


def find_speech_s(heard: Measurement, start_s: float) -> float | None:
    """Return when the first speech after a time sets in; None where there is none."""
    import numpy as np

    first = round(start_s * OUTLINE_HZ)
    (sound,) = np.nonzero(heard.outline_rms[first:] > 10 ** (_SPEECH_DB / 20))
    return (first + int(sound[0])) / OUTLINE_HZ if len(sound) else None


def judge_source(book: Book, spoken: Iterable[Utterance], skipped: Sequence[Skip]) -> Finding:
    """Check that each letter and digit of the source is in exactly one cue, or skipped with a reason."""
    faults = list(_find_untold(book.text, [*spoken], skipped))
    letters = sum(map(str.isalnum, book.text))
    return Finding(
        file=None,
        figure="source",
        value=f"{letters:,} letters and digits",
        limit="each in one cue, or skipped with a reason",
        passed=not faults,
        remark=_first(faults),
    )


def _find_untold(text: str, spoken: Sequence[Utterance], skipped: Sequence[Skip]) -> Iterator[str]:
    spans = [(u.start, u.end) for u in spoken if u.start < u.end]
    for utterance in spoken:
        source = text[utterance.start : utterance.end]
        if utterance.start < utterance.end and _OTHER.sub("", source) != _OTHER.sub("", utterance.text):
            yield f"{_quote(utterance)} is not what the source says there"
    spans += [(skip.start, skip.end) for skip in skipped if skip.reason]
    done = 0
    for start, end in sorted(spans):
        if start < done and _LETTER.search(text, start, min(end, done)):
            yield f"said twice: {_excerpt(text, start, min(end, done))}"
        if start > done and _LETTER.search(text, done, start):
            yield f"lost: {_excerpt(text, done, start)}"
        done = max(done, end)
    if _LETTER.search(text, done):
        yield f"lost: {_excerpt(text, done, len(text))}"


def _excerpt(text: str, start: int, end: int) -> str:
    line = text.count("\n", 0, start) + 1
    return f"line {line}: {_shorten(text[start:end])}"


def _quote(utterance: Utterance) -> str:
    return _shorten(utterance.text)


def _shorten(words: str) -> str:
    words = " ".join(words.split())
    return f"“{words}”" if len(words) <= 50 else f"“{words[:49]}…”"


def _first(faults: Sequence[str]) -> str:
    if len(faults) < 2:
        return "".join(faults)
    return f"{faults[0]} (and {len(faults) - 1} more)"
