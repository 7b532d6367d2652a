"""Say which corrections of voices.yaml met nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.model import Script, UnmetCorrection


def warn_of_unmet(voices: Path | None, script: Script) -> list[str]:
    """Return a sentence for each correction that one story alone shows to be amiss.

    What is stated for every story and is missing here may well be meant for another.
    """
    return [
        _tell(voices, unmet) for unmet in script.unmet if not (unmet.origin.is_general and unmet.is_missing)
    ]


def warn_of_unmet_everywhere(
    voices: Path | None, unmet_by_story: Sequence[Sequence[UnmetCorrection]]
) -> list[str]:
    """Return a sentence for each correction that is stated for every story and met in none of them."""
    missing = [
        {unmet for unmet in story if unmet.origin.is_general and unmet.is_missing} for story in unmet_by_story
    ]
    everywhere = set.intersection(*missing) if missing else set()
    ordered = sorted(everywhere, key=lambda unmet: (unmet.origin.line, unmet.message))
    return [_tell(voices, unmet) for unmet in ordered]


def _tell(voices: Path | None, unmet: UnmetCorrection) -> str:
    return f"{voices}:{unmet.origin.line}: {unmet.origin.path}: {unmet.message}"
