"""The command `narrate export-player`."""

from __future__ import annotations

from pathlib import Path

import click

from audiobook.cli.options import ENGINE, STORY, VOICES


@click.command("export-player")
@STORY
@VOICES
@ENGINE
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write instead of ./output/STORY/player.",
)
def export_player(*, story: str, voices: Path | None, engine: str | None, output: Path | None) -> None:
    """Write a finished story's player: a folder that opens from disk, or from any web host."""
    from audiobook.folders import cache_folder
    from audiobook.plurals import count
    from audiobook.project.layout import open_project
    from audiobook.studio.export import export_player as export

    done = export(
        open_project(Path(), voices=voices, engine=engine), story, output, cache_folder=cache_folder()
    )
    click.echo(
        f"wrote {done.page} and {count(done.files - 1, 'file')} beside it ({done.size_bytes / 1e6:.1f} MB)"
    )
