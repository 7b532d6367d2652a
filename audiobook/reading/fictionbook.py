"""FB2 (FictionBook 2.1, http://www.fictionbook.org): its XML becomes a page of HTML, and is read as that.

(Pandoc leaves out tables, and notes that nothing refers to.)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.flow import SourceText
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_xml, put_words, text_of
from audiobook.reading.package import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAGS = {
    "p": "p",
    "v": "p",
    "text-author": "p",
    "date": "p",
    "stanza": "div",
    "poem": "div",
    "epigraph": "div",
    "section": "div",
    "annotation": "blockquote",
    "cite": "blockquote",
    "table": "table",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "sup": "sup",
    "code": "code",
    "empty-line": "hr",
}
"""What an element is in HTML; of those not named the contents are read where they stand."""
_CLASSES = {"stanza": "stanza", "epigraph": "epigraph"}
_NOTES = frozenset({"notes", "comments", "footnotes"})
_HREF = "{http://www.w3.org/1999/xlink}href"


def read_fb2(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read an FB2.  Chapters begin at the titles of its sections.

    Raises `SourceError` where it is none, is broken, or holds nothing to speak.
    """
    from lxml import etree

    source = parse_xml(data, str(path))
    bodies = source.findall("{*}body")
    if not bodies:
        raise SourceError(f"{path}: is no FB2: it has no body")
    root = etree.Element("html")
    out = etree.SubElement(root, "body")
    for body in bodies:
        if body.get("name", "").lower() in _NOTES:
            _convert_notes(body, etree.SubElement(out, "section", role="doc-endnotes"))
        else:
            _convert_contents(body, out, depth=1)
    sources = [SourceText("", "\n".join(map(str, body.itertext()))) for body in bodies]
    return read_tree(path, root, choices, read_metadata(source), sources)


def read_metadata(source: _Element) -> Metadata:
    """Read what an FB2 says about its book."""
    about = source.find("{*}description/{*}title-info")

    def values(name: str) -> Iterator[str]:
        for element in about.iterfind(f"{{*}}{name}") if about is not None else ():
            yield from filter(None, [text_of(element)])

    names = [
        " ".join(text_of(part) for part in author.iterchildren("*") if _name(part).endswith("name"))
        for author in (about.iterfind("{*}author") if about is not None else ())
    ]
    series = about.find("{*}sequence") if about is not None else None
    return Metadata(
        title=next(values("book-title"), None),
        author="; ".join(filter(None, names)) or None,
        language=next(values("lang"), None),
        series=(series.get("name") or None) if series is not None else None,
        series_part=(series.get("number") or None) if series is not None else None,
        description=next(values("annotation"), None),
    )


def _convert_notes(body: _Element, out: _Element) -> None:
    from lxml import etree

    for child in body.iterchildren("*"):
        note = out
        if _name(child) == "section":
            note = etree.SubElement(out, "aside", role="doc-footnote", id=child.get("id", ""))
        _convert_contents(child, note, depth=0)


def _convert_contents(element: _Element, out: _Element, depth: int) -> None:
    """Write what is in an element; `depth` is that of its title as a heading, 0 where it is none."""
    put_words(out, element.text)
    for child in element.iterchildren("*"):
        _convert(child, out, depth)
        put_words(out, child.tail)


def _convert(element: _Element, out: _Element, depth: int) -> None:
    from lxml import etree

    name = _name(element)
    is_heading = depth and name in {"title", "subtitle"}
    if is_heading and _name_of_parent(element) in {"body", "section"}:
        level = min(6, depth + (name == "subtitle"))
        heading = etree.SubElement(out, f"h{level}")
        for number, line in enumerate(element.iterchildren("{*}p") if name == "title" else [element]):
            if number:
                etree.SubElement(heading, "br")
            _convert_contents(line, heading, depth)
    elif name == "image":
        etree.SubElement(out, "img", alt=element.get("alt") or element.get("title") or "")
    elif name == "a":
        href = element.get(_HREF, "")
        link = etree.SubElement(out, "a", href=href)
        if element.get("type") == "note":
            link.set("role", "doc-noteref")
        _convert_contents(element, link, depth)
    else:
        inner = etree.SubElement(out, _TAGS.get(name, "span"))
        if identity := element.get("id"):
            inner.set("id", identity)
        if name in _CLASSES:
            inner.set("class", _CLASSES[name])
        _convert_contents(element, inner, depth + (name == "section" and depth > 0))


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _name_of_parent(element: _Element) -> str:
    above = element.getparent()
    return _name(above) if above is not None else ""
