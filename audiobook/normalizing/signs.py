"""Signs before numbers, arrows, bars and asterisks, in English."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import DIGIT, Rule

_BEFORE = r"(?:(?<=\A)|(?<=[\s(\[“‘\"'/|,:]))"
_SIGN = re.compile(rf"{_BEFORE}(-|−|–(?=\d)|\+|±|~|≈|≥|≤|>|<(?!3(?!\d))|=)(?=[$£€]?\.?\d)")
_SIGNS = {
    "-": "minus",
    "−": "minus",
    "–": "minus",
    "+": "plus",
    "±": "plus or minus",
    "~": "about",
    "≈": "about",
    "≥": "at least",
    "≤": "at most",
    ">": "more than",
    "<": "less than",
    "=": "equals",
}
_POINT = re.compile(r"(?<![\w.,])\.(?=\d{1,4}(?![\w.]))")
_DEGREE = re.compile(r"(?<![\w°])°([CF])(?!\w)")
_DEGREES = {"C": "degrees Celsius", "F": "degrees Fahrenheit"}
_ARROW = re.compile(r"\s?(?:-{1,2}>|=>|→|⇒|➔|➜|⟶)\s?(?=\S)")
_BAR = re.compile(r"\s*\|\s*")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*{1,3}(?=[^\W_](?:[^*\n]{0,200}[^\s*])?\*)|(?<=[\w.,!?…)])\*{1,3}(?![\w*])"
)


def _read_bar(match: re.Match[str]) -> str:
    is_inner = (
        match.start() and match.end() < len(match.string) and match.string[match.start() - 1] not in "|,"
    )
    return ", " if is_inner else " "


SIGN = Rule(name="signs: sign", needs=DIGIT, pattern=_SIGN, read=lambda match: f"{_SIGNS[match[1]]} ")
POINT = Rule(name="signs: point", needs=DIGIT, pattern=_POINT, read=lambda _: "point ")
DEGREE = Rule(
    name="signs: degree", needs=re.compile("°"), pattern=_DEGREE, read=lambda match: _DEGREES[match[1]]
)
ARROW = Rule(name="signs: arrow", needs=re.compile("[>→⇒➔➜⟶]"), pattern=_ARROW, read=lambda _: " to ")
BAR = Rule(name="signs: bar", needs=re.compile(r"\|"), pattern=_BAR, read=_read_bar)
EMPHASIS = Rule(name="signs: emphasis", needs=re.compile(r"\*"), pattern=_EMPHASIS, read=lambda _: " ")
HASHES = Rule(
    name="signs: heading", needs=re.compile("#"), pattern=re.compile(r"\A#{1,6}(?=\s)"), read=lambda _: " "
)
"""Of a heading in Markdown that is none any more."""
NUMBER_TWICE = Rule(
    name="signs: number twice",
    needs=DIGIT,
    pattern=re.compile(r"\A\d{1,5}[:.)] (?=(?:Chapter|CHAPTER|Episode|Part) \d)"),
    read=lambda _: " ",
)
"""A web serial's running number before the chapter's own: "48: Chapter 44: Home"."""
_DIVISIONS = (
    "chapter|part|book|volume|vol|episode|ch|no|kapitel|teil|band|folge|chapitre|partie|tome|épisode|"
    "capítulo|parte|libro|tomo|episodio"
)
PADDED = Rule(
    name="signs: padded",
    needs=DIGIT,
    pattern=re.compile(
        rf"(?:\A\W{{0,4}}|(?<!\w)(?:{_DIVISIONS})\W{{1,3}})(?P<at>0{{1,4}}([1-9]\d{{0,3}}))(?![\w/]|[.,:]\d)",
        re.IGNORECASE,
    ),
    read=lambda match: match[2],
)
"""The number of a chapter that a list sorts by: "Chapter 01".  "Agent 007" is no such number: engines say
its zeros one by one, as people do."""
