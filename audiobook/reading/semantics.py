"""What parts of a book are, as its markup, its guide and its headings name them.

Sources: EPUB 3 Structural Semantics Vocabulary 1.1 (https://www.w3.org/TR/epub-ssv-11/), Digital Publishing
WAI-ARIA Module (https://www.w3.org/TR/dpub-aria/), OPF 2.0.1 section 2.6 (types of the guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# epub:type, ARIA role (without `doc-`) or guide type → why it is not read.  What an author wrote for
# readers (dedication, epigraph, foreword, preface, introduction, afterword) is read.
_MATTER = {
    "cover": "cover",
    "titlepage": "title page",
    "title-page": "title page",
    "halftitlepage": "title page",
    "copyright-page": "copyright page",
    "copyright": "copyright page",
    "imprint": "imprint",
    "imprimatur": "imprint",
    "colophon": "colophon",
    "toc": "contents",
    "toc-brief": "contents",
    "landmarks": "contents",
    "page-list": "contents",
    "pagelist": "contents",
    "loi": "list of illustrations",
    "lot": "list of tables",
    "loa": "list of recordings",
    "lov": "list of films",
    "index": "index",
    "bibliography": "bibliography",
    "glossary": "glossary",
    "footnotes": "notes",
    "rearnotes": "notes",
    "endnotes": "notes",
    "notes": "notes",
}
NOTE_TYPES = frozenset({"footnote", "rearnote", "endnote", "note", "annotation"})
REFERENCE_TYPES = frozenset({"noteref", "annoref"})
BACKLINK_TYPES = frozenset({"backlink", "referrer"})

_TITLES_FILE = Path(__file__).with_name("matter.txt")

_NO_TITLE = re.compile(
    r"unknown|untitled|unbekannt|start|section\W?\d*|[\w .-]+\.(?:x?html?|xml)|\w+_split_\d+", re.IGNORECASE
)

LONGEST_MATTER = {"cover": 200, "title page": 400, "imprint": 1500, "copyright page": 1500, "colophon": 1500}
"""Words of parts that are a page or two; a longer text that is called so has been called so by mistake.
Longest copyright page of the measured books: 290."""
SHORT_MATTER = frozenset(LONGEST_MATTER)


def says_no_title(title: str) -> bool:
    """Tell whether it is what programs write where nobody gave a part of a book its title."""
    return _NO_TITLE.fullmatch(title.strip()) is not None


def matter_of_types(types: Iterable[str]) -> str | None:
    """Return why a part with these types is not read, or None where it is."""
    for name in types:
        reason = _MATTER.get(name.rpartition(":")[2].removeprefix("doc-").lower())
        if reason:
            return reason
    return None


@cache
def _matter_titles() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for line in _TITLES_FILE.read_text(encoding="utf-8").splitlines():
        reason, _, patterns = line.partition(": ")
        if not line.startswith("#"):
            choice = "|".join(patterns.split(" / "))
            found.append((reason, re.compile(rf"\W*(?:{choice})\W*", re.IGNORECASE)))
    return tuple(found)


def matter_of_title(title: str) -> str | None:
    """Return why a section with this title is not read, or None where it is."""
    words = " ".join(title.split())
    if len(words) > 100:
        return None
    return next((reason for reason, pattern in _matter_titles() if pattern.fullmatch(words)), None)
