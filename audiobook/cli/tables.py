"""Tables and JSON: what a run made, who speaks, which voices there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from audiobook.cli.console import open_console, print_json
from audiobook.cli.grid import Grid

if TYPE_CHECKING:
    from audiobook.building.auditions import Audition
    from audiobook.building.upkeep import Cleaned, Diagnosis
    from audiobook.model import EngineCast, Voice, VoiceEntry


_PARTS = {"female": "women", "male": "men", "unknown": "others"}
_PLAIN_PITCH = 50

_CROWD = 20
"""Speakers of one model, from which on only the first is listed: some have nine hundred."""


def print_voices(
    entries: Sequence[VoiceEntry], casts: Sequence[EngineCast], *, as_json: bool, with_variants: bool
) -> None:
    """Print a catalogue of voices; without `with_variants`, the variants of a voice only by name.

    The engines' own casts come after it.
    """
    if as_json:
        print_json(
            {"voices": [asdict(entry) for entry in entries], "casts": [_cast_json(cast) for cast in casts]}
        )
        return
    crowds = {} if with_variants else _find_crowds(entries)
    plain = [entry for entry in entries if with_variants or "+" not in entry.id]
    plain = [entry for entry in plain if crowds.get(entry.id.partition("#")[0], entry) is entry]
    table = Grid("Voice", "Name", "Language", "Gender", "Engine", prose=["Name"])
    for entry in plain:
        table.add(entry.id, entry.name, entry.language, entry.gender, entry.engine)
    console = open_console()
    table.print(console)
    variants = sorted({entry.id.partition("+")[2] for entry in entries} - {""})
    for name in crowds:
        console.print(f"{name} has many speakers; narrate voices {name}# lists them one by one")
    if variants and not with_variants:
        console.print(
            f"Each of eSpeak's voices has {len(variants)} variants, written with a plus (en-us+f2); "
            "narrate voices en-us+ lists them one by one:"
        )
        console.print(", ".join(variants))
    for cast in casts:
        _print_cast(cast)
    if casts:
        console.print(
            "These speak where voices.yaml names nobody; narrate voices --audition lets you hear them."
        )


def _print_cast(cast: EngineCast) -> None:
    """Print whom an engine brings, each voice once."""
    parts: dict[Voice, str] = {cast.narrator: "the narrator"}
    for gender, pool in cast.pools.items():
        for voice in pool:
            parts.setdefault(voice, _PARTS[gender])
    table = Grid(f"The cast of {cast.narrator.engine}", "Sounds like", "Speaks for", prose=["Sounds like"])
    for voice, part in parts.items():
        pitch = f", pitch {voice.pitch}" if voice.pitch != _PLAIN_PITCH else ""
        table.add(f"{voice.id}{pitch}", cast.descriptions.get(voice.id, ""), part)
    table.print(open_console())


def _cast_json(cast: EngineCast) -> dict[str, object]:
    return {
        "engine": cast.narrator.engine,
        "narrator": asdict(cast.narrator),
        "pools": {gender: [asdict(voice) for voice in pool] for gender, pool in cast.pools.items()},
        "descriptions": dict(cast.descriptions),
    }


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
    table = Grid("Voice", "Used for", "File", prose=["Voice", "Used for"])
    for audition in made:
        table.add(describe_voice(audition.voice), audition.used_for, str(audition.path))
    table.print(open_console())


def print_cleaned(cleaned: Cleaned, *, dry_run: bool) -> None:
    """Print what was removed, or would be."""
    from audiobook.plurals import count

    console = open_console()
    verb = "would remove" if dry_run else "removed"
    for path, size in cleaned.files.items():
        console.print(f"{verb} {path} ({_write_size(size)})", soft_wrap=True)
    if not cleaned.files and not cleaned.cache_bytes:
        console.print("nothing to remove: every file here belongs to a story")
        return
    parts = []
    if cleaned.files:
        parts.append(f"{count(len(cleaned.files), 'file')}, {_write_size(sum(cleaned.files.values()))}")
    if cleaned.cache_bytes:
        parts.append(f"{_write_size(cleaned.cache_bytes)} of the cache, which the next runs fill again")
    console.print(f"{verb} {' and '.join(parts)}", soft_wrap=True)


def _write_size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 50_000 else f"{size_bytes / 1e3:.1f} kB"


def print_findings(findings: Sequence[Diagnosis], *, as_json: bool) -> None:
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
    from audiobook.model import Voice

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
