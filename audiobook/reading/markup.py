"""XML and HTML of strangers become trees: no entity is expanded, nothing is fetched, depth is bounded."""

from __future__ import annotations

import codecs
import contextlib
import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.reading.bounds import MAX_MARKUP, MAX_TAGS, check_attributes, check_depth, check_markup
from audiobook.reading.decode import decode_text

if TYPE_CHECKING:
    from lxml.etree import _Element

EPUB_NS = "http://www.idpf.org/2007/ops"
SSML_NS = "http://www.w3.org/2001/10/synthesis"
XML_NS = "http://www.w3.org/XML/1998/namespace"

_DECLARED = re.compile(
    rb"<(?:\?xml|meta)\b[^>]{0,300}?(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
# Where XML 1.0 section 2.8 lets a document type stand: before the first element.
_DOCTYPE = re.compile(
    r"((?:\s++|<!--.*?-->|<\?.*?\?>)*+)<!DOCTYPE\b[^>\[]*+(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)
_OWN_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
# Characters that XML 1.0 section 2.2 leaves out.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = 100_000
# Encodings that a book may say it is in; Python knows others that are none (punycode, unicode_escape).
_ENCODING = re.compile(
    r"(?:utf|ucs|iso|latin|windows|cp|ibm|koi8|gb|hz|big5|euc|shift|s?jis|mac|tis|ks|ascii|us|x-)[-_\w]*",
    re.IGNORECASE,
)


def parse_xml(data: bytes, source: str, max_tags: int = MAX_TAGS) -> _Element:
    """Parse XML that must be well-formed (a package, an NCX).  Raises `SourceError`."""
    from lxml import etree

    text = _decode(data, source)
    check_markup(text, source, max_tags)
    text = _prepare(text, source)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{source}: is not well-formed XML: {error}") from error
    check_depth(root, source)
    return root


def parse_page(data: bytes, source: str, *, keeps_namespaces: bool = False) -> _Element:
    """Parse XHTML, or HTML where it is not well-formed; element names come without a namespace.

    With `keeps_namespaces`, the same tree with its names as they are written.
    Raises `SourceError` where it is too long, too deep, or declares entities of its own.
    """
    return parse_page_text(_decode(data, source), source, keeps_namespaces=keeps_namespaces)


def parse_page_text(text: str, source: str, *, keeps_namespaces: bool = False) -> _Element:
    """Parse a page that is decoded already; else as `parse_page`."""
    from lxml import etree

    check_markup(text, source)
    text = _prepare(text, source)
    if not text.strip():
        return etree.Element("html")
    encoded = text.encode()
    if len(encoded) > MAX_MARKUP:
        raise SourceError(
            f"{source}: {len(encoded) / 1e6:.0f} MB of markup; at most {MAX_MARKUP / 1e6:.0f} MB are read; "
            "split it into several files"
        )
    root: _Element | None = None
    if re.search(r"<(?:\w+:)?html\b[^>]*xmlns", text[:_PROLOG]):
        strict = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(encoded, strict)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise SourceError(f"{source}: elements are nested too deep") from error
    if root is None:
        check_attributes(text, source)
        lenient = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
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


def attribute(element: _Element, prefix: str, name: str) -> str:
    """Return an attribute of the epub, ssml or xml namespace, however the parser has named it."""
    namespace = {"epub": EPUB_NS, "ssml": SSML_NS, "xml": XML_NS}[prefix]
    return element.get(f"{{{namespace}}}{name}") or element.get(f"{prefix}:{name}") or ""


def language_of(element: _Element) -> str:
    """Return the language that this very element states, or nothing."""
    return (attribute(element, "xml", "lang") or element.get("lang") or "").strip()


def text_of(element: _Element) -> str:
    """Return an element's text with single spaces."""
    return " ".join("".join(map(str, element.itertext())).split())


def _decode(data: bytes, source: str) -> str:
    """Decode by byte order mark, else as declared, else as any text."""
    # XML 1.0 appendix F: "<?" or "<h" tells UTF-16 where no mark does.
    for start, encoding in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(start):
            return data.decode(encoding, "replace")
    if not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        declared = _DECLARED.search(data[:2048])
        if declared:
            name = declared[1].decode("ascii")
            # Browsers read what calls itself Latin-1 as Windows-1252 (WHATWG Encoding Standard).
            latin = name.lower().replace("_", "-") in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
            try:
                if not latin and _ENCODING.fullmatch(name) and not name.lower().startswith("utf-16"):
                    return data.decode(name)
            except (LookupError, UnicodeDecodeError):
                pass
    return decode_text(data, source)[0]


def _prepare(text: str, source: str) -> str:
    """Take out what a parser could be led astray by: declarations, and entities other than XML's own."""
    text = _XML_DECLARATION.sub("", text, count=1)
    doctype = _DOCTYPE.match(text)
    if _OWN_ENTITY.search(doctype[0] if doctype else text[:_PROLOG]):
        raise SourceError(
            f"{source}: declares entities of its own (<!ENTITY), which can name files or blow up memory; "
            "narrate does not read such files"
        )
    if doctype:
        text = text[doctype.end() :]
    return _NOT_XML.sub("", _NAMED.sub(_spell_entity, text))


def _spell_entity(match: re.Match[str]) -> str:
    return _spell(match[1])


@lru_cache(maxsize=4096)
def _spell(name: str) -> str:
    if name in _XML_OWN:
        return f"&{name};"
    character = html.unescape(f"&{name};")
    # An unknown name is what somebody typed: an ampersand and a word.
    return f"&amp;{name};" if character == f"&{name};" else html.escape(character)


def _strip_namespaces(root: _Element) -> None:
    for element in root.iter():
        if isinstance(element.tag, str):
            plain = element.tag.rpartition("}")[2].lower()
            if plain != element.tag:
                # The HTML parser lets names pass (`<d'>`) that can't be set; they have no meaning anyway.
                with contextlib.suppress(ValueError):
                    element.tag = plain
