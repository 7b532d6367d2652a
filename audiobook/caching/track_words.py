"""When the words of a finished file sound; kept beside the clips, under what the file was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audiobook.caching.clips import ClipCache
from audiobook.caching.codec import decode_value, encode_value
from audiobook.caching.hashed_files import touch
from audiobook.model import Cue, WordTime

_SUFFIX = ".words"
_LEVEL = 1
_MOST_BYTES = 100_000_000
_TOLERANCE_S = 0.01

CueWords = tuple[WordTime, ...] | None


def keep_words(fingerprint: str, cues: Sequence[Cue], cache: ClipCache) -> None:
    """Keep the words of the cues of a file with this fingerprint.  Raises `StorageError`."""
    import zstandard

    if all(cue.words is None for cue in cues):
        return
    line = encode_value(tuple(cue.words for cue in cues))
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(line)
    cache.write(cache.place(fingerprint, _SUFFIX), packed, "clip")


def recall_words(fingerprint: str, cues: Sequence[Cue], cache: ClipCache) -> tuple[Cue, ...] | None:
    """Return a file's cues with the words that were kept of it; None where they are missing or damaged."""
    import zstandard

    path = cache.place(fingerprint, _SUFFIX)
    try:
        packed = path.read_bytes()
        if not 0 <= zstandard.frame_content_size(packed) <= _MOST_BYTES:
            return None
        words = decode_value(tuple[CueWords, ...], zstandard.ZstdDecompressor().decompress(packed))
    except (OSError, ValueError, MemoryError, zstandard.ZstdError):
        return None
    touch(path)
    if len(words) != len(cues) or not all(map(_lie_within, words, cues)):
        return None
    return tuple(replace(cue, words=own) for cue, own in zip(cues, words, strict=True))


def _lie_within(words: CueWords, cue: Cue) -> bool:
    """Tell whether words are those of this very file: another take of a line may be longer or shorter."""
    return not words or (
        cue.start_s - _TOLERANCE_S <= words[0].start_s and words[-1].end_s <= cue.end_s + _TOLERANCE_S
    )
