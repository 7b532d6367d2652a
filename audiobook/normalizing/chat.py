"""How people write to each other: shortened words, smileys, emoji."""

from __future__ import annotations

import re
import unicodedata

from audiobook.normalizing.rules import Rule, next_word, one_of, word_before

_SHORT = {
    "idk": "I don't know",
    "idc": "I don't care",
    "ttyl": "talk to you later",
    "thx": "thanks",
    "thnx": "thanks",
    "pls": "please",
    "plz": "please",
    "gr8": "great",
    "l8r": "later",
    "m8": "mate",
    "2nite": "tonight",
    "2day": "today",
    "2moro": "tomorrow",
    "b4": "before",
    "nvm": "never mind",
    "imho": "in my humble opinion",
    "afaik": "as far as I know",
    "rofl": "rolling on the floor laughing",
    "brb": "be right back",
    "u": "you",
    "r": "are",
    "ur": "your",
    "ppl": "people",
    "msg": "message",
    "w8": "wait",
}
_SHORTENED = re.compile(rf"(?<![\w.’'@#/&:-])({one_of(_SHORT)})(?![\w@/&:-]|['’]\w|\.\w)", re.IGNORECASE)
_LETTER_BEFORE = frozenset("a an the letter letters vowel as".split())
_BESIDE_R = frozenset("u ur you we they how where what who why these those n y".split())

_SMILEYS = re.compile(
    r"(?:\A|\s)(?:[:;=][-'^]?[)(\]\[DPp]{1,9}|[:;]-[Oo/\\|*]|[xX]D{1,9}|<3|</3|\^_{0,3}\^|-_{1,3}-"
    r"|[oO]_{1,3}[oO]|>[:;][()]|¯\\_\(ツ\)_/¯)(?![\w/]|[^\s\w.,!?…\"”’'):;<^-])"
)
_SMILEY = re.compile(r"[:;=][-'^o)(\]\[DPpO/\\|*3]|[xX]D|<[/3]|\^_*\^|_[-oO/]")

_EMOJI_RANGE = "\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u2764"
_EMOJI = re.compile(
    rf"\s?(?:[{_EMOJI_RANGE}\U0001f1e6-\U0001f1ff][\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\s]{{0,3}}){{1,40}}"
)
_HAS_EMOJI = re.compile(f"[{_EMOJI_RANGE}\U0001f1e6-\U0001f1ff]")
_DECORATION = re.compile(
    "[\u2605\u2606\u2726-\u274b\u2756-\u2763\u2765-\u2767\u2776-\u27bf✨⭐🌟💫🌸🌺🌼🌹\u2660-\u2667\u2669-\u266f]"
)
_JOINED = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_FAMILY = frozenset("👨👩👦👧👶🧑🧒")
_TRADES = {
    "🚀": "astronaut", "⚕": "health worker", "🌾": "farmer", "🍳": "cook", "🎓": "student", "🏫": "teacher",
    "💻": "technologist", "🎤": "singer", "🎨": "artist", "✈": "pilot", "🚒": "firefighter", "🔧": "mechanic",
    "🔬": "scientist", "⚖": "judge", "🏭": "factory worker", "💼": "office worker",
}  # fmt: skip
_JOINED_NAMES: dict[tuple[str, ...], str] = {
    ("❤", "🔥"): "heart on fire",
    ("❤", "🩹"): "mending heart",
    ("🏳", "🌈"): "rainbow flag",
    ("🏴", "☠"): "pirate flag",
}
_ZWJ = "\u200d"
_SEQUENCE = re.compile(
    rf"[{_EMOJI_RANGE}][\ufe0f\U0001f3fb-\U0001f3ff]?(?:{_ZWJ}[{_EMOJI_RANGE}\u2640\u2642][\ufe0f\U0001f3fb-\U0001f3ff]?)+"
)
"""Emoji that are joined to one (Unicode Technical Standard 51, emoji ZWJ sequences)."""
_NAMES = {
    "❤": "heart",
    "☺": "smiling face",
    "👍": "thumbs up",
    "👎": "thumbs down",
    "🙏": "folded hands",
    "💯": "one hundred",
    "☀": "sun",
    "✔": "check mark",
    "✅": "check mark",
    "💩": "pile of poo",
    "😍": "heart eyes",
    "🎉": "party popper",
}


def _read_short(match: re.Match[str]) -> str | None:
    word = match[0].lower()
    if match[0].isupper() and len(word) < 3:
        return None
    if word in ("u", "r", "ur"):
        if match[0] != word or word_before(match).lower() in _LETTER_BEFORE:
            return None
        if (
            word == "r"
            and word_before(match).lower() not in _BESIDE_R
            and next_word(match).lower() not in _BESIDE_R
        ):
            return None
    said = _SHORT[word]
    return said[0].upper() + said[1:] if match[0][0].isupper() and not match[0].isupper() else said


def _read_smiley(match: re.Match[str]) -> str:
    return ", heart" if match[0].strip() == "<3" else " "


def _name_emoji(char: str) -> str:
    is_silent = char.isspace() or _JOINED.match(char) or _DECORATION.match(char) or char == _ZWJ
    if is_silent or "\U0001f1e6" <= char <= "\U0001f1ff":
        return ""
    name = _NAMES.get(char) or unicodedata.name(char, "").lower()
    return name.removesuffix(" sign").replace("-", " ")


def _name_joined(sequence: str) -> str:
    """Return what several emoji are that are joined to one: 👨‍👩‍👧 is a family."""
    parts = [part[0] for part in sequence.split(_ZWJ)]
    if tuple(parts) in _JOINED_NAMES:
        return _JOINED_NAMES[tuple(parts)]
    people = [part for part in parts if part in _FAMILY]
    if len(people) > 1:
        return "couple with heart" if "❤" in parts else "family"
    if people and parts[-1] in _TRADES:
        return f"{_name_emoji(people[0])} {_TRADES[parts[-1]]}".replace("adult ", "")
    return _name_emoji(parts[0])


def _read_emoji(match: re.Match[str]) -> str | None:
    said: list[str] = []
    at = match.start()
    while at < match.end():
        sequence = _SEQUENCE.match(match.string, at, match.end())
        char = match.string[at]
        name = _name_joined(sequence[0]) if sequence else _name_emoji(char)
        if name and name not in said:
            said.append(name)
        at = sequence.end() if sequence else at + 1
    if not said:
        return " "
    lead = ", " if match.start() else ""
    rest = ", " if match.end() < len(match.string) and match.string[match.end()].isalnum() else ""
    return lead + ", ".join(said) + rest


SHORT = Rule(name="chat: short", needs=_SHORTENED, pattern=_SHORTENED, read=_read_short)
SMILEY = Rule(name="chat: smiley", needs=_SMILEY, pattern=_SMILEYS, read=_read_smiley)
EMOJI = Rule(name="chat: emoji", needs=_HAS_EMOJI, pattern=_EMOJI, read=_read_emoji)
