"""Scripts on disk, by the hash of everything that they depend on: what was analysed once need not be again.

An entry is one file, `ab/abcdef….script`: a zstd frame with a checksum, in it lines of JSON (`codec.py`),
first the key and then the script's parts.  What is damaged, foreign or of another version is a miss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from audiobook.caching.codec import decode_value, encode_value
from audiobook.caching.hashed_files import HashedFiles, touch
from audiobook.model import (
    Book,
    Character,
    Corrections,
    Origin,
    Quotation,
    Script,
    ScriptChapter,
    Skip,
    StatedLine,
    UnmetCorrection,
)

LIMIT_BYTES = 200_000_000
"""A novel's script takes 0.4 to 0.7 MB, and every correction makes another: some 300 of them."""

_MOST_BYTES = 1_000_000_000
"""The bound on what an entry may say that it unpacks to."""

_SUFFIX = ".script"
_LEVEL = 1
_PARTS = (
    ("book", Book),
    ("characters", tuple[Character, ...]),
    ("quotations", tuple[Quotation, ...]),
    ("skipped", tuple[Skip, ...]),
    ("unmet", tuple[UnmetCorrection, ...]),
    ("stated", tuple[StatedLine, ...]),
    ("origins", tuple[Origin | None, ...]),
)
"""The lines before the chapters'.  `origins` are where the corrections stood (`renew_origins`)."""


@dataclass(frozen=True, slots=True)
class ScriptCache(HashedFiles):
    """A folder of scripts, safe to share between processes."""

    def get(self, key: str, corrections: Corrections) -> Script | None:
        """Return a script, or None where it is missing or damaged; marks it as used.

        `corrections` are those that are in the key, which say where what was not met stands now.
        """
        import zstandard

        path = self.place(key, _SUFFIX)
        try:
            packed = path.read_bytes()
            if not 0 <= zstandard.frame_content_size(packed) <= _MOST_BYTES:
                return None
            lines = zstandard.ZstdDecompressor().decompress(packed).split(b"\n")
            script = _decode(key, lines, corrections)
        except (OSError, ValueError, MemoryError, zstandard.ZstdError):
            return None
        touch(path)
        return script

    def holds(self, key: str) -> bool:
        """Tell whether there is an entry, whatever it holds."""
        return self.place(key, _SUFFIX).is_file()

    def put(self, key: str, script: Script, corrections: Corrections) -> None:
        """Store a script, and let go of what was not used for longest.  Raises `StorageError`."""
        import zstandard

        parts = {name: getattr(script, name, None) for name, _ in _PARTS} | {"origins": _origins(corrections)}
        lines = [encode_value(value) for value in (key, *parts.values(), *script.chapters)]
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(b"\n".join(lines))
        self.write(self.place(key, _SUFFIX), packed, "script")
        self.prune(LIMIT_BYTES)


def _decode(key: str, lines: list[bytes], corrections: Corrections) -> Script:
    """Return the script of an entry's lines.  Raises `ValueError` where they are not what they should be."""
    own, *rest = lines
    if decode_value(str, own) != key or len(rest) < len(_PARTS):
        raise ValueError("not the entry of this key")
    parts: dict[str, Any] = {
        name: decode_value(kind, line) for (name, kind), line in zip(_PARTS, rest, strict=False)
    }
    origins = parts.pop("origins")
    # A chapter at a time, so that other threads have their turns in between.
    chapters = tuple(decode_value(ScriptChapter, line) for line in rest[len(_PARTS) :])
    return _renew(Script(**parts, chapters=chapters), origins, _origins(corrections))


def _origins(corrections: Corrections) -> tuple[Origin | None, ...]:
    return (*(each.origin for each in corrections.characters), *(each.origin for each in corrections.lines))


def renew_origins(script: Script, before: Corrections, now: Corrections) -> Script:
    """Say where unmet corrections stand now: the same corrections as `before`, on other lines of the file."""
    return _renew(script, _origins(before), _origins(now))


def _renew(script: Script, before: tuple[Origin | None, ...], now: tuple[Origin | None, ...]) -> Script:
    if before == now or not script.unmet:
        return script
    moved = dict(zip(before, now, strict=True))
    unmet = [replace(each, origin=moved.get(each.origin) or each.origin) for each in script.unmet]
    return replace(script, unmet=tuple(sorted(unmet, key=lambda each: each.origin.line)))
