"""A package document in the making (EPUB 3.3 section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from audiobook.model import Release
from audiobook.publishing.epub.overlay import ACTIVE, PLAYING, Overlay, href
from audiobook.publishing.epub.timeline import clock

if TYPE_CHECKING:
    from lxml.etree import _Element

OPF_NS = "http://www.idpf.org/2007/opf"
DC_NS = "http://purl.org/dc/elements/1.1/"
SYNTHETIC = "synthetic voice"
UNIDENTIFIED = "narrate-id"
MODIFIED = "1980-01-01T00:00:00Z"
"""EPUB asks when a publication was last changed.  The same bytes must come of the same book on any day, so
this is the date of the archive's own files, and the identifier tells two versions apart."""


@dataclass(slots=True)
class PackageFile:
    """The package as a tree; files are named by their paths in the archive."""

    name: str
    attributes: dict[str, str]
    root: _Element = field(init=False)
    metadata: _Element = field(init=False)
    manifest: _Element = field(init=False)
    spine: _Element = field(init=False)

    def __post_init__(self) -> None:
        from lxml import etree

        spaces: dict[Any, str] = {None: OPF_NS, "dc": DC_NS}
        self.root = etree.Element(f"{{{OPF_NS}}}package", None, spaces)
        self.root.set("version", "3.0")
        for key, value in self.attributes.items():
            self.root.set(key, value)
        self.metadata = etree.SubElement(self.root, f"{{{OPF_NS}}}metadata")
        self.manifest = etree.SubElement(self.root, f"{{{OPF_NS}}}manifest")
        self.spine = etree.SubElement(self.root, f"{{{OPF_NS}}}spine")

    def _add(self, parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
        from lxml import etree

        element = etree.SubElement(parent, name, {key.replace("_", "-"): v for key, v in attributes.items()})
        element.text = text
        return element

    def add_dc(self, name: str, text: str, identity: str = "") -> _Element:
        """Add an element of Dublin Core."""
        return self._add(self.metadata, f"{{{DC_NS}}}{name}", text, **({"id": identity} if identity else {}))

    def add_meta(self, name: str, text: str, *, refines: str = "", **attributes: str) -> None:
        """Add a property of the publication, or of what `refines` names by its id."""
        about = {"refines": f"#{refines}"} if refines else {}
        self._add(self.metadata, f"{{{OPF_NS}}}meta", text, **about, property=name, **attributes)

    def add_item(self, identity: str, name: str, media_type: str, **attributes: str) -> None:
        """Add a file; attributes that are empty are left out."""
        given = {key: value for key, value in attributes.items() if value}
        self._add(
            self.manifest,
            f"{{{OPF_NS}}}item",
            id=identity,
            href=href(self.name, name),
            media_type=media_type,
            **given,
        )

    def add_to_spine(self, identity: str, **attributes: str) -> None:
        """Add a file to the reading order."""
        self._add(self.spine, f"{{{OPF_NS}}}itemref", idref=identity, **attributes)

    def write(self) -> bytes:
        """Return the package document."""
        from lxml import etree

        etree.indent(self.root)
        return etree.tostring(self.root, encoding="utf-8", xml_declaration=True) + b"\n"


def describe_overlays(package: PackageFile, release: Release, overlays: Sequence[Overlay]) -> None:
    """Add what reading systems must know of the overlays: how long, who reads, how it is shown."""
    total = 0
    for overlay in overlays:
        total += overlay.milliseconds
        package.add_meta("media:duration", clock(overlay.milliseconds), refines=overlay.identity)
    package.add_meta("media:duration", clock(total))
    for voice in release.voices:
        package.add_meta("media:narrator", f"{voice} ({SYNTHETIC})")
    package.add_meta("media:active-class", ACTIVE)
    package.add_meta("media:playback-active-class", PLAYING)


def add_audio(package: PackageFile, overlays: Sequence[Overlay], audio: Sequence[str]) -> None:
    """Add the overlays and the tracks to the manifest."""
    for overlay in overlays:
        package.add_item(overlay.identity, overlay.name, "application/smil+xml")
    for number, name in enumerate(audio, 1):
        package.add_item(f"narrate-audio-{number}", name, "audio/mpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the publication offers to whom (Schema.org's accessibility terms, EPUB Accessibility 1.1)."""

    modes: tuple[str, ...]
    sufficient: tuple[str, ...]
    features: tuple[str, ...]
    hazards: tuple[str, ...]
    summary: str


def describe_access(package: PackageFile, access: Access) -> None:
    """Add accessibility metadata."""
    for name, values in (
        ("accessMode", access.modes),
        ("accessModeSufficient", access.sufficient),
        ("accessibilityFeature", access.features),
        ("accessibilityHazard", access.hazards),
        ("accessibilitySummary", (access.summary,)),
    ):
        for value in values:
            package.add_meta(f"schema:{name}", value)
