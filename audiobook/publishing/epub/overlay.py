"""Media overlays: for each page, what is heard with which of its elements (EPUB 3.3 section 9)."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from audiobook.publishing.epub.timeline import AudioClip, clock

ACTIVE = "-epub-media-overlay-active"
PLAYING = "-epub-media-overlay-playing"
"""The classes that reading systems give to what is being read, and to the page meanwhile."""

STYLE = f"""\
/* What is being read aloud. */
.{ACTIVE} {{
  background-color: #ffe9a8;
  color: #000;
  border-radius: 0.15em;
}}
@media (prefers-color-scheme: dark) {{
  .{ACTIVE} {{
    background-color: #5c4a12;
    color: #fff;
  }}
}}
.{PLAYING} {{
  scroll-behavior: smooth;
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Par:
    """An element, by its id, and what is heard while it is active."""

    target: str
    clip: AudioClip


@dataclass(slots=True, kw_only=True)
class Overlay:
    """The overlay of one page; both are named by their paths in the archive."""

    page: str
    name: str
    identity: str
    pars: list[Par] = field(default_factory=list)

    def add(self, target: str, clip: AudioClip) -> None:
        """Add what is heard next; what belongs to the same element is joined to the last."""
        last = self.pars[-1] if self.pars else None
        follows = last is not None and (last.clip.track, last.clip.end_ms) == (clip.track, clip.begin_ms)
        if last is not None and follows and last.target == target:
            joined = AudioClip(track=clip.track, begin_ms=last.clip.begin_ms, end_ms=clip.end_ms)
            self.pars[-1] = Par(target=target, clip=joined)
        else:
            self.pars.append(Par(target=target, clip=clip))

    @property
    def milliseconds(self) -> int:
        """How long it is heard."""
        return sum(par.clip.end_ms - par.clip.begin_ms for par in self.pars)


def write_smil(overlay: Overlay, audio: Sequence[str]) -> str:
    """Return the SMIL document; `audio` are the tracks' paths in the archive."""
    page = href(overlay.name, overlay.page)
    sounds = [quoteattr(href(overlay.name, name)) for name in audio]
    pars = "".join(
        f'<par id="p{number}"><text src={quoteattr(f"{page}#{quote(par.target)}")}/>'
        f"<audio src={sounds[par.clip.track]}"
        f' clipBegin="{clock(par.clip.begin_ms)}" clipEnd="{clock(par.clip.end_ms)}"/></par>\n'
        for number, par in enumerate(overlay.pars, 1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n'
        f'<body><seq id="s1" epub:textref={quoteattr(page)}>\n{pars}</seq></body>\n</smil>\n'
    )


def href(base: str, name: str) -> str:
    """Write, for use in file `base`, where file `name` of the archive is."""
    return quote(posixpath.relpath(name, posixpath.dirname(base) or "."))
