"""Markup that is nearly right, made right: entities of its own, bare ampersands, lies about the encoding."""

from __future__ import annotations

import codecs
import html
import re
from functools import lru_cache

from audiobook.errors import SourceError
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.decode import decode_text, fill_cp1252
from audiobook.reading.flaws import Flaws

_DECLARED = re.compile(
    rb"<(?:\?xml|meta)\b[^>]{0,300}?(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
# Encodings that a book may say it is in; Python knows others that are none (punycode, unicode_escape).
_ENCODING = re.compile(
    r"(?:utf|ucs|iso|latin|windows|cp|ibm|koi8|gb|hz|big5|euc|shift|s?jis|mac|tis|ks|ascii|us|x-)[-_\w]*",
    re.IGNORECASE,
)
# What is called by these names holds more than they have (WHATWG Encoding Standard, section 4.2).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_WINDOWS_BYTES = {0xDC00 + byte: letter for byte, letter in fill_cp1252().items()}
_FEWEST_LETTERS = 3
"""Letters beyond ASCII from which on it is no chance that bytes are whole UTF-8."""

# Where XML 1.0 section 2.8 lets a document type stand: before the first element.
DOCTYPE = re.compile(
    r"((?:\s++|<!--.*?-->|<\?.*?\?>)*+)<!DOCTYPE\b[^>\[]*+(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)
OWN_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_ANY_DECLARATION = re.compile(r"<!ENTITY\s+(?:%\s+)?([\w:.-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"<!ENTITY\s+([\w:.-]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>", re.IGNORECASE)
_REFERENCE = re.compile(r"&([A-Za-z_:][\w:.-]*);")
_PROLOG = 100_000
_LONGEST_ENTITY = 1_000
"""Characters that an entity stands for, once those within it are spelled out."""
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BARE = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
# Numbers of Windows' characters, as programs of old wrote them (HTML standard, 13.2.5.80).
_WINDOWS = re.compile(r"&#(?:1(?:2[89]|[345]\d)|[xX][89][0-9a-fA-F]);")


def decode_markup(data: bytes, source: str, flaws: Flaws) -> str:
    """Decode by byte order mark, else as UTF-8 where it is that, else as declared, else as any text."""
    # XML 1.0 appendix F: "<?" or "<h" tells UTF-16 where no mark does.
    for start, encoding in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(start):
            return data.decode(encoding, "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode_text(data, source)[0]
    declared = _DECLARED.search(data[:2048])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    known = _WIDER.get(name, name) if _ENCODING.fullmatch(name) and not name.startswith("utf") else ""
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and not (known.startswith(("iso-2022", "hz")) and text.isascii()):
        beyond = 0 if text.isascii() else sum(1 for letter in text if letter > "\x7f")
        if not known or not beyond:
            return text
        if beyond >= _FEWEST_LETTERS or known == "cp1252":
            flaws.note(source, f"says that it is in {name}, but is in UTF-8; read as that")
            return text
    if known == "cp1252":
        return decode_text(data, source)[0]
    try:
        if known:
            return data.decode(known)
    except (LookupError, UnicodeDecodeError):
        flaws.note(source, f"says that it is in {name}, and is not; read by what its letters look like")
    return _decode_broken(data, source, flaws)


def _decode_broken(data: bytes, source: str, flaws: Flaws) -> str:
    """Decode what is no whole UTF-8: the bytes that fit as that, the others as Windows-1252."""
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    broken = sum(1 for letter in text if "\udc80" <= letter <= "\udcff")
    whole = 0 if text.isascii() else sum(1 for letter in text if letter > "\x7f") - broken
    if not broken or whole < broken:
        return decode_text(data, source)[0]
    flaws.note(source, "holds bytes that are not UTF-8; they are read as Windows-1252")
    return text.translate({0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)} | _WINDOWS_BYTES)


def spell_entities(text: str, source: str, flaws: Flaws | None) -> str:
    """Return markup without a document type, and with what all its entities stand for but XML's own five.

    With `flaws`, entities that a document declares itself are spelled out where that is short; what names a
    file, or grows, is left out and noted.  Without them a document that declares any is a `SourceError`.
    """
    doctype = DOCTYPE.match(text)
    if OWN_ENTITY.search(doctype[0] if doctype else text[:_PROLOG]):
        declared = doctype[0] if doctype else text[:_PROLOG]
        own = _read_own(declared)
        refused = [name for name in _ANY_DECLARATION.findall(declared) if name not in own]
        if refused or not own or flaws is None:
            _refuse(source, flaws)
        else:
            flaws.note(source, "declares entities of its own (<!ENTITY); they are spelled out")
        own |= dict.fromkeys(refused, "")
        text = _spell_own(text[doctype.end() if doctype else 0 :], own, source)
    elif doctype:
        text = text[doctype.end() :]
    return _WINDOWS.sub(lambda match: html.unescape(match[0]), _REFERENCE.sub(_spell_reference, text))


def _refuse(source: str, flaws: Flaws | None) -> None:
    what = "declares entities of its own (<!ENTITY)"
    if flaws is None:
        raise SourceError(f"{source}: {what}; narrate does not read such files")
    flaws.note(source, f"{what} that name files or could blow up memory; what they stand for is left out")


def _read_own(doctype: str) -> dict[str, str]:
    """Return what a document's entities stand for, those left out that are long or name each other round."""
    raw = {match[1]: match[2] or match[3] or "" for match in _DECLARATION.finditer(doctype)}
    spelled: dict[str, str] = {}
    for _ in range(5):
        for name, value in raw.items():
            names = [inner for inner in _REFERENCE.findall(value) if inner in raw]
            if name not in spelled and all(inner in spelled for inner in names):
                size = len(value) + sum(len(spelled[inner]) for inner in names)
                if size <= _LONGEST_ENTITY:
                    spelled[name] = _REFERENCE.sub(lambda m: spelled.get(m[1], m[0]), value)
    return spelled


def _spell_own(text: str, own: dict[str, str], source: str) -> str:
    growth = sum(len(own.get(name, "")) for name in _REFERENCE.findall(text))
    if growth > MAX_MARKUP:
        raise SourceError(
            f"{source}: declares entities of its own (<!ENTITY) that blow it up; it is not read"
        )
    return _REFERENCE.sub(lambda match: own.get(match[1], match[0]), text)


def _spell_reference(match: re.Match[str]) -> str:
    return _spell(match[1])


@lru_cache(maxsize=4096)
def _spell(name: str) -> str:
    if name in _XML_OWN:
        return f"&{name};"
    character = html.unescape(f"&{name};")
    # An unknown name is what somebody typed: an ampersand and a word.
    return f"&amp;{name};" if character == f"&{name};" else html.escape(character)


def escape_ampersands(text: str) -> str:
    """Let ampersands that begin nothing stand for themselves."""
    return _BARE.sub("&amp;", text)
