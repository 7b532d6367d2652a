"""Which ideographs and kana eSpeak has no reading for, and so calls "Chinese letter", "Japanese letter".

Its Japanese knows kana alone, its Chinese (cmn, yue, hak) most ideographs and no kana, all others neither.
"""

from __future__ import annotations

import re
from functools import cache

from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.languages import primary_language
from audiobook.words import KANA

_READ_BY_DICTIONARY = frozenset({"zh", "hak"})
_NO_WORD = "\u4e4a"
"""An ideograph without a meaning, which is in no dictionary: what is said of it is said of all such."""
_KANA = re.compile(f"[{KANA}]")
_STRESS = "ˈ"


@cache
def find_unread(letters: str, language: str) -> frozenset[str]:
    """Return which of some ideographs and kana eSpeak's `language` (as it calls that) can't read.

    Of Chinese eSpeak is asked, which takes a process of its own, 60 ms.  Raises `EngineError`.
    """
    kana = frozenset(_KANA.findall(letters))
    ideographs = frozenset(letters) - kana
    primary = primary_language(language)
    if primary not in _READ_BY_DICTIONARY:
        return ideographs if primary == "ja" else ideographs | kana
    sounds = sound_in_ipa([_NO_WORD, *sorted(ideographs)], language) if ideographs else ()
    unknown = sounds[0].ipa if sounds else ""
    # An ideograph is one syllable: more of them describe it.
    described = (s.word for s in sounds if s.ipa in {"", unknown} or s.ipa.count(_STRESS) != 1)
    return kana | frozenset(described) & ideographs
