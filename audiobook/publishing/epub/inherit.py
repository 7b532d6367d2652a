"""What a source's package says of the book, said as EPUB 3 says it.

Sources: EPUB 3.3 section 5.5, OPF 2.0.1 section 2.2.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from audiobook.languages import read_tag
from audiobook.publishing.epub.opf import DC_NS, MODIFIED, OPF_NS, PackageFile
from audiobook.reading.markup import XML_NS, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_TERMS = frozenset(
    "contributor coverage creator date description format identifier language publisher relation rights"
    " source subject title type".split()
)
_NCNAME = re.compile(r"[A-Za-z_][\w.-]*")
_OPF = f"{{{OPF_NS}}}"
_FOREIGN = ("media:", "schema:", "dcterms:modified")
"""Properties that are written anew."""


def language_tag(words: str) -> str:
    """Return a well-formed language tag: what was said, or `und`."""
    return read_tag(words) or "und"


def as_date(words: str) -> str | None:
    """Return a date as EPUB wants it, a year alone where no more can be made out."""
    words = words.strip()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", words) and datetime.fromisoformat(words):
            return words
    except ValueError:
        pass
    year = re.search(r"\b\d{4}\b", words)
    return year[0] if year else None


def inherit_metadata(
    package: PackageFile, root: _Element, *, identifier: str, keeps_identifier: bool
) -> None:
    """Take over the metadata of a source's package.

    The publication gets the new identifier, except with `keeps_identifier` (mangled fonts are unlocked by
    the old one); the source's own stay beside it.
    """
    source = root.find("{*}metadata")
    elements = [] if source is None else [e for e in source.iter() if isinstance(e.tag, str)]
    _choose_identifier(package, root, elements, identifier, keeps_identifier=keeps_identifier)
    dates = 0
    for element in elements:
        name = element.tag.rpartition("}")[2].lower()
        words = text_of(element)
        if element.tag.startswith(f"{{{DC_NS}}}") and name in _TERMS and words:
            if name == "date":
                day = as_date(words) if element.get(f"{_OPF}event", "publication") == "publication" else None
                if dates or day is None:
                    continue
                dates, words = 1, day
            _copy_term(package, element, name, words)
    for name, standing in (("language", "und"), ("title", "—")):
        if package.metadata.find(f"{{{DC_NS}}}{name}") is None:
            package.add_dc(name, standing)
    _copy_metas(
        package, elements, list(root.iter("{*}item")), is_modern=root.get("version", "").startswith("3")
    )


def _choose_identifier(
    package: PackageFile, root: _Element, elements: list[_Element], identifier: str, *, keeps_identifier: bool
) -> None:
    stated = root.get("unique-identifier", "")
    has_own = any(
        e.get("id") == stated and text_of(e) and e.tag == f"{{{DC_NS}}}identifier" for e in elements
    )
    if keeps_identifier and has_own and stated:
        package.root.set("unique-identifier", stated)
        return
    own = "narrate-id"
    while any(element.get("id") == own for element in elements):
        own += "-2"
    package.root.set("unique-identifier", own)
    package.add_dc("identifier", identifier, own)


def _copy_term(package: PackageFile, element: _Element, name: str, words: str) -> None:
    identity = element.get("id", "")
    if name == "language":
        words = language_tag(words)
    if name == "identifier" and words.lower().startswith("urn:uuid:"):
        try:
            uuid.UUID(words[9:])
        except ValueError:
            words = words[9:] or "unknown"
    role, order = element.get(f"{_OPF}role", ""), element.get(f"{_OPF}file-as", "")
    if (role or order) and not identity:
        identity = f"narrate-{name}-{len(package.metadata)}"
    copy = package.add_dc(name, words, identity if _NCNAME.fullmatch(identity) else "")
    for key in (f"{{{XML_NS}}}lang", "dir"):
        if element.get(key):
            copy.set(key, element.get(key, ""))
    if re.fullmatch(r"[a-z]{3}", role) and copy.get("id"):
        package.add_meta("role", role, refines=identity, scheme="marc:relators")
    if order.strip() and copy.get("id"):
        package.add_meta("file-as", order.strip(), refines=identity)


def _copy_metas(
    package: PackageFile, elements: list[_Element], items: list[_Element], *, is_modern: bool
) -> None:
    known = {element.get("id") for element in elements} | {item.get("id") for item in items}
    series: dict[str, str] = {}
    for element in elements:
        name = element.tag.rpartition("}")[2]
        about = element.get("refines", "")
        if name == "meta" and element.get("name", "").startswith("calibre:series"):
            series[element.get("name", "")] = element.get("content", "").strip()
        if not is_modern or (about and about.removeprefix("#") not in known):
            continue
        words, prop = text_of(element), element.get("property", "")
        is_own = prop.startswith("media:") or (prop.startswith(_FOREIGN) and not about)
        if name == "link" or (name == "meta" and prop and words and not is_own):
            _copy_element(package, element, words)
    modified = next((text_of(e) for e in elements if e.get("property") == "dcterms:modified"), "")
    is_time = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", modified)
    package.add_meta("dcterms:modified", modified if is_time else MODIFIED)
    if series.get("calibre:series") and not is_modern:
        package.add_meta("belongs-to-collection", series["calibre:series"], id="narrate-series")
        package.add_meta("collection-type", "series", refines="narrate-series")
        position = re.sub(r"\.0+$", "", series.get("calibre:series_index", ""))
        if re.fullmatch(r"\d+(?:\.\d+)*", position):
            package.add_meta("group-position", position, refines="narrate-series")


def _copy_element(package: PackageFile, element: _Element, words: str) -> None:
    from lxml import etree

    attributes = {str(k): str(v) for k, v in element.attrib.items() if not str(k).startswith(_OPF)}
    copy = etree.SubElement(package.metadata, element.tag, attributes)
    copy.text = words or None
