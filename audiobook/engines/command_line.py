"""A command line with places for the text, the file and the voice's settings: `flite -t {text} -o {out}`.

It is a voice's id (as `shlex.join` writes it) in the engine `command`.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audiobook.engines.espeak.text import respellings
from audiobook.engines.program_output import NORMAL_RATE
from audiobook.model import Voice
from audiobook.suggesting import did_you_mean

TEXTS = ("text", "ascii")
SETTINGS = ("rate", "speed", "stretch", "pitch", "range", "volume")
PLACES = (*TEXTS, "out", *SETTINGS)

_SCALES = {"pitch": 100, "range": 100, "volume": 1}
"""What may be put on another scale, as in `{pitch:90-250}`, and how far its own goes from 0."""

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_SCALE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")

_PLAIN_MARKS = str.maketrans(
    dict(zip("‘’‚“”„«»‐‑−", '\'\',"""""---', strict=True))
    | {"…": "...", "–": " - ", "—": " - ", "―": " - ", "×": " times "}
)

_PLAIN_LETTERS = str.maketrans(
    dict(zip("øØłŁđĐðÐı", "oOlLdDdDi", strict=True))
    | {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"}
)
"""Latin letters that Unicode does not take apart."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A program and its arguments, places not yet filled."""

    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """The program's name or whole path."""
        return self.words[0]

    @property
    def places(self) -> frozenset[str]:
        """The names of the places in the arguments, known or not."""
        return frozenset(name.partition(":")[0] for name in self._names())

    def _names(self) -> Iterator[str]:
        for word in self.words[1:]:
            yield from (match[1] for match in _PLACE.finditer(word) if match[1] is not None)

    def find_fault(self) -> str | None:
        """Return None where the places are known, else what is wrong; it completes "expected …"."""
        if "{" in self.program or "}" in self.program:
            return f"a program's name or whole path first, got '{self.program}'"
        for name in self._names():
            word, colon, scale = name.partition(":")
            if word not in PLACES:
                hint = did_you_mean(word, PLACES, show="'{{{}}}'".format)
                known = ", ".join(f"{{{place}}}" for place in PLACES)
                return f"one of {known} in a command, got '{{{name}}}'{hint}; a brace itself is {{{{ or }}}}"
            if colon and (word not in _SCALES or not _SCALE.fullmatch(scale)):
                return f"a scale like {{pitch:90-250}}, for pitch, range or volume, got '{{{name}}}'"
        if any(brace in _PLACE.sub("", word) for word in self.words[1:] for brace in "{}"):
            return "both braces of a place in a command, like {text}, got one alone"
        return None

    def fill(self, text: str, out: str, voice: Voice) -> list[str]:
        """Return the arguments for one text.

        A text that begins like an option gets a space before it, so that no story can set options.
        """

        def put(match: re.Match[str]) -> str:
            if match[1] is None:
                return match[0][0]
            name, _, scale = match[1].partition(":")
            if name in TEXTS:
                words = text if name == "text" else to_ascii(text)
                return f" {words}" if match.start() == 0 and words.startswith(("-", "/", "@")) else words
            return out if name == "out" else _write(name, scale, voice)

        return [_PLACE.sub(put, word) for word in self.words[1:]]


def parse(voice_id: str) -> CommandLine | None:
    """Return a voice id's command line, None where it is empty or a quotation mark is left open."""
    try:
        words = shlex.split(voice_id)
    except ValueError:
        return None
    return CommandLine(tuple(words)) if words and words[0] else None


def join(words: Sequence[str]) -> str:
    """Return the voice id of a command line."""
    return shlex.join(words)


def to_ascii(text: str) -> str:
    """Return `text` in ASCII, for programs that know nothing else: no letter or digit gets lost.

    Accents go, marks become their plain forms, and other letters become their names.
    """
    if text.isascii():
        return text
    return " ".join("".join(map(_to_ascii, text.translate(_PLAIN_MARKS).translate(_PLAIN_LETTERS))).split())


def _to_ascii(char: str) -> str:
    if char.isascii():
        return char
    if not char.isalnum():
        plain = unicodedata.normalize("NFKD", char)
        # Combining marks belong to the letter before them; other signs part words at most.
        return plain if plain.isascii() else "" if unicodedata.combining(char) else " "
    return next(way for way in respellings(char) if way.isascii())


def _write(name: str, scale: str, voice: Voice) -> str:
    if name == "rate":
        return str(voice.rate)
    if name in {"speed", "stretch"}:
        share = voice.rate / NORMAL_RATE if name == "speed" else NORMAL_RATE / voice.rate
        return f"{share:.3f}"
    value: float = getattr(voice, name)
    if scale:
        low, high = map(float, scale.split("-"))
        value = low + (high - low) * value / _SCALES[name]
    return f"{round(value, 3):g}"
