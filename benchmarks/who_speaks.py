"""Measure who speaks against annotated books.

    python -m benchmarks.who_speaks DATA [--only PREFIX] [--jobs N] [--rules]

DATA is a folder with `dev/NAME.txt`, `dev/NAME.json` and `score.py`, which compares and prints.  Does
in one process what `narrate script BOOK --json` does in one process for each book; `--rules` adds how
often each rule is right.  Times are without the start of Python (about 0.2 s).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path

from audiobook.model import Script
from audiobook.reading import read_book
from audiobook.script import prove_complete, write_script
from benchmarks.learn_who_speaks import load_scorer

GENDER = {"female": "F", "male": "M", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One book: how long its script took, how long it is, and the verdict on each rule."""

    name: str
    seconds: float
    words: int
    rules: Counter[tuple[str, bool]] = field(default_factory=Counter)


def measure(path: Path, data: Path, out: Path) -> Measured:
    """Write the script of a book in the scorer's form to `out`, and count which rules were right."""
    began = time.process_time()
    script = write_script(read_book(path))
    prove_complete(script)
    seconds = time.process_time() - began
    told = {
        "quotes": [{"start": q.start, "end": q.end, "speaker": q.speaker} for q in script.quotations],
        "characters": [{"name": c.name, "gender": GENDER[c.gender]} for c in script.characters],
    }
    (out / f"{path.stem}.json").write_text(json.dumps(told), "utf-8")
    return Measured(path.stem, seconds, len(script.book.text.split()), _judge_rules(script, path, data))


def _judge_rules(script: Script, path: Path, data: Path) -> Counter[tuple[str, bool]]:
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    names = load_scorer(data).Names(gold["characters"])
    spans = {q["start"]: q["speaker"] for q in gold["quotes"] if q["speaker"] is not None}
    verdicts: Counter[tuple[str, bool]] = Counter()
    for quotation in script.quotations:
        if quotation.start in spans:
            right = quotation.speaker is not None and names(quotation.speaker) == spans[quotation.start]
            verdicts[_rule_of(quotation.evidence), right] += 1
    return verdicts


def _rule_of(evidence: str) -> str:
    """Return the kind of rule that an evidence tells: names and quoted words left out."""
    if evidence.startswith("tag") and "→" not in evidence:
        return "tag with a name, or with a role of one person"
    if evidence.startswith("tag"):
        return "tag with a pronoun or a role, weighed"
    reason = re.sub(r"^[^:]*: ", "", evidence).partition(";")[0]
    return f"no tag: {reason}"


def main() -> int:
    """Measure all books whose name begins with the prefix."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rules", action="store_true")
    args = parser.parse_args()
    paths = sorted(path for path in (args.data / "dev").glob("*.txt") if path.stem.startswith(args.only))
    with tempfile.TemporaryDirectory() as scratch, Pool(args.jobs) as pool:
        measured = pool.starmap(measure, [(path, args.data, Path(scratch)) for path in paths], chunksize=1)
        load_scorer(args.data).run_all(str(args.data / "dev"), scratch, args.only or None)
    seconds, words = sum(m.seconds for m in measured), sum(m.words for m in measured)
    print(
        f"{words} words in {seconds:.1f} s of one core: {seconds / words * 100_000:.2f} s per 100,000 words"
    )
    if args.rules:
        verdicts: Counter[tuple[str, bool]] = Counter()
        for one in measured:
            verdicts.update(one.rules)
        for rule in sorted(
            {rule for rule, _ in verdicts}, key=lambda r: -verdicts[r, True] - verdicts[r, False]
        ):
            right, wrong = verdicts[rule, True], verdicts[rule, False]
            print(f"{right + wrong:6} {right / (right + wrong):.3f}  {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
