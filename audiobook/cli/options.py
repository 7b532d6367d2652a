"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

STORIES = click.argument("stories", nargs=-1, metavar="[STORY]...")
STORY = click.argument("story", metavar="STORY")
VOICES = click.option(
    "--voices", type=click.Path(path_type=Path), help="Settings to use instead of ./voices.yaml."
)
ENGINE = click.option(
    "--engine",
    metavar="NAME",
    help="Who speaks where voices.yaml names no voice: kokoro, pyttsx3 (eSpeak) … or auto, the best here.",
)
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to instead of ./output.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else.")
