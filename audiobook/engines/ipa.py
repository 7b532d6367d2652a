"""Phonetic alphabets: X-SAMPA into IPA, and IPA in one spelling of many."""

from __future__ import annotations

import unicodedata

PRIMARY, SECONDARY = "ˈ", "ˌ"

_X_SAMPA = {
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ɑβçðɛɱɣɥɪɲɬʎɯŋɔʋɒʁʃθʊʌʍχʏʒ", strict=True)),
    **dict(zip(("b_<", "d_<", "g_<", "G\\_<", "J\\_<"), "ɓɗɠʛʄ", strict=True)),
    **dict(zip(("d`", "l`", "n`", "r`", "s`", "t`", "z`", "r\\`"), "ɖɭɳɽʂʈʐɻ", strict=True)),
    **dict(zip(("B\\", "G\\", "H\\", "I\\", "J\\", "K\\", "L\\"), "ʙɢʜᵻɟɮʟ", strict=True)),
    **dict(zip(("N\\", "O\\", "R\\", "U\\", "X\\", "M\\"), "ɴʘʀᵿħɰ", strict=True)),
    **dict(zip(("h\\", "j\\", "l\\", "p\\", "r\\", "s\\", "v\\", "x\\", "z\\"), "ɦʝɺɸɹɕʋɧʑ", strict=True)),
    **dict(zip(("@\\", "3\\", "!\\", "|\\", "||", "|\\|\\", "=\\", "<\\", ">\\"), "ɘɞǃǀ‖ǁǂʢʡ", strict=True)),
    **dict(zip("@{}1236789&?4", "əæʉɨøɜɐɤœɵɶʔɾ", strict=True)),
    "2": "ø", "3": "ɜ", "5": "ɫ", "6": "ɐ", "7": "ɤ", "8": "ɵ", "9": "œ", "g": "ɡ", "?\\": "ʕ",
    "3`": "ɝ", "@`": "ɚ", '"': PRIMARY, "%": SECONDARY, ":": "ː", ":\\": "ˑ", "-": "", ".": ".", "'": "ʲ",
    "_j": "ʲ", "_h": "ʰ", "_w": "ʷ", "_G": "ˠ", "_?\\": "ˤ", "_=": "\u0329", "=": "\u0329",
    "_~": "\u0303", "~": "\u0303", "_0": "\u0325", "_v": "\u032c", "_d": "\u032a", "_^": "\u032f",
    "_": "\u0361",
}  # fmt: skip
"""J. C. Wells, Computer-coding the IPA: a proposed extension of SAMPA, 1995, revised 2000."""

_SPELLINGS = {
    "g": "ɡ", "ʧ": "tʃ", "ʤ": "dʒ", "ʦ": "ts", "ʣ": "dz", "ʨ": "tɕ", "ʥ": "dʑ",
    "ə˞": "ɚ", "ɜ˞": "ɝ", "'": PRIMARY, "ʹ": PRIMARY, "\u02ca": PRIMARY, ":": "ː", "ˑ": "", "ɩ": "ɪ",
    "ɷ": "ʊ", "\u0361": "", "\u035c": "", ".": "", "|": " ", "‖": " ", "‿": "", "-": " ", "\u2019": "ʼ",
}  # fmt: skip
"""Other ways to write a sound, and what says nothing of the sound: ties, syllables, feet."""

_ENCLOSING = {"/": "/", "[": "]"}


def from_x_sampa(ph: str) -> str:
    """Return X-SAMPA as IPA; what is no symbol of it stays, for its reader to complain of."""
    longest = max(map(len, _X_SAMPA))
    found = []
    at = 0
    while at < len(ph):
        size = next((n for n in range(longest, 0, -1) if ph[at : at + n] in _X_SAMPA), 0)
        found.append(_X_SAMPA[ph[at : at + size]] if size else ph[at])
        at += size or 1
    return "".join(found)


def tidy_ipa(ph: str) -> str:
    """Return IPA in one spelling: no slashes around it, one letter for one sound, NFD."""
    ph = " ".join(unicodedata.normalize("NFD", ph).split())
    if len(ph) > 1 and _ENCLOSING.get(ph[0]) == ph[-1]:
        ph = ph[1:-1]
    for other, usual in _SPELLINGS.items():
        ph = ph.replace(other, usual)
    return " ".join(ph.split())
