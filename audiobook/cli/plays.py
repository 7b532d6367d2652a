"""A script set like a play: the speaker in the margin, every voice in its colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from audiobook.cli.console import open_console, print_json
from audiobook.model import CREDITS, NARRATOR, Cast, Quotation, Script, Utterance

if TYPE_CHECKING:
    from audiobook.planning.explaining import SpokenText

_COLOURS = (
    "cyan",
    "magenta",
    "green",
    "yellow",
    "blue",
    "red",
    "bright_cyan",
    "bright_magenta",
    "bright_green",
)
_MARGIN = 22


def print_script(
    script: Script, cast: Cast, spoken: Mapping[Utterance, SpokenText], *, as_json: bool
) -> None:
    """Print a script as a person reads it, or as one JSON object.

    `spoken` tells of utterances what is spoken of them; it comes below lines of which that is something else.
    """
    if as_json:
        print_json(script_json(script, cast, spoken))
        return
    from rich.table import Table
    from rich.text import Text

    console = open_console()
    speaking = [role.speaker for role in cast.roles if role.speaker != NARRATOR]
    colours = {speaker: _COLOURS[i % len(_COLOURS)] for i, speaker in enumerate(speaking)}
    for chapter in script.chapters:
        console.print(f"\n{chapter.number}. " if chapter.number != CREDITS else "\n", style="bold", end="")
        console.print(chapter.title, style="bold")
        for _, paragraph in groupby(chapter.utterances, key=lambda u: u.paragraph):
            console.print()
            for speaker, utterances in groupby(paragraph, key=lambda u: (u.kind, u.speaker, _manners(u))):
                kind, name, manners = speaker
                said = list(utterances)
                colour = colours.get(name, "default") if kind == "speech" else "default"
                grid = Table.grid(padding=(0, 2, 0, 0))
                grid.add_column(width=_MARGIN, justify="right", overflow="ellipsis", no_wrap=True)
                grid.add_column(ratio=1)
                margin = Text(
                    _margin(kind, name, manners), style=f"bold {colour}" if kind == "speech" else "dim"
                )
                grid.add_row(margin, Text(" ".join(u.text for u in said), style=colour))
                for change in _list_changes(said, spoken):
                    grid.add_row("", Text(change, style="dim"))
                console.print(grid)
    _print_evidence(script)


def _list_changes(said: Sequence[Utterance], spoken: Mapping[Utterance, SpokenText]) -> Iterator[str]:
    """Yield what is spoken in place of which words, and by which rule."""
    for utterance in said:
        for change in spoken[utterance].changes if utterance in spoken else ():
            yield f"{change.written} → {change.spoken.strip() or '(silence)'}  ({change.rule})"


def _manners(utterance: Utterance) -> tuple[str, ...]:
    """Return how a line is spoken but for what ? and ! show anyway."""
    return tuple(name for name in utterance.delivery if name not in {"question", "exclamation"})


def _margin(kind: str, name: str | None, manners: Sequence[str]) -> str:
    if kind != "speech":
        return ""
    return ", ".join([name or "?", *manners])


def _print_evidence(script: Script) -> None:
    """Say of each quotation why it is its speaker's."""
    console = open_console()
    if script.quotations:
        console.print("\nWho speaks, and how we know", style="bold")
    for quotation in script.quotations:
        text = " ".join(script.book.text[quotation.start : quotation.end].split())
        short = text if len(text) <= 50 else f"{text[:49]}…"
        sure = f"{quotation.confidence:.2f}"
        line = f"  {quotation.speaker or '?'}: “{short}”: {quotation.evidence} ({quotation.type}, {sure})"
        console.print(line, soft_wrap=True)


def script_json(script: Script, cast: Cast, spoken: Mapping[Utterance, SpokenText]) -> dict[str, object]:
    """Return a script as plain values; offsets are code points into the decoded source."""
    book = script.book
    return {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "source": book.source,
        "characters": [
            {"name": c.name, "aliases": list(c.aliases), "gender": c.gender, "quotations": c.quotations}
            for c in script.characters
        ],
        "quotations": _quotations_json(script.quotations),
        "chapters": [
            {
                "number": chapter.number,
                "title": chapter.title,
                "utterances": [_utterance_json(each, cast, spoken.get(each)) for each in chapter.utterances],
            }
            for chapter in script.chapters
        ],
        "skipped": [{"start": s.start, "end": s.end, "reason": s.reason} for s in script.skipped],
    }


def _quotations_json(quotations: Sequence[Quotation]) -> list[dict[str, object]]:
    return [
        {
            "start": q.start,
            "end": q.end,
            "speaker": q.speaker,
            "type": q.type,
            "evidence": q.evidence,
            "confidence": q.confidence,
        }
        for q in quotations
    ]


def _utterance_json(utterance: Utterance, cast: Cast, spoken: SpokenText | None) -> dict[str, object]:
    told = {"spoken": spoken.text, "changes": [asdict(each) for each in spoken.changes]} if spoken else {}
    language = {"language": utterance.language} if utterance.language else {}
    return {
        "paragraph": utterance.paragraph,
        "start": utterance.start,
        "end": utterance.end,
        "kind": utterance.kind,
        "speaker": utterance.speaker,
        "voice": cast.voice_for(utterance).id,
        "text": utterance.text,
        **told,
        **language,
        "delivery": list(utterance.delivery),
    }
