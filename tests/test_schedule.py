"""The order of the work: what ends soonest, or as it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.building.recipe import plan_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.building.schedule import SpeakJob, schedule
from audiobook.folders import cache_folder
from audiobook.project.layout import open_project

BOOK = "\n\n".join(
    f"# Chapter {number}\n\n" + "\n\n".join(f"Line {number} times {each}." for each in range(40 * number))
    for number in range(1, 5)
)


def _list_chapters(new_project: Callable[..., Path], *, in_order: bool) -> list[int]:
    """Return the chapters in the order in which their first clips are spoken."""
    project = open_project(new_project(folder=f"{in_order}", b=BOOK, a="A story of few words."))
    _, stories = plan_stories(project, ["a", "b"], Options(), RunListener(), cache_folder=cache_folder())
    order = []
    jobs = schedule([story for story in stories if story is not None], in_order=in_order)
    while job := jobs.next_job():
        assert isinstance(job, SpeakJob)
        chapters = {t.chapter for t in job.story.tracks if job.specs[0] in t.specs}
        order += [(job.story.plan.name, number) for number in chapters]
    return [number for name, number in dict.fromkeys(order) if name == "b"]


@pytest.mark.slow
def test_the_longest_chapter_comes_first_or_the_first_one(new_project: Callable[..., Path]) -> None:
    assert _list_chapters(new_project, in_order=False) == [4, 3, 2, 1]
    assert _list_chapters(new_project, in_order=True) == [1, 2, 3, 4]
