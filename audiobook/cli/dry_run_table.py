"""What `--dry-run` prints: which files would be made, why, and how much work it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from audiobook.building.dry_run import DryRun, DryRunStory
from audiobook.cli.console import open_console, print_error, print_json, print_warnings
from audiobook.cli.tables import write_clock
from audiobook.plurals import count

_LISTED = 3
"""Of more files in a row that would be made for the same reason, only the first and last are named."""


def print_dry_run(dry_run: DryRun, *, as_json: bool) -> None:
    """Print each story's files and the reasons, or the JSON object; warnings and errors to standard error."""
    if as_json:
        print_json(_dry_run_json(dry_run))
    else:
        for story in dry_run.report.stories:
            print_warnings(f"{story.name}: {warning}" for warning in story.warnings)
        console = open_console()
        for line in _lines(dry_run):
            console.print(line, soft_wrap=True)
    for story in dry_run.report.stories:
        for error in story.errors:
            print_error(f"{story.name}: {error}")


def _lines(dry_run: DryRun) -> Iterator[str]:
    for story in dry_run.stories:
        yield from _story_lines(story)
    for path in dry_run.report.leftovers:
        yield f"{path}: belongs to no story any more (narrate clean would remove it)"
    files = sum(len(story.files) for story in dry_run.stories)
    if not files:
        unread = len(dry_run.report.stories) - len(dry_run.stories)
        yield (
            f"Nothing else to make; {count(unread, 'story/stories')} can't be read."
            if unread
            else "Nothing to make."
        )
        return
    clips = sum(story.clips_to_speak for story in dry_run.stories)
    audio_s = sum(story.audio_s for story in dry_run.stories)
    work_s = sum(story.work_s for story in dry_run.stories)
    yield (
        f"Would make {count(files, 'file')} of {write_clock(audio_s)} and speak {count(clips, 'clip')}, "
        f"in very roughly {write_clock(work_s)}. Nothing was made."
    )


def _story_lines(story: DryRunStory) -> Iterator[str]:
    if not story.files:
        yield f"{story.name}: up to date"
        return
    finished = f", {count(story.finished, 'file')} up to date" if story.finished else ""
    heard = f", {story.clips_to_hear:,} to be heard" if story.clips_to_hear else ""
    yield (
        f"{story.name}: {count(len(story.files), 'file')} to make{finished}; "
        f"{count(story.clips_to_speak, 'clip')} to speak, {story.clips_cached:,} cached{heard}"
    )
    yield from (f"  {sent}" for sent in story.sent)
    yield from (f"  {note}" for note in story.notes)
    for names, reasons in _group(story.files):
        yield f"  {names}"
        yield from (f"      {reason}" for reason in reasons)


def _group(files: Mapping[Path, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Join neighbours that have the same reasons."""
    rows = list(files.items())
    while rows:
        reasons = rows[0][1]
        same = next((n for n, (_, others) in enumerate(rows) if others != reasons), len(rows))
        paths = [str(path) for path, _ in rows[:same]]
        if same > _LISTED:
            yield f"{paths[0]} … {rows[same - 1][0].name} ({same} files)", reasons
        else:
            yield "\n  ".join(paths), reasons
        rows = rows[same:]


def _dry_run_json(dry_run: DryRun) -> dict[str, object]:
    foretold = {story.name: story for story in dry_run.stories}
    return {
        "stories": [
            {
                "name": story.name,
                "title": story.title,
                **_work_json(foretold.get(story.name)),
                "warnings": story.warnings,
                "errors": story.errors,
            }
            for story in dry_run.report.stories
        ],
        "leftovers": [str(path) for path in dry_run.report.leftovers],
        "warnings": dry_run.report.warnings,
    }


def _work_json(story: DryRunStory | None) -> dict[str, object]:
    if story is None:
        return {}
    return {
        "files": [{"file": str(path), "why": list(reasons)} for path, reasons in story.files.items()],
        "finished_files": story.finished,
        "clips_to_speak": story.clips_to_speak,
        "clips_cached": story.clips_cached,
        "clips_to_hear": story.clips_to_hear,
        "sent": [asdict(sent) for sent in story.sent],
        "audio_seconds": round(story.audio_s, 1),
        "work_seconds": round(story.work_s, 1),
    }
