"""`narrate add`: a book comes into texts/."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from audiobook.reading.opds import BookCatalogue


@click.command()
@click.argument("source", metavar="URL|FILE")
@click.option("--pick", type=click.IntRange(1), metavar="N", help="The N-th book of a catalogue of several.")
@click.option(
    "--name", metavar="NAME", help="What the story shall be called, instead of as its file or title."
)
def add(source: str, *, pick: int | None, name: str | None) -> None:
    """Put a book into texts/: a file, one from the web, or one of an OPDS catalogue.

    A catalogue of several books is listed; --pick takes one.  What you type is fetched, and nothing else but
    a catalogue's books on its own host.
    """
    from audiobook.building.adding import Added, add_book
    from audiobook.cli.console import say_busy
    from audiobook.project.layout import open_project

    with say_busy(f"reading {source}"):
        found = add_book(open_project(Path()), source, pick=pick, name=name)
    if isinstance(found, Added):
        story = shlex.quote(found.path.stem)
        click.echo(f"added {found.path} ({found.size_bytes / 1e6:.1f} MB); now: narrate {story}")
    else:
        _print_catalogue(found, source)


def _print_catalogue(catalogue: BookCatalogue, source: str) -> None:
    from audiobook.cli.console import open_console
    from audiobook.plurals import count

    console = open_console()
    console.print(catalogue.title, style="bold", soft_wrap=True)
    for number, book in enumerate(catalogue.books, 1):
        by = f", {book.authors}" if book.authors else ""
        console.print(f"{number:4}  {book.title}{by} ({book.suffix[1:].upper()})", soft_wrap=True)
    for title, url in catalogue.feeds:
        console.print(f"      {title}: narrate add {shlex.quote(url)}", soft_wrap=True)
    if catalogue.others:
        others = count(catalogue.others, "entry/entries")
        console.print(f"      {others} without a free book in a format that narrate reads", style="dim")
    if catalogue.books:
        console.print(f"To take one: narrate add {shlex.quote(source)} --pick N", soft_wrap=True)
