"""What of an MP3's tags tells the time: the text as it is spoken, and marks where its scenes begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audiobook.model import Cue
from audiobook.publishing.tags import Stamp, Tags, language_code

_MILLISECONDS = 2
_LYRICS = 1
"""SYLT's kinds: $01 is lyrics, which is what players look for; few show $02, a transcription."""

_UNUSED_OFFSET = 0xFFFFFFFF
_TOP_LEVEL_IN_ORDER = 3

_LEAD_MS = 250
"""How long before its first word a scene's mark stands, since players find a place by frames and fade in."""

_LONGEST_TITLE = 40
"""Letters: a line on a phone."""


def timed_frames(tags: Tags, stamp: Stamp) -> Iterator[object]:
    """Yield SYLT (ID3v2.3, section 4.10) and, where `tags.scenes` has any, CHAP and CTOC.

    "ID3v2 Chapter Frame Addendum" (https://id3.org/id3v2-chapters-1.0): one CTOC lists all CHAP.
    """
    from mutagen import id3

    if not stamp.cues:
        return
    utf16 = id3.Encoding.UTF16
    lines = [(cue.utterance.text, round(cue.start_s * 1000)) for cue in stamp.cues]
    code = language_code(tags.language)
    yield id3.SYLT(encoding=utf16, lang=code, format=_MILLISECONDS, type=_LYRICS, desc="", text=lines)
    if not tags.scenes:
        return
    starts = [0, *(_mark_ms(stamp.cues, number) for number in tags.scenes[1:])]
    ends = [*starts[1:], int(stamp.seconds * 1000)]
    titles = [tags.title, *(_title(n, stamp.cues[at]) for n, at in enumerate(tags.scenes[1:], 2))]
    # The file's number makes them differ from those of the book's other files.
    names = [f"file{tags.number}scene{number}" for number in range(1, len(starts) + 1)]
    for name, start, end, title in zip(names, starts, ends, titles, strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=start,
            end_time=end,
            start_offset=_UNUSED_OFFSET,
            end_offset=_UNUSED_OFFSET,
            sub_frames=[id3.TIT2(encoding=utf16, text=[title])],
        )
    yield id3.CTOC(
        element_id=f"file{tags.number}",
        flags=_TOP_LEVEL_IN_ORDER,
        child_element_ids=names,
        sub_frames=[id3.TIT2(encoding=utf16, text=[tags.title])],
    )


def _mark_ms(cues: Sequence[Cue], number: int) -> int:
    """Return where a scene's mark stands: shortly before its first word, after the last one before."""
    return max(round(cues[number - 1].end_s * 1000), round(cues[number].start_s * 1000) - _LEAD_MS)


def _title(number: int, cue: Cue) -> str:
    """Call a scene by its number and its first words."""
    words = cue.utterance.text
    if len(words) > _LONGEST_TITLE:
        cut = words[:_LONGEST_TITLE]
        words = (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + "…"
    return f"{number}. {words}"
