"""How labels are written: ALICE: Q. <mira> [12:05] bob: kai: JACK [off]. MARA (V.O.) on its own line."""

from __future__ import annotations

import re

MOMENT = (
    r"(?:\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? |(?:[Tt]oday|[Yy]esterday)(?: at|,)? )?"
    r"\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?\)?\]?"
)
"""When a message was sent."""
_NICK = re.compile(
    rf"[ \t]*(?:{MOMENT}[ \t]*(?:-[ \t]*)?)?<[ @+]?(?=[^<>\n:]*\w)(?P<name>[^<>\n:]{{1,30}})>[ \t]+(?=\S)"
)
_TIMED = re.compile(
    rf"[ \t]*(?:{MOMENT}[ \t]*(?:-[ \t]*)?(?P<name>[^\W\d_][\w .’'-]{{0,29}}?)"
    rf"|(?P<nick>[^\W\d_][\w .’'-]{{0,29}}?) \({MOMENT}\)):[ \t]+(?=\S)"
)
EXTENSION = r"\((?:V\.? ?O\.?|O\.? ?[SC]\.?|CONT[’']?D\.?|OFF|PRE-?LAP|FILTERED)(?:/[A-Z’'.]{2,8})?\)"
"""Where a voice comes from, or that it goes on: (V.O.), (CONT'D)."""
_LOWER_NICK = re.compile(r"[ \t]*(?P<name>[a-zß-öø-ÿ][\w.-]{1,19}):[ \t]+(?=\S)")
_WORD = r"(?:[^\W\d_a-zß-öø-ÿ][\w.’'&-]*|#?\d{1,2})"
_NAMED = re.compile(
    rf"[ \t]*\*{{0,2}}(?P<name>{_WORD}(?:[ \t]{_WORD}){{0,3}})\*{{0,2}}"
    rf"(?:[ \t]?{EXTENSION})?"
    r"[ \t]?(?=(?:[\[(][^\])\n]{1,60}[\])])?:)"
    r"(?P<colon>:)?\*{0,2}[ \t]*"
)
_ASKED = re.compile(r"[ \t]*\*{0,2}(?P<name>[QA])(?:\.|:)\*{0,2}[ \t]+(?=\S)")
_PLAYED = re.compile(
    r"[ \t]*(?P<name>(?:(?:ST|MR|MRS|DR)\. )?[A-ZÀ-Þ]{2}[A-ZÀ-Þ’'-]*(?: [A-ZÀ-Þ][A-ZÀ-Þ’'-]*){0,3})"
    r"(?:\.[ \t]+(?=[\[(_A-ZÀ-Þ“\"‘'—])|[ \t](?=[\[(][^\])\n]{1,60}[\])]\.[ \t]))"
)
_BOLD = re.compile(
    r"[ \t]*\*\*(?P<name>[A-ZÀ-Þ]{2}[A-ZÀ-Þ’'-]*(?: [A-ZÀ-Þ][A-ZÀ-Þ’'-]*){0,2})\*\*[ \t]+(?=\S)"
)
_HEAD = (
    r"[ \t]*(?P<name>[^\W\d_][\w.’'-]{0,29}(?: [\w.’'-]{1,20}){0,2}?)[ \t]+(?:[—–-][ \t]?)?"
    rf"{MOMENT}[ \t]*"
)
DATED = re.compile(rf"{_HEAD}\r?\n(?=[ \t]*\S)")
"""Who sent a message, and when, on a line of its own …"""
WHOLE_DATED = re.compile(rf"{_HEAD}\s*")
ALONE = re.compile(
    r"[ \t]*(?P<name>[A-ZÀ-Þ]{2}[A-ZÀ-Þ’'-]*(?: [A-ZÀ-Þ][A-ZÀ-Þ’'-]*){0,2})"
    rf"(?: ?{EXTENSION}){{0,2}}[.:]?[ \t]*\r?\n(?=[ \t]*\S)"
)
"""A name on a line of its own, as screenplays have it."""
WHOLE = re.compile(
    r"[ \t]*(?P<name>[A-ZÀ-Þ]{2}[A-ZÀ-Þ’'-]*(?: [A-ZÀ-Þ][A-ZÀ-Þ’'-]*){0,2})"
    rf"(?: ?{EXTENSION}){{0,2}}[.:]?\s*"
)
"""… or in a paragraph of its own."""
PATTERNS = (
    ("chat", _NICK),
    ("chat", _TIMED),
    ("asked", _ASKED),
    ("named", _NAMED),
    ("played", _PLAYED),
    ("played", ALONE),
    ("played", _BOLD),
    ("dated", DATED),
    ("nick", _LOWER_NICK),
)
ACTION = re.compile(rf"[ \t]*(?:{MOMENT}[ \t]*)?\*{{1,3}}[ \t]+(?=\w)")
"""What somebody does in a chat: * bob waves."""
