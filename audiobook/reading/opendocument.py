"""ODT: the document's XML becomes a page of HTML, and is read as that.

Source: OpenDocument 1.3 part 3, chapters 4 to 6 and 10.  (Pandoc leaves out text boxes, shapes and ruby.)
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.archive import Archive
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.elements import LEFT_OUT
from audiobook.reading.flow import SourceText
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_xml, put_words, text_of
from audiobook.reading.package import Metadata
from audiobook.reading.signs import is_longer_than_a_sign

if TYPE_CHECKING:
    from lxml.etree import _Element

_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
"""Of titles and descriptions of pictures."""
_CONTENT = "content.xml"
_TAGS = {
    "list": "ul",
    "list-item": "li",
    "list-header": "li",
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "ruby": "ruby",
    "ruby-base": "rb",
    "ruby-text": "rt",
    "section": "div",
}
"""What is the same in HTML; of what is named nowhere the contents are read where it stands."""
_ROLES = {
    "table-of-content": "doc-toc",
    "alphabetical-index": "doc-index",
    "bibliography": "doc-bibliography",
}
_LEFT_OUT = {
    "tracked-changes": "deleted text",
    "annotation": "comment",
    "page-number": "page number",
    "page-count": "page number",
    "hidden-text": "hidden",
    "script": "hidden",
    "math": "formula",
}
_CHARACTERS = {"s": " ", "tab": " "}


def read_odt(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read an ODT.  Chapters begin at its headings.

    Raises `SourceError` where it is none, is broken, has a password, or holds nothing to speak.
    """
    with Archive(str(path), data) as archive:
        if archive.find(_CONTENT) is None:
            raise SourceError(f"{path}: is no ODT: {_CONTENT} is missing from it")
        content = parse_xml(archive.read_markup(_CONTENT), f"{path}: {_CONTENT}")
        metadata = _read_metadata(archive)
    text = content.find("{*}body/{*}text")
    if text is None:
        raise SourceError(f"{path}: is no text document (a table or a drawing, perhaps)")
    root = _Converter(_find_titles(content)).convert(text)
    return read_tree(
        path, root, choices, metadata, [SourceText(_CONTENT, "\n".join(map(str, text.itertext())))]
    )


def _find_titles(content: _Element) -> frozenset[str]:
    """Return the names of the styles in which a document's title is set."""
    own = (style for style in content.iter("{*}style") if _get(style, "parent-style-name") == "Title")
    return frozenset({"Title", *(_get(style, "name") for style in own)})


def _read_metadata(archive: Archive) -> Metadata:
    """Read what an ODT says of itself (section 4.3)."""
    if archive.find("meta.xml") is None:
        return Metadata()
    root = parse_xml(archive.read_markup("meta.xml"), f"{archive.source}: meta.xml")
    found = {str(element.tag).rpartition("}")[2]: text_of(element) for element in root.iter("{*}*")}
    return Metadata(
        title=found.get("title") or None,
        author=found.get("initial-creator") or found.get("creator") or None,
        language=found.get("language") or None,
        description=found.get("description") or None,
    )


class _Converter:
    """Turns a text into the elements that the reader of pages knows; `titles` are styles of titles."""

    def __init__(self, titles: frozenset[str]) -> None:
        from lxml import etree

        self._titles = titles
        self._root = etree.Element("html")
        self._body = etree.SubElement(self._root, "body")
        self._numbers = count(1)
        self._notes: list[tuple[str, _Element]] = []
        self._boxes: list[_Element] | None = None
        """Those of the paragraph that is being read, behind which they are; None outside of paragraphs."""
        self._has_begun = False

    def convert(self, text: _Element) -> _Element:
        """Return the page of a document."""
        from lxml import etree

        self._pass_through(text, self._body)
        while self._notes:
            identity, note = self._notes.pop(0)
            self._pass_through(note, etree.SubElement(self._body, "aside", role="doc-footnote", id=identity))
        return self._root

    def _pass_through(self, element: _Element, out: _Element) -> None:
        put_words(out, element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._convert(child, out)
            put_words(out, child.tail)

    def _convert(self, element: _Element, out: _Element) -> None:
        from lxml import etree

        name = str(element.tag).rpartition("}")[2]
        if name in {"p", "h"}:
            self._paragraph(element, name, out)
        elif name == "note":
            self._note(element, out)
        elif (
            name == "a" and _get(element, "href").startswith("#") and is_longer_than_a_sign(text_of(element))
        ):
            self._pass_through(element, etree.SubElement(out, "a", href=_get(element, "href")))
        elif name in _CHARACTERS:
            put_words(out, _CHARACTERS[name])
        elif name == "line-break":
            etree.SubElement(out, "br")
        elif name in _LEFT_OUT:
            words = " ".join(map(str, element.itertext()))
            etree.SubElement(out, LEFT_OUT, reason=_LEFT_OUT[name]).text = words
        elif name == "text-box" and self._boxes is not None:
            self._boxes.append(element)
        elif name in _ROLES:
            self._pass_through(element, etree.SubElement(out, "section", role=_ROLES[name]))
        elif str(element.tag).startswith(_SVG):
            self._pass_through(element, etree.SubElement(out, "desc"))
        elif name in _TAGS:
            self._pass_through(element, etree.SubElement(out, _TAGS[name]))
        elif name.endswith("-source"):
            # The form in which a list of contents would be made anew.
            words = " ".join(map(str, element.itertext()))
            etree.SubElement(out, LEFT_OUT, reason="hidden").text = words
        else:
            self._pass_through(element, out)

    def _paragraph(self, element: _Element, name: str, out: _Element) -> None:
        from lxml import etree

        if self._boxes is not None:
            # In a shape within a paragraph, which knows no boxes.
            self._boxes.append(element)
            return
        is_title = _get(element, "style-name") in self._titles
        level = 0
        where = out
        if name == "h":
            # Below the book's title, which has a style of its own.
            stated = _get(element, "outline-level")
            level = min(6, int(stated) + 1) if stated.isdigit() else 2
        elif is_title and not self._has_begun:
            where, level = etree.SubElement(out, "section", role="doc-titlepage"), 1
        elif is_title:
            level = 2
        else:
            self._has_begun = self._has_begun or bool(text_of(element))
        self._boxes = []
        self._pass_through(element, etree.SubElement(where, f"h{level}" if level else "p"))
        boxes, self._boxes = self._boxes, None
        for box in boxes:
            if str(box.tag).rpartition("}")[2] == "text-box":
                self._pass_through(box, out)
            else:
                self._convert(box, out)

    def _note(self, note: _Element, out: _Element) -> None:
        """Refer to a note by the sign that it has, and keep what it says for the end."""
        from lxml import etree

        identity = f"note-{next(self._numbers)}"
        link = etree.SubElement(out, "a", role="doc-noteref", href=f"#{identity}")
        for part in note.iterchildren("*"):
            if str(part.tag).endswith("}note-citation"):
                link.text = text_of(part)
            else:
                self._notes.append((identity, part))


def _get(element: _Element, name: str) -> str:
    """Return an attribute of whatever namespace."""
    found = (value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name)
    return str(next(found, ""))
