"""What a run made: a table, or JSON."""

from __future__ import annotations

from dataclasses import asdict

from audiobook.building.report import Report
from audiobook.choices import USUAL_ENGINE
from audiobook.cli.console import open_console, print_error, print_json, print_prose
from audiobook.cli.grid import Grid
from audiobook.cli.tables import write_clock


def print_report(report: Report, *, quiet: bool, as_json: bool) -> None:
    """Print what a run made: a table, or the JSON object; errors go to standard error."""
    if as_json:
        print_json(_report_json(report))
    elif not quiet:
        if any(story.files for story in report.stories):
            _report_table(report).print(open_console())
        _print_proof(report)
    for story in report.stories:
        for error in story.errors:
            print_error(error if error.startswith(f"{story.name}: ") else f"{story.name}: {error}")


def _report_json(report: Report) -> dict[str, object]:
    return {
        "stories": [
            {
                "name": story.name,
                "title": story.title,
                "files": [str(path) for path in story.files],
                "seconds": round(story.seconds, 3),
                "words": story.words,
                "unspoken": story.unspoken,
                "words_per_minute": round(story.words_per_minute, 1),
                "characters": story.characters,
                "engines": list(story.engines),
                "clips_made": story.clips_made,
                "clips_reused": story.clips_reused,
                "spoken_again": story.spoken_again,
                "unclear": [asdict(line) for line in story.unclear],
                "made": [{"file": str(path), "why": list(why)} for path, why in story.reasons.items()],
                "warnings": story.warnings,
                "errors": story.errors,
            }
            for story in report.stories
        ],
        "leftovers": [str(path) for path in report.leftovers],
        "warnings": report.warnings,
    }


def _report_table(report: Report) -> Grid:
    counts = ["Length", "Words/min", "Cast", "Clips made", "Reused"]
    titles = ["Story", *counts[:3], "Engine", *counts[3:], "File"]
    table = Grid(*titles, prose=["Story"], right=counts, apart=True)
    for story in report.stories:
        files = "\n".join(map(str, story.files[:1]))
        if len(story.files) > 1:
            files += f"\n… and {len(story.files) - 1} more"
        pace = f"{story.words_per_minute:.0f}" if story.seconds else "–"
        table.add(
            story.title,
            write_clock(story.seconds),
            pace,
            str(story.characters),
            ", ".join(story.engines),
            str(story.clips_made),
            str(story.clips_reused),
            files or "failed",
        )
    return table


def _print_heard(report: Report) -> None:
    """Say how many lines were spoken again, and which of them are still unclear."""
    console = open_console()
    again = sum(story.spoken_again for story in report.stories)
    unclear = [(story, line) for story in report.stories for line in story.unclear]
    if not again and not unclear:
        return
    from audiobook.plurals import count

    told = [f"{count(again, 'line')} spoken again"] if again else []
    told += [f"{len(unclear)} still unclear to the recognizer"] if unclear else []
    console.print(f"{', '.join(told)}{':' if unclear else '.'}", style="yellow" if unclear else "green")
    for story, line in unclear:
        console.print(f"  {story.title}, {line.title}, line {line.line}, {line.told}", soft_wrap=True)


def _print_proof(report: Report) -> None:
    """Say what the run proved, and what it leaves to the person."""
    console = open_console()
    whole = [story for story in report.stories if not story.errors]
    letters = sum(story.letters for story in whole)
    unspoken = sum(story.unspoken for story in whole)
    if letters and unspoken:
        from audiobook.plurals import count

        console.print(
            f"{count(unspoken, 'character')} not spoken, since no voice here reads them; each of the other "
            f"{letters:,} letters and digits is spoken exactly once.",
            style="yellow",
        )
    elif letters:
        console.print(
            f"Nothing lost: each of the {letters:,} letters and digits to be read is spoken exactly once.",
            style="green",
        )
    _print_heard(report)
    if report.better_engine and any(USUAL_ENGINE in story.engines for story in whole):
        print_prose(
            console,
            f"The voices are eSpeak's ({USUAL_ENGINE}); natural ones: narrate voices install "
            f"{report.better_engine}",
        )
    if report.unused_engine:
        print_prose(
            console,
            "voices.yaml names eSpeak's voices; leave out engine, narrator and pools there for "
            f"{report.unused_engine}'s",
        )
    if report.leftovers:
        console.print("These files belong to no story any more (narrate clean removes them):")
        for path in report.leftovers:
            console.print(f"  {path}", soft_wrap=True)
