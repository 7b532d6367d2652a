"""Options about what of a book is read, and the commands that show it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from audiobook.model import Book, Chapter
    from audiobook.planning.chapters import Scope
    from audiobook.reading import ReadingWish
    from audiobook.reading.choices import Footnotes

_MANY_WORDS = 20
"""From more on, words that are skipped within the text are listed."""
_FIRST_WORDS = 8
_Command = Callable[..., Any]


def reading_options(command: _Command) -> _Command:
    """Add `--matter` and `--footnotes`, which stand over voices.yaml; see `ReadingWish`."""
    matter = click.option(
        "--matter/--no-matter",
        default=None,
        help="Read front and back matter too: title page, notes, index …  (default: as in voices.yaml)",
    )
    footnotes = click.option(
        "--footnotes",
        type=click.Choice(["skip", "paragraph"]),
        default=None,
        help="Leave footnotes out, or read each at the end of its paragraph (default: as in voices.yaml).",
    )
    return matter(footnotes(command))


def chapter_options(command: _Command) -> _Command:
    """Add `--chapters`, `--from` and `--to`."""
    chapters = click.option("--chapters", metavar="N-M", help="Only these chapters: 3-7, or 1,4-.")
    first = click.option(
        "--from", "first", type=click.IntRange(1), metavar="N", help="Only from this chapter on."
    )
    last = click.option("--to", "last", type=click.IntRange(1), metavar="N", help="Only up to this chapter.")
    return chapters(first(last(command)))


def make_wish(*, matter: bool | None, footnotes: Footnotes | None) -> ReadingWish:
    """Turn the options into a wish."""
    from audiobook.reading import ReadingWish

    return ReadingWish(matter=matter, footnotes=footnotes)


def choose_scope(
    chapters: str | None,
    first: int | None,
    last: int | None,
    *,
    matter: bool | None,
    footnotes: Footnotes | None,
    preview: int | None = None,
) -> Scope:
    """Turn the options into what of a book is meant.  Raises `click.UsageError`."""
    from audiobook.planning.chapters import Scope, parse_chapters

    if first is not None or last is not None:
        if chapters is not None:
            raise click.UsageError("--chapters says it all; leave out --from and --to")
        chapters = f"{first or 1}-{last or ''}"
    try:
        choice = None if chapters is None else parse_chapters(chapters)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return Scope(preview=preview, chapters=choice, reading=make_wish(matter=matter, footnotes=footnotes))


def print_contents(book: Book, *, as_json: bool) -> None:
    """List a book's chapters with words and estimated minutes, their sum, and the parts that are skipped."""
    from audiobook.cli.console import open_console, print_json, print_warnings

    rows = [(chapter, *_measure(book, chapter)) for chapter in book.chapters]
    if as_json:
        print_json(_contents_json(book, rows))
        return
    from rich.padding import Padding
    from rich.text import Text

    from audiobook.cli.grid import Grid
    from audiobook.plurals import count

    table = Grid("", "Chapter", "Words", "Minutes", prose=["Chapter"], right=["", "Words", "Minutes"])
    for chapter, words, minutes in rows:
        table.add(
            str(chapter.number), chapter.title, f"{words:,}", f"{minutes:.0f}" if minutes >= 1 else "<1"
        )
    console = open_console()
    console.print(book.title, style="bold", end="")
    console.print(f", {book.author}" if book.author else "")
    table.print(console)
    total, whole = sum(words for _, words, _ in rows), sum(minutes for *_, minutes in rows)
    console.print(
        f"{count(len(rows), 'chapter')}, {count(total, 'word')}, about {write_length(whole)} to hear",
        style="bold",
        soft_wrap=True,
    )
    skips = _list_skips(book)
    if skips:
        console.print("\nSkipped (--matter and --footnotes read more):")
    for skip in skips:
        told = f"{_label(skip)} ({skip['reason']}, {count(skip['words'], 'word')})"
        console.print(Padding(Text(told, style="dim"), (0, 0, 0, 2)))
    print_warnings((*book.warnings, *book.faults))


def write_length(minutes: float) -> str:
    """Write how long something takes: "13 h 5 min", "4 min"."""
    hours, rest = divmod(max(1, round(minutes)), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def print_text(book: Book) -> None:
    """Print the text that all offsets refer to, code point by code point, and nothing else."""
    sys.stdout.flush()
    sys.stdout.buffer.write(book.text.encode("utf-8", "replace"))


def _measure(book: Book, chapter: Chapter) -> tuple[int, float]:
    """Return a chapter's words and minutes."""
    from audiobook.words import count_words, estimate_minutes

    texts = [book.text[p.start : p.end] for p in chapter.paragraphs]
    return sum(map(count_words, texts)), sum(map(estimate_minutes, texts))


def _list_skips(book: Book) -> list[dict[str, Any]]:
    """Return what is skipped as a whole, and of notes, pictures and the like those of many words."""
    from audiobook.reading import SMALL_SKIPS
    from audiobook.words import count_words

    found = []
    for skip in book.skipped:
        words = book.text[skip.start : skip.end]
        count = count_words(words)
        if skip.reason not in SMALL_SKIPS or count > _MANY_WORDS:
            begins = " ".join(words.split()[:_FIRST_WORDS])
            entry = {"title": skip.title or begins[:40], "begins": begins, "reason": skip.reason}
            found.append(entry | {"words": count, "start": skip.start, "end": skip.end})
    return found


def _label(skip: dict[str, Any]) -> str:
    """Return a skip's title and its first words, in which the title may be."""
    title, begins = str(skip["title"]), str(skip["begins"])
    return begins if begins.startswith(title) else f"{title}: {begins}"


def _contents_json(book: Book, rows: list[tuple[Chapter, int, float]]) -> dict[str, object]:
    return {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "chapters": [
            {
                "number": chapter.number,
                "title": chapter.title,
                "words": words,
                "minutes": round(minutes, 1),
            }
            for chapter, words, minutes in rows
        ],
        "skipped": _list_skips(book),
        "warnings": [*book.warnings, *book.faults],
    }
