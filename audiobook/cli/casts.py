"""The cast, the lines that are in doubt, and what was pinned."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

from audiobook.casting import write_scalar
from audiobook.cli.console import open_console, print_json, print_prose, print_warnings
from audiobook.cli.grid import Grid
from audiobook.cli.tables import describe_voice
from audiobook.editing.pins import Pinned
from audiobook.model import NARRATOR, Cast, LineFix, Role, Script
from audiobook.plurals import count as count_of
from audiobook.script import SURE, Doubt, count_doubtful, find_doubtful

_OTHERS_SHOWN = 3
_WANTED = {"female": "a woman", "male": "a man", "unknown": "whoever says it"}


def print_cast(
    script: Script, cast: Cast, warnings: Sequence[str], notes: Sequence[str], *, as_json: bool
) -> None:
    """Print who speaks, by number of lines: a table, or JSON; `notes` tell what is as stated."""
    roles = [*cast.roles[:1], *sorted(cast.roles[1:], key=_by_lines)]
    sureness = _mean_confidence(script)
    if as_json:
        print_json(_cast_json(script, roles, sureness, warnings) | {"notes": list(notes)})
        return
    counts = ["Lines", "Words", "Share", "Sure"]
    prose = ["Speaker", "Voice", "Why"]
    table = Grid("Speaker", "Gender", *counts, "Voice", "Why", prose=prose, right=counts)
    aliases = {character.name: character.aliases for character in script.characters}
    evidence = {character.name: character.gender_evidence for character in script.characters}
    total = max(1, sum(role.words for role in roles))
    for role in roles:
        is_narrator = role.speaker == NARRATOR
        also = ", ".join(aliases.get(role.speaker or "", ()))
        name = role.speaker or "(not told who)"
        because = evidence.get(role.speaker or "", "")
        table.add(
            f"{name} ({also})" if also else name,
            "" if is_narrator else role.gender,
            "" if is_narrator else str(role.quotations),
            str(role.words),
            f"{100 * role.words / total:.0f} %",
            f"{sureness[role.speaker]:.2f}" if role.speaker in sureness else "",
            describe_voice(role.voice),
            role.why + (f"; {role.gender}: {because}" if because else ""),
        )
    console = open_console()
    table.print(console)
    silent = [character.name for character in script.characters if not character.quotations]
    if silent:
        console.print(f"Without a line: {', '.join(silent)}")
    print_warnings(warnings, notes)


def _by_lines(role: Role) -> tuple[int, int, str]:
    return (-role.quotations, -role.words, role.speaker or "")


def _mean_confidence(script: Script) -> dict[str | None, float]:
    """Return how sure each character's lines are on the average; lines of nobody are not sure at all."""
    confidences: dict[str | None, list[float]] = defaultdict(list)
    for quotation in script.quotations:
        if quotation.speaker is not None:
            confidences[quotation.speaker].append(quotation.confidence)
    return {speaker: sum(values) / len(values) for speaker, values in confidences.items()}


def _cast_json(
    script: Script, roles: Sequence[Role], sureness: dict[str | None, float], warnings: Sequence[str]
) -> dict[str, object]:
    aliases = {character.name: character.aliases for character in script.characters}
    return {
        "title": script.book.title,
        "cast": [
            {
                "speaker": role.speaker,
                "gender": role.gender,
                "aliases": list(aliases.get(role.speaker or "", ())),
                "quotations": role.quotations,
                "words": role.words,
                "confidence": round(sureness[role.speaker], 3) if role.speaker in sureness else None,
                "voice": asdict(role.voice),
                "why": role.why,
            }
            for role in roles
        ],
        "warnings": list(warnings),
    }


def print_doubtful(script: Script, count: int, warnings: Sequence[str], *, as_json: bool) -> None:
    """Print `count` lines that are most worth a look, each with what to write into voices.yaml about it."""
    doubts = find_doubtful(script, count)
    if as_json:
        lines = [_doubt_json(doubt) for doubt in doubts]
        rest = _tell_rest(script, len(doubts))
        print_json({"title": script.book.title, "doubtful": lines, "rest": rest, "warnings": list(warnings)})
        return
    from rich.text import Text

    console = open_console()
    for doubt in doubts:
        quotation = doubt.quotation
        place = f"chapter {doubt.chapter}, line {doubt.line} of {script.book.source}"
        guess = quotation.speaker or "nobody is told"
        if doubt.lines > 1:
            others = doubt.lines - 1
            place += f"; {count_of(others, 'line')} around it {'hangs' if others == 1 else 'hang'} on it"
        console.print(f"\n{place}", style="dim")
        context = Text(doubt.before, style="dim")
        context.append(doubt.text, style="bold")
        console.print(context.append(doubt.after, style="dim not bold"))
        reason = quotation.evidence.removeprefix(f"{guess}: ")
        console.print(f"→ {guess} ({quotation.confidence:.2f}): {reason}", style="cyan")
        console.print(f"    {_fix_line(doubt)}", soft_wrap=True)
    if doubts:
        heading = f"stories: {write_scalar(script.book.name)}: lines:"
        print_prose(
            console,
            f"\nWhere a guess is wrong, put its line into voices.yaml, under {heading} and correct the name.",
        )
    print_prose(console, _tell_rest(script, len(doubts)))
    print_warnings(warnings)


def _tell_rest(script: Script, shown: int) -> str:
    """Say what of a script is not shown, and why."""
    places, lines = count_doubtful(script)
    surer = len(script.quotations) - lines
    sure = f"surer than {SURE}" if surer else ""
    if not lines:
        return f"No line is in doubt: all {surer:,} are {sure}." if surer > 1 else "No line is in doubt."
    rest = f"The other {count_of(surer, 'line')} {'is' if surer == 1 else 'are'} {sure}." if surer else ""
    if places > shown:
        more = count_of(places - shown, "more place")
        command = f"narrate cast {shlex.quote(script.book.name)} --doubtful {places}"
        rest = f"{more} in doubt: {command} shows all. {rest}".strip()
    return rest


def _doubt_json(doubt: Doubt) -> dict[str, object]:
    quotation = doubt.quotation
    return {
        "start": quotation.start,
        "end": quotation.end,
        "chapter": doubt.chapter,
        "line": doubt.line,
        "before": doubt.before,
        "text": doubt.text,
        "after": doubt.after,
        "speaker": quotation.speaker,
        "confidence": quotation.confidence,
        "evidence": quotation.evidence,
        "lines": doubt.lines,
        "gain": round(doubt.gain, 3),
        "proposal": doubt.proposal,
        "others": list(doubt.others),
        "yaml": None if doubt.fix is None else _write_fix(doubt.fix, doubt.proposal or NARRATOR),
    }


def _fix_line(doubt: Doubt) -> str:
    """Return the line to paste, with the names that it may need in a comment."""
    if doubt.fix is None:
        return "# no words tell this line from others; state its paragraph's other lines"
    if doubt.proposal is None:
        wanted = _WANTED[doubt.quotation.tag_gender]
        return f"{_write_fix(doubt.fix, NARRATOR)}  # where it is no speech, else the name of {wanted}"
    names = ", ".join([*doubt.others[:_OTHERS_SHOWN], f"{NARRATOR} where it is no speech"])
    return f"{_write_fix(doubt.fix, doubt.proposal)}  # or {names}"


def _write_fix(fix: LineFix, speaker: str) -> str:
    words, name = write_scalar(fix.snippet), write_scalar(speaker)
    if fix.after is None:
        return f"{words}: {name}"
    return f"{words}: {{speaker: {name}, after: {write_scalar(fix.after)}}}"


def print_pinned(pinned: Pinned, *, as_json: bool) -> None:
    """Print what was written into voices.yaml, and where."""
    if as_json:
        print_json({**asdict(pinned), "path": str(pinned.path), "characters": list(pinned.characters)})
        return
    console = open_console()
    if not pinned.changed:
        console.print(f"{pinned.path}: the cast stands there already", soft_wrap=True)
        return
    names = ", ".join(pinned.characters)
    console.print(f"{pinned.path}: {pinned.section}: wrote {names}", soft_wrap=True)
