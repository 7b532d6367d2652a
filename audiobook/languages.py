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
NAMED_LANGUAGES = tuple(_NAMES)
"""The tags of the languages that are called by a name here."""

_OTHER_CODES = {
    # ISO 639-2's bibliographic codes, which library records use.
    "ger": "de", "fre": "fr", "cze": "cs", "dut": "nl", "gre": "el", "ice": "is", "rum": "ro", "slo": "sk",
    "wel": "cy", "baq": "eu", "alb": "sq", "arm": "hy", "geo": "ka", "mac": "mk", "may": "ms", "per": "fa",
    "chi": "zh",
    # Deprecated codes (IANA language subtag registry).
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro",
}  # fmt: skip
_WIDER = {"nb": "no", "nn": "no", "cmn": "zh", "yue": "zh", "sh": "hr", "hbs": "hr"}
"""Languages → the wider tag that holds them here."""
_SPOKEN_NAMES = {name.casefold(): tag for tag, name in _NAMES.items()} | {
    name: tag
    for tag, names in {
        "bg": "български bulgarisch bulgare",
        "ca": "català valencian",
        "cs": "čeština česky tschechisch tchèque",
        "da": "dansk dänisch danois",
        "de": "deutsch allemand alemán tedesco duits немецкий 德语 ドイツ語",
        "el": "ελληνικά griechisch grec griego",
        "en": "englisch anglais inglés inglese engels engelsk английский 英语 英文 英語",
        "es": "español castellano castilian spanisch espagnol spagnolo испанский 西班牙语",
        "et": "eesti estnisch",
        "eu": "euskara",
        "fa": "فارسی farsi",
        "fi": "suomi finnisch finnois",
        "fr": "français französisch francés francese frans французский 法语 フランス語",
        "ga": "gaeilge",
        "he": "עברית",
        "hi": "हिन्दी हिंदी",
        "hr": "hrvatski kroatisch croate",
        "hu": "magyar ungarisch hongrois",
        "is": "íslenska isländisch",
        "it": "italiano italienisch italien italiaans итальянский",
        "ja": "日本語 日语 japanisch japonais japonés",
        "ko": "한국어 koreanisch coréen",
        "la": "latina lateinisch latein latine latino",
        "lt": "lietuvių",
        "lv": "latviešu",
        "nl": "nederlands niederländisch néerlandais vlaams flemish holländisch",
        "no": "norsk bokmål norwegisch norvégien",
        "pl": "polski polnisch polonais",
        "pt": "português portugiesisch portugais portugués",
        "ro": "română romana rumänisch roumain",
        "ru": "русский russisch russe ruso",
        "sk": "slovenčina slovensky slowakisch",
        "sl": "slovenščina slowenisch",
        "sr": "српски srpski serbisch",
        "sv": "svenska schwedisch suédois",
        "tr": "türkçe türkisch turc",
        "uk": "українська ukrainisch",
        "vi": "việt",
        "ar": "العربية arabisch arabe",
        "zh": "中文 汉语 漢語 国语 國語 普通话 mandarin 中国語 chinesisch chinois 简体中文 繁體中文",
    }.items()
    for name in names.split()
}
"""Languages as people name them, in English, in the language itself, and in some others; in small letters."""
_TWO_LETTERS = {long: short for short, long in ISO_639_2.items()}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx"})
"""Undetermined, several, none, and one without a code (ISO 639-2); the last stands in templates."""
_BETWEEN_TAGS = re.compile(r"[;,/|&+]| and ")
_AFTER_TAG = re.compile(r"[.@].*$")
"""What POSIX writes behind a locale: de_DE.UTF-8, de_DE@euro."""


def read_tag(stated: str | None) -> str:
    """Return what a source states first as a language tag, nothing where it states none: see `read_tags`."""
    return next(iter(read_tags(stated)), "")


def read_tags(stated: str | None) -> tuple[str, ...]:
    """Return the languages that a source states, as BCP 47 tags: of `deu`, `de_DE`, "German" or "Deutsch".

    What names no language (`und`, `mul`), or is none, is left out.
    """
    if not stated:
        return ()
    parts = [part for part in _BETWEEN_TAGS.split(stated) if part.strip()]
    tags = (_read_one(word) for part in parts for word in _divide(part))
    return tuple(dict.fromkeys(filter(None, tags)))


def _divide(part: str) -> list[str]:
    """Return codes that only spaces divide (`en fr`) apart, anything else whole."""
    words = part.split()
    are_codes = all(_TAG.fullmatch(word) and (len(word) == 2 or word in _TWO_LETTERS) for word in words)
    return words if are_codes else [part]


def _read_one(stated: str) -> str:
    tag = _AFTER_TAG.sub("", stated.strip()).replace("_", "-").rstrip("-")
    if not _TAG.fullmatch(tag):
        words = re.findall(r"[^\W\d_]+", stated.casefold())
        return next((_SPOKEN_NAMES[word] for word in words if word in _SPOKEN_NAMES), "")
    first, *rest = tag.split("-")
    first = first.lower()
    first = _TWO_LETTERS.get(first, _OTHER_CODES.get(first, first))
    if first in _NO_LANGUAGE:
        return ""
    while rest and len(rest[-1]) == 1:  # "en-US-x" promises more
        rest.pop()
    return "-".join((first, *map(_write_subtag, rest)))


def _write_subtag(subtag: str) -> str:
    """Write a subtag as RFC 5646 (section 2.1.1) does: Hant, GB; the United Kingdom is GB there."""
    if len(subtag) == 2:
        return "GB" if subtag.upper() == "UK" else subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag.lower()


def primary_language(tag: str) -> str:
    """Return the language alone: `en` of `en-GB` and of `eng`, `no` of `nb`; in small letters."""
    first = re.split("[-_]", tag.strip().lower())[0]
    first = _TWO_LETTERS.get(first, first)
    first = _OTHER_CODES.get(first, first)
    return _WIDER.get(first, first)


def is_same_language(one: str, other: str) -> bool:
    """Tell whether two tags are of one language, wherever it is spoken."""
    return primary_language(one) == primary_language(other)


def name_language(tag: str) -> str:
    """Return what a language is called in English, of less usual ones only the tag in quotation marks."""
    return _NAMES.get(primary_language(tag), f"the language '{tag}'")
