"""What players show of a track: its tags, as they follow from script and cast."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast as cast_type

from audiobook.engines.base import NamingEngine
from audiobook.model import CREDITS, Cast, Script, ScriptChapter, Voice
from audiobook.project.shared_engines import shared_engine
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
    voices = name_voices(cast.voice_for(u) for u in chapter.utterances)
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


def name_voices(voices: Iterable[Voice]) -> tuple[str, ...]:
    """Return what players show as those who read, each once: `Emma`, `Heart (Kokoro)`.

    An engine stands with the last of its voices; those of engines that have no names for them are ids.
    """
    named = list(dict.fromkeys(map(_name_voice, voices)))
    last = {engine: at for at, (engine, _) in enumerate(named) if engine}
    return tuple(
        f"{name} ({engine.capitalize()})" if last.get(engine) == at else name
        for at, (engine, name) in enumerate(named)
    )


def _name_voice(voice: Voice) -> tuple[str, str]:
    """Return the engine of a voice that has a name, else nothing, and the name or else the id."""
    engine = shared_engine(voice.engine)
    if not hasattr(engine, "name_voice"):
        return "", voice.id
    return voice.engine, cast_type(NamingEngine, engine).name_voice(voice.id)


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
