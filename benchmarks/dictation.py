"""What a recognizer hears of what was said: Whisper's tiny.en takes dictation, and its errors are counted.

A wrong word counts, and not another way to write the right one.  Numbers are compared in words, spellings
as they sound ("mike" for "mic", "colour" for "color", "band mates" for "bandmates"), by eSpeak's rules for
America or England, whichever is kinder.  Of a name, which nobody could spell who only hears it, three in ten
sounds may differ.

The recognizer is faster-whisper's, with a model in CTranslate2's form in the folder that `NARRATE_WHISPER`
names (https://huggingface.co/Systran/faster-whisper-tiny.en).
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wave = NDArray[np.float32]

MODEL = "NARRATE_WHISPER"
"""The environment variable that names the recognizer's folder."""

SAMPLE_RATE = 16_000

_NAME_TOLERANCE = 0.3
_MOST_JOINED = 3
"""So many words may be written as one, or as another number of them."""

_ACCENTS = ("en-us", "en-gb")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "vs": "versus", "ok": "okay"}
_NOT_SOUNDS = re.compile(r"[^\w]|[ˈˌːˑʲ\u0329_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many words were said, and which of them were heard as what: the wrong ones alone."""

    words: int
    mistakes: tuple[tuple[str, str], ...]

    @property
    def errors(self) -> int:
        """How many words went wrong: as many as were said, or as were heard, where these are more."""
        return sum(max(len(said.split()), len(heard.split())) for said, heard in self.mistakes)

    @property
    def share(self) -> float:
        """Errors for each word that was said."""
        return self.errors / self.words if self.words else 0.0


def add_tallies(tallies: Iterable[Tally]) -> Tally:
    """Return what several texts come to."""
    every = list(tallies)
    return Tally(
        words=sum(each.words for each in every),
        mistakes=tuple(mistake for each in every for mistake in each.mistakes),
    )


class Recognizer:
    """Whisper, which always hears the same in the same sound: no chance, no memory of what came before."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        from faster_whisper import WhisperModel

        folder = folder or find_recognizer()
        if folder is None:
            raise SystemExit(f"{MODEL} must name a folder with Whisper tiny.en in CTranslate2's form")
        self._model = WhisperModel(str(folder), device="cpu", compute_type="float32", cpu_threads=threads)

    def write_down(self, sound: Path | Wave) -> str:
        """Return what is heard in a file, or in samples of `SAMPLE_RATE` from −1 to 1."""
        segments, _ = self._model.transcribe(
            str(sound) if isinstance(sound, Path) else sound,
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text.strip() for segment in segments)


def find_recognizer() -> Path | None:
    """Return the folder that `NARRATE_WHISPER` names, where there is a model in it."""
    folder = Path(os.environ.get(MODEL, ""))
    return folder if os.environ.get(MODEL) and (folder / "model.bin").is_file() else None


def compare(said: str, heard: str) -> Tally:
    """Count the words of a text that were not heard, or heard as others, or that nobody said."""
    ours, theirs = _list_words(said), _list_words(heard)
    names = _find_names(said)
    mistakes = []
    for first, second in _align(ours, theirs, names):
        if not _is_heard(first, second, names):
            mistakes.append((" ".join(first), " ".join(second)))
    return Tally(words=len(ours), mistakes=tuple(mistakes))


def _list_words(text: str) -> list[str]:
    """Return a text's words as they are compared: in small letters, numbers in words."""
    from num2words import num2words

    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d+", lambda found: f" {num2words(int(found[0]))} ", text).replace("&", " and ")
    words = (word.replace("’", "'").lower() for word in _WORD.findall(text))
    return [_TITLES.get(word, word) for word in words]


def _find_names(text: str) -> frozenset[str]:
    """Return the words that always stand with a capital, and not only where a sentence begins."""
    words = [(found[0], text[: found.start()].rstrip(" \"'“”‘’(")) for found in _WORD.finditer(text)]
    small = {word.lower() for word, _ in words if word[:1].islower()}
    capital = {
        word.replace("’", "'")
        for word, before in words
        if word[:1].isupper() and len(word) > 1 and before and before[-1] not in ".!?…:;—–\n"
    }
    return frozenset({w.lower() for w in capital} | {w.lower().removesuffix("'s") for w in capital}) - small


def _align(
    ours: Sequence[str], theirs: Sequence[str], names: frozenset[str]
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Pair words with words so that the fewest are wrong; some of either are one word together."""
    steps = [(1, 1), (1, 0), (0, 1)]
    steps += [(m, n) for m in range(1, _MOST_JOINED + 1) for n in range(1, _MOST_JOINED + 1) if m != n]
    costs = [[float("inf")] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    costs[0][0] = 0.0
    for i in range(len(ours) + 1):
        for j in range(len(theirs) + 1):
            for m, n in steps:
                if m > i or n > j:
                    continue
                first, second = ours[i - m : i], theirs[j - n : j]
                if m + n <= 2:
                    cost = float(first != second and not _is_heard(first, second, names))
                elif first[0] != second[0] and first[-1] != second[-1] and _is_heard(first, second, names):
                    cost = 0.001 * (m + n)  # word by word is better, where that is as good
                else:
                    continue
                if costs[i - m][j - n] + cost < costs[i][j]:
                    costs[i][j] = costs[i - m][j - n] + cost
                    taken[i, j] = (m, n)
    pairs = []
    i, j = len(ours), len(theirs)
    while i or j:
        m, n = taken[i, j]
        pairs.append((ours[i - m : i], theirs[j - n : j]))
        i, j = i - m, j - n
    return pairs[::-1]


def _is_heard(said: Sequence[str], heard: Sequence[str], names: frozenset[str]) -> bool:
    """Tell whether the words that were heard are those that were said, or sound like them."""
    if not said or not heard:
        return False
    if "".join(said).replace("'", "") == "".join(heard).replace("'", ""):
        return True
    first, second = " ".join(said), " ".join(heard)
    if not set(said) & names and abs(len(first) - len(second)) > max(3, len(first) // 2):
        return False  # far from each other; the rest takes time
    allowed = _NAME_TOLERANCE if any(word in names for word in said) else 0.0
    return any(_differ(sound(first, accent), sound(second, accent)) <= allowed for accent in _ACCENTS)


@functools.cache
def _differ(first: str, second: str) -> float:
    """Return the share of sounds that one must change to make the other of them."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1] / max(1, len(first), len(second))


@functools.cache
def sound(words: str, accent: str = "en-us") -> str:
    """Return the sounds of some words as eSpeak reads them, without stress and length."""
    return _NOT_SOUNDS.sub("", _phonemizer(accent).phonemize([words])[0])


@functools.cache
def _phonemizer(accent: str) -> Any:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakBackend(accent)
