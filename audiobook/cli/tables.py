"""Tables and JSON: what a run made, who speaks, which voices there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from audiobook.cli.console import open_console, print_error, print_json
from audiobook.model import Voice, VoiceEntry
from audiobook.production import Audition, Cleaned, Finding, Report

if TYPE_CHECKING:
    from rich.table import Table


_CROWD = 20
"""Speakers of one model, from which on only the first is listed: some have nine hundred."""


def print_report(report: Report, *, quiet: bool, as_json: bool) -> None:
    """Print what a run made: a table, or the JSON object; errors go to standard error."""
    if as_json:
        print_json(_report_json(report))
    elif not quiet:
        open_console().print(_report_table(report))
        _print_proof(report)
    for story in report.stories:
        for error in story.errors:
            print_error(f"{story.name}: {error}")


def _report_json(report: Report) -> dict[str, object]:
    return {
        "stories": [
            {
                "name": story.name,
                "title": story.title,
                "files": [str(path) for path in story.files],
                "seconds": round(story.seconds, 3),
                "words": story.words,
                "words_per_minute": round(story.words_per_minute, 1),
                "characters": story.characters,
                "clips_made": story.clips_made,
                "clips_reused": story.clips_reused,
                "made": [{"file": str(path), "why": list(why)} for path, why in story.reasons.items()],
                "warnings": story.warnings,
                "errors": story.errors,
            }
            for story in report.stories
        ],
        "leftovers": [str(path) for path in report.leftovers],
        "warnings": report.warnings,
    }


def _report_table(report: Report) -> Table:
    table = new_table("Story", "Length", "Words/min", "Cast", "Clips made", "Reused", "File")
    for column in table.columns[1:6]:
        column.justify = "right"
    table.columns[-1].overflow = "fold"
    for story in report.stories:
        files = "\n".join(map(str, story.files[:1]))
        if len(story.files) > 1:
            files += f"\n… and {len(story.files) - 1} more"
        pace = f"{story.words_per_minute:.0f}" if story.seconds else "–"
        table.add_row(
            story.title,
            write_clock(story.seconds),
            pace,
            str(story.characters),
            str(story.clips_made),
            str(story.clips_reused),
            files or "failed",
        )
    return table


def _print_proof(report: Report) -> None:
    """Say what the run proved, and what it leaves to the person."""
    console = open_console()
    whole = [story for story in report.stories if not story.errors]
    letters = sum(story.letters for story in whole)
    if letters:
        console.print(
            f"Nothing lost: each of the {letters:,} letters and digits to be read is spoken exactly once.",
            style="green",
        )
    if report.leftovers:
        console.print("These files belong to no story any more (narrate clean removes them):")
        for path in report.leftovers:
            console.print(f"  {path}", soft_wrap=True)


def print_voices(entries: Sequence[VoiceEntry], *, as_json: bool, with_variants: bool) -> None:
    """Print a catalogue of voices; without `with_variants`, the variants of a voice only by name."""
    if as_json:
        print_json({"voices": [asdict(entry) for entry in entries]})
        return
    crowds = {} if with_variants else _find_crowds(entries)
    plain = [entry for entry in entries if with_variants or "+" not in entry.id]
    plain = [entry for entry in plain if crowds.get(entry.id.partition("#")[0], entry) is entry]
    table = new_table("Voice", "Name", "Language", "Gender", "Engine")
    for entry in plain:
        table.add_row(entry.id, entry.name, entry.language, entry.gender, entry.engine)
    console = open_console()
    console.print(table)
    variants = sorted({entry.id.partition("+")[2] for entry in entries} - {""})
    for name in crowds:
        console.print(f"{name} has many speakers; narrate voices {name}# lists them one by one")
    if variants and not with_variants:
        console.print(
            f"Each of eSpeak's voices has {len(variants)} variants, written with a plus (en-us+f2); "
            "narrate voices en-us+ lists them one by one:"
        )
        console.print(", ".join(variants))


def _find_crowds(entries: Sequence[VoiceEntry]) -> dict[str, VoiceEntry]:
    """Return models of too many speakers for a list, each with its first one."""
    speakers: dict[str, list[VoiceEntry]] = {}
    for entry in entries:
        speakers.setdefault(entry.id.partition("#")[0], []).append(entry)
    return {name: those[0] for name, those in speakers.items() if len(those) > _CROWD}


def print_auditions(made: Sequence[Audition], *, as_json: bool) -> None:
    """Print which file holds which voice."""
    if as_json:
        auditions = [{"voice": asdict(a.voice), "used_for": a.used_for, "file": str(a.path)} for a in made]
        print_json({"auditions": auditions})
        return
    table = new_table("Voice", "Used for", "File")
    for audition in made:
        table.add_row(describe_voice(audition.voice), audition.used_for, str(audition.path))
    open_console().print(table)


def print_cleaned(cleaned: Cleaned, *, dry_run: bool) -> None:
    """Print what was removed, or would be."""
    console = open_console()
    verb = "would remove" if dry_run else "removed"
    for path in cleaned.files:
        console.print(f"{verb} {path}", soft_wrap=True)
    if cleaned.cache_bytes:
        console.print(f"{verb} {cleaned.cache_bytes / 1e6:.1f} MB from the cache")
    if not cleaned.files and not cleaned.cache_bytes:
        console.print("nothing to remove")


def print_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what `doctor` found."""
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
        return
    console = open_console()
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.is_fine else ("FAIL", "bold red")
        console.print(mark, style=style, end=" ")
        console.print(f"{finding.subject}: ", end="")
        console.print(finding.found, soft_wrap=True)


def describe_voice(voice: Voice) -> str:
    """Write a voice in a few words, leaving out what is as usual."""
    plain = Voice(engine=voice.engine, id=voice.id)
    parts = [voice.id if voice.engine == "pyttsx3" else f"{voice.engine}:{voice.id}", f"rate {voice.rate}"]
    if voice.pitch != plain.pitch:
        parts.append(f"pitch {voice.pitch}")
    if voice.volume != plain.volume:
        parts.append(f"volume {voice.volume:g}")
    if voice.range != plain.range:
        parts.append(f"range {voice.range}")
    return ", ".join(parts)


def write_clock(seconds: float) -> str:
    """Write a time as 1:02:03, or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def new_table(*titles: str) -> Table:
    """Make a plain table with these columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table
