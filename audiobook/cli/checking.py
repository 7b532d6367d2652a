"""The command `narrate check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from audiobook.choices import PROFILES
from audiobook.cli.options import ENGINE, JSON, OUTPUT, STORIES, VOICES
from audiobook.cli.reading import chapter_options, choose_scope, reading_options

if TYPE_CHECKING:
    from audiobook.reading.choices import Footnotes


@click.command()
@STORIES
@VOICES
@ENGINE
@OUTPUT
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default=PROFILES[0],
    show_default=True,
    help="Whose technical demands to measure by.",
)
@click.option(
    "--listen", is_flag=True, help="Let a recognizer hear whether every word is in the sound (English)."
)
@click.option("--plot", is_flag=True, help="Draw each file as an SVG, in output/previews.")
@click.option(
    "--plot-to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Draw each file, in this folder.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes to work with (default: one per core).")
@chapter_options
@reading_options
@JSON
@click.pass_context
def check(
    ctx: click.Context,
    *,
    stories: tuple[str, ...],
    voices: Path | None,
    engine: str | None,
    output: Path | None,
    profile: str,
    listen: bool,
    plot: bool,
    plot_to: Path | None,
    jobs: int | None,
    chapters: str | None,
    first: int | None,
    last: int | None,
    matter: bool | None,
    footnotes: Footnotes | None,
    as_json: bool,
) -> None:
    """Measure the finished files: loudness, completeness, silences, tags.  Status 1 where one fails."""
    from audiobook.building.audit import Hearing, check_stories
    from audiobook.building.run import Options
    from audiobook.checking import profiles
    from audiobook.cli.check_table import open_counter, print_checks
    from audiobook.cli.progress import Notes
    from audiobook.folders import cache_folder
    from audiobook.listening.recognizer import expect_recognizer
    from audiobook.project.layout import open_project

    recognizer = expect_recognizer() if listen else None
    project = open_project(Path(), voices=voices, output=output, engine=engine)
    scope = choose_scope(chapters, first, last, matter=matter, footnotes=footnotes)
    pictures = plot_to or (project.previews if plot else None)
    with open_counter(quiet=as_json) as counter:
        found = check_stories(
            project,
            stories,
            Options(jobs=jobs, scope=scope),
            Notes(),
            profile=profiles.PROFILES[profile],
            cache_folder=cache_folder(),
            pictures=pictures,
            tell=counter.count if counter else None,
            hearing=Hearing(recognizer=recognizer, tell=counter.hear if counter else None)
            if recognizer
            else None,
        )
    print_checks(found, profiles.PROFILES[profile], pictures, as_json=as_json)
    ctx.exit(0 if found.passed else 1)
