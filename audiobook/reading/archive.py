"""Zip archives of strangers, read in bounded memory: nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import io
import posixpath
import unicodedata
import zipfile
import zlib
from types import TracebackType
from urllib.parse import unquote, urlsplit

from audiobook.errors import SourceError
from audiobook.reading.bounds import MAX_MARKUP

MAX_ENTRIES = 20_000
MAX_TOTAL = 200_000_000
"""Bytes that are unpacked of one archive; a page that is read twice counts twice, as its time does."""
MAX_TOTAL_TAGS = 8_000_000
"""Angle brackets of all the markup that is parsed of one archive, that of a page as often as it is read.
A textbook of a million elements has two million."""
_CHUNK = 1 << 16


class OversizeError(SourceError):
    """A book holds more than any real one: nothing more of it is read."""


class Archive:
    """A zip archive's members by name; only what is asked for is unpacked, and only up to a limit.

    Raises `SourceError` where the file is no zip archive, or is broken.
    """

    def __init__(self, source: str, data: bytes, *, max_tags: int = MAX_TOTAL_TAGS) -> None:
        self.source = source
        self._left = MAX_TOTAL
        self._max_tags = self._tags_left = max_tags
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise SourceError(
                f"{source}: is no whole zip archive ({error}); fetch or export it again"
            ) from error
        members = self._zip.infolist()
        if len(members) > MAX_ENTRIES:
            raise SourceError(f"{source}: holds {len(members)} files, more than any book ({MAX_ENTRIES})")
        self._members = {member.filename: member for member in members}
        self._folded: dict[str, str] = {}
        self._by_base: dict[str, set[str]] = {}
        for name in self._members:
            for spelling in _spellings(name):
                own = self._folded.setdefault(spelling, name)
                self._by_base.setdefault(posixpath.basename(spelling), set()).add(own)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """The members' names, in order."""
        return list(self._members)

    def find(self, name: str) -> str | None:
        """Return a member's own name; where none is just that, one that is written otherwise.

        Upper and lower case, `%20` and a space, and both ways to write é are alike then.
        """
        if name in self._members:
            return name
        return next(
            (self._folded[spelling] for spelling in _spellings(name) if spelling in self._folded), None
        )

    def find_alike(self, name: str) -> str | None:
        """Return the only member with this file name in whatever folder, or None."""
        base = _spellings(posixpath.basename(name))[0]
        found = self._by_base.get(base, set())
        return next(iter(found)) if len(found) == 1 else None

    def list_names(self, suffix: str) -> list[str]:
        """Return the names of the members that end in `suffix`, in the archive's order."""
        return [name for name in self._members if name.lower().endswith(suffix)]

    def read(self, name: str, limit: int) -> bytes:
        """Return a member's bytes.  Raises `SourceError` where it is missing, broken, or over `limit`."""
        own = self.find(name)
        if own is None:
            raise SourceError(f"{self.source}: {name} is missing from it; the file is incomplete")
        member = self._members[own]
        if member.flag_bits & 0x1:
            raise SourceError(f"{self.source}: {name} is encrypted; narrate can't read protected books")
        if self._left <= 0:
            raise OversizeError(
                f"{self.source}: unpacks to more than {MAX_TOTAL / 1e6:.0f} MB of text, more than any book; "
                "is this a zip bomb?"
            )
        is_total = limit > self._left
        limit = min(limit, self._left)
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(member) as stream:
                # What the archive says of sizes may be a lie, so the bytes are counted as they come.
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        whole = f"with {name} the book" if is_total else name
                        size_mb = (MAX_TOTAL if is_total else limit) / 1e6
                        raise OversizeError(
                            f"{self.source}: {whole} unpacks to more than {size_mb:.0f} MB, "
                            "which no real one does; is this a broken file or a zip bomb?"
                        )
                    parts.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise SourceError(f"{self.source}: {name} is broken ({error}); fetch the file again") from error
        finally:
            self._left -= size
        return b"".join(parts)

    def read_markup(self, name: str, limit: int = MAX_MARKUP) -> bytes:
        """Return a page or an XML file.  Raises as `read`, and where all of them together hold too much."""
        data = self.read(name, limit)
        self._tags_left -= data.count(b"<")
        if self._tags_left < 0:
            raise OversizeError(
                f"{self.source}: the pages up to {name} have over {self._max_tags / 1e6:.1f} million tags, "
                "far more than any novel; split the book, or convert it to plain text"
            )
        return data


def _spellings(name: str) -> tuple[str, ...]:
    """Return the forms by which a member is found whose name is written in another way."""
    spelled = [name]
    with contextlib.suppress(UnicodeError):
        # What is UTF-8 and does not say so, Python reads as code page 437 (APPNOTE.TXT 4.4.4).
        spelled.append(name.encode("cp437").decode("utf-8"))
    return tuple(
        unicodedata.normalize("NFC", unquote(each)).replace("\\", "/").casefold() for each in spelled
    )


def resolve(base: str, href: str) -> tuple[str, str] | None:
    """Return the member's name and the fragment that `href`, written in member `base`, points to.

    None where it points out of the archive: another site, or above its root.
    """
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path).replace("\\", "/")
    name = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    if name.startswith(("../", "/")) or name in {"..", "."}:
        return None
    return name, unquote(parts.fragment)
