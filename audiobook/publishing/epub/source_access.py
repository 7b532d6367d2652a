"""What a source offers to whom, with what the narration adds."""

from __future__ import annotations

from audiobook.model import CREDITS, Release
from audiobook.publishing.epub.opf import Access, PackageFile, describe_access
from audiobook.publishing.epub.source import SourceEpub
from audiobook.reading.markup import text_of

_ADDED = "It is read aloud by synthetic speech, synchronized sentence by sentence."


def inherit_access(package: PackageFile, epub: SourceEpub, release: Release) -> None:
    """Add the accessibility metadata of a source, or what can be said without it, with the narration's."""
    stated: dict[str, list[str]] = {}
    for meta in epub.package.root.iter("{*}meta"):
        name = meta.get("property", "")
        if name.startswith("schema:") and not meta.get("refines") and text_of(meta):
            stated.setdefault(name.removeprefix("schema:"), []).append(text_of(meta))
    types = {item.media_type for item in epub.items}
    has_pictures = any(kind.startswith("image/") for kind in types)
    is_still = not any(kind.startswith("video/") or kind == "image/gif" or "script" in kind for kind in types)
    modes = stated.get("accessMode") or ["textual", *(["visual"] if has_pictures else [])]
    features = [name for name in stated.get("accessibilityFeature", []) if name != "none"]
    features += ["tableOfContents", "readingOrder", "synchronizedAudioText"]
    summary = " ".join([*stated.get("accessibilitySummary", []), _ADDED])
    is_whole = {track.chapter for track in release.tracks} - {CREDITS} == {
        c.number for c in release.book.chapters
    }
    describe_access(
        package,
        Access(
            modes=tuple(dict.fromkeys([*modes, "auditory"])),
            sufficient=tuple(
                dict.fromkeys(
                    [
                        *(stated.get("accessModeSufficient") or ([] if has_pictures else ["textual"])),
                        *(["textual,auditory"] if is_whole else []),
                    ]
                )
            ),
            features=tuple(dict.fromkeys(features)),
            hazards=tuple(stated.get("accessibilityHazard") or (["none"] if is_still else ["unknown"])),
            summary=summary,
        ),
    )
