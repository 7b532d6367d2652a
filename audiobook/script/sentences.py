"""Cut a stretch of text into sentences.

Most stretches need no thinking: every full stop follows a long enough word and precedes a capital.
Those are cut directly; where an abbreviation, an initial or a lower-case continuation makes it
doubtful, pysbd decides (its rules are good and lose no character, but cost 25 µs a word).
"""

from __future__ import annotations

import re
import warnings
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_END = re.compile(
    r"(?<![.!?…])[.!?…]+(?:[\"”’'»)\]_*†‡¹²³⁰⁴-⁹]|[\[(](?:\d{1,3}|[a-z]|[*†‡]|citation needed)[\])]){0,12}"
    r"\s+(?=\S)"
)
"""With the signs of notes, which stand behind a full stop and before the white space."""
_STAT = (
    r"[ \t]*[\[|(]?[ \t]?[^\W\d_][\w .’'/&-]{0,28}(?:[:=|]|[ \t][–-][ \t]|[ \t][+−-]?\d)"
    r"[^\n]{0,48}(?<![,;—–-])"
)
_STATS = re.compile(rf"{_STAT}(?:\n{_STAT}){{1,200}}")
"""A status screen: short lines of a name and a value, each a sentence of its own."""
_NEW_LINE = re.compile(r"\n")
_SIGN = re.compile(r"[†‡¹²³⁰⁴-⁹]|(?<=[^\s*_])\*(?=\s*\Z)|[\[(]\w")
_LONE_SIGN = re.compile(r"[†‡¹²³⁰⁴-⁹*]+|[\[(]\w{1,3}[\])]")
_CLEAR_BEFORE = re.compile(r"(?:[^\W\d_]{4,}|[a-z]{3}|[)\"”’'])\Z")
_CLEAR_AFTER = re.compile(r"[\"“‘'«(_*]*[A-ZÀ-Þ]")
_ABBREVIATIONS = frozenset(
    "mrs prof capt sergt messrs mlle hon rev esq inst dept corp assn ltd etc vols eds gen sen gov col maj "
    "lieut approx appt feb sept oct nov dec jan mar apr aug tues thurs wed mon fri sat sun cent doz illus "
    "misc mfg vol chap sect figs viz vid est univ".split()
)
_BEFORE_NAMES = frozenset(
    "Mr Mrs Ms Dr St Messrs Mme Mlle Capt Prof Rev Revd Col Lieut Lt Sergt Sgt Gen Hon Maj Cpl Pvt Cmdr "
    "Comdr Adm Insp Supt Fr Mt INT EXT".split()
)
_BEFORE_NAMES_ELSEWHERE = _BEFORE_NAMES | set(
    "Sr Sra Srta Dra Ud Uds Hr Hrn Fr Frl Nr Bd St Ste Sta Sto Dña Sres Gral Ing Lic Mons Avda MM "
    "Mlles Mgr".split()
)
_BEFORE_NUMBERS = frozenset(
    "lv lvl vol vols pp ch chap chaps fig figs sec sect bk pt nos ft lb str kap bd abb núm pág págs "
    "cap".split()
)
_OPENERS = " \t\r\n\xa0\u202f\"“‘'«„‚»›‹(_*¿¡—–-"
_END_WITHOUT_SPACE = re.compile(r"[。！？]+[」』”’）》]*\s*(?=\S)")
"""Where Chinese and Japanese sentences end; no space follows there."""
_PYSBD = frozenset("am ar bg da de el en es fa fr hi hy it ja kk mr my nl pl ru sk ur zh".split())
"""The languages that pysbd has rules for; others are cut by those for English."""
_NO_SPACES = re.compile(r"\S+")
_NO_SPACES_BEFORE = re.compile(r"\S+\Z")
_LONGEST_ADDRESS = 500
_LAST_WORD = re.compile(r"[^\W_]+\Z")
_ROMAN = re.compile(r"[IVXLC]{2,8}(?!\w)")
_LONGEST_FOR_PYSBD = 4000
"""Characters; a longer doubtful stretch is cut at its clear ends only, so that no text can stall a run."""


def split_sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Return the spans of the sentences of `text`, white space around them left out.

    Together they hold every character of `text` but white space.  `language` is ISO 639-1.
    """
    if language in ("zh", "ja"):
        cuts = [0, *(match.end() for match in _END_WITHOUT_SPACE.finditer(text)), len(text)]
        return _trimmed(text, list(pairwise(cuts)))
    if "\n" in text and _STATS.fullmatch(text.strip()):
        return _trimmed(text, list(pairwise([0, *(m.end() for m in _NEW_LINE.finditer(text)), len(text)])))
    ends = list(_END.finditer(text))
    if not ends:
        return _trimmed(text, [(0, len(text))])
    signed = [match.end() for match in ends if _ends_with_sign(text, match)]
    if signed:
        cut: list[tuple[int, int]] = []
        for begin, stop in pairwise([0, *signed, len(text)]):
            for left, right in split_sentences(text[begin:stop], language):
                is_sign = cut and _LONE_SIGN.fullmatch(text, begin + left, begin + right)
                cut.append((cut.pop()[0] if is_sign else begin + left, begin + right))
        return cut
    rule = _rule if language == "en" else _rule_elsewhere
    ruled = [rule(text, match) for match in ends]
    if None in ruled and len(text) <= _LONGEST_FOR_PYSBD:
        spans = _ask_pysbd(text, language if language in _PYSBD else "en")
        if spans is not None:
            return _trimmed(text, _rejoin(text, spans, ends, ruled))
    cuts = [0, *(m.end() for m, is_end in zip(ends, ruled, strict=True) if is_end), len(text)]
    return _trimmed(text, list(pairwise(cuts)))


def _ends_with_sign(text: str, match: re.Match[str]) -> bool:
    """Tell whether a note's sign stands behind a full stop, as it does where a sentence ends."""
    return bool(_SIGN.search(match.group())) and _CLEAR_AFTER.match(text, match.end()) is not None


def _is_in_address(text: str, at: int) -> bool:
    """Tell whether a place lies within an address of the web: https://example.org/find?q=boat."""
    left = _NO_SPACES_BEFORE.search(text, max(0, at - _LONGEST_ADDRESS), at)
    right = _NO_SPACES.match(text, at, at + _LONGEST_ADDRESS)
    return bool(left and right and ("://" in left[0] or left[0].startswith("www.")))


def _goes_on(text: str, at: int) -> bool:
    """Tell whether Spanish numbers go on at a place: n.º 5, s. XIX."""
    return text[at] in "ºª" or (text[max(0, at - 3) : at].strip() in ("s.", "S.") and _is_roman(text, at))


def _is_roman(text: str, at: int) -> bool:
    return _ROMAN.match(text, at) is not None


def _rejoin(
    text: str,
    spans: Iterable[tuple[int, int]],
    ends: Iterable[re.Match[str]],
    ruled: Iterable[bool | None],
) -> list[tuple[int, int]]:
    """Join what pysbd has cut at a mark that surely ends nothing; a single letter may end a sentence."""
    whole = {
        match.end()
        for match, is_end in zip(ends, ruled, strict=True)
        if is_end is False and text[max(0, match.start() - 2) : match.start()].isalnum()
    }
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        is_within = start in whole or _goes_on(text, start) or _is_in_address(text, start)
        begin = joined.pop()[0] if joined and is_within else start
        joined.append((begin, end))
    return joined


def _rule(text: str, match: re.Match[str]) -> bool | None:
    """Tell whether a mark ends a sentence; None where it takes more than a look."""
    if not _CLEAR_AFTER.match(text, match.end()):
        following = text[match.end()]
        is_whole = following.islower() or (following.isdigit() and _leads_to_number(text, match))
        return False if is_whole else None
    if text[match.start()] in "!?":
        return True
    near = max(0, match.start() - 12)
    word = _LAST_WORD.search(text, near, match.start())
    if word and (word.group() in _BEFORE_NAMES or (len(word.group()) == 1 and word.group() not in "I")):
        return False
    if word and word.group().lower() in _ABBREVIATIONS:
        return None
    return True if _CLEAR_BEFORE.search(text, near, match.start()) else None


def _leads_to_number(text: str, match: re.Match[str]) -> bool:
    """Tell whether it is an abbreviation's mark, its number behind it: vol. 3, 5 ft. 3 in., Hauptstr. 5."""
    word = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    low = word.group().lower() if word and text[match.start() : match.end()].rstrip() == "." else ""
    return low in _BEFORE_NUMBERS or (len(low) > 3 and low.endswith("str"))


def _rule_elsewhere(text: str, match: re.Match[str]) -> bool | None:
    """Tell whether a mark ends a sentence of another language than English, by the letter that follows."""
    following = text[match.end() : match.end() + 6].lstrip(_OPENERS)[:1]
    if following.islower() or (following.isdigit() and _leads_to_number(text, match)):
        return False
    if text[match.start()] in "!?…" and following.isupper():
        return True
    near = max(0, match.start() - 12)
    word = _LAST_WORD.search(text, near, match.start())
    if word and len(word.group()) == 1 and (word.group().isupper() or following.isdigit()):
        return False
    if word and len(word.group()) < 3 and _is_roman(text, match.end()):  # s. XIX
        return False
    if word and word.group() in _BEFORE_NAMES_ELSEWHERE:
        return False
    is_long = word is not None and len(word.group()) > 3 and word.group().lower() not in _ABBREVIATIONS
    return True if is_long and following.isupper() else None


@lru_cache(maxsize=4096)  # a novel has some hundreds; read again after a correction, half its time is this
def _ask_pysbd(text: str, language: str) -> tuple[tuple[int, int], ...] | None:
    """Return the spans of pysbd's sentences, or None where they can't be found again in the text."""
    flat = re.sub(r"\s", " ", text)
    spans: list[tuple[int, int]] = []
    at = 0
    for sentence in _segment(language)(flat):
        words = sentence.strip()
        found = flat.find(words, at)
        if found < 0 or flat[at:found].strip():
            return None
        spans.append((found, found + len(words)))
        at = found + len(words)
    return None if flat[at:].strip() else tuple(spans)


@cache
def _segment(language: str) -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        # Where nothing was compiled at the installation (uv), 3.12 and later complain of escape sequences.
        warnings.simplefilter("ignore")
        import pysbd

    segmenter: Any = pysbd.Segmenter(language=language, clean=False)
    segment: Callable[[str], list[str]] = segmenter.segment
    return segment


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    trimmed = []
    for start, end in spans:
        words = text[start:end]
        left, right = len(words) - len(words.lstrip()), len(words.rstrip())
        if right > left:
            trimmed.append((start + left, start + right))
    return trimmed
