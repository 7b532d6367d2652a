"""What parts of a book are, as its markup, its guide and its headings name them.

Sources: EPUB 3 Structural Semantics Vocabulary 1.1 (https://www.w3.org/TR/epub-ssv-11/), Digital Publishing
WAI-ARIA Module (https://www.w3.org/TR/dpub-aria/), OPF 2.0.1 section 2.6 (types of the guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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

# Titles of sections that say what they are, in the languages whose books are most often met.
_TITLES = (
    ("cover", r"(?:front |back )?cover(?: image| page)?|einband|umschlag|couverture|cubierta|copertina"),
    (
        "title page",
        r"(?:half[ -]?)?title[ -]?page|titelseite|titelblatt|page de titre|portada|frontespizio",
    ),
    (
        "copyright page",
        (
            r"copyright(?: (?:page|notice|information|©.*))?|©.*|uncopyright|impressum|mentions légales"
            r"|créditos|colofon"
        ),
    ),
    ("imprint", r"imprint"),
    ("colophon", r"colophon"),
    (
        "contents",
        (
            r"(?:table of )?contents|brief contents|inhalt(?:sverzeichnis)?|table des matières|sommaire"
            r"|índice(?: general)?|contenido|indice|sommario|inhoud(?:sopgave)?"
        ),
    ),
    ("list of illustrations", r"(?:list of )?(?:illustrations|plates|figures|maps)"),
    ("list of tables", r"list of tables"),
    ("index", r"(?:general |subject )?index(?: of .{1,40})?|register|sachregister|namenregister"),
    ("bibliography", r"(?:select(?:ed)? )?bibliography|bibliographie|bibliografía|works cited"),
    ("glossary", r"glossary|glossar|glossaire|glosario"),
    ("notes", r"(?:foot|end)?notes|anmerkungen|notas|note"),
    ("list of books", r"(?:also|other (?:books|works|titles)|books) by .{1,60}"),
    ("transcriber's notes", r"(?:original )?transcriber['’]?s?['’]? notes?"),
    ("licence", r"(?:the )?(?:full )?project gutenberg[’'\w™-]* (?:\w+ )?licen[sc]e|full licen[sc]e"),
)
_MATTER_TITLES = [(reason, re.compile(rf"\W*(?:{pattern})\W*", re.IGNORECASE)) for reason, pattern in _TITLES]

SHORT_MATTER = frozenset({"cover", "title page", "imprint", "copyright page"})
"""Parts that are a page or two; a long text that is called so has been called so by mistake."""
LONGEST_SHORT_MATTER = 1500
"""Words.  Longest copyright page of the measured books: 290."""


def matter_of_types(types: Iterable[str]) -> str | None:
    """Return why a part with these types is not read, or None where it is."""
    for name in types:
        reason = _MATTER.get(name.rpartition(":")[2].removeprefix("doc-").lower())
        if reason:
            return reason
    return None


def matter_of_title(title: str) -> str | None:
    """Return why a section with this title is not read, or None where it is."""
    words = " ".join(title.split())
    if len(words) > 100:
        return None
    return next((reason for reason, pattern in _MATTER_TITLES if pattern.fullmatch(words)), None)
