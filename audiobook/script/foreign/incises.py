"""Cut tags out of speech: `dit-il` of « Oui, dit-il, je viens », `—dijo Juan—` of —Sí —dijo Juan—, ya voy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from audiobook.script.foreign.pack import Pack

_CLAUSE = re.compile(r"(?<=[,.!?…])\s+(?=[^\W\d_])")
_DASHED_CLAUSE = re.compile(rf"{_CLAUSE.pattern}|\s{{1,3}}[—–―]\s{{0,3}}(?=[^\W\d_])")
"""In speech that a dash opens, another may set its tag apart: – Kommst du? – fragte Peter."""
_WORD = re.compile(r"[^\W\d_]+['’]?")
_TAG_ENDS = re.compile(r"[.!?…]+(?=\s|$)|,(?=\s)|\s[—–―]|$")
_BODY = re.compile(
    r"\s*(?:(?:en|avec|sans|puis|mit|ohne|wobei|während)\b|d['’]une?\b"
    r"|(?:les?|la|l['’]|une?|die|den|das)\s*(?:yeux|voix|visage|air|mains?|regard|tête|front|bras|lèvres|sourire|doigt"
    r"|bouche|dos|souffle|larmes|Augen|Stimme|Gesicht|Blick|Hand|Hände|Kopf|Arme|Lippen|Finger)\b)",
    re.IGNORECASE,
)
"""What goes on with a tag after its comma ("dit-il, les yeux baissés"), as far as words can tell."""
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_HYPHENS = re.compile(r"^-(?:t-)?")
_BLANKS = " \t\r\n\xa0\u202f"
_CLOSED = re.compile(r"\s*»[\s,;.]*\Z")
_NEW_DASH = re.compile(r"(?<=[.!?…»])\s+[—–―]\s*(?=[^\s—–―-])")
_ASIDE = re.compile(r"\s(?:[—–―](?=[^\s—–―])|(?:[—–―]|--?)\s(?=[^\s—–―-])|--?(?=[^\W\d_]))")
_ASIDE_END = re.compile(r"[—–―]|(?<=[\s\w])--?(?=[\s,.;:!?]|\Z)")
"""Typed with hyphens, a tag may have a space on either side: - Sí - dijo María -. Ya voy."""
_ACT = re.compile(r"(?:se\s|s['’]|lui\s|leur\s|y\s|en\s)?[^\W\d_]+(?:[^r\W\d_]a|it|ut|èrent|irent|urent)\b")
_NO_ACT = re.compile(r"[^\W\d_]*(?:ait|oit|eut|aut|dit|suit|est)\b")


def cut_speech(text: str, span: tuple[int, int], pack: Pack, *, dashed: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches of speech of a span that begins as one, trimmed; each has a letter or digit."""
    if pack.incises == "dashes":
        pieces = _cut_by_dashes(text, span, pack)
    else:
        turns = (m.end() for m in _NEW_DASH.finditer(text, *span)) if dashed else ()
        edges = [span[0], *(at for at in turns if not _opens_tag(text, at, span[1], pack)), span[1]]
        pieces = (
            piece
            for begin, end in pairwise(edges)
            for piece in _cut_by_verbs(text, (begin, end), pack, dashed=dashed)
        )
    for start, end in pieces:
        near = max(start, end - 20)
        words = text[start:near] + _CLOSED.sub("", text[near:end])
        # A dash at the very end is an interruption's: „Was –“
        words = words.rstrip(_BLANKS if end == span[1] else f"{_BLANKS}—–―")
        left = len(words) - len(words.lstrip(" \t\r\n\xa0\u202f.,;:—–―«"))
        if any(map(str.isalnum, words)):
            yield start + left, start + len(words)


def _cut_by_dashes(text: str, span: tuple[int, int], pack: Pack) -> Iterator[tuple[int, int]]:
    """Cut out what stands after ` —`, up to `—` or the end, where it is a tag or a deed and no aside."""
    at, stop = span
    begin = at
    while found := _ASIDE.search(text, at, stop):
        start = found.end()
        close = _ASIDE_END.search(text, start, stop)
        end = close.start() if close else stop
        inner = text[start:end]
        is_deed = inner[:1].isupper() and text[begin : found.start()].rstrip()[-1:] in ".!?…"
        if is_deed or _says(inner, pack):
            yield begin, found.start()
            begin = close.end() if close else stop
        at = close.end() if close else stop
    yield begin, stop


def _says(inner: str, pack: Pack) -> bool:
    words = [word.group().lower() for word in _WORD.finditer(inner[:60])][:4]
    return any(
        pack.speaks(word) or (word in pack.manner_verbs and not number) for number, word in enumerate(words)
    )


def _cut_by_verbs(text: str, span: tuple[int, int], pack: Pack, *, dashed: bool) -> Iterator[tuple[int, int]]:
    """Cut out bare tags: from the clause that opens with verb and subject to the end of it."""
    begin, stop = span
    at = begin
    while at < stop:
        clause = (_DASHED_CLAUSE if dashed else _CLAUSE).search(text, at, stop)
        if clause is None:
            break
        if (
            dashed
            and text[clause.start() - 1] in ".!?…"
            and begin > span[0]
            and _is_deed(text, clause.end(), pack)
        ):
            yield begin, clause.start()
            return
        if text[clause.start() - 1] == "." or not _opens_tag(text, clause.end(), stop, pack):
            at = clause.end()
            continue
        yield begin, clause.start()
        begin = at = _find_end(text, clause.end(), stop, pack)
    yield begin, stop


def _find_end(text: str, start: int, stop: int, pack: Pack) -> int:
    """Return where a tag ends and speech goes on."""
    at = start
    while found := _TAG_ENDS.search(text, at, stop):
        goes_on = found.group() == "," and _BODY.match(text, found.end(), stop)
        before = (
            _LAST_WORD.search(text, max(start, found.start() - 20), found.start())
            if found.group() == "."
            else None
        )
        if goes_on or (before and (len(before.group()) == 1 or before.group().lower() in pack.titles)):
            at = found.end()
            continue
        return found.end() if found.group() else stop
    return stop


def _opens_tag(text: str, start: int, stop: int, pack: Pack) -> bool:
    """Tell whether a clause begins with a verb of speech and, after it, somebody: "dit Marie", "sagte er"."""
    tokens = (match.group() for match in pack.token.finditer(text, start, min(stop, start + 80)))
    words = list(islice((word for word in tokens if word[0] != " "), 6))
    lowers = [_HYPHENS.sub("", word.lower().replace("’", "'")) for word in words]
    at = 0
    while at < min(2, len(lowers)) and lowers[at] in pack.words["objects"]:
        at += 1
    if at + 1 >= len(lowers) or not (pack.speaks(lowers[at]) or lowers[at] in pack.manner_verbs):
        return False
    if words[at][:1].isupper():
        return False
    follows, low = words[at + 1], lowers[at + 1]
    is_object = low in pack.words["objects"] and low not in pack.pronouns and low not in pack.articles
    if is_object and at + 2 < len(words):
        follows, low = words[at + 2], lowers[at + 2]
    told = pack.pronouns.get(low)
    if told is not None:
        return told != "first" or pack.language != "fr" or follows.startswith("-")
    is_article = low in pack.articles or low in pack.titles or low.rstrip(".") in pack.titles
    return follows[:1].isupper() or is_article


def _is_deed(text: str, start: int, pack: Pack) -> bool:
    """Tell whether a sentence after a French tag is narration, like "Elle posa son sac"."""
    subject = re.compile(r"(?:Ils?|Elles?)\s+").match(text, start)
    if pack.language != "fr" or subject is None:
        return False
    return _ACT.match(text, subject.end()) is not None and _NO_ACT.match(text, subject.end()) is None
