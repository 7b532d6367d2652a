"""Language tags (BCP 47), as far as narrate must understand them: which language, and whether two agree."""

from __future__ import annotations

import re

ISO_639_2 = dict(
    pair.split(":")
    for pair in (
        "af:afr ar:ara bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng "
        "eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gu:guj he:heb hi:hin hr:hrv "
        "hu:hun hy:hye id:ind is:isl it:ita ja:jpn ka:kat kn:kan ko:kor la:lat lt:lit lv:lav "
        "mk:mkd ml:mal mr:mar ms:msa nb:nob ne:nep nl:nld nn:nno no:nor pa:pan pl:pol pt:por "
        "ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel th:tha tr:tur "
        "uk:ukr ur:urd vi:vie zh:zho"
    ).split()
)
"""BCP 47 primary subtags → ISO 639-2 terminology codes, which is what ID3's TLAN and USLT hold."""

_NAMES = dict(
    pair.split(":")
    for pair in (
        "af:Afrikaans ar:Arabic bg:Bulgarian ca:Catalan cs:Czech cy:Welsh da:Danish de:German "
        "el:Greek en:English eo:Esperanto es:Spanish et:Estonian eu:Basque fa:Persian fi:Finnish "
        "fr:French ga:Irish he:Hebrew hi:Hindi hr:Croatian hu:Hungarian id:Indonesian is:Icelandic "
        "it:Italian ja:Japanese ko:Korean la:Latin lt:Lithuanian lv:Latvian nl:Dutch no:Norwegian "
        "pl:Polish pt:Portuguese ro:Romanian ru:Russian sk:Slovak sl:Slovenian sq:Albanian sr:Serbian "
        "sv:Swedish ta:Tamil th:Thai tr:Turkish uk:Ukrainian ur:Urdu vi:Vietnamese zh:Chinese"
    ).split()
)
_OTHER_CODES = {
    # ISO 639-2's bibliographic codes, which library records use.
    "ger": "de", "fre": "fr", "cze": "cs", "dut": "nl", "gre": "el", "ice": "is", "rum": "ro", "slo": "sk",
    "wel": "cy", "baq": "eu", "alb": "sq", "arm": "hy", "geo": "ka", "mac": "mk", "per": "fa", "chi": "zh",
    # Deprecated codes (IANA language subtag registry), and the languages that a wider tag holds there.
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "hr", "nb": "no", "nn": "no", "cmn": "zh",
    "yue": "zh", "hbs": "hr",
}  # fmt: skip
_TWO_LETTERS = {long: short for short, long in ISO_639_2.items()}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
"""Undetermined, several, none, and one without a code (ISO 639-2)."""


def read_tag(stated: str | None) -> str:
    """Return what a source states as a language tag, or nothing where it is none, or of no language."""
    tag = (stated or "").strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) and primary_language(tag) not in _NO_LANGUAGE else ""


def primary_language(tag: str) -> str:
    """Return the language alone: `en` of `en-GB` and of `eng`, `no` of `nb`; in small letters."""
    first = re.split("[-_]", tag.strip().lower())[0]
    first = _TWO_LETTERS.get(first, first)
    return _OTHER_CODES.get(first, first)


def is_same_language(one: str, other: str) -> bool:
    """Tell whether two tags are of one language, wherever it is spoken."""
    return primary_language(one) == primary_language(other)


def name_language(tag: str) -> str:
    """Return what a language is called in English, of less usual ones only the tag in quotation marks."""
    return _NAMES.get(primary_language(tag), f"the language '{tag}'")
