"""A W3C audiobook: the book's MP3s with a manifest and a table of contents, in one package.

Formats: "Audiobooks", W3C Recommendation of 10 November 2020 (https://www.w3.org/TR/audiobooks/), on
"Publication Manifest" (https://www.w3.org/TR/pub-manifest/), packed by the note "Lightweight Packaging
Format" (https://www.w3.org/TR/lpf/): a ZIP archive with `publication.json` at its root and no mimetype
file, sound stored and texts deflated.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Book, Release
from audiobook.publishing.tags import SYNTHETIC, UNKNOWN_AUTHOR

_MARK = b"narrate "
_MARK_END = b"\n"
"""Without it the last bytes are gone: an archive's comment may end early and still be read."""

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can tell: equal input gives equal bytes on any day."""

_COVER = "cover.jpg"
_CONTENTS = "index.html"
_RIGHT_TO_LEFT = frozenset("ar dv fa he ks ps sd ug ur yi".split())


def write(release: Release, path: Path, *, mark: str, ffmpeg: str) -> None:
    """Write the package.  Raises `StorageError` where that fails."""
    del ffmpeg
    names = _name_tracks(len(release.tracks))
    manifest = json.dumps(make_manifest(release, names), ensure_ascii=False, indent=1)
    try:
        with zipfile.ZipFile(path, "w") as archive:
            archive.comment = _MARK + mark.encode() + _MARK_END
            archive.writestr(_member("publication.json", zipfile.ZIP_DEFLATED), _encode(manifest))
            archive.writestr(
                _member(_CONTENTS, zipfile.ZIP_DEFLATED), _encode(_write_contents(release, names))
            )
            if release.cover is not None:
                archive.writestr(_member(_COVER), release.cover.data)
            for name, track in zip(names, release.tracks, strict=True):
                _pour(archive, name, Path(track.path))
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def read_mark(path: Path) -> str | None:
    """Return what `write` left in a package; None where it is missing, cut or foreign.

    The archive ends with the list of its members and the mark; the first member lies at the file's
    start only where nothing is missing between.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            comment = archive.comment
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return None
    if not comment.startswith(_MARK) or not comment.endswith(_MARK_END):
        return None
    if not members or members[0].header_offset:
        return None
    return comment.removeprefix(_MARK).removesuffix(_MARK_END).decode("ascii", "replace")


def _name_tracks(count: int) -> list[str]:
    """Name the sound files so that every system unpacks them; the manifest tells their titles."""
    digits = max(2, len(str(count)))
    return [f"audio/{number:0{digits}d}.mp3" for number in range(1, count + 1)]


def _member(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _DATE)
    member.compress_type = method
    member.create_system = 3
    member.external_attr = 0o644 << 16
    return member


def _encode(text: str) -> bytes:
    """Encode a text; halves of surrogate pairs, which a source may hold, become question marks."""
    return text.encode("utf-8", "replace")


def _pour(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    """Copy a file into the archive a piece at a time."""
    member = _member(name)
    member.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(member, "w") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def make_manifest(release: Release, names: Sequence[str]) -> Mapping[str, object]:
    """Return the manifest of a book whose tracks are called `names` in its package.

    All that the specification recommends but `dateModified` and `url`, which nobody knows here: a
    clock's time would make other bytes of equal input, and the package has no address.
    """
    book = release.book
    lengths_ms = [round(track.seconds * 1000) for track in release.tracks]
    resources: list[Mapping[str, object]] = [
        _link(_CONTENTS, "text/html", rel="contents", name=book.title),
    ]
    if release.cover is not None:
        resources.append(_link(_COVER, release.cover.media_type, rel="cover", name=book.title))
    manifest: dict[str, object] = {
        "@context": ["https://schema.org", "https://www.w3.org/ns/pub-context", {"language": book.language}],
        "conformsTo": "https://www.w3.org/TR/audiobooks/",
        "type": "Audiobook",
        "id": identify(book),
        "name": book.title,
        "author": [_person(name) for name in re.split(r"\s*;\s*", book.author or UNKNOWN_AUTHOR) if name],
        "readBy": [_person(voice) for voice in release.voices],
        "inLanguage": [book.language],
        "readingProgression": "rtl" if book.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr",
        "abridged": False,
        "accessMode": ["auditory"],
        "accessModeSufficient": [{"type": "ItemList", "itemListElement": ["auditory"]}],
        "accessibilityFeature": ["tableOfContents"],
        "accessibilityHazard": ["none"],
        "accessibilitySummary": SYNTHETIC,
        "duration": _duration(sum(lengths_ms)),
        "readingOrder": [
            _link(name, "audio/mpeg", name=track.title, duration=_duration(ms))
            for name, track, ms in zip(names, release.tracks, lengths_ms, strict=True)
        ],
        "resources": resources,
    }
    year = re.search(r"\d{4}", book.year or "")
    if year:
        manifest["datePublished"] = f"{year[0]}-01-01"
    if book.publisher:
        manifest["publisher"] = {"type": "Organization", "name": book.publisher}
    if book.description:
        manifest["description"] = book.description
    return manifest


def identify(book: Book) -> str:
    """Return what names a book among all: its own URN, or one made of its title and author.

    It stays the same when its sound is made anew.
    """
    for identifier in book.identifiers:
        if re.match(r"(?i)urn:[a-z0-9][a-z0-9-]+:\S+$", identifier):
            return identifier
    name = f"{book.title}\0{book.author or ''}".encode("utf-8", "surrogatepass")
    return uuid.uuid5(uuid.NAMESPACE_URL, f"narrate:{hashlib.sha256(name).hexdigest()}").urn


def _person(name: str) -> Mapping[str, str]:
    return {"type": "Person", "name": name}


def _link(url: str, media_type: str, **more: str) -> Mapping[str, object]:
    return {"type": "LinkedResource", "url": url, "encodingFormat": media_type, **more}


def _duration(milliseconds: int) -> str:
    """Write a length as ISO 8601 does, in seconds."""
    return f"PT{milliseconds // 1000}.{milliseconds % 1000:03d}S"


def _write_contents(release: Release, names: Sequence[str]) -> str:
    """Write the entry page: where the manifest is, and the table of contents."""
    book = release.book
    title, language = html.escape(book.title), html.escape(book.language)
    entries = "\n".join(
        f'<li><a href="{name}">{html.escape(track.title)}</a></li>'
        for name, track in zip(names, release.tracks, strict=True)
    )
    cover = f'<img src="{_COVER}" alt="" width="300">\n' if release.cover is not None else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<link href="publication.json" rel="publication">\n</head>\n<body>\n'
        f"<h1>{title}</h1>\n<p>{html.escape(book.author or UNKNOWN_AUTHOR)}</p>\n{cover}"
        f'<nav role="doc-toc">\n<ol>\n{entries}\n</ol>\n</nav>\n<p>{SYNTHETIC}</p>\n</body>\n</html>\n'
    )
