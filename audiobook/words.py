"""The words of a text, and how many: characters count for words where a script has no spaces between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Ideographs (kanji, hanzi), with their sign of repetition and their zero; for a class of characters."""
KANA = "\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff6f\uff71-\uff9d"
"""Hiragana and katakana, without the signs that no voice says alone."""

WORDS_PER_MINUTE = 155
"""The pace that the default settings come out near, pauses included (docs/performance.md)."""
CHARACTERS_PER_MINUTE = 240
"""Of Chinese and Japanese: eSpeak's voices at that rate say 214 (cmn), 247 (yue) and 264 (ja, kana)."""

SAYABLE = re.compile(r"[^\W_]")
_DENSE = re.compile(f"[{HAN}{KANA}]")
_TOKEN = re.compile(f"[{HAN}{KANA}]|[^\\s—–…{HAN}{KANA}]+")
_AROUND_WORDS = "-_*.,;:!?¿¡'\"‘’“”„‚«»‹›()[]{}、。「」『』"


def count_words(text: str) -> int:
    """Count words (what holds a letter or digit between white space), of Chinese and Japanese characters."""
    characters, rest = _divide(text)
    return characters + sum(1 for word in rest.split() if SAYABLE.search(word))


def find_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends, without the marks around it; a dash between two parts them."""
    for token in _TOKEN.finditer(text):
        word = token.group()
        start = token.start() + len(word) - len(word.lstrip(_AROUND_WORDS))
        end = token.end() - len(word) + len(word.rstrip(_AROUND_WORDS))
        if SAYABLE.search(word):
            yield start, end


def estimate_minutes(text: str) -> float:
    """Return how long a text takes to read at the default settings."""
    characters, rest = _divide(text)
    return characters / CHARACTERS_PER_MINUTE + count_words(rest) / WORDS_PER_MINUTE


def _divide(text: str) -> tuple[int, str]:
    """Return the number of characters that count for themselves, and the text without them."""
    if text.isascii():
        return 0, text
    rest, characters = _DENSE.subn(" ", text)
    return characters, rest if characters else text
