"""What a recognizer heard of a finished file's lines, as a check's findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.checking.report import Finding, HeardLine

_AGAIN = "listen there; to have it spoken otherwise, reword it, respell it, or choose another voice"


def judge_heard(path: Path, lines: Sequence[HeardLine]) -> list[Finding]:
    """Say how many of a file's lines were heard; it fails where something is lost, or is there too much."""
    judged = [line for line in lines if line.heard.verdict != "not judged"]
    losses = [line for line in judged if line.heard.is_loss]
    if not judged:
        return [pass_over(path, "the recognizer knows none of its language")]
    remark = ""
    if losses:
        more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
        remark = f"{describe_line(losses[0])}{more}: {_AGAIN}"
    others = [line for line in judged if line.heard.verdict == "heard otherwise" and not line.heard.is_loss]
    return [
        Finding(
            file=path,
            figure="heard",
            value=round((len(judged) - len(losses)) / len(judged) * 100, 1),
            unit="% of the lines",
            limit="every word, and nothing else",
            passed=not losses,
            remark=remark,
        ),
        Finding(file=path, figure="heard otherwise", value=len(others), unit="lines", passed=True),
    ]


def pass_over(path: Path, why: str) -> Finding:
    """Say that a file was not listened to, and why."""
    return Finding(file=path, figure="heard", value="not listened to", passed=True, remark=why)


def describe_line(line: HeardLine) -> str:
    """Say where a line is, what it should be, and what was heard."""
    minutes, seconds = divmod(line.start_s, 60)
    where = f"{int(minutes)}:{seconds:04.1f}"
    told = [f"“{said}” {f'as “{heard}”' if heard else 'is not there'}" for said, heard in line.heard.changes]
    if line.heard.is_cut:
        told.append("it stops in its last word")
    if line.heard.extra:
        told.append(f"“{line.heard.extra}” belongs to no line")
    text = line.text if len(line.text) <= 60 else f"{line.text[:59]}…"
    more = ", and more" if line.heard.extra else ""
    return f"{where}, “{text}”: {line.heard.verdict}{more}" + (f": {'; '.join(told)}" if told else "")
