"""What engines that run other programs share: a text cut to size, and a look at what comes back."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from audiobook.model import Clip

NORMAL_RATE = 155
"""The rate of a `Voice` that states none, in words a minute."""

_CHARACTERS_A_SECOND = 15.5
"""Of English prose at 155 words a minute, six a word with its space."""
_FASTEST, _SLOWEST = 4.0, 12.0
"""How much shorter or longer than that a clip may be: numbers, letters read one by one, and scripts with a
character for each syllable take longest (12: 0.8 s a character)."""
_NAME_S = 2.0
"""A letter of another script may be read by its name: eSpeak took 21 s for 19 of them."""
_GRACE_S = 5.0
"""What is never too long: programs begin and end with silence."""

_SENTENCE_END = re.compile(r"[.!?…]['\"”’]*(?= )")


def one_line(text: str) -> str:
    """Return the text without line ends and control characters; nothing else of it changes."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def cut_to_size(text: str, longest: int) -> Iterator[str]:
    """Yield a text in pieces of at most so many characters that end with a sentence, else with a word."""
    while len(text) > longest:
        head = text[:longest]
        ends = [match.end() for match in _SENTENCE_END.finditer(head)]
        at = ends[-1] if ends else head.rfind(" ")
        at = at if at > 0 else longest
        yield text[:at]
        text = text[at:].lstrip()
    if any(map(str.isalnum, text)):
        yield text


def find_length_fault(clip: Clip, text: str, rate: float) -> str | None:
    """Return None where the clip may be the whole text at `rate` words a minute, else why it can't."""
    if not clip.samples:
        return "it gave nothing but silence"
    letters = sum(map(str.isalnum, text))
    expected_s = letters / _CHARACTERS_A_SECOND * NORMAL_RATE / rate
    got = f"it gave {clip.seconds:.1f} s, and {letters} letters take about {expected_s:.1f} s"
    if clip.seconds < expected_s / _FASTEST - 0.2:
        return f"{got}: it is cut"
    by_name_s = _NAME_S * sum(char.isalnum() and not char.isascii() for char in text)
    return got if clip.seconds > expected_s * _SLOWEST + by_name_s + _GRACE_S else None


def scale_volume(samples: bytes, volume: float) -> bytes:
    """Return 16-bit samples at a volume from 0 to 1."""
    if volume == 1:
        return samples
    return array("h", (round(sample * volume) for sample in array("h", samples))).tobytes()
