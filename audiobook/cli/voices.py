"""`narrate voices`: what there is to speak with, how it sounds, and what can be installed."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audiobook.cli.group import DefaultGroup
from audiobook.cli.options import ENGINE, JSON, OUTPUT, VOICES

if TYPE_CHECKING:
    from audiobook.building.installing import Note
    from audiobook.engines.neural.fetching import Tell
    from audiobook.model import VoiceEntry


class VoicesGroup(DefaultGroup):
    """Lists voices where no subcommand is named: `narrate voices scotland`."""

    default_command = "list"


@click.group("voices", cls=VoicesGroup)
def voices_group() -> None:
    """List the voices of this machine, hear them, or install more.

    `narrate voices scotland` lists, as `narrate voices list scotland` does.
    """


@voices_group.command("list")
@click.argument("names", nargs=-1, metavar="[VOICE]...")
@click.option(
    "--audition", metavar="WORDS", help="Write an MP3 of these words per voice, to output/previews."
)
@click.option("--available", is_flag=True, help="List what can be installed instead.")
@click.option("--language", metavar="TAG", help="List only voices of this language (en, en-gb, fr …).")
@VOICES
@ENGINE
@OUTPUT
@JSON
def list_command(
    *,
    names: tuple[str, ...],
    audition: str | None,
    available: bool,
    language: str | None,
    voices: Path | None,
    engine: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """List the voices of this machine, or hear them (--audition).

    A VOICE is an id (en-us+f2), or for the list a part of one (scotland, en-us+) or an engine
    (piper).  To hear a voice that several engines have, name one: kokoro:af_bella.
    """
    from audiobook.building.auditions import audition_voices, list_casts, list_voices
    from audiobook.building.installing import list_available
    from audiobook.cli.progress import open_listener
    from audiobook.cli.tables import print_auditions, print_voices
    from audiobook.folders import cache_folder
    from audiobook.project.layout import open_project
    from audiobook.project.shared_engines import introduce_of

    if audition is not None and available:
        raise click.UsageError("--audition is for voices that are here and --available lists others")
    if audition is None:
        note = functools.partial(click.echo, err=True)
        look = list_available if available else list_voices
        introduce_of(open_project(Path(), voices=voices).voices)
        with_variants = any("+" in name or "#" in name for name in names)
        entries = look(names, note, language=language)
        if not entries:
            where = "can be installed" if available else "is here (narrate voices --available lists others)"
            note(f"no such voice {where}")
        casts = [] if available else list_casts(names, language=language)
        if entries or as_json:
            print_voices(entries, casts, as_json=as_json, with_variants=with_variants)
        return
    project = open_project(Path(), voices=voices, output=output, engine=engine)
    with open_listener(quiet=as_json, verbose=False) as listener:
        made = audition_voices(project, audition, names, listener.note, cache_folder=cache_folder())
    print_auditions(made, as_json=as_json)


@voices_group.command("install")
@click.argument("names", nargs=-1, required=True, metavar="ENGINE:VOICE...")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Install from this file (a model, what goes with it beside it; or a ZIP or TAR; of whisper the "
    "folder): no network needed.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
def install_command(*, names: tuple[str, ...], source: Path | None, quiet: bool) -> None:
    """Install voices: piper:en_US-lessac-medium, or kokoro (kokoro:fp32 is its larger model).

    And whisper, the recognizer of `narrate check --listen`.

    It says where files come from; where one place can't be reached, the next one is tried.  A broken download
    goes on where it stopped.  What is installed is proven: its size, its digest, and that it speaks.
    """
    from audiobook.building.installing import install_voice

    if source is not None and len(names) != 1:
        raise click.UsageError("--from is one voice's file: name one voice")
    for name in names:
        with _open_bar(quiet=quiet) as (tell, note):
            entries, folder = install_voice(name, source, tell, note)
        if not quiet:
            click.echo(f"installed {name} in {folder}" + (f": {_sum_up(entries)}" if entries else ""))


def _sum_up(entries: Sequence[VoiceEntry]) -> str:
    """Name the voices that have come, or the first of many."""
    ids = [entry.id for entry in entries]
    shown = ", ".join(ids[:3])
    return f"{shown} and {len(ids) - 3} more" if len(ids) > 3 else shown


@contextmanager
def _open_bar(*, quiet: bool) -> Iterator[tuple[Tell, Note]]:
    """Give what shows how much of a file is there, by a bar where one can be, and what prints a sentence."""
    from audiobook.cli.console import open_console

    console = open_console(stderr=True)

    def note(sentence: str) -> None:
        console.print(sentence, soft_wrap=True, markup=False, highlight=False)

    if quiet:
        yield (lambda _name, _have, _size: None), (lambda _: None)
    elif console.is_terminal:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        with Progress("{task.description}", *columns, console=console) as progress:
            tasks = {}

            def show(name: str, have: int, size: int) -> None:
                if name not in tasks:
                    tasks[name] = progress.add_task(name, total=size)
                progress.update(tasks[name], completed=have)

            yield show, note
    else:
        yield (lambda _name, _have, _size: None), note
