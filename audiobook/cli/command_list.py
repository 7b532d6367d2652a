"""Which commands there are, and where: read before any of them is loaded."""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """A command's `module:function` in this room, and the first sentence of its help."""

    place: str
    summary: str


GROUPS = {
    "Make": {
        "add": Listed(
            "adding:add", "Put a book into texts/: a file, one from the web, or one of an OPDS catalogue."
        ),
        "make": Listed(
            "commands:make", "Make the audiobook (the command that is meant where none is named)."
        ),
        "clean": Listed("upkeep:clean", "Remove finished files that belong to no story any more."),
    },
    "Look": {
        "contents": Listed(
            "commands:contents", "List a book's chapters with words and minutes, and what of it is skipped."
        ),
        "script": Listed("commands:script", "Show a story as a play: who speaks each line, in colour."),
        "cast": Listed("commands:cast", "Show who speaks, how much, in which voice, and why."),
        "text": Listed("commands:text", "Print a book's text, which all offsets refer to."),
    },
    "Correct": {
        "studio": Listed(
            "studio:studio", "Hear and correct stories on a page in the browser, on this machine alone."
        ),
        "pronounce": Listed(
            "pronouncing:pronounce", "List names and words that may be said wrong, and how they are said."
        ),
    },
    "Listen": {
        "check": Listed(
            "checking:check", "Measure the finished files: loudness, completeness, silences, tags."
        ),
        "publish": Listed(
            "sending:publish", "Send finished books to a server (Audiobookshelf), those that are new there."
        ),
        "export-player": Listed(
            "exporting:export_player",
            "Write a finished story's player: a folder that opens from disk, or from any web host.",
        ),
    },
    "Set up": {
        "init": Listed("upkeep:init", "Make a project folder: a sample story and a commented voices.yaml."),
        "voices": Listed(
            "voices:voices_group", "List the voices of this machine, hear them, or install more."
        ),
        "doctor": Listed(
            "upkeep:doctor", "Say what engine, encoder, folders and disk space there are, and try them."
        ),
        "allow": Listed(
            "allowing:allow",
            "Allow programs to be started as voices, and servers to be sent texts; or list those that are.",
        ),
    },
}

COMMANDS = {name: listed for group in GROUPS.values() for name, listed in group.items()}

COMMON_OPTIONS = ("--chapters N-M", "--format NAME", "--engine NAME", "--preview N", "--dry-run", "--force")
"""Of a run; `narrate make --help` tells all."""
