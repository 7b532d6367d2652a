"""The commands that make a story and show what was read; each only says what to do and who shows it.

The rooms are imported inside the commands, so that a help text is there at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from audiobook.choices import FORMATS
from audiobook.cli.options import ENGINE, JSON, OUTPUT, STORIES, STORY, VOICES
from audiobook.cli.reading import (
    chapter_options,
    choose_scope,
    make_wish,
    print_contents,
    print_text,
    reading_options,
)

if TYPE_CHECKING:
    from audiobook.building.report import Report
    from audiobook.building.run import Options
    from audiobook.project.layout import Project
    from audiobook.reading.choices import Footnotes

    _Ask = Callable[[], tuple[Project, Options]]

_CHANGE_NO_FILE = {"quiet", "as_json", "jobs"}
"""Options of `make` by which no file becomes another."""


def check_address(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse what can't be the beginning of a web address."""
    if value is not None and not re.fullmatch(r"https?://\S+", value):
        raise click.BadParameter(f"expected an address like https://example.org/books, got {value!r}")
    return value


@click.command()
@STORIES
@VOICES
@ENGINE
@OUTPUT
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Processes to work with (default: as many as keep the cores busy and fit into the memory).",
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
@click.option(
    "--watch", "watches", is_flag=True, help="Go on: make what appears or changes in texts/, until Ctrl-C."
)
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
    engine: str | None,
    output: Path | None,
    jobs: int | None,
    scheduler: str | None,
    formats: tuple[str, ...],
    base_url: str | None,
    force: bool,
    preview: int | None,
    dry_run: bool,
    watches: bool,
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
    from audiobook.building.unchanged import Asked, open_last_run
    from audiobook.cli.run_table import print_report
    from audiobook.folders import cache_folder

    if jobs is not None and scheduler is not None:
        raise click.UsageError("--jobs is for this machine and --scheduler for a cluster: name one of them")

    def ask() -> tuple[Project, Options]:
        from audiobook.building.run import Options
        from audiobook.project.layout import open_project

        project = open_project(Path(), voices=voices, output=output, engine=engine)
        return project, Options(
            jobs=jobs,
            scheduler=scheduler,
            formats=formats or None,
            base_url=base_url,
            force=force,
            scope=choose_scope(chapters, first, last, matter=matter, footnotes=footnotes, preview=preview),
        )

    if watches:
        if dry_run or force or as_json:
            raise click.UsageError("--watch goes on and on: leave out --dry-run, --force and --json")
        _watch(stories, voices or Path("voices.yaml"), ask, quiet=quiet, verbose=verbose)
        ctx.exit()
    asked = Asked(
        parameters={name: value for name, value in ctx.params.items() if name not in _CHANGE_NO_FILE},
        stories=stories,
        texts=Path("texts"),
        voices=voices or Path("voices.yaml"),
        output=output or Path("output"),
    )
    is_plain = not (force or dry_run or verbose or preview or scheduler)
    last_run = open_last_run(asked, cache_folder()) if is_plain else None
    report = last_run.report() if last_run else None
    if report is None:
        if dry_run:
            _dry_run(ctx, stories, ask, as_json=as_json)
        report = _make(stories, ask, quiet=quiet or as_json, verbose=verbose)
        if last_run:
            last_run.keep(report)
    print_report(report, quiet=quiet, as_json=as_json)
    ctx.exit(1 if report.failed else 0)


def _watch(stories: tuple[str, ...], voices: Path, ask: _Ask, *, quiet: bool, verbose: bool) -> None:
    from audiobook.cli.watching import watch_stories

    watch_stories(
        stories,
        voices,
        lambda: ask()[0],
        lambda names: _make(names, ask, quiet=quiet, verbose=verbose),
        quiet=quiet,
    )


def _make(stories: tuple[str, ...], ask: _Ask, *, quiet: bool, verbose: bool) -> Report:
    """Make stories; all that takes a moment to load comes after something is shown."""
    from audiobook.cli.console import say_busy

    with say_busy("reading the stories", quiet=quiet):
        from audiobook.building.recipe import make_stories
        from audiobook.cli.progress import open_listener
        from audiobook.folders import cache_folder

        project, options = ask()
    with open_listener(quiet=quiet, verbose=verbose) as listener:
        return make_stories(project, stories, options, listener, cache_folder=cache_folder())


def _dry_run(ctx: click.Context, stories: tuple[str, ...], ask: _Ask, *, as_json: bool) -> NoReturn:
    from audiobook.cli.console import say_busy

    with say_busy("reading the stories") as console:
        from audiobook.building.dry_run import dry_run_stories
        from audiobook.cli.dry_run_table import print_dry_run
        from audiobook.cli.progress import Notes
        from audiobook.folders import cache_folder

        project, options = ask()
        told = dry_run_stories(project, stories, options, Notes(console), cache_folder=cache_folder())
    print_dry_run(told, as_json=as_json)
    ctx.exit(1 if told.report.failed else 0)


@click.command()
@STORY
@VOICES
@ENGINE
@click.option("--spoken", is_flag=True, help="Show what is spoken where it differs, and by which rule.")
@chapter_options
@reading_options
@JSON
def script(
    *,
    story: str,
    voices: Path | None,
    engine: str | None,
    chapters: str | None,
    first: int | None,
    last: int | None,
    matter: bool | None,
    footnotes: Footnotes | None,
    spoken: bool,
    as_json: bool,
) -> None:
    """Show a story as a play: who speaks each line, in colour."""
    from audiobook.cli.console import print_warnings, say_busy
    from audiobook.folders import cache_folder

    with say_busy(f"reading {story}"):
        from audiobook.cli.plays import print_script
        from audiobook.planning.cached_scripts import keep_plans
        from audiobook.planning.stories import explain_story, script_and_cast, tell_story
        from audiobook.project.layout import open_project

        project = open_project(Path(), voices=voices, engine=engine)
        reads = keep_plans(cache_folder())
        scope = choose_scope(chapters, first, last, matter=matter, footnotes=footnotes)
        script_of_story, cast_of_story = script_and_cast(project, story, scope, reads)
        told = explain_story(project, story, script_of_story, cast_of_story) if spoken else {}
        warnings, notes = tell_story(project, story, script_of_story, reads)
    print_script(script_of_story, cast_of_story, told, as_json=as_json)
    print_warnings(warnings, notes)


@click.command()
@STORY
@VOICES
@ENGINE
@click.option(
    "--doubtful",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=20,
    metavar="[N]",
    help="Show N places (20) where to correct who speaks mends most, and what to write about each.",
)
@click.option("--pin", is_flag=True, help="Write the cast into voices.yaml, so that it stays.")
@reading_options
@JSON
def cast(
    *,
    story: str,
    voices: Path | None,
    engine: str | None,
    doubtful: int | None,
    pin: bool,
    matter: bool | None,
    footnotes: Footnotes | None,
    as_json: bool,
) -> None:
    """Show who speaks, how much, in which voice, and why."""
    from audiobook.cli.console import say_busy
    from audiobook.folders import cache_folder

    if doubtful is not None and pin:
        raise click.UsageError("--doubtful shows lines and --pin writes the cast: name one of them")
    with say_busy(f"reading {story}"):
        from audiobook.cli.casts import print_cast, print_doubtful, print_pinned
        from audiobook.planning.cached_scripts import keep_plans
        from audiobook.planning.stories import script_and_cast, tell_story
        from audiobook.project.layout import open_project

        wish = make_wish(matter=matter, footnotes=footnotes)
        project = open_project(Path(), voices=voices, engine=engine)
        if pin:
            from audiobook.editing.pins import pin_cast

            pinned = pin_cast(project, story, wish)
        else:
            from audiobook.planning.chapters import Scope

            reads = keep_plans(cache_folder())
            script, roles = script_and_cast(project, story, Scope(reading=wish), reads)
            warnings, notes = tell_story(project, story, script, reads)
    if pin:
        print_pinned(pinned, as_json=as_json)
        return
    if doubtful is not None:
        print_doubtful(script, doubtful, warnings, as_json=as_json)
    else:
        print_cast(script, roles, warnings, notes, as_json=as_json)


@click.command()
@STORY
@VOICES
@reading_options
@JSON
def contents(
    *, story: str, voices: Path | None, matter: bool | None, footnotes: Footnotes | None, as_json: bool
) -> None:
    """List a book's chapters with words and minutes, and what of it is skipped."""
    from audiobook.cli.console import say_busy

    with say_busy(f"reading {story}"):
        from audiobook.planning.stories import read_story
        from audiobook.project.layout import open_project

        wish = make_wish(matter=matter, footnotes=footnotes)
        book = read_story(open_project(Path(), voices=voices), story, wish)
    print_contents(book, as_json=as_json)


@click.command()
@STORY
@VOICES
@reading_options
def text(*, story: str, voices: Path | None, matter: bool | None, footnotes: Footnotes | None) -> None:
    """Print a book's text, which all offsets refer to."""
    from audiobook.planning.stories import read_story
    from audiobook.project.layout import open_project

    wish = make_wish(matter=matter, footnotes=footnotes)
    print_text(read_story(open_project(Path(), voices=voices), story, wish))
