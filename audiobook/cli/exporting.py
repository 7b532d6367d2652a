"""The command `narrate export-player`."""

from __future__ import annotations

from pathlib import Path

import click

from audiobook.cli.options import STORY, VOICES


@click.command("export-player")
@STORY
@VOICES
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write instead of ./output/STORY/player.",
)
def export_player(*, story: str, voices: Path | None, output: Path | None) -> None:
    """Write a finished story's player: a folder that opens from disk, or from any web host."""
    from audiobook.production import cache_folder, open_project
    from audiobook.studio.export import export_player as export

    done = export(open_project(Path(), voices=voices), story, output, cache_folder=cache_folder())
    click.echo(f"wrote {done.page} and {done.files - 1} files beside it ({done.size_bytes / 1e6:.1f} MB)")
