"""Documents within a DOCX (`w:altChunk`): what converters of web pages write in place of a text of its own.

Source: ECMA-376 Part 1, 17.17.2 (altChunk) and 11.3.1 (alternative format import part).
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from html import escape
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.reading.archive import Archive, OversizeError, resolve
from audiobook.reading.decode import decode_text
from audiobook.reading.flaws import Flaws
from audiobook.reading.markup import parse_page, parse_page_text, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_chunks(archive: Archive, document: str, root: _Element, flaws: Flaws) -> dict[str, _Element]:
    """Return the pages that a part refers to by `w:altChunk`, by the ids of their relationships.

    Those of other kinds than HTML and plain text (RTF, DOCX) are left out, with a warning.
    """
    pages: dict[str, _Element] = {}
    wanted = list(filter(None, map(chunk_id, root.iter("{*}altChunk"))))
    targets = dict(_list_targets(archive, document)) if wanted else {}
    for identity in wanted:
        name = targets.get(identity)
        place = f"{archive.source}: {name or document}"
        try:
            page = _read_page(name, archive.read_markup(name), place) if name else None
        except OversizeError:
            raise
        except SourceError as error:
            flaws.note(str(error), "it is left out")
            continue
        if page is None:
            flaws.note(place, "is a document within the document (w:altChunk) of a kind that is not read")
        else:
            pages[identity] = page
    return pages


def chunk_id(element: _Element) -> str:
    """Return the id of the relationship that an element names."""
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), "")


def _list_targets(archive: Archive, document: str) -> Iterator[tuple[str, str]]:
    folder, _, base = document.rpartition("/")
    name = f"{folder}/_rels/{base}.rels"
    if archive.find(name) is None:
        return
    relations = parse_xml(archive.read_markup(name), f"{archive.source}: {name}", flaws=Flaws())
    for each in relations.iter("{*}Relationship"):
        target = each.get("Target", "")
        found = (target.lstrip("/"), "") if target.startswith("/") else resolve(document, target)
        if found and archive.find(found[0]):
            yield each.get("Id", ""), found[0]


def _read_page(name: str, data: bytes, place: str) -> _Element | None:
    """Return a chunk's page, or None where it is of another kind than its name may have."""
    kind = name.lower().rpartition(".")[2]
    if kind in {"htm", "html", "xht", "xhtml"}:
        return parse_page(data, place)
    if kind in {"mht", "mhtml"}:
        part = message_from_bytes(data, policy=policy.default).get_body(("html", "plain"))
        if part is None:
            return None
        kind, payload = part.get_content_subtype(), part.get_payload(decode=True)
        body = payload if isinstance(payload, bytes) else b""
        try:
            words = body.decode(part.get_content_charset(""))
        except (LookupError, UnicodeDecodeError):  # stated wrongly, or not here ("unicode", says Word)
            if kind == "html":
                return parse_page(body, place)
            words = decode_text(body, place)[0]
    elif kind == "txt":
        words, kind = decode_text(data, place)[0], "plain"
    else:
        return None
    if kind == "plain":
        words = "".join(f"<p>{escape(line)}</p>" for line in words.splitlines())
    return parse_page_text(words, place)
