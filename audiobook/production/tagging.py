"""What players show of a track: its tags, as they follow from script and cast."""

from __future__ import annotations

from audiobook.model import CREDITS, Cast, Script, ScriptChapter
from audiobook.publishing import Tags
from audiobook.script import clean


def tag_track(
    script: Script,
    cast: Cast,
    chapter: ScriptChapter,
    *,
    number: int,
    count: int,
    cover: str,
    scenes: tuple[int, ...],
) -> Tags:
    """Return the tags of file `number` of `count`; `cover` names the picture, `scenes` are as in `Tags`."""
    book = script.book
    voices = tuple(dict.fromkeys(cast.voice_for(u).id for u in chapter.utterances))
    return Tags(
        title=chapter.title,
        album=book.title,
        author=book.author,
        voices=voices,
        number=number,
        count=count,
        language=book.language,
        text=_whole_text(script, chapter),
        year=book.year,
        series=book.series,
        series_part=book.series_part,
        description=book.description,
        publisher=book.publisher,
        cover=cover,
        scenes=scenes,
    )


def _whole_text(script: Script, chapter: ScriptChapter) -> str:
    """Set the source's own words, marks and all, as paragraphs with a blank line between.

    Only the paragraphs that are spoken count, so that a preview's text is the preview's; of one that is
    divided between two parts of a chapter, each has its own.  Of credits that are a file of their own,
    and of a sample, it is the words spoken.
    """
    if chapter.number == CREDITS:
        return " ".join(utterance.text for utterance in chapter.utterances)
    paragraphs = next(c.paragraphs for c in script.book.chapters if c.number == chapter.number)
    numbers = dict.fromkeys(u.paragraph for u in chapter.utterances if u.kind != "credit")
    spans = [(paragraphs[number - 1].start, paragraphs[number - 1].end) for number in numbers]
    parts = [c.utterances[0] for c in script.chapters if c.number == chapter.number and c.utterances]
    cuts = [u.start for u in parts[1:] if u.follows in {"sentence", "speaker"}]
    for cut in cuts:
        if cut == chapter.utterances[0].start:
            spans[0] = (cut, spans[0][1])
        elif spans[-1][0] < cut < spans[-1][1]:
            spans[-1] = (spans[-1][0], cut)
    return "\n\n".join(clean(script.book.text[start:end]) for start, end in spans)
