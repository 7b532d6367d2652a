"""A finished file as a player shows it: where in it words sound, who says them, and how loud it is."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping

from audiobook.model import Cue, Track
from audiobook.studio.finished_tracks import FinishedTrack


def show_track(
    finished: FinishedTrack, waveform: bytes, colours: Mapping[str | None, int], address: str
) -> dict[str, object]:
    """Return a file as the player takes it; `address` is where it gets the sound."""
    track = finished.track
    return {
        "number": finished.number,
        "chapter": track.chapter,
        "title": track.title,
        "seconds": round(track.seconds, 3),
        "audio": address,
        "cues": list(_show_cues(track, colours)),
        "peaks": show_peaks(waveform, track, colours),
    }


def _show_cues(track: Track, colours: Mapping[str | None, int]) -> Iterator[dict[str, object]]:
    for cue in track.cues:
        utterance = cue.utterance
        yield {
            "start": round(cue.start_s, 3),
            "end": round(cue.end_s, 3),
            "text": utterance.text,
            "kind": utterance.kind,
            "speaker": utterance.speaker,
            "paragraph": utterance.paragraph,
            "scene": utterance.follows == "scene",
            "color": colours.get(utterance.speaker),
            "words": _show_words(cue),
        }


def _show_words(cue: Cue) -> list[int]:
    """Return three numbers for each word: from which to which letter it goes, and when after the cue, in ms.

    Letters are counted as a browser does, in UTF-16.
    """
    text = cue.utterance.text
    wide = [place for place, letter in enumerate(text) if ord(letter) > 0xFFFF]
    numbers = []
    for word in cue.words or ():
        start, end = (at + bisect.bisect_left(wide, at) for at in (word.start, word.end))
        numbers += [start, end, round((word.start_s - cue.start_s) * 1000)]
    return numbers


def show_peaks(waveform: bytes, track: Track, colours: Mapping[str | None, int]) -> list[list[float | None]]:
    """Return a height (0 to 1) and a colour for each stretch; the narrator and silence have none."""
    starts = [cue.start_s for cue in track.cues]
    peaks: list[list[float | None]] = []
    for step, height in enumerate(waveform):
        middle_s = (step + 0.5) * track.seconds / len(waveform)
        place = bisect.bisect_right(starts, middle_s) - 1
        cue = track.cues[place] if place >= 0 else None
        is_spoken = cue is not None and middle_s < cue.end_s
        colour = colours.get(cue.utterance.speaker) if cue is not None and is_spoken else None
        peaks.append([round(height / 255, 3), colour])
    return peaks
