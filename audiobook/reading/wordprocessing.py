"""The XML of a DOCX becomes elements that the reader of pages knows.

Sources: ECMA-376 Part 1 (WordprocessingML) chapter 17, Part 3 (markup compatibility) section 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from audiobook.reading.docx_chunks import chunk_id
from audiobook.reading.elements import LEFT_OUT
from audiobook.reading.markup import put_words
from audiobook.reading.signs import is_longer_than_a_sign

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TITLE = 0
"""The "level" of what stands on the title page; those of headings begin at 2."""
_TEXT = frozenset({f"{W}t", f"{W}delText", f"{_M}t", f"{_A}t"})
_BOXES = frozenset({f"{W}txbxContent", f"{_A}txBody"})
_BLOCKS = frozenset({f"{W}p", f"{W}tbl"})
_CHARACTERS = {"tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_DELETED = frozenset({"del", "moveFrom"})
_PICTURES = frozenset({"drawing", "pict", "object"})
_PLAIN_FORMULA = frozenset({f"{_M}{name}" for name in ("oMath", "r", "rPr", "t", "ctrlPr", "sty")})


class Converter:
    """Turns a document's parts into one page.

    `levels` are those of paragraph styles, by their ids; `chunks` the pages that it holds.
    """

    def __init__(self, levels: Mapping[str, int], chunks: Mapping[str, _Element]) -> None:
        self._levels = levels
        self._chunks = chunks
        self._fields: list[bool] = []
        """Of the fields that are open in this paragraph: whether it is their code that comes now."""
        self._has_begun = False
        """Text that is no heading has been met."""
        self._words: list[str] = []
        """Of the paragraph so far, since its last element."""
        self._boxes: list[_Element] = []
        """Text boxes of the paragraph, which are read behind it."""

    def convert(
        self, document: _Element, notes: Mapping[str, _Element], unread: Mapping[str, list[_Element]]
    ) -> _Element:
        """Return the page of a document; `notes` are its parts with notes, `unread` others, by the reason."""
        from lxml import etree

        root = etree.Element("html")
        body = etree.SubElement(root, "body")
        start = document.find(f"{W}body")
        if start is not None:
            self._blocks(start, body)
        for kind, part in notes.items():
            for note in part.iter(f"{W}{kind}"):
                identity = f"{kind}-{note.get(f'{W}id')}"
                self._blocks(note, etree.SubElement(body, "aside", role="doc-footnote", id=identity))
        for reason, parts in unread.items():
            for part in parts:
                self._leave_out(part, body, reason)
        return root

    def _blocks(self, parent: _Element, out: _Element) -> None:
        from lxml import etree

        for child in [parent] if parent.tag in _BLOCKS else parent.iterchildren("*"):
            name = str(child.tag).removeprefix(W)
            if name in {"p", f"{_A}p"}:
                self._paragraph(child, out)
            elif name == "r":
                element = etree.SubElement(out, "p")
                self._run(child, element)
                self._put_words(element)
            elif name == "tbl":
                table = etree.SubElement(out, "table")
                for row in _inside(child, "tr"):
                    line = etree.SubElement(table, "tr")
                    for cell in _inside(row, "tc"):
                        self._blocks(cell, etree.SubElement(line, "td"))
            elif name in {f"{_M}oMath", f"{_M}oMathPara"}:
                self._inline_child(child, etree.SubElement(out, "p"))
            elif name == f"{_MC}AlternateContent":
                self._blocks(_choose(child), out)
            elif name in _DELETED:
                self._leave_out(child, out, "deleted text")
            elif name == "altChunk":
                self._chunk(child, out)
            else:
                gallery = _value(child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"))
                is_contents = gallery == "Table of Contents"
                self._blocks(child, etree.SubElement(out, "nav", role="doc-toc") if is_contents else out)

    def _chunk(self, child: _Element, out: _Element) -> None:
        page = self._chunks.get(chunk_id(child))
        body = page.find("body") if page is not None else None
        if body is not None:
            self._has_begun = True
            body.tag = "div"
            out.append(body)

    def _paragraph(self, paragraph: _Element, parent: _Element) -> None:
        from lxml import etree

        self._fields = []
        out = parent
        properties = paragraph.find(f"{W}pPr")
        style = _value(properties.find(f"{W}pStyle")) if properties is not None else ""
        outline = _value(properties.find(f"{W}outlineLvl")) if properties is not None else ""
        level = self._levels.get(style, 0)
        if outline.isdigit() and int(outline) < 6:
            level = min(6, int(outline) + 2)
        if self._levels.get(style) == TITLE and not self._has_begun:
            out = etree.SubElement(out, "section", role="doc-titlepage")
            level = 1
        elif self._levels.get(style) == TITLE:
            # A title in the midst of the text heads a chapter.
            level = 2
        elif not level:
            self._has_begun = self._has_begun or any(words.strip() for words in words_of(paragraph))
        if re.match(r"(?i)toc\s*\d", style):
            out = etree.SubElement(out, "nav", role="doc-toc")
        element = etree.SubElement(out, f"h{level}" if level else "p")
        language = next((_value(each) for each in paragraph.iter(f"{W}lang")), "") if not level else ""
        if language:
            element.set("lang", language)
        around, self._boxes = self._boxes, []
        self._inline(paragraph, element)
        self._put_words(element)
        boxes, self._boxes = self._boxes, around
        for box in boxes:
            self._blocks(box, parent)

    def _inline(self, parent: _Element, out: _Element) -> None:
        for child in parent.iterchildren("*"):
            self._inline_child(child, out)

    def _inline_child(self, child: _Element, out: _Element) -> None:
        from lxml import etree

        name = str(child.tag).removeprefix(W)
        if name in {"r", f"{_A}r"}:
            self._run(child, out)
        elif name in {"p", "tbl"}:
            self._boxes.append(child)
        elif name in _DELETED:
            self._leave_out(child, out, "deleted text")
        elif name == "fldSimple" and "PAGE" in child.get(f"{W}instr", "").upper().split():
            self._leave_out(child, out, "page number")
        elif name == f"{_M}oMath":
            self._formula(child, out)
        elif name == "hyperlink" and child.get(f"{W}anchor") and is_longer_than_a_sign(words_of(child)):
            self._put_words(out)
            link = etree.SubElement(out, "a", href=f"#{child.get(f'{W}anchor')}")
            self._inline(child, link)
            self._put_words(link)
        elif name == f"{_MC}AlternateContent":
            self._inline(_choose(child), out)
        else:
            self._inline(child, out)

    def _run(self, run: _Element, out: _Element) -> None:
        hidden = run.find(f"{W}rPr/{W}vanish")
        if hidden is not None and _value(hidden) not in {"0", "false", "off"}:
            self._leave_out(run, out, "hidden")
            return
        for child in run.iterchildren("*"):
            self._run_child(child, out)

    def _run_child(self, child: _Element, out: _Element) -> None:
        from lxml import etree

        name = str(child.tag).removeprefix(W)
        if child.tag in _TEXT or name in _CHARACTERS:
            self._take_words(child, out)
        elif name == "fldChar":
            kind = child.get(f"{W}fldCharType")
            if kind == "begin":
                self._fields.append(True)
            elif self._fields:
                self._fields[-1:] = [False] if kind == "separate" else []
        elif name in {"br", "cr"}:
            if child.get(f"{W}type") in {None, "textWrapping"}:
                self._put_words(out)
                etree.SubElement(out, "br")
        elif name in {"footnoteReference", "endnoteReference"}:
            target = f"#{name.removesuffix('Reference')}-{child.get(f'{W}id')}"
            self._put_words(out)
            etree.SubElement(out, "a", role="doc-noteref", href=target).text = "*"
        elif name == "ruby":
            self._ruby(child, out)
        elif child.tag in _BOXES:
            self._boxes.append(child)
        elif name in _PICTURES:
            words = next((each.get("descr", "") for each in child.iter("{*}docPr")), "")
            self._put_words(out)
            etree.SubElement(out, "img", alt=words)
            self._boxes += _outermost_boxes(child)
        else:
            branch = _choose(child) if name == f"{_MC}AlternateContent" else child
            for each in branch.iterchildren("*"):
                self._run_child(each, out)

    def _take_words(self, child: _Element, out: _Element) -> None:
        if child.tag not in _TEXT:
            self._words.append(_CHARACTERS[str(child.tag).removeprefix(W)])
        elif child.tag == f"{W}delText":
            self._leave_out(child, out, "deleted text")
        elif any(self._fields):
            self._leave_out(child, out, "field code")
        else:
            self._words.append(child.text or "")

    def _ruby(self, ruby: _Element, out: _Element) -> None:
        """Write characters and, above them, how they are read."""
        from lxml import etree

        self._put_words(out)
        element = etree.SubElement(out, "ruby")
        for base in ruby.iterchildren(f"{W}rubyBase"):
            self._inline(base, element)
            self._put_words(element)
        for reading in ruby.iterchildren(f"{W}rt"):
            etree.SubElement(element, "rt").text = "".join(words_of(reading))

    def _formula(self, formula: _Element, out: _Element) -> None:
        from lxml import etree

        if any(
            each.tag not in _PLAIN_FORMULA and not str(each.tag).startswith(W) for each in formula.iter("*")
        ):
            self._leave_out(formula, out, "formula")
            return
        self._put_words(out)
        math = etree.SubElement(out, "math")
        for words in words_of(formula):
            etree.SubElement(math, "mi").text = words

    def _leave_out(self, parent: _Element, out: _Element, reason: str) -> None:
        from lxml import etree

        self._put_words(out)
        words = " ".join(words_of(parent))
        if words.strip():
            etree.SubElement(out, LEFT_OUT, reason=reason).text = words

    def _put_words(self, out: _Element) -> None:
        """Add the words at an element's end."""
        put_words(out, "".join(self._words))
        self._words = []


def words_of(element: _Element) -> Iterator[str]:
    """Yield the pieces of text in an element, each once: of alternatives only what is read."""
    if element.tag in _TEXT:
        yield element.text or ""
    for child in [_choose(element)] if element.tag == f"{_MC}AlternateContent" else element.iterchildren("*"):
        yield from words_of(child)


def _choose(alternatives: _Element) -> _Element:
    """Return the first branch that holds text, else the first: the others show the same in older programs."""
    branches = list(alternatives.iterchildren("*"))
    with_text = (each for each in branches if any((t.text or "").strip() for t in each.iter(*_TEXT)))
    return next(with_text, branches[0] if branches else alternatives)


def _outermost_boxes(element: _Element) -> Iterator[_Element]:
    """Yield the text boxes of a drawing, without those within others."""
    if element.tag in _BOXES:
        yield element
        return
    for child in [_choose(element)] if element.tag == f"{_MC}AlternateContent" else element.iterchildren("*"):
        yield from _outermost_boxes(child)


def _inside(parent: _Element, name: str) -> Iterator[_Element]:
    """Yield a table's rows or a row's cells, those in wrappers too, but not those of tables within."""
    for child in parent.iterchildren("*"):
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag not in {f"{W}p", f"{W}tbl", f"{W}tc"}:
            yield from _inside(child, name)


def _value(element: _Element | None) -> str:
    return element.get(f"{W}val", "") if element is not None else ""
