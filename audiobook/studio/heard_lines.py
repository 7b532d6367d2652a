"""What a recognizer has found in a story's sound, as it is noted beside the finished files.

Whoever lets one listen notes the lines of which something was not heard in `output/.heard/STORY.json`,
under *making* (what a run made) or *check* (`narrate check --listen`), file by file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from audiobook.project.layout import Project, story_folder

_FOUND_BY = ("check", "making")
"""Who hears finished files knows better than who has heard their clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedLine:
    """A line of which something was not heard: its words, and where its utterance begins in the book's text.

    `verdict` is one of `listening.verdicts`, `heard` what was heard.  It sounded from `start_s` on.
    """

    words: str
    start: int
    verdict: str
    heard: str
    start_s: float
    end_s: float


def heard_place(project: Project, story: str) -> Path:
    """Return where it is noted what was heard of a story."""
    return project.output / ".heard" / f"{story_folder(story)}.json"


def read_heard(project: Project, story: str) -> list[NotedLine]:
    """Return the lines of a story of which something was not heard; none where nobody has listened."""
    try:
        record = json.loads(heard_place(project, story).read_bytes())
        noted = [line for by in _FOUND_BY for lines in record.get(by, {}).values() for line in lines]
        return list({(line.words, line.start): line for line in reversed(list(map(_read, noted)))}.values())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # not there, or another version's
        return []


def _read(line: Mapping[str, Any]) -> NotedLine:
    return NotedLine(**{each.name: line[each.name] for each in fields(NotedLine)})
