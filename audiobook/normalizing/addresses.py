"""Web addresses, e-mail, telephone numbers, hashtags."""

from __future__ import annotations

import re

from audiobook.normalizing.numerals import cardinal
from audiobook.normalizing.rules import DIGIT, Rule, word_before

_SIGNS = {
    ".": "dot",
    "/": "slash",
    "-": "dash",
    "_": "underscore",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "~": "tilde",
    "%": "percent",
    ":": "colon",
    "@": "at",
    "+": "plus",
}
_SIGN = re.compile("[" + re.escape("".join(_SIGNS)) + "]")
_WEB = re.compile(
    r"(?<![\w@./])(?:https?://|(?=www\.))([\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?"
    r"(?:/[\w\-./?=&#~%:@+]{0,500})?)"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?![\w@])")
_PHONE = re.compile(
    r"(?<![\w+-])(?:\+\d{1,3}(?:[ -]\(?\d{1,4}\)?){2,4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4}"
    r"|0\d{2,4} \d{3,4} \d{3,4}|\d{3}-\d{4})(?![\w-])"
)
_EMERGENCY = re.compile(
    r"(?:(?<=call )|(?<=called )|(?<=calling )|(?<=dial )|(?<=dialed )|(?<=dialled )|(?<=dialing )"
    r"|(?<=dialling )|(?<=phoned )|(?<=rang )|(?<=ring ))(?:911|999|112)"
    r"(?![\w%]|[.,:/–-]\d| (?:[a-z]+s|men|women|people)\b)"
    r"|(?<![\w.,/$£€–-])(?:911|999)(?= (?:calls?|operators?|dispatch\w*|emergency)\b)",
    re.IGNORECASE,
)
_CALLS = frozenset(
    "call calls phone telephone tel number at on is dial dialed dialled fax mobile cell".split()
)
_HASHTAG = re.compile(r"(?<![\w&/])#(\d{0,6}[^\W\d_]\w{1,60})")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z][a-z])")


def _read_web(match: re.Match[str]) -> str:
    address = match[1]
    kept = address.rstrip(".?:&/")
    return _spell_signs(kept) + (address[len(kept) :].replace("/", "").replace("&", ""))


def _spell_signs(address: str) -> str:
    return " ".join(_SIGN.sub(lambda sign: f" {_SIGNS[sign[0]]} ", address).split())


def _read_phone(match: re.Match[str]) -> str | None:
    number = match[0]
    if len(number) == 8 and not number.startswith("555") and word_before(match).lower() not in _CALLS:
        return None  # 350-1000 may be a range
    groups = re.findall(r"\d+", number)
    said = ", ".join(" ".join(cardinal(int(digit)) for digit in group) for group in groups)
    return f"plus {said}" if number.startswith("+") else said


def _read_hashtag(match: re.Match[str]) -> str:
    return f"hashtag {_HUMP.sub(' ', match[1]).replace('_', ' ')}"


_WEB_SIGN = re.compile(r"://|www\.")
_AT = re.compile("@")
_HASH = re.compile("#")

WEB = Rule(name="addresses: web", needs=_WEB_SIGN, pattern=_WEB, read=_read_web)
MAIL = Rule(name="addresses: mail", needs=_AT, pattern=_MAIL, read=lambda match: _spell_signs(match[0]))
PHONE = Rule(name="addresses: phone", needs=DIGIT, pattern=_PHONE, read=_read_phone)
EMERGENCY = Rule(
    name="addresses: emergency",
    needs=re.compile("911|999|112"),
    pattern=_EMERGENCY,
    read=lambda match: " ".join(cardinal(int(digit)) for digit in match[0]),
)
"""A number to call, and no hundreds."""
HASHTAG = Rule(name="addresses: hashtag", needs=_HASH, pattern=_HASHTAG, read=_read_hashtag)
RANK = Rule(
    name="addresses: rank", needs=_HASH, pattern=re.compile(r"(?<![\w&])#(?=\d)"), read=lambda _: "number "
)
