"""The commands that keep a project and its machine in order: `narrate init`, `clean`, `doctor`."""

from __future__ import annotations

import functools
from pathlib import Path

import click

from audiobook.cli.options import JSON, OUTPUT, VOICES


@click.command()
@OUTPUT
@VOICES
@click.option(
    "--cache", is_flag=True, help="Empty the cache too; the next run reads and speaks everything anew."
)
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
def clean(output: Path | None, voices: Path | None, cache: bool, dry_run: bool) -> None:
    """Remove finished files that belong to no story any more."""
    from audiobook.building.upkeep import clean_project
    from audiobook.cli.tables import print_cleaned
    from audiobook.folders import cache_folder
    from audiobook.project.layout import open_project

    project = open_project(Path(), voices=voices, output=output)
    cleaned = clean_project(
        project, cache_folder(), functools.partial(click.echo, err=True), with_cache=cache, dry_run=dry_run
    )
    print_cleaned(cleaned, dry_run=dry_run)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a project folder: a sample story and a commented voices.yaml."""
    from audiobook.building.upkeep import create_project

    for path in create_project(folder):
        click.echo(f"made {path}")
    click.echo(f"now: cd {folder} && narrate")


@click.command()
@VOICES
@OUTPUT
@click.option(
    "--engine", metavar="NAME[:VOICE]", help="Put one engine to the tests that every engine must pass."
)
@JSON
@click.pass_context
def doctor(
    ctx: click.Context, *, voices: Path | None, output: Path | None, engine: str | None, as_json: bool
) -> None:
    """Say what engine, encoder, folders and disk space there are, and try them."""
    from audiobook.building.upkeep import examine_engine, examine_machine
    from audiobook.cli.tables import print_findings
    from audiobook.folders import cache_folder
    from audiobook.project.layout import open_project
    from audiobook.project.shared_engines import introduce_of

    if engine is not None:
        introduce_of(open_project(Path(), voices=voices).voices)
        name, _, voice = engine.partition(":")
        findings = list(examine_engine(name, voice or None))
    else:
        findings = examine_machine(open_project(Path(), voices=voices, output=output), cache_folder())
    print_findings(findings, as_json=as_json)
    ctx.exit(0 if all(finding.is_fine for finding in findings) else 1)
