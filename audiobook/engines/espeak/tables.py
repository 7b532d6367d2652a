"""Which phonemes each of eSpeak's languages has, as its own data tell.

`phontab` holds a table of phonemes for each accent, most of them laid over another table (the format is
read as eSpeak's `synthdata.c` reads it).  What a phoneme is in IPA stands nowhere as data; it was asked
of the engine itself, and `phonemes.txt` keeps the answers (`benchmarks/phoneme_table.py`).
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from audiobook.errors import EngineError

_PHONEME = struct.Struct("<4s6xBB4x")
"""Mnemonic, flags and program (not used here), code, type, four more."""
_NAME_BYTES = 32

_VOWEL = 2
_SPEECH_TYPES = frozenset({*range(2, 9)})
"""Vowels, liquids, stops, fricatives and nasals: not pauses (0), stress (1) or virtual phonemes (9)."""


class PhonemeTable:
    """The phonemes that one accent can be asked for.

    `types` maps every mnemonic to eSpeak's type of it, `sounds` IPA to the mnemonic that gives it.
    """

    def __init__(self, types: Mapping[str, int], sounds: Mapping[str, str]) -> None:
        self.types = types
        self.sounds = sounds
        self._longest = max(map(len, types), default=0)

    def is_vowel(self, mnemonic: str) -> bool:
        """Whether it carries a syllable; syllabic consonants do."""
        return self.types.get(mnemonic) == _VOWEL

    def split(self, notation: str) -> list[str]:
        """Part a word into mnemonics as eSpeak does: the longest at each place, `|` parts two.

        Raises `ValueError` with the rest that begins with no mnemonic.
        """
        found = []
        at = 0
        while at < len(notation):
            if notation[at] == "|" and notation[at : at + 2] != "||":
                at += 1
                continue
            longest = min(self._longest, len(notation) - at)
            sizes = (size for size in range(longest, 0, -1) if notation[at : at + size] in self.types)
            size = next(sizes, 0)
            if not size:
                raise ValueError(notation[at:])
            found.append(notation[at : at + size])
            at += size
        return found

    def join(self, mnemonics: list[str]) -> str:
        """Write mnemonics as one word that eSpeak parts into just these."""
        word = ""
        so_far: list[str] = []
        for mnemonic in mnemonics:
            so_far.append(mnemonic)
            glued = word + mnemonic
            word = glued if self.split(glued) == so_far else f"{word}|{mnemonic}"
        return word


@cache
def read_tables(data: Path) -> Mapping[str, PhonemeTable]:
    """Return every table of eSpeak's data folder by its name.

    Raises `EngineError` where the data are missing or of another shape.
    """
    try:
        own = _read_phontab((data / "phontab").read_bytes())
    except (OSError, struct.error, IndexError, UnicodeDecodeError) as error:
        raise EngineError(
            f"eSpeak's phonemes can't be read from {data}; reinstall espeakng-loader"
        ) from error
    sounds = read_sounds()
    return {name: PhonemeTable(types, sounds.get(name, {})) for name, types in own.items()}


def read_sounds() -> dict[str, dict[str, str]]:
    """Return, for each table, the mnemonic of each IPA sound, as `phonemes.txt` lists them."""
    text = files(__package__).joinpath("phonemes.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("// "):
            name, *pairs = line.split()
            sounds = (pair.split("=", 1) for pair in pairs)
            found[name] = {unicodedata.normalize("NFD", ipa): mnemonic for ipa, mnemonic in sounds}
    return found


def _read_phontab(data: bytes) -> dict[str, dict[str, int]]:
    """Return each table's mnemonics and their types, those of the tables below included."""
    count, at = data[0], 4
    tables: list[dict[int, tuple[str, int]]] = []
    names = []
    for _ in range(count):
        phonemes, below = data[at], data[at + 1]
        names.append(data[at + 4 : at + 4 + _NAME_BYTES].split(b"\0")[0].decode())
        at += 4 + _NAME_BYTES
        table = dict(tables[below - 1]) if below else {}
        for _ in range(phonemes):
            mnemonic, code, kind = _PHONEME.unpack_from(data, at)
            table[code] = (mnemonic.split(b"\0")[0].decode(), kind)
            at += _PHONEME.size
        tables.append(table)
    return {
        name: {mnemonic: kind for mnemonic, kind in table.values() if _can_be_written(mnemonic)}
        for name, table in zip(names, tables, strict=True)
    }


def _can_be_written(mnemonic: str) -> bool:
    """Leave out what is eSpeak's own business: word ends, a change of language, bytes below a space."""
    return mnemonic.isprintable() and mnemonic not in {"", "_^_", "_|", "||"} and " " not in mnemonic


def is_speech(kind: int) -> bool:
    """Whether a phoneme of eSpeak's type `kind` is heard."""
    return kind in _SPEECH_TYPES
