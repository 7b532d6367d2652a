"""`narrate publish`: finished books go to a server."""

from __future__ import annotations

from pathlib import Path

import click

from audiobook.cli.options import OUTPUT, STORIES, VOICES


@click.command()
@click.argument("place", type=click.Choice(["audiobookshelf"]))
@STORIES
@click.option(
    "--server", required=True, metavar="URL", help="The server's address, like http://bookshelf:13378."
)
@click.option("--library", metavar="NAME", help="Which of its libraries, where there are several.")
@click.option("--folder", metavar="PATH", help="Which of the library's folders, where there are several.")
@click.option("--force", is_flag=True, help="Send again what it was sent, and into folders that are there.")
@VOICES
@OUTPUT
@click.pass_context
def publish(
    ctx: click.Context,
    *,
    place: str,  # noqa: ARG001 - there is one so far
    stories: tuple[str, ...],
    server: str,
    library: str | None,
    folder: str | None,
    force: bool,
    voices: Path | None,
    output: Path | None,
) -> None:
    """Send finished books to a server (Audiobookshelf), those that are new there.

    The key is taken from the environment variable AUDIOBOOKSHELF_API_KEY, and goes only to the server that
    --server names.
    """
    import os

    from audiobook.building.sending import choose_target, describe_sent, send_stories
    from audiobook.cli.console import open_console, print_warnings
    from audiobook.cli.progress import Notes
    from audiobook.folders import cache_folder
    from audiobook.project.layout import open_project
    from audiobook.publishing.shelf_server import KEY, ShelfServer

    shelf = ShelfServer(server, os.environ.get(KEY))
    if shelf.is_open_to_others:
        print_warnings([f"{shelf.address}: the key goes there unencrypted: whoever is in between reads it"])
    console = open_console()
    outcomes = send_stories(
        open_project(Path(), voices=voices, output=output),
        stories,
        choose_target(shelf, library, folder),
        Notes(),
        cache_folder=cache_folder(),
        again=force,
        tell=lambda sent: console.print(describe_sent(sent), soft_wrap=True),
    )
    told = {each.outcome for each in outcomes}
    ctx.exit(1 if not told or "refused" in told or (stories and "unfinished" in told) else 0)
