"""From a phonetic alphabet to eSpeak's mnemonics, for the accent of a voice.

IPA is read sound by sound, the longest that the accent's table knows first; a sound that the accent has
not is replaced by the nearest that it has (`_NEAREST`).  English accents share one dictionary, and so
one set of mnemonics; what IPA transcribes as `oʊ` or `əʊ`, with or without `r`, is there one word class
(J. C. Wells, Accents of English, 1982), which each voice says in its own accent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from audiobook.engines.espeak.tables import PhonemeTable, is_speech
from audiobook.engines.ipa import PRIMARY, SECONDARY, from_x_sampa, tidy_ipa
from audiobook.errors import PhonemeError

_LONGEST_WORD = 100
"""In characters; eSpeak holds a word in 160 bytes and 200 phonemes (its translate.h)."""

_STRESS = {PRIMARY: "'", SECONDARY: ","}

_ENGLISH = {
    "i": "i", "iː": "i:", "ɪ": "I", "e": "E", "ɛ": "E", "æ": "a", "a": "a", "aː": "A:", "ɑ": "A:", "ɑː": "A:",
    "ɒ": "0", "ɔ": "O:", "ɔː": "O:", "o": "oU", "oː": "oU", "ʊ": "U", "u": "u:", "uː": "u:", "ʉ": "u:",
    "ʉː": "u:", "ʌ": "V", "ə": "@", "ɜ": "3:", "ɜː": "3:", "ɝ": "3:", "ɝː": "3:", "ɚ": "3", "ɚː": "3:",
    "ᵻ": "I#", "ɨ": "I#", "eɪ": "eI", "ei": "eI", "eː": "eI", "ɛɪ": "eI", "aɪ": "aI", "ai": "aI", "ɔɪ": "OI",
    "ɔi": "OI", "oɪ": "OI", "oi": "OI", "aʊ": "aU", "au": "aU", "oʊ": "oU", "əʊ": "oU", "ou": "oU",
    "aɪə": "aI@", "aʊə": "aU@", "iə": "i@", "ɪə": "i@", "eə": "e@", "ɛə": "e@", "ɛː": "e@",
    "ɐ": "a#", "ɹ": "r", "r": "r", "l̩": "@L",
}  # fmt: skip
"""What each sound of English is in all of eSpeak's English accents (docs/languages/gmw/en.md there)."""

_OWN_FIRST = frozenset(("ɐ", "ɜ", "ʉ", "ʉː"))
"""Sounds of which an accent may have one of its own (a Scot's *ɜ* is the end of `river`)."""

_BEFORE_R = {
    "ɑ": "A@", "ɑː": "A@", "aː": "A@", "ɔ": "O@", "ɔː": "O@", "o": "o@", "oː": "o@", "oʊ": "o@", "ɜ": "3:",
    "ɜː": "3:", "ɝ": "3:", "ə": "3", "ɚ": "3", "ɛ": "e@", "e": "e@", "eə": "e@", "ɛə": "e@", "ɛː": "e@",
    "ɪ": "i@3", "i": "i@3", "iː": "i@3", "ɪə": "i@3", "iə": "i@3", "ʊ": "U@", "u": "U@", "uː": "U@",
    "ʊə": "U@", "aɪ": "aI3", "aɪə": "aI3", "aʊ": "aU@", "aʊə": "aU@",
}  # fmt: skip
"""A vowel and an r that no vowel follows: one phoneme, which sounds its r in the accents that have it."""

_VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻ")

_NEAREST = {
    "ɑ": "ɑː a aː", "a": "æ ɑ ä aː ɑː", "æ": "a ɛ", "ɐ": "ʌ ə a", "ʌ": "ɐ a ə", "ɒ": "ɔ ɑː o a",
    "ɔ": "ɔː o ɒ", "o": "oː o̞ ɔ", "e": "eː e̞ ɛ", "ɛ": "e ɛː e̞", "ɪ": "i iː", "i": "iː ɪ",
    "ʊ": "u uː", "u": "uː ʊ ɯ", "ʏ": "y yː u uː", "y": "yː ʏ u uː ʊ", "ø": "øː œ ɜː e",
    "œ": "ø øː ɜː ɛ e", "ɜ": "ɜː ə œ ɛ e", "ɝ": "ɚ ɜː ə e", "ɚ": "ə", "ə": "ɜ ɐ ɛ e a", "ɵ": "ø ə o",
    "ɘ": "ə e", "ɞ": "ɜː œ ɔ", "ɤ": "ʌ o ə", "ɯ": "u ɨ ʊ uː", "ɨ": "ᵻ ɪ i", "ʉ": "u uː y",
    "ᵻ": "ɨ ɪ i", "ɶ": "œ æ a", "ɹ": "r ɾ ʁ", "r": "ɹ ɾ ʁ", "ɾ": "r ɹ d", "ʁ": "ʀ r ɹ", "ʀ": "ʁ r ɹ",
    "ɻ": "ɹ r ɾ", "ɽ": "ɾ r ɹ", "ɺ": "ɾ l", "θ": "t̪ s", "ð": "d̪ d", "ʍ": "w", "w": "ʋ v u",
    "ʋ": "v w", "v": "ʋ f", "β": "v b", "ɸ": "f", "f": "v", "ɱ": "m", "ɲ": "nj n", "ŋ": "n",
    "ɴ": "ŋ n", "ɳ": "n", "ɬ": "l", "ɮ": "l", "ɭ": "l", "ʎ": "lj l", "ʟ": "l", "ɫ": "l", "l": "ɫ",
    "x": "χ h k", "χ": "x h k", "ɣ": "ɡ", "h": "ɦ x", "ɦ": "h", "ɧ": "x ʃ", "ħ": "h", "ʜ": "h",
    "ʕ": "ʔ", "ʢ": "ʔ", "ʡ": "ʔ", "ç": "ʃ x h", "ʝ": "j", "c": "k", "ɟ": "ɡ", "q": "k", "ɢ": "ɡ",
    "ʈ": "t", "ɖ": "d", "ɓ": "b", "ɗ": "d", "ʄ": "ɟ", "ɠ": "ɡ", "ʛ": "ɡ", "ʂ": "ʃ s", "ʐ": "ʒ z",
    "ɕ": "ʃ s", "ʑ": "ʒ z", "ʃ": "ʂ ɕ s", "ʒ": "ʐ ʑ z", "z": "s", "ɥ": "j w", "ɰ": "w ɣ ɡ", "j": "i",
    "ʙ": "b", "p": "b", "b": "p", "d": "d̪ t", "t": "t̪ d", "k": "q ɡ", "ɡ": "k", "s": "z", "n": "n̪",
    "m": "m̥",
}  # fmt: skip
"""Sounds to put in the place of one that the accent has not, nearest first: by place and manner as the
IPA chart orders them (https://www.internationalphoneticassociation.org/content/ipa-chart)."""
_NEAR = {unicodedata.normalize("NFD", key): value for key, value in _NEAREST.items()}


def transcribe(ph: str, alphabet: str, table: PhonemeTable, *, is_english: bool) -> str:
    """Return a pronunciation in mnemonics, words parted by spaces.

    Raises `PhonemeError`, which names the symbol that the accent has no phoneme for.
    """
    if alphabet == "espeak":
        words = ph.strip().removeprefix("[[").removesuffix("]]").split()
        notation = [_checked(word, table) for word in words]
    elif alphabet in {"ipa", "x-sampa"}:
        if not table.sounds:
            raise PhonemeError("there is no table of the sounds of this language")
        reader = _IpaReader(table, is_english=is_english)
        notation = [reader.read(word) for word in tidy_ipa(_as_ipa(ph, alphabet)).split()]
    else:
        raise PhonemeError(f"the alphabet {alphabet!r} is none of ipa, x-sampa and espeak")
    if not any(is_speech(table.types[each]) for word in notation for each in table.split(word)):
        raise PhonemeError("it has no sound")
    if max(map(len, notation)) > _LONGEST_WORD:
        raise PhonemeError(f"eSpeak takes no word of more than {_LONGEST_WORD} characters of phonemes")
    return " ".join(word for word in notation if word)


def add_ending(notation: str, ending: str, table: PhonemeTable) -> str:
    """Return an English word's phonemes with what stands behind its apostrophe: s, d, ll, ve or re."""
    last = table.split(notation.rsplit(maxsplit=1)[-1])[-1]
    if ending == "s" and last in {"s", "z", "S", "Z", "tS", "dZ"}:
        sounds = "I2z"
    elif ending == "s":
        sounds = "s" if last in {"p", "t", "k", "f", "T"} else "z"
    elif ending == "d":
        sounds = "I2d" if last in {"t", "d"} else "d"
    else:
        sounds = {"ll": "@L", "ve": "@v", "re": "3"}[ending]
    return f"{notation}|{sounds}"


def _as_ipa(ph: str, alphabet: str) -> str:
    return from_x_sampa(ph) if alphabet == "x-sampa" else ph


def _checked(word: str, table: PhonemeTable) -> str:
    try:
        table.split(word)
    except ValueError as rest:
        raise PhonemeError(f"{str(rest)!r} begins with no phoneme of eSpeak's for this voice") from None
    return word


class _IpaReader:
    """Reads IPA by the sounds of one accent."""

    def __init__(self, table: PhonemeTable, *, is_english: bool) -> None:
        self._table = table
        self._is_english = is_english
        self._sounds = dict(table.sounds)
        if is_english:
            # Vowel and r, or əl, are two sounds in a transcription; `_BEFORE_R` joins them.
            single = (ipa for ipa in table.sounds if len(ipa) == 1 or ipa[-1] not in "ɹrl")
            self._sounds = {ipa: table.sounds[ipa] for ipa in single}
            for ipa, mnemonic in _ENGLISH.items():
                if mnemonic in table.types and not (ipa in _OWN_FIRST and ipa in self._sounds):
                    self._sounds[unicodedata.normalize("NFD", ipa)] = mnemonic

    def read(self, word: str) -> str:
        """Return a word's mnemonics, with the stress before the vowel, where eSpeak looks for it."""
        found: list[str] = []
        # A word without any mark is one that is stressed (dictionaries mark no monosyllables).
        stress = "" if set(word) & set(_STRESS) else "'"
        for mnemonic in self._mnemonics(word):
            if mnemonic in _STRESS:
                stress = _STRESS[mnemonic]
                continue
            if stress and self._table.is_vowel(mnemonic):
                found.append(stress)
                stress = ""
                if self._is_english and mnemonic == "i":
                    mnemonic = "i:"  # noqa: PLW2901 - short only without stress
            found.append(mnemonic)
        return self._table.join(found)

    def _mnemonics(self, word: str) -> Iterator[str]:
        """Yield mnemonics, and marks of stress as they stand."""
        at = 0
        while at < len(word):
            if word[at] in _STRESS:
                yield word[at]
                at += 1
                continue
            size, mnemonics = self._sound_at(word, at)
            yield from mnemonics
            at += size

    def _sound_at(self, word: str, at: int) -> tuple[int, list[str]]:
        """Return how many letters the sound there takes, and its mnemonics."""
        if self._is_english:
            for size in range(4, 1, -1):
                vowel, r = word[at : at + size - 1], word[at + size - 1 : at + size]
                after = word[at + size :].lstrip(PRIMARY + SECONDARY)[:1]
                if vowel in _BEFORE_R and r and r in "rɹ" and after not in _VOWELS:
                    return size, [_BEFORE_R[vowel]]
            if word[at] == "y" and word[at + 1 : at + 2] in _VOWELS:
                return 1, ["j"]  # as American dictionaries write it
        for size in range(min(4, len(word) - at), 0, -1):
            if word[at : at + size] in self._sounds:
                return size, [self._sounds[word[at : at + size]]]
        return self._nearest(word, at)

    def _nearest(self, word: str, at: int) -> tuple[int, list[str]]:
        letter = word[at]
        if letter == "ː" and at and ":" in self._table.types and not self._is_english:
            return 1, [":"]
        if unicodedata.category(letter) in {"Mn", "Lm"}:
            return 1, []  # a finer point of the sound before it: length, breath, place
        cedilla = unicodedata.normalize("NFD", "ç")
        size = len(cedilla) if word.startswith(cedilla, at) else 1
        for sound in _NEAR.get(word[at : at + size], "").split():
            sound = unicodedata.normalize("NFD", sound)  # noqa: PLW2901
            if sound in self._sounds:
                return size, [self._sounds[sound]]
            if all(part in self._sounds for part in sound):
                return size, [self._sounds[part] for part in sound]
        raise PhonemeError(f"this voice has no sound for {letter!r} in {word!r}")
