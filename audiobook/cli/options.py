"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

_NAMED = 8
"""Stories that are named where one is missing; the rest are counted."""


class StoryArgument(click.Argument):
    """A story; where none is named, the error says which there are."""

    def process_value(self, ctx: click.Context, value: object) -> object:
        """Return the value.  Raises `click.UsageError` where there is none."""
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as error:
            from audiobook.project.layout import list_texts, open_project

            names = [path.stem for path in list_texts(open_project(Path()))]
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            has = f"texts has {', '.join(names[:_NAMED])}{more}" if names else "name a file, or one in texts/"
            raise click.UsageError(f"which story? {has}", ctx) from error


STORIES = click.argument("stories", nargs=-1, metavar="[STORY]...")
STORY = click.argument("story", cls=StoryArgument, metavar="STORY")
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
