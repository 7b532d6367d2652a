"""The text that runs along with a track, beside its file: WebVTT, SubRip (SRT), LRC, and its words as JSON.

A cue is an utterance, at most a sentence: its times are counted, while those of a half would be guessed.
In WebVTT and SRT its lines are broken at 42 letters, as subtitles' are; a long sentence has more of them
than the two that films allow, since here is no picture to cover.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from audiobook.model import NARRATOR, Cue, Release, Track, Utterance
from audiobook.publishing.tags import SYNTHETIC

_LINE_LETTERS = 42
"""Netflix, "English Timed Text Style Guide", section "Character limitation"."""

_OPENING = "\"'“‘„‚«‹([{¿¡*_"
"""Marks that belong to the word behind them."""

_UNKNOWN = "Unknown speaker"


def write_vtt(book: Release, track: Track) -> str:
    """Write WebVTT (https://www.w3.org/TR/webvtt1/): each cue under its number, its speaker a voice span.

    The narrator's too, so that a page can show each in a way of their own.  Where words are timed, each but
    a cue's first stands behind its time.
    """
    about = [_title(book, track), *([f"by {book.book.author}"] if book.book.author else []), SYNTHETIC]
    blocks = ["WEBVTT", "NOTE\n" + "\n".join(_escape(_flatten(line)) for line in about)]
    for number, (start, end) in enumerate(times_ms(track)):
        utterance = track.cues[number].utterance
        words = "".join(
            _escape(piece) + (f"<{_clock(until, '.')}>" if until else "")
            for piece, until in _divide(track.cues[number], start, end)
        )
        voice = _escape(_speaker(utterance))
        times = f"{_clock(start, '.')} --> {_clock(end, '.')}"
        blocks.append(f"{number + 1}\n{times}\n<v {voice}>{words}")
    return "\n\n".join(blocks) + "\n"


def _divide(cue: Cue, start_ms: int, end_ms: int) -> Iterator[tuple[str, int]]:
    """Yield a cue's text in pieces, and when the word begins that follows each; 0 after the last.

    Times within a cue grow, and lie within it (section 6.4 of the specification).
    """
    text = cue.utterance.text
    wrapped = _wrap(text)
    done, last_ms = 0, start_ms
    # Line ends stand in the place of spaces, so that the words are where they were.
    for word in (cue.words or ()) if len(wrapped) == len(text) else ():
        time_ms = round(word.start_s * 1000)
        if last_ms < time_ms < end_ms:
            at = len(text[: word.start].rstrip(_OPENING))
            yield wrapped[done:at], time_ms
            done, last_ms = at, time_ms
    yield wrapped[done:], 0


def write_srt(_book: Release, track: Track) -> str:
    """Write SubRip: the words alone, since it has no place for speakers and nothing to escape with."""
    blocks = []
    for number, (start, end) in enumerate(times_ms(track)):
        words = _wrap(track.cues[number].utterance.text).replace("-->", "→")
        blocks.append(f"{number + 1}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{words}\n")
    return "\n".join(blocks)


def write_lrc(book: Release, track: Track) -> str:
    """Write LRC: a line an utterance, in hundredths of a second, and an empty one where the words end."""
    length = round(track.seconds)
    heads = [("ti", track.title), ("ar", book.book.author or ""), ("al", book.book.title)]
    heads += [("length", f"{length // 60:02}:{length % 60:02}"), ("by", "narrate")]
    lines = [f"[{key}:{_flatten(value)}]" for key, value in heads if value]
    times = times_ms(track)
    for (start, _), cue in zip(times, track.cues, strict=True):
        words = _flatten(cue.utterance.text)
        # A bracket at the beginning would be read as another time.
        lines.append(_stamp(start) + (f" {words}" if words.startswith("[") else words))
    lines += [_stamp(times[-1][1])] if times else []
    return "\n".join([*lines, ""])


def write_words(_book: Release, track: Track) -> str:
    """Write a track's words as JSON: each with its times, and its place in a cue by the number in VTT."""
    cues, words = [], []
    for number, cue in enumerate(track.cues, 1):
        utterance = cue.utterance
        cues.append(
            {
                "cue": number,
                **_tell_times(cue.start_s, cue.end_s),
                "speaker": utterance.speaker,
                "text": utterance.text,
                "timed": cue.words is not None,
            }
        )
        for word in cue.words or ():
            text = utterance.text[word.start : word.end]
            times = _tell_times(word.start_s, word.end_s)
            words.append({"word": text, **times, "cue": number, "from": word.start, "to": word.end})
    file = {"audio": Path(track.path).name, "seconds": round(track.seconds, 3)}
    return json.dumps({**file, "cues": cues, "words": words}, ensure_ascii=False) + "\n"


def _tell_times(start_s: float, end_s: float) -> Mapping[str, float]:
    return {"start": round(start_s, 3), "end": round(end_s, 3)}


def write_captions(
    write: Callable[[Release, Track], str], suffix: str, release: Release, _base_url: str
) -> Mapping[str, str]:
    """Write a file for each track, under its name with another ending."""
    return {Path(track.path).stem + suffix: write(release, track) for track in release.tracks}


_KINDS: Mapping[str, tuple[str, Callable[[Release, Track], str]]] = {
    "vtt": (".vtt", write_vtt),
    "srt": (".srt", write_srt),
    "lrc": (".lrc", write_lrc),
    "words": (".words.json", write_words),
}

CAPTIONS: Mapping[str, Callable[[Release, str], Mapping[str, str]]] = {
    name: partial(write_captions, write, suffix) for name, (suffix, write) in _KINDS.items()
}
"""By format: from a release to the text of each file, by its name."""


def words_for(captions: str) -> frozenset[str]:
    """Name the formats that need the words' times, where `output.captions` says so."""
    return frozenset({"words", "vtt"} if captions == "words" else {"words"})


CAPTION_ENDINGS: Mapping[str, str] = {name: suffix for name, (suffix, _) in _KINDS.items()}
"""By format: how the name of a track's file ends."""


def times_ms(track: Track) -> Sequence[tuple[int, int]]:
    """Return where each cue starts and ends, in whole milliseconds.

    None is empty, none begins before another ends, and the last ends within the track (as far as it has
    a millisecond for each).
    """
    starts: list[int] = []
    for cue in track.cues:
        starts.append(max(round(cue.start_s * 1000), starts[-1] + 1 if starts else 0))
    limits = [*starts[1:], int(track.seconds * 1000)]
    return [
        (start, max(start + 1, min(round(cue.end_s * 1000), limit)))
        for cue, start, limit in zip(track.cues, starts, limits, strict=False)  # no cue, one limit
    ]


def _title(release: Release, track: Track) -> str:
    title = release.book.title
    return title if track.title == title else f"{title}: {track.title}"


def _speaker(utterance: Utterance) -> str:
    if utterance.speaker == NARRATOR:
        return NARRATOR.capitalize()
    return _flatten(utterance.speaker or "") or _UNKNOWN


def _flatten(words: str) -> str:
    """Make one line of it: line ends of all kinds and NUL are not for these formats."""
    return " ".join(words.replace("\0", " ").split())


def _wrap(words: str) -> str:
    return textwrap.fill(_flatten(words), _LINE_LETTERS, break_long_words=False, break_on_hyphens=False)


def _escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def _stamp(milliseconds: int) -> str:
    """Return an LRC time, rounded down, so that no line is late."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"[{seconds // 60:02}:{seconds % 60:02}.{rest // 10:02}]"
