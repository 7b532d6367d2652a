"""From a story's file and its settings to the script and the cast that files are planned from."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Protocol

from audiobook.audio import Spacing
from audiobook.casting import BookDetails, StorySettings
from audiobook.errors import SourceError
from audiobook.model import Book, Cast, Script, ScriptChapter
from audiobook.planning.credits import add_credits
from audiobook.planning.languages import cast_in_language, settle_language
from audiobook.planning.splitting import split_chapters
from audiobook.planning.unread import name_note_signs
from audiobook.publishing import unique_titles
from audiobook.reading import NO_WISH, ReadingChoices, ReadingWish, read_book
from audiobook.script import prove_complete, say_labels, write_script


class PlanScript(Protocol):
    """Plans a script as `plan_script` does, or gives what it planned before."""

    def __call__(
        self, path: Path, settings: StorySettings, *, preview: int | None = None, wish: ReadingWish = NO_WISH
    ) -> tuple[Script, Cast]: ...


def plan_script(
    path: Path,
    settings: StorySettings,
    *,
    preview: int | None = None,
    wish: ReadingWish = NO_WISH,
) -> tuple[Script, Cast]:
    """Read a story, cast it, prove that nothing of it is lost, divide it into files, and add credits.

    `preview` keeps the first so many paragraphs, without credits; `wish` stands over what is set for the
    story.  Raises `SourceError`, or `IncompleteError` where words would be lost or spoken twice.
    """
    return cast_script(read_script(path, settings, wish), settings, preview)


def read_script(path: Path, settings: StorySettings, wish: ReadingWish = NO_WISH) -> Script:
    """Find who speaks in a story, and prove that nothing of it is lost: the long part of `plan_script`.

    Of the settings only `reading`, `details` and `corrections` count.
    """
    book = read_book(path, choose_reading(settings, wish))
    book = settle_language(_apply_details(book, settings.details), settings.details.language)
    script = write_script(book, settings.corrections)
    script = say_labels(script) if settings.reading.labels else script
    prove_complete(script)
    if not any(chapter.utterances for chapter in script.chapters):
        raise SourceError(f"{path}: holds nothing to speak")
    return script


def cast_script(script: Script, settings: StorySettings, preview: int | None = None) -> tuple[Script, Cast]:
    """Give everybody a voice, divide the script into files and add credits: the rest of `plan_script`."""
    if preview is not None:
        script = _keep_paragraphs(script, preview)
    script, cast = cast_in_language(script, settings)
    if settings.reading.normalize:
        script = name_note_signs(script)
    script = split_chapters(script, cast, settings_spacing(settings))
    if preview is None:
        script = add_credits(script, settings.credits)
    return _title_files(script), cast


def _title_files(script: Script) -> Script:
    """Make the titles of what become files differ, since players tell files apart by them."""
    numbers = [number for number, chapter in enumerate(script.chapters) if chapter.utterances]
    titles = unique_titles([script.chapters[number].title for number in numbers], script.book.title)
    chapters = list(script.chapters)
    for number, title in zip(numbers, titles, strict=True):
        chapters[number] = replace(chapters[number], title=title)
    return replace(script, chapters=tuple(chapters))


def choose_reading(settings: StorySettings, wish: ReadingWish) -> ReadingChoices:
    """Say how a story is read: as is set for it, but for what is wished for in this run."""
    stated = settings.reading
    return wish.over(
        ReadingChoices(
            matter=stated.matter,
            footnotes=stated.footnotes,
            descriptions=stated.descriptions,
            proof=stated.proof,
        )
    )


def is_overruled(path: Path, settings: StorySettings, wish: ReadingWish, book: Book) -> bool:
    """Tell whether this run alone was asked for a book's front and back matter, or for none of it.

    Its files are others than its settings would give: not those that narrate may clean away some day.
    """
    if wish.matter in {None, settings.reading.matter}:
        return False
    try:
        as_set = read_book(path, choose_reading(settings, replace(wish, matter=None)))
    except SourceError:
        return True
    return as_set.skipped != book.skipped


def _apply_details(book: Book, details: BookDetails) -> Book:
    """Let what voices.yaml says about a story stand over what its file says."""
    stated = {f.name: value for f in fields(details) if (value := getattr(details, f.name)) is not None}
    title = stated.get("title", book.title)
    chapters = tuple(replace(c, title=title) if c.title == book.title else c for c in book.chapters)
    return replace(book, **stated, chapters=chapters)


def _keep_paragraphs(script: Script, count: int) -> Script:
    """Keep the utterances of the first paragraphs, counted over the chapters."""
    chapters: list[ScriptChapter] = []
    left = count
    for chapter in script.chapters:
        numbers = list(dict.fromkeys(u.paragraph for u in chapter.utterances))[:left]
        left -= len(numbers)
        if numbers:
            kept = tuple(u for u in chapter.utterances if u.paragraph <= numbers[-1])
            chapters.append(replace(chapter, utterances=kept))
    return replace(script, chapters=tuple(chapters))


def settings_spacing(settings: StorySettings) -> Spacing:
    """Turn the settings' pauses into a track's silences."""
    pauses = settings.pauses
    return Spacing(
        pause_ms={
            "none": 0,
            "tag": pauses.tag_ms,
            "sentence": pauses.sentence_ms,
            "speaker": pauses.speaker_ms,
            "paragraph": pauses.paragraph_ms,
            "scene": pauses.scene_ms,
            "heading": pauses.heading_ms,
        },
        head_ms=pauses.head_ms,
        tail_ms=pauses.tail_ms,
    )
