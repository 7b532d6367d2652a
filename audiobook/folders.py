"""Folders outside of a project: the user's for what narrate keeps, the system's for fonts."""

from __future__ import annotations

import os
from pathlib import Path

VOICES = "NARRATE_VOICES"
"""The environment variable that names another folder for voices: a shared one, say."""

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
"""Where systems keep fonts; one that comes or goes changes the time of a folder."""


def cache_folder() -> Path:
    """Return the user's cache folder for narrate (moved by `XDG_CACHE_HOME` on Linux)."""
    import platformdirs

    return platformdirs.user_cache_path("narrate", appauthor=False)


def voices_folder() -> Path:
    """Return the folder of all installed voices: the user's data folder, or what `NARRATE_VOICES` says."""
    if told := os.environ.get(VOICES):
        return Path(told)
    import platformdirs

    return platformdirs.user_data_path("narrate", appauthor=False) / "voices"
