"""Pronunciations for models that take IPA."""

from __future__ import annotations

from collections.abc import Container

from audiobook.engines.ipa import from_x_sampa, tidy_ipa
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
        if sign == " " or (
            (sign in known and not sign.isdigit() and not sign.isascii()) or _is_letter(sign, known)
        ):
            found.append(sign)
        elif sign in _NEAR and all(each in known for each in _NEAR[sign]):
            found.append(_NEAR[sign])
        else:
            raise PhonemeError(f"{voice_id} has no sound {sign!r}")
    if not any(sign.isalpha() for sign in found):
        raise PhonemeError(f"there is no sound in {ph!r}")
    return "".join(found)


def _is_letter(sign: str, known: Container[str]) -> bool:
    return sign.isascii() and sign.isalpha() and sign in known
