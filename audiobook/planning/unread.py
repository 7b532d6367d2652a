"""What of a text is not spoken, and named as that: signs of notes, characters that a voice can't read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from audiobook.errors import SourceError
from audiobook.model import Cast, Script, ScriptChapter, Skip, Utterance
from audiobook.normalizing import find_note_signs
from audiobook.planning.characters import CHARACTERS, list_characters
from audiobook.planning.pronouncing import Pronouncer
from audiobook.reading import NOTE_SIGN

UNREAD = "no voice here reads its characters"
"""Why lines are skipped of which nothing can be spoken."""


def name_note_signs(script: Script) -> Script:
    """Name the signs of notes within paragraphs as skipped: they are shown, but said as nothing."""
    book = script.book
    skips = [
        Skip(start=paragraph.start + sign.start, end=paragraph.start + sign.end, reason=NOTE_SIGN)
        for chapter in book.chapters
        for paragraph in chapter.paragraphs
        for sign in find_note_signs(
            book.text[paragraph.start : paragraph.end], paragraph.language or book.language or "en"
        )
    ]
    skipped = tuple(sorted((*script.skipped, *skips), key=lambda skip: skip.start))
    return replace(script, skipped=skipped) if skips else script


def leave_unread_out(script: Script, cast: Cast, pronouncer: Pronouncer) -> tuple[Script, list[str]]:
    """Skip the utterances of which nothing can be spoken; return warnings of all that is not spoken, too.

    Raises `SourceError` where nothing is left.
    """
    book = script.book
    if not list_characters(book.text):
        return script, []
    unread: Counter[str] = Counter()
    skips: list[Skip] = []
    chapters: list[ScriptChapter] = []
    for chapter in script.chapters:
        kept: list[Utterance] = []
        for utterance in chapter.utterances:
            voice = cast.voice_for(utterance)
            count = pronouncer.count_unread(utterance, voice)
            unread[voice.id] += count
            if count and not any(map(str.isalnum, pronouncer.spell(utterance, voice)[0])):
                skips.append(Skip(start=utterance.start, end=utterance.end, reason=UNREAD))
            else:
                kept.append(utterance)
        chapters.append(replace(chapter, utterances=tuple(kept)))
    counts = {voice: count for voice, count in unread.items() if count}
    if counts and not any(chapter.utterances for chapter in chapters):
        raise SourceError(
            f"{book.source}: its voice, {', '.join(counts)}, reads none of its characters; name one "
            "that does, of another engine, as narrator: in voices.yaml"
        )
    all_characters = len(CHARACTERS.findall(book.text))
    warnings = [
        f"{book.source}: {count:,} of {all_characters:,} Chinese and Japanese characters are not spoken: the "
        f"voice {voice} can't read them (a voice of the system or of a program may: narrator: in voices.yaml)"
        for voice, count in counts.items()
    ]
    skipped = tuple(sorted((*script.skipped, *skips), key=lambda skip: skip.start))
    return replace(script, chapters=tuple(chapters), skipped=skipped), warnings
