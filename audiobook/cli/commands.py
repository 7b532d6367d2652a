"""The commands of `narrate`; each only says what to do and who shows it.

Workers are imported inside the commands, so that `narrate --help` starts fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from audiobook import __version__
from audiobook.cli.allowing import allow
from audiobook.cli.checking import check
from audiobook.cli.exporting import export_player
from audiobook.cli.group import MainGroup
from audiobook.cli.options import JSON, OUTPUT, STORIES, STORY, VOICES
from audiobook.cli.pronouncing import pronounce
from audiobook.cli.reading import (
    chapter_options,
    choose_chapters,
    make_wish,
    print_contents,
    print_text,
    reading_options,
)
from audiobook.cli.studio import studio
from audiobook.cli.upkeep import clean, doctor, init
from audiobook.cli.voices import voices_group
from audiobook.model import FORMATS

if TYPE_CHECKING:
    from audiobook.production import Options, Project
    from audiobook.reading.choices import Footnotes

_Command = Callable[..., Any]


def check_address(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse what can't be the beginning of a web address."""
    if value is not None and not re.fullmatch(r"https?://\S+", value):
        raise click.BadParameter(f"expected an address like https://example.org/books, got {value!r}")
    return value


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="narrate")
def main() -> None:
    """Turn stories and books into full-cast audiobooks.

    `narrate` alone makes every story in ./texts, `narrate echo-chamber` only that one.  A STORY is the
    name of a file in ./texts, or any path.  Voices are chosen in ./voices.yaml.
    """


@main.command()
@STORIES
@VOICES
@OUTPUT
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes to work with (default: one more than cores)."
)
@click.option("--scheduler", metavar="ADDRESS", help="Make the files on a Dask cluster: tcp://host:8786.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="What to write, repeatable (default: mp3, or output.formats of voices.yaml).",
)
@click.option(
    "--base-url",
    metavar="URL",
    callback=check_address,
    help="Where the output folder of --format podcast will lie.",
)
@click.option("--force", is_flag=True, help="Make everything anew, finished or not.")
@click.option(
    "--preview",
    type=click.IntRange(1),
    metavar="N",
    help="Make only the first N paragraphs, in output/previews.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be made, and why.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@click.option("--verbose", "-v", is_flag=True, help="Say what is made and why.")
@chapter_options
@reading_options
@JSON
@click.pass_context
def make(
    ctx: click.Context,
    *,
    stories: tuple[str, ...],
    voices: Path | None,
    output: Path | None,
    jobs: int | None,
    scheduler: str | None,
    formats: tuple[str, ...],
    base_url: str | None,
    force: bool,
    preview: int | None,
    dry_run: bool,
    chapters: str | None,
    first: int | None,
    last: int | None,
    matter: bool | None,
    footnotes: Footnotes | None,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Make the audiobook (the command that is meant where none is named)."""
    from audiobook.cli.progress import open_listener
    from audiobook.cli.tables import print_report
    from audiobook.production import Options, cache_folder, choose_jobs, make_stories, open_project

    if jobs is not None and scheduler is not None:
        raise click.UsageError("--jobs is for this machine and --scheduler for a cluster: name one of them")
    project = open_project(Path(), voices=voices, output=output)
    options = Options(
        jobs=jobs,
        scheduler=scheduler,
        formats=formats or None,
        base_url=base_url,
        force=force,
        preview=preview,
        chapters=choose_chapters(chapters, first, last),
        reading=make_wish(matter=matter, footnotes=footnotes),
    )
    if dry_run:
        _rehearse(ctx, project, stories, options, as_json=as_json)
    workers = jobs or choose_jobs()
    with open_listener(quiet=quiet or as_json, verbose=verbose, jobs=workers) as listener:
        report = make_stories(project, stories, options, listener, cache_folder=cache_folder())
    print_report(report, quiet=quiet, as_json=as_json)
    ctx.exit(1 if report.failed else 0)


def _rehearse(
    ctx: click.Context, project: Project, stories: tuple[str, ...], options: Options, *, as_json: bool
) -> NoReturn:
    from audiobook.cli.progress import Notes
    from audiobook.cli.rehearsals import print_rehearsal
    from audiobook.production import cache_folder, rehearse_stories

    rehearsal = rehearse_stories(project, stories, options, Notes(), cache_folder=cache_folder())
    print_rehearsal(rehearsal, as_json=as_json)
    ctx.exit(1 if rehearsal.report.failed else 0)


@main.command()
@STORY
@VOICES
@chapter_options
@reading_options
@JSON
def script(
    *,
    story: str,
    voices: Path | None,
    chapters: str | None,
    first: int | None,
    last: int | None,
    matter: bool | None,
    footnotes: Footnotes | None,
    as_json: bool,
) -> None:
    """Show a story as a play: who speaks each line, in colour."""
    from audiobook.cli.plays import print_script
    from audiobook.production import open_project, script_and_cast

    script_of_story, cast_of_story = script_and_cast(
        open_project(Path(), voices=voices),
        story,
        chapters=choose_chapters(chapters, first, last),
        wish=make_wish(matter=matter, footnotes=footnotes),
    )
    print_script(script_of_story, cast_of_story, as_json=as_json)
    for warning in script_of_story.book.warnings:
        click.echo(f"warning: {warning}", err=True)


@main.command()
@STORY
@VOICES
@click.option(
    "--doubtful",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=20,
    metavar="[N]",
    help="Show the N lines (20) whose speaker is least sure, and how to correct them.",
)
@click.option("--pin", is_flag=True, help="Write the cast into voices.yaml, so that it stays.")
@reading_options
@JSON
def cast(
    *,
    story: str,
    voices: Path | None,
    doubtful: int | None,
    pin: bool,
    matter: bool | None,
    footnotes: Footnotes | None,
    as_json: bool,
) -> None:
    """Show who speaks, how much, in which voice, and why."""
    from audiobook.cli.casts import print_cast, print_doubtful, print_pinned
    from audiobook.production import open_project, pin_cast, script_and_cast, warn_of_unmet
    from audiobook.script import find_doubtful

    if doubtful is not None and pin:
        raise click.UsageError("--doubtful shows lines and --pin writes the cast: name one of them")
    project = open_project(Path(), voices=voices)
    wish = make_wish(matter=matter, footnotes=footnotes)
    if pin:
        print_pinned(pin_cast(project, story, wish), as_json=as_json)
        return
    script, roles = script_and_cast(project, story, wish=wish)
    warnings = (*script.book.warnings, *warn_of_unmet(project, script))
    if doubtful is not None:
        print_doubtful(script, find_doubtful(script, doubtful), warnings, as_json=as_json)
    else:
        print_cast(script, roles, warnings, as_json=as_json)


@main.command()
@STORY
@VOICES
@reading_options
@JSON
def contents(
    *, story: str, voices: Path | None, matter: bool | None, footnotes: Footnotes | None, as_json: bool
) -> None:
    """List a book's chapters with words and minutes, and what of it is skipped."""
    from audiobook.production import open_project, read_story

    wish = make_wish(matter=matter, footnotes=footnotes)
    print_contents(read_story(open_project(Path(), voices=voices), story, wish), as_json=as_json)


@main.command()
@STORY
@VOICES
@reading_options
def text(*, story: str, voices: Path | None, matter: bool | None, footnotes: Footnotes | None) -> None:
    """Print a book's text, which all offsets refer to."""
    from audiobook.production import open_project, read_story

    wish = make_wish(matter=matter, footnotes=footnotes)
    print_text(read_story(open_project(Path(), voices=voices), story, wish))


main.add_command(allow)
main.add_command(check)
main.add_command(clean)
main.add_command(doctor)
main.add_command(export_player)
main.add_command(init)
main.add_command(pronounce)
main.add_command(studio)
main.add_command(voices_group)
