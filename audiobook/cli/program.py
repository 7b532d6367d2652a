"""The program `narrate`, whose commands are listed here and loaded when they are run."""

from __future__ import annotations

import click

from audiobook import __version__
from audiobook.cli.group import MainGroup


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="narrate")
def main() -> None:
    """Turn stories and books into full-cast audiobooks.

    `narrate` alone makes every story in ./texts, `narrate echo-chamber` only that one.  A STORY is the
    name of a file in ./texts, or any path.  Voices are chosen in ./voices.yaml.
    """
