"""Read how words are to be said, as a person states it: `pronunciations` of voices.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiobook.casting.line_readers import origin_of
from audiobook.casting.readers import Reader, choice, misfit, record, text
from audiobook.casting.yaml_tree import Entry, Scalar
from audiobook.model import Pronunciation

_WORD = text("a word or phrase")
_RESPELLING = text("the word spelled as it sounds", pattern=r".*[^\W_].*")
_ALPHABETS = ("ipa", "x-sampa", "espeak")

PRONUNCIATION_KEYS: Mapping[str, Reader[Any]] = {
    "respelling": _RESPELLING,
    "ipa": text("the word's sounds in IPA"),
    "x-sampa": text("the word's sounds in X-SAMPA"),
    "espeak": text("the word's sounds in eSpeak's mnemonics"),
    "case": choice("true", "false"),
}


def read_pronunciation(entry: Entry, section: str) -> Pronunciation:
    """Read a word's respelling, or a mapping with its sounds in one alphabet."""
    _WORD(Scalar(mark=entry.mark, text=entry.name, kind="text"))
    origin = origin_of(entry, section, "pronunciations")
    if isinstance(entry.value, Scalar):
        return Pronunciation(words=entry.name, respelling=_RESPELLING(entry.value), origin=origin)
    what = f"the word spelled as it sounds, or a mapping with {', '.join(PRONUNCIATION_KEYS)}"
    values = record(PRONUNCIATION_KEYS, what)(entry.value)
    stated = [alphabet for alphabet in _ALPHABETS if alphabet in values]
    if len(stated) > 1:
        raise misfit(entry.value, f"one of {', '.join(_ALPHABETS)}", hint=f" with {' and '.join(stated)}")
    if not stated and "respelling" not in values:
        keys = ", ".join(("respelling", *_ALPHABETS))
        raise misfit(entry.value, f"a mapping with one of the keys {keys}", hint=" without any")
    alphabet = stated[0] if stated else "ipa"
    return Pronunciation(
        words=entry.name,
        ph=values.get(alphabet, ""),
        alphabet=alphabet,
        respelling=values.get("respelling", ""),
        matches_case=values.get("case") == "true",
        origin=origin,
    )
