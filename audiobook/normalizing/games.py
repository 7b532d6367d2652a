"""Games in stories: levels, points, dice, what a status screen says.  English."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import DIGIT, Rule, one_of

_STATS = {
    "STR": "strength",
    "DEX": "dexterity",
    "CON": "constitution",
    "INT": "intelligence",
    "WIS": "wisdom",
    "CHA": "charisma",
    "LUK": "luck",
    "LCK": "luck",
    "AGI": "agility",
    "VIT": "vitality",
    "STA": "stamina",
    "DEF": "defence",
    "ATK": "attack",
    "DMG": "damage",
    "EXP": "experience",
    "LVL": "level",
}
_STAT_NAME = "|".join(f"{name}|{name.capitalize()}" for name in _STATS)
_STAT = re.compile(rf"(?<![\w-])({_STAT_NAME})(?=\s?[:=–-]?\s?[+−-]?\d)|(?<=\d )({_STAT_NAME})(?![\w-])")
_POINTS = (
    "HP|MP|XP|EXP|SP|AP|TP|CP|Health|Mana|Stamina|Energy|Shield|Experience|Hit Points|Progress|Durability"
)
_OF = re.compile(
    r"(?<![\w/.,$£€-])(\d{1,3}(?:,\d{3})*|\d{1,9}) ?/ ?(\d{1,3}(?:,\d{3})+|\d{2,9})(?![\w/]|[.,]\d)"
)
_POINTS_BEFORE = re.compile(rf"(?:{_POINTS})\s?[:=–-]?\s?\Z", re.IGNORECASE)
_LEVEL = re.compile(r"(?<![\w-])([Aa]n )?(?:[Ll]vl?|LVL?)(?:\.\s?|\s?)(?=\d)")
_BONUS = re.compile(
    r"(?<=\S)(?<![(\[]) ?\(([+−-])(\d[\d,]{0,9}%?)(?:/(min|s|sec|h|hr|day|turn|tick|level))?\)"
)
_PER = {
    "min": "minute", "s": "second", "sec": "second", "h": "hour", "hr": "hour", "day": "day", "turn": "turn",
    "tick": "tick", "level": "level",
}  # fmt: skip
_SPELL_TIME = re.compile(
    r"(?<![\w-])(CD|[Cc]ooldown|[Dd]uration|[Cc]ast(?:ing)? [Tt]ime|[Ll]asts|[Tt]imer)"
    r"(\s?[:=]?\s)(\d{1,5}(?:\.\d)?)(s|m|h)(?!\w)"
)
_TIMES = {"s": ("second", "seconds"), "m": ("minute", "minutes"), "h": ("hour", "hours")}
_DICE = re.compile(r"(?<![\w.])(\d{0,3})[dD](4|6|8|10|12|20|100)(?:\s?([+−-])\s?(\d{1,3}))?(?!\w)")
_COUNT = re.compile(r"(?<![\w.,])(\d{1,4})x (?=[A-Z][a-z])|(?<=[a-z] )x(?=\d{1,4}(?!\w))")
_COINS = {"gp": "gold", "sp": "silver", "cp": "copper"}
_COIN = re.compile(rf"(?<=\d) ?({one_of(_COINS)})(?![\w.])")
_THOUSAND = re.compile(
    r"(?<=\d)[kK](?= (?:HP|MP|XP|EXP|DPS|gold|damage|mana|health|points|credits|coins|experience)\b)"
)
_RANK = re.compile(r"(?<![\w+-])([A-F]|S{1,3})\+(?![\w+])")
_MORE_OR_LESS = {"+": "plus", "-": "minus", "−": "minus"}


def _read_of(match: re.Match[str]) -> str | None:
    first, second = (int(number.replace(",", "")) for number in match.groups())
    before = match.string[max(0, match.start() - 20) : match.start()]
    if _POINTS_BEFORE.search(before):
        return f"{match[1]} of {match[2]}"
    is_split = first + second == 100
    is_date = first < 100 and 1000 <= second < 2100
    if first > second or second < 25 or second in (32, 64, 100) or is_split or is_date:
        return None  # a fraction, a pressure, a 40/60 split
    return f"{match[1]} of {match[2]}"


def _read_level(match: re.Match[str]) -> str:
    if match[1]:
        return f"{match[1][0]} level "  # an LV 12 shield
    return "level " if match.start() else "Level "


def _read_bonus(match: re.Match[str]) -> str:
    per = f" a{'n' if match[3] in ('h', 'hr') else ''} {_PER[match[3]]}" if match[3] else ""
    return f", {_MORE_OR_LESS[match[1]]} {match[2]}{per}"


def _read_time(match: re.Match[str]) -> str:
    one, many = _TIMES[match[4]]
    word = "cooldown" if match[1] == "CD" else match[1]
    return f"{word}{match[2]}{match[3]} {one if match[3] == '1' else many}"


def _read_dice(match: re.Match[str]) -> str | None:
    if not match[1] and match[0][0] == "D" and not match[3]:
        return None  # D12 may be a page or a street
    more = f" {_MORE_OR_LESS[match[3]]} {match[4]}" if match[3] else ""
    return f"{match[1]} D {match[2]}{more}".strip()


STAT = Rule(
    name="games: stat", needs=DIGIT, pattern=_STAT, read=lambda match: _STATS[(match[1] or match[2]).upper()]
)
OF = Rule(name="games: of", needs=DIGIT, pattern=_OF, read=_read_of)
LEVEL = Rule(name="games: level", needs=DIGIT, pattern=_LEVEL, read=_read_level)
BONUS = Rule(name="games: bonus", needs=DIGIT, pattern=_BONUS, read=_read_bonus)
SPELL_TIME = Rule(name="games: time", needs=DIGIT, pattern=_SPELL_TIME, read=_read_time)
DICE = Rule(name="games: dice", needs=DIGIT, pattern=_DICE, read=_read_dice)
COUNT = Rule(
    name="games: count", needs=DIGIT, pattern=_COUNT, read=lambda m: f"{m[1]} " if m[1] else "times "
)
COIN = Rule(name="games: coin", needs=DIGIT, pattern=_COIN, read=lambda match: f" {_COINS[match[1]]}")
THOUSAND = Rule(name="games: thousand", needs=DIGIT, pattern=_THOUSAND, read=lambda _: " thousand")
RANK = Rule(name="games: rank", needs=re.compile(r"\+"), pattern=_RANK, read=lambda match: f"{match[1]} plus")
