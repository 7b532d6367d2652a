"""XML and HTML of strangers become trees: nothing is fetched, nothing grows, depth is bounded."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.languages import read_tag
from audiobook.reading.bounds import (
    MAX_MARKUP,
    MAX_PAGE_TAGS,
    MAX_TAGS,
    check_attributes,
    check_depth,
    check_markup,
)
from audiobook.reading.flaws import Flaws
from audiobook.reading.mending import decode_markup, escape_ampersands, spell_entities

if TYPE_CHECKING:
    from lxml import etree
    from lxml.etree import _Element

EPUB_NS = "http://www.idpf.org/2007/ops"
SSML_NS = "http://www.w3.org/2001/10/synthesis"
XML_NS = "http://www.w3.org/XML/1998/namespace"

Resolve = Callable[[str], str | None]
"""A link as it is written → its target (`file#id`), or None where it leads out of the book."""

_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_IS_XML = re.compile(r"<(?:\w+:)?html\b[^>]*xmlns|\A\s*<(?:\w+:)?svg\b")
# Characters that XML 1.0 section 2.2 leaves out.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = 100_000


def parse_xml(data: bytes, source: str, max_tags: int = MAX_TAGS, flaws: Flaws | None = None) -> _Element:
    """Parse XML that should be well-formed (a package, an NCX).

    Raises `SourceError` where it is not; with `flaws`, where nothing of it can be read.
    """
    from lxml import etree

    text = _prepare(decode_markup(data, source, flaws or Flaws()), source, flaws)
    check_markup(text, source, max_tags)
    try:
        root = etree.fromstring(text.encode(), _make_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        if flaws is None:
            raise SourceError(f"{source}: is not well-formed XML: {error}") from error
        root = _recover(text, source)
        flaws.note(source, f"is not well-formed XML ({error}); what could be made out of it is read")
    check_depth(root, source)
    return root


def _make_parser(*, recovers: bool = False) -> etree.XMLParser:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recovers,
        # The bounds are our own: the parser's would refuse a long book in one paragraph.
        huge_tree=True,
    )


def _recover(text: str, source: str) -> _Element:
    """Parse XML that is not well-formed: with its ampersands mended, else as far as it goes."""
    from lxml import etree

    root: _Element | None = None
    for recovers in (False, True):
        try:
            root = etree.fromstring(escape_ampersands(text).encode(), _make_parser(recovers=recovers))
        except (etree.XMLSyntaxError, ValueError) as error:
            if recovers:
                raise SourceError(f"{source}: is not well-formed XML: {error}") from error
            continue
        break
    if root is None or not len(root):
        raise SourceError(f"{source}: is not well-formed XML")
    for element in root.iter():
        # A prefix that nobody has declared.
        if isinstance(element.tag, str) and ":" in element.tag and "}" not in element.tag:
            element.tag = element.tag.rpartition(":")[2]
    return root


def parse_page(
    data: bytes, source: str, *, keeps_namespaces: bool = False, flaws: Flaws | None = None
) -> _Element:
    """Parse XHTML, or HTML where it is not well-formed; element names come without a namespace.

    With `keeps_namespaces`, the same tree with its names as they are written.
    Raises `SourceError` where it is too long, too deep, or, without `flaws`, names entities that are not
    its own.
    """
    text = decode_markup(data, source, flaws or Flaws())
    return parse_page_text(text, source, keeps_namespaces=keeps_namespaces, flaws=flaws)


def parse_page_text(
    text: str, source: str, *, keeps_namespaces: bool = False, flaws: Flaws | None = None
) -> _Element:
    """Parse a page that is decoded already; else as `parse_page`."""
    from lxml import etree

    text = _prepare(text, source, flaws)
    check_markup(text, source, MAX_PAGE_TAGS)
    if not text.strip():
        return etree.Element("html")
    encoded = text.encode()
    if len(encoded) > MAX_MARKUP:
        raise SourceError(
            f"{source}: {len(encoded) / 1e6:.0f} MB of markup; at most {MAX_MARKUP / 1e6:.0f} MB are read; "
            "split it into several files"
        )
    root: _Element | None = None
    if _IS_XML.search(text[:_PROLOG]):
        try:
            root = etree.fromstring(encoded, _make_parser())
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise SourceError(f"{source}: elements are nested too deep") from error
            if flaws is not None:
                flaws.note(source, "is not well-formed XHTML; read as HTML")
    if root is None:
        check_attributes(text, source)
        lenient = etree.HTMLParser(
            encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
        )
        root = etree.fromstring(encoded, lenient)
        messages = [entry.message.lower() for entry in lenient.error_log]
        if any("depth" in message for message in messages):
            raise SourceError(f"{source}: elements are nested too deep")
        # The parser would go on without what is too much for it.
        if any("limit exceeded" in message for message in messages):
            raise SourceError(f"{source}: holds more in one piece than can be read; split it")
    if root is None:
        return etree.Element("html")
    check_depth(root, source)
    if not keeps_namespaces:
        _strip_namespaces(root)
    return root


def types_of(element: _Element) -> list[str]:
    """Return what an element says that it is: its epub:type, and its ARIA role."""
    return f"{attribute(element, 'epub', 'type')} {element.get('role', '')}".split()


@lru_cache(maxsize=64)
def _spellings(prefix: str, name: str) -> tuple[str, str]:
    namespace = {"epub": EPUB_NS, "ssml": SSML_NS, "xml": XML_NS}[prefix]
    return f"{{{namespace}}}{name}", f"{prefix}:{name}"


def attribute(element: _Element, prefix: str, name: str) -> str:
    """Return an attribute of the epub, ssml or xml namespace, however the parser has named it."""
    known, written = _spellings(prefix, name)
    return element.get(known) or element.get(written) or ""


def language_of(element: _Element) -> str:
    """Return the language that this very element states, as a tag, or nothing."""
    return read_tag(attribute(element, "xml", "lang") or element.get("lang"))


def put_words(element: _Element, words: str | None) -> None:
    """Add words at an element's end, behind those that it holds."""
    last = next(element.iterchildren(reversed=True), None)
    if words and last is not None:
        last.tail = (last.tail or "") + words
    elif words:
        element.text = (element.text or "") + words


def text_of(element: _Element) -> str:
    """Return an element's text with single spaces."""
    return " ".join("".join(map(str, element.itertext())).split())


def _prepare(text: str, source: str, flaws: Flaws | None) -> str:
    """Take out what a parser could be led astray by: declarations, and entities other than XML's own."""
    text = _XML_DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    return _NOT_XML.sub("", spell_entities(text, source, flaws))


def _strip_namespaces(root: _Element) -> None:
    for element in root.iter():
        if isinstance(element.tag, str):
            plain = element.tag.rpartition("}")[2].lower()
            if plain != element.tag:
                # The HTML parser lets names pass (`<d'>`) that can't be set; they have no meaning anyway.
                with contextlib.suppress(ValueError):
                    element.tag = plain
