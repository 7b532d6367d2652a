"""Pronunciations for models that take IPA."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

from audiobook.engines.ipa import from_x_sampa, tidy_ipa
from audiobook.engines.neural.speaking import is_heard
from audiobook.errors import PhonemeError

_NEAR = {
    "ɝ": "ɜɹ",
    "ɚ": "əɹ",
    "r": "ɹ",
    "ɫ": "l",
    "a": "æ",
    "ɡ": "g",
    "ʍ": "w",
    "ʔ": "",
    "ˌ": "",
    "\u0329": "",
}
"""What stands in for a sound that a model was not taught."""


def transcribe_ipa(ph: str, alphabet: str, known: Container[str], voice_id: str) -> str:
    """Return a pronunciation in the IPA that a model knows; see `PhoneticEngine.transcribe`."""
    if alphabet not in {"ipa", "x-sampa"}:
        raise PhonemeError(f"{voice_id} is told sounds in ipa or x-sampa, not in {alphabet}")
    found = []
    for sign in tidy_ipa(from_x_sampa(ph) if alphabet == "x-sampa" else ph):
        if sign == " " or (sign in known and unicodedata.category(sign)[0] in "LM"):
            found.append(sign)
        elif sign in _NEAR and all(each in known for each in _NEAR[sign]):
            found.append(_NEAR[sign])
        else:
            raise PhonemeError(f"{voice_id} has no sound {sign!r}")
    if not is_heard(found):
        raise PhonemeError(f"there is no sound in {ph!r}")
    return "".join(found)
