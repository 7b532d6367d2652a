"""Sums of money."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import Rule, ends_text, next_word

SIGNS = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_SCALES = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "bn": "billion",
    "b": "billion",
    "B": "billion",
}
_THINGS = frozenset(
    "deal investment project "
    "bill bills note notes coin coins piece pieces reward fine ticket tickets bet cheque check prize "
    "tip loan deposit suit dinner bond bonds limit mark question range contract".split()
)
"""What has a sum before its name: a hundred-dollar bill."""
_SIGN = re.compile(f"[{''.join(SIGNS)}¢]")
_AMOUNT = re.compile(
    rf"(?<![\w$])(US|A|C|NZ|HK)?([{''.join(SIGNS)}]) ?(\d{{1,3}}(?:,\d{{3}}){{1,5}}|\d{{1,15}}"
    r"|(?=\.\d\d(?!\d)))(\.\d{1,3})?"
    r"(?:(-)(?=[a-z])| ?(k|K|bn|[mMbB])(?!\w)| (hundred|thousand|million|billion|trillion)(?!\w)"
    r"|(?! ?[-–]? ?\d| ?(?:hundred|thousand|million|billion|trillion)\w))?(?![\d%]|[.,]\d)"
)
_RANGE = re.compile(
    rf"(?<![\w$])([{''.join(SIGNS)}])(\d{{1,3}}(?:,\d{{3}}){{0,4}}|\d{{1,9}}) ?[-–] ?\1?"
    r"(\d{1,3}(?:,\d{3}){0,4}|\d{1,9})(?![\w.,]\d|\d|\w)"
)
_OLD = re.compile(
    r"(?<![\w.,])(?:£(\d{1,3}(?:,\d{3}){0,3}|\d{1,6}),? )?(\d{1,2})s\.(?:,? (\d{1,2})(½)?d\.)?(?!\w)"
)
_OLD_NEED = re.compile(r"[\d½][sd]\.")
_OLD_SUM = re.compile(r"(?<![\w.,£$€'’–-])(\d{1,3})(½?)([sd])\.(?!\w)")
_CENT = re.compile(r"(?<![\d.])1 ?¢")
_COUNTRIES = {"US": "U S ", "A": "Australian ", "C": "Canadian ", "NZ": "New Zealand ", "HK": "Hong Kong "}


def _read_amount(match: re.Match[str]) -> str:
    country, sign, whole, part, joined, letter, scale = match.groups()
    one, many, small, smalls = SIGNS[sign]
    where = _COUNTRIES.get(country, "")
    whole = whole or "0"
    if letter or scale:
        if next_word(match) in (one, many) or match.string.startswith(f"-{one}", match.end()):
            return f"{whole}{part or ''} {_SCALES[letter] if letter else scale}"
        thing = one if next_word(match) in _THINGS else many
        return f"{whole}{part or ''} {_SCALES[letter] if letter else scale} {where}{thing}"
    if joined or next_word(match) in _THINGS:
        return f"{whole}{part or ''}-{where}{one}{joined or ''}"
    cents = int(part[1:]) if part and len(part) == 3 else None
    if part and (cents is None or not small):
        return f"{whole}{part} {where}{many}"
    coins = f"{cents} {small if cents == 1 else smalls}" if cents else ""
    if coins and int(whole.replace(",", "")) == 0:
        return coins
    notes = f"{whole} {where}{one if whole == '1' else many}"
    return f"{notes} and {coins}" if coins else notes


def _read_old(match: re.Match[str]) -> str | None:
    pounds, shillings, pence, half = match.groups()
    if not pounds and not pence:
        return None
    said = [f"{pounds} pound{'' if pounds == '1' else 's'}"] if pounds else []
    if shillings != "0":
        said.append(f"{shillings} shilling{'' if shillings == '1' else 's'}")
    if pence and pence != "0":
        said.append(f"{pence}{' and a half' if half else ''} {'penny' if pence == '1' else 'pence'}")
    return " ".join(said)


def _read_old_sum(match: re.Match[str]) -> str:
    number, half, coin = match.groups()
    is_one = number == "1" and not half
    word = {"s": "shilling" if is_one else "shillings", "d": "penny" if is_one else "pence"}[coin]
    return f"{number}{' and a half' if half else ''} {word}{'.' if ends_text(match) else ''}"


AMOUNT = Rule(name="money: amount", needs=_SIGN, pattern=_AMOUNT, read=_read_amount)
RANGE = Rule(
    name="money: range",
    needs=_SIGN,
    pattern=_RANGE,
    read=lambda match: f"{match[2]} to {match[3]} {SIGNS[match[1]][1]}",
)
OLD = Rule(name="money: old", needs=_OLD_NEED, pattern=_OLD, read=_read_old)
OLD_SUM = Rule(name="money: old sum", needs=_OLD_NEED, pattern=_OLD_SUM, read=_read_old_sum)
CENT = Rule(name="money: cent", needs=_SIGN, pattern=_CENT, read=lambda _: "1 cent")
