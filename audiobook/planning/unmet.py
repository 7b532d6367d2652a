"""Say which corrections of voices.yaml met nothing."""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.model import Script, UnmetCorrection
from audiobook.project.layout import Project


def warn_of_unmet(project: Project, script: Script) -> list[str]:
    """Return a sentence for each correction that one story alone shows to be amiss.

    What is stated for every story and is missing here may well be meant for another.
    """
    return [
        _tell(project, unmet) for unmet in script.unmet if not (unmet.origin.is_general and unmet.is_missing)
    ]


def warn_of_unmet_everywhere(
    project: Project, unmet_by_story: Sequence[Sequence[UnmetCorrection]]
) -> list[str]:
    """Return a sentence for each correction that is stated for every story and met in none of them."""
    missing = [
        {unmet for unmet in story if unmet.origin.is_general and unmet.is_missing} for story in unmet_by_story
    ]
    everywhere = set.intersection(*missing) if missing else set()
    ordered = sorted(everywhere, key=lambda unmet: (unmet.origin.line, unmet.message))
    return [_tell(project, unmet) for unmet in ordered]


def _tell(project: Project, unmet: UnmetCorrection) -> str:
    return f"{project.voices}:{unmet.origin.line}: {unmet.origin.path}: {unmet.message}"
