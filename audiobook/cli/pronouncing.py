"""`narrate pronounce`: the words of a story that may come out wrong, and how they come out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audiobook.cli.console import open_console, print_json, print_prose, say_busy
from audiobook.cli.options import ENGINE, JSON, OUTPUT, STORY, VOICES
from audiobook.cli.reading import make_wish, reading_options

if TYPE_CHECKING:
    from audiobook.cli.grid import Grid
    from audiobook.planning.hard_words import HardWord, HardWords
    from audiobook.reading.choices import Footnotes

_SHOWN = 60
"""Letters of a sentence to either side of its word."""


@click.command()
@STORY
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--all", "with_all", is_flag=True, help="List every word, known or not.")
@click.option(
    "--audition", is_flag=True, help="Write an MP3 of the words in the narrator's voice, to output/previews."
)
@VOICES
@ENGINE
@OUTPUT
@reading_options
@JSON
def pronounce(
    *,
    story: str,
    words: tuple[str, ...],
    with_all: bool,
    audition: bool,
    voices: Path | None,
    engine: str | None,
    output: Path | None,
    matter: bool | None,
    footnotes: Footnotes | None,
    as_json: bool,
) -> None:
    """List names and words that may be said wrong, and how they are said.

    These are the names, and the words that come often, which the engine's dictionary has not; or the WORDS
    that you name.  What you state about a word in voices.yaml takes it off the list.
    """
    from audiobook.building.auditions import audition_words
    from audiobook.cli.progress import open_listener
    from audiobook.folders import cache_folder
    from audiobook.planning.hard_words import find_hard_words
    from audiobook.project.layout import open_project

    if words and with_all:
        raise click.UsageError("--all lists every word: name some, or none")
    project = open_project(Path(), voices=voices, output=output, engine=engine)
    wish = make_wish(matter=matter, footnotes=footnotes)
    with say_busy(f"reading {story}"):
        found = find_hard_words(project, story, words, with_all=with_all, wish=wish)
    file = None
    if audition:
        with open_listener(quiet=as_json, verbose=False) as listener:
            file = audition_words(project, found, listener.note, cache_folder=cache_folder())
    _print_words(found, file, as_json=as_json)


def _print_words(found: HardWords, file: Path | None, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "title": found.script.book.title,
                "engine": found.voice.engine,
                "voice": found.voice.id,
                "words": [_word_json(each) for each in found.words],
                "audition": None if file is None else str(file),
            }
        )
        return
    console = open_console()
    if not found.words:
        console.print("No word is in doubt; --all lists them all.")
        return
    _table(found.words).print(console)
    print_prose(
        console,
        "To change a word, put its line under pronunciations: of voices.yaml, with the sounds that it should "
        "have, or spelled as it sounds; narrate pronounce STORY WORD --audition lets you hear it.",
    )
    for each in found.words:
        console.print(f"    {_write_line(each)}", soft_wrap=True)
    if file is not None:
        console.print(f"made {file}", soft_wrap=True)


def _table(words: Sequence[HardWord]) -> Grid:
    from audiobook.cli.grid import Grid

    titles = ["Word", "Kind", "Times", "Sounds", "IPA", "First in"]
    table = Grid(*titles, prose=["Kind", "First in"], right=["Times"])
    for each in words:
        kind = f"{each.kind}, stated" if each.is_stated else each.kind
        table.add(each.word, kind, str(each.count), each.sound.notation, each.sound.ipa, _excerpt(each))
    return table


def _excerpt(each: HardWord) -> str:
    """Return the sentence around the word."""
    at = max(0, each.sentence.casefold().find(each.word.casefold()))
    start, end = at - _SHOWN // 2, at + len(each.word) + _SHOWN // 2
    text = each.sentence[max(0, start) : end]
    return f"{'…' if start > 0 else ''}{text}{'…' if end < len(each.sentence) else ''}"


def _write_line(each: HardWord) -> str:
    """Return the line that would state the word as it sounds now."""
    from audiobook.casting import write_scalar

    sound, word = each.sound, write_scalar(each.word)
    if sound.alphabet:  # which keeps each voice's accent
        return f"{word}: {{{sound.alphabet}: {write_scalar(sound.notation)}}}"
    return f"{word}: {{ipa: {write_scalar(sound.ipa)}}}" if sound.ipa else f"{word}: {word}"


def _word_json(each: HardWord) -> dict[str, object]:
    return {
        "word": each.word,
        "kind": each.kind,
        "count": each.count,
        "sentence": each.sentence,
        "notation": each.sound.notation,
        "ipa": each.sound.ipa,
        "known": each.is_known,
        "stated": each.is_stated,
        "yaml": _write_line(each),
    }
