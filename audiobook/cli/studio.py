"""The command `narrate studio`."""

from __future__ import annotations

from pathlib import Path

import click

from audiobook.cli.options import ENGINE, OUTPUT, VOICES

_PORT = 8737
"""Always the same, so that a browser knows the place again that it has kept of each story."""


@click.command()
@VOICES
@ENGINE
@OUTPUT
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_PORT,
    show_default=True,
    help="Port of this machine to serve the page on (0: any that is free).",
)
@click.option("--no-browser", is_flag=True, help="Only print the address, and open no browser.")
def studio(
    voices: Path | None, engine: str | None, output: Path | None, port: int, *, no_browser: bool
) -> None:
    """Hear and correct stories on a page in the browser, on this machine alone."""
    from audiobook.folders import cache_folder
    from audiobook.project.layout import open_project
    from audiobook.studio.serve import run_studio

    def say(address: str) -> None:
        click.echo(f"narrate studio: {address}")
        click.echo("Ctrl-C ends it.", err=True)

    project = open_project(Path(), voices=voices, output=output, engine=engine)
    run_studio(project, cache_folder(), port=port, opens_browser=not no_browser, say=say)
