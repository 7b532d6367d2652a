"""Abbreviations in English, and the full stops that would cut a name in two."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import (
    CAPITALS,
    DOT,
    DOTTED,
    UPPER,
    Rule,
    ends_text,
    next_word,
    one_of,
    word_before,
)

_TITLES = {
    "Mr": "Mr",
    "Mrs": "Mrs",
    "Ms": "Miz",
    "Messrs": "Messers",
    "Dr": "Doctor",
    "Drs": "Doctors",
    "Prof": "Professor",
    "Rev": "Reverend",
    "Revd": "Reverend",
    "Hon": "Honourable",
    "Capt": "Captain",
    "Col": "Colonel",
    "Lt": "Lieutenant",
    "Lieut": "Lieutenant",
    "Gen": "General",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rep": "Representative",
    "Sgt": "Sergeant",
    "Sergt": "Sergeant",
    "Maj": "Major",
    "Cpl": "Corporal",
    "Pvt": "Private",
    "Adm": "Admiral",
    "Cmdr": "Commander",
    "Comdr": "Commander",
    "Supt": "Superintendent",
    "Insp": "Inspector",
    "Fr": "Father",
    "Mme": "Madame",
    "Mlle": "Mademoiselle",
    "Mgr": "Monsignor",
    "Mt": "Mount",
    "Ft": "Fort",
}
"""Before a name.  Where only the full stop goes, engines know the word but make a pause of the stop."""

_TITLE = re.compile(rf"(?<![\w.])({one_of(_TITLES)})\.(?=\s{{1,3}}[(\"“‘']?[{UPPER}])")
_CAPITAL_TITLES = {
    "MR": "Mr",
    "MRS": "Mrs",
    "DR": "Doctor",
    "REV": "Reverend",
    "CAPT": "Captain",
    "ST": "Saint",
}
_CAPITAL_TITLE = re.compile(rf"(?<![\w.])({one_of(_CAPITAL_TITLES)})\.(?=\s{{1,3}}[A-Z]{{2}})")
_INSTANT = re.compile(r"(?<=\d(?:st|nd|rd|th) )(inst|ult|prox)\.")
_LATIN = {"inst": "instant", "ult": "ultimo", "prox": "proximo"}
_BARE_TITLE = re.compile(
    rf"(?<![\w.])(Dr|Prof|Rev|Revd|Capt|Col|Lt|Lieut|Gen|Sgt|Sergt|Maj|Cpl|Pvt|Cmdr|Supt|Insp|Mt"
    rf"|(?<!\d )Ft)(?= [{UPPER}][^\W\d_])"
)
"""Without a full stop, as the British and many others write them."""
_BARE_MS = re.compile(r"(?<![\w.])Ms(?= [A-ZÀ-Þ])")
_SAINT = re.compile(rf"(?<![\w.])St\.(?=[\s-]{{1,3}}[{UPPER}])")
_STREETS = {
    "St": "Street",
    "Ave": "Avenue",
    "Rd": "Road",
    "Blvd": "Boulevard",
    "Ln": "Lane",
    "Sq": "Square",
    "Dr": "Drive",
    "Pl": "Place",
    "Hwy": "Highway",
}
_STREET = re.compile(rf"(?<=\w )({one_of(_STREETS)})\.(?=[\W_]*\Z|[,;:)!?]|\s{{1,3}}[a-z(])")
_BARE_STREET = re.compile(rf"(?<=\w )({one_of(_STREETS)})(?![\w.’'-]|,? [{UPPER}])")
_STREET_NAME = re.compile(
    r"(?<!\w)(?!(?:The|This|That|A|My|Our|Her|His|Your|Dear) )"
    r"(?:[A-Z][\w’'-]{1,30}|\d{1,4}(?:st|nd|rd|th)|[NSEW]\.) \Z"
)

_WORDS = {
    "i.e.": "that is",
    "viz.": "namely",
    "vs.": "versus",
    "&c.": "et cetera",
    "cf.": "compare",
    "et al.": "and others",
    "approx.": "approximately",
    "Esq.": "Esquire",
    "Jr.": "Junior",
    "Jun.": "Junior",
    "Sr.": "Senior",
    "Sen.": "Senior",
    "Bros.": "Brothers",
    "Inc.": "Incorporated",
    "Ltd.": "Limited",
    "Corp.": "Corporation",
    "Dept.": "Department",
    "dept.": "department",
    "Ph.D.": "P H D",
    "MSS.": "manuscripts",
}
_WORD = re.compile(rf"(?<![\w.])({one_of(_WORDS)})(?!\w)")
_SENIORS = frozenset(("Jr.", "Jun.", "Sr.", "Sen."))
_CO = re.compile(r"Co\.")
_COMPANY = re.compile(r"(?<=[\w.] )(&|and) Co\.|(?<=\w )Co\.(?=,? (?:Ltd|Inc|of\b))")
_VERSUS = re.compile(r"(?<=[A-Za-z]\s)v\.(?= [A-Z])|(?<=[\w’'”\")] )vs(?= [\w“‘\"'])")
_NUMBERED = {
    "vol": "volume",
    "vols": "volumes",
    "p": "page",
    "pp": "pages",
    "ch": "chapter",
    "chap": "chapter",
    "chaps": "chapters",
    "fig": "figure",
    "figs": "figures",
    "sec": "section",
    "sect": "section",
    "art": "article",
    "bk": "book",
    "pt": "part",
    "ca": "circa",
    "c": "circa",
    "tel": "telephone",
}
_SCENE = re.compile(
    rf"\A\W{{0,3}}(?P<at>(INT|EXT|I)\.?(?:\s?/\s?(INT|EXT|E)\.?)?)(?<!\bI)(?<!\bI\.)(?=\s+[{UPPER}\d]{{2}})"
)
"""How a screenplay heads a scene: "INT. KITCHEN - NIGHT"."""
_PLACES = {"I": "Interior", "E": "Exterior"}
_COUNTED = re.compile(
    rf"(?<![\w.£$€])({one_of(_NUMBERED)})\.\s{{0,2}}(?=\d|[ivxlIVXL]{{1,8}}\b)", re.IGNORECASE
)


def _full(word: str, match: re.Match[str]) -> str:
    """Return a word with the full stop of its abbreviation where that ends the text too."""
    return f"{word}." if ends_text(match) and match[0].endswith(".") else word


def _read_title(match: re.Match[str]) -> str | None:
    if (
        match[1] == "Dr"
        and _is_street(match)
        and re.match(r"\s+(?:He|She|It|The|They|But|And|I)\b", match.string[match.end() : match.end() + 8])
    ):
        return None
    return _TITLES[match[1]]


def _is_street(match: re.Match[str]) -> bool:
    return _STREET_NAME.search(match.string, max(0, match.start() - 33), match.start()) is not None


def _read_instant(match: re.Match[str]) -> str:
    return _full(_LATIN[match[1]], match)


def _read_saint(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - 40) : match.start()]
    if re.search(r"\d[\w-]{0,4} (?:[A-Z][\w’'-]{1,20} )?\Z", before):
        return "Street"  # 221B Baker St. Marylebone
    return "Saint"


def _read_bare_street(match: re.Match[str]) -> str | None:
    is_numbered = re.search(r"\d\w{0,3} [\w’' -]{1,30}\Z", match.string[: match.start()]) is not None
    if match[1] in ("Dr", "Pl", "Ave", "Sq") and not is_numbered:
        return None
    return _STREETS[match[1]] if _is_street(match) else None


def _read_street(match: re.Match[str]) -> str | None:
    return _full(_STREETS[match[1]], match) if _is_street(match) else None


def _read_word(match: re.Match[str]) -> str | None:
    found = match[1]
    if found in _SENIORS and not word_before(match)[:1].isupper():
        return None
    if found in ("Sen.", "Jun.") and (
        next_word(match)[:1].isupper() or "," not in match.string[max(0, match.start() - 2) : match.start()]
    ):
        return None
    return _full(_WORDS[found], match)


def _read_company(match: re.Match[str]) -> str:
    return _full("and Company" if match[1] else "Company", match)


def _read_scene(match: re.Match[str]) -> str:
    other = f" and {_PLACES[match[3][0]].lower()}" if match[3] else ""
    return f"{_PLACES[match[2][0]]}{other},"


def _read_counted(match: re.Match[str]) -> str | None:
    found = match[1]
    if found.lower() in ("p", "c") and found.isupper():
        return None  # initials
    if not match.string[match.end()].isdigit() and found.lower() in ("p", "c", "ca", "tel"):
        return None
    word = _NUMBERED[found.lower()]
    return f"{word.capitalize() if found[0].isupper() else word} "


TITLE = Rule(name="abbreviations: title", needs=DOT, pattern=_TITLE, read=_read_title)
CAPITAL_TITLE = Rule(
    name="abbreviations: capital title",
    needs=CAPITALS,
    pattern=_CAPITAL_TITLE,
    read=lambda match: _CAPITAL_TITLES[match[1]],
)
INSTANT = Rule(name="abbreviations: instant", needs=_INSTANT, pattern=_INSTANT, read=_read_instant)
BARE_MS = Rule(name="abbreviations: bare ms", needs=re.compile("Ms "), pattern=_BARE_MS, read=lambda _: "Miz")
SAINT = Rule(name="abbreviations: saint", needs=DOT, pattern=_SAINT, read=_read_saint)
STREET = Rule(name="abbreviations: street", needs=DOTTED, pattern=_STREET, read=_read_street)
WORD = Rule(name="abbreviations: word", needs=DOTTED, pattern=_WORD, read=_read_word)
COMPANY = Rule(name="abbreviations: company", needs=_CO, pattern=_COMPANY, read=_read_company)
VERSUS = Rule(
    name="abbreviations: versus", needs=re.compile(r"\bv[.s]"), pattern=_VERSUS, read=lambda _: "versus"
)
SCENE = Rule(name="abbreviations: scene", needs=_SCENE, pattern=_SCENE, read=_read_scene)
COUNTED = Rule(name="abbreviations: counted", needs=DOT, pattern=_COUNTED, read=_read_counted)
BARE_TITLE = Rule(
    name="abbreviations: bare title",
    needs=re.compile("[CDFGILMPRS][a-z]{1,5} "),
    pattern=_BARE_TITLE,
    read=lambda match: None if _is_street(match) and match[1] == "Dr" else _TITLES[match[1]],
)
BARE_STREET = Rule(
    name="abbreviations: bare street",
    needs=re.compile(rf" (?:{one_of(_STREETS)})"),
    pattern=_BARE_STREET,
    read=_read_bare_street,
)
