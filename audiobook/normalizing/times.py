"""Times of the day."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import Rule

_MINUTES = re.compile(r"\d[:.][0-5]\d")
_CLOCK = re.compile(r"(?<![\w:.,/-])(\d{1,2}):([0-5]\d)(?![\d:]|[.,/–-]\d)(?=\W|[ap]m\b|\Z)( ?o['’]clock)?")
_RANGE = re.compile(r"(?<![\w:.,/-])(1?\d|2[0-3]):([0-5]\d) ?[–-] ?(1?\d|2[0-3]):([0-5]\d)(?![\d:/-])")
_DOTTED = re.compile(
    r"(?<![\w:.,/$£€-])(\d{1,2})\.([0-5]\d)(?= ?[ap]\.? ?m\b| o['’]clock\b| (?:train|express|boat|bus)\b)"
)
_HALF_OF_DAY = re.compile(r" ?[ap]\.? ?m\b", re.IGNORECASE)


def _read_clock(match: re.Match[str]) -> str | None:
    hour, minute = int(match[1]), match[2]
    if hour > 23 or (minute[0] != "0" and not match[3]):
        return None
    if minute != "00":
        return f"{hour} oh {minute[1]}" if hour else None
    if _HALF_OF_DAY.match(match.string, match.end()):
        return str(hour)
    if 1 <= hour <= 12:
        return f"{hour} o'clock"
    return f"{hour} hundred" if hour else None


def _read_dotted(match: re.Match[str]) -> str:
    minute = match[2]
    if minute == "00":
        return match[1]
    return f"{match[1]} {minute if minute[0] != '0' else 'oh ' + minute[1]}"


def _read_range(match: re.Match[str]) -> str:
    hour, minute, last_hour, last_minute = match.groups()
    return f"{_say(hour, minute)} to {_say(last_hour, last_minute)}"


def _say(hour: str, minute: str) -> str:
    if minute == "00":
        return hour if int(hour) < 13 else f"{hour} hundred"
    return f"{hour} {'oh ' + minute[1] if minute[0] == '0' else minute}"


RANGE = Rule(name="times: range", needs=_MINUTES, pattern=_RANGE, read=_read_range)
CLOCK = Rule(name="times: clock", needs=_MINUTES, pattern=_CLOCK, read=_read_clock)
DOTTED = Rule(name="times: dotted", needs=_MINUTES, pattern=_DOTTED, read=_read_dotted)
