"""Learn what the clues of `audiobook/script/context.py` and `talks.py` are worth.

    python -m benchmarks.learn_who_speaks DATA             learn from all books, write speaker_weights.txt
    python -m benchmarks.learn_who_speaks DATA --rehearse  leave authors out, print what that gives

DATA is a folder with annotated books (`NAME.txt`, `NAME.json`) in `dev/`, and `score.py`, whose rules
say which name stands for which character.  Nothing of their text goes into the weights: a clue is
a sentence of the program's, and its weight is a number.

The rehearsal parts the books in five, no author in two of them (stories without a named author go round), and
reads each part with weights learned from the other four.  It is end to end: people, speech and speakers are
found by the program, and scored by `score.py`.  It also tells how sure the program was and how often it was
right then, and how many lines a person would check, the least sure first, until 95 in 100 are right.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import Pool
from pathlib import Path
from types import ModuleType
from typing import Any

from audiobook.model import Quotation
from audiobook.reading import read_book
from audiobook.script.chain import Link
from audiobook.script.layout import list_passages
from audiobook.script.ranker import Weights, parse_weights
from audiobook.script.speaker_labels import divide_labels
from audiobook.script.turns import Turn
from audiobook.script.writing import prepare_sieve, write_script
from benchmarks.speaker_chain import Talk, learn_weights

WEIGHTS = Path(__file__).parents[1] / "audiobook" / "script" / "data" / "speaker_weights.txt"
HEFTS = ((5_000, 5.0), (20_000, 2.0))
"""How much more a turn of a text shorter than so many characters counts: they are few, and they differ."""
PARTS = 5
WANTED = 0.95
GENDER = {"female": "F", "male": "M", "unknown": "?"}
LEAST = 0.05
"""A weight below which a story's clue is not worth a line: it changes odds by a twentieth."""


def load_scorer(data: Path) -> ModuleType:
    """Import `score.py` of the data folder."""
    spec = spec_from_file_location("score", data / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(data / "score.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold_speakers(turns: Sequence[Turn], gold: dict[str, Any]) -> list[str | None]:
    """Return for each turn the annotated speaker of its words, or None."""
    spans = sorted((q["start"], q["end"], q["speaker"]) for q in gold["quotes"] if q["speaker"] is not None)
    told: list[str | None] = []
    at = 0
    for turn in turns:
        while at < len(spans) and spans[at][1] <= turn.quotations[0].start:
            at += 1
        speakers = [
            s
            for a, b, s in spans[at : at + 8]
            if a < turn.quotations[-1].end and b > turn.quotations[0].start
        ]
        told.append(speakers[0] if speakers else None)
    return told


def collect(path: Path, data: Path) -> list[Talk]:
    """Return the stretches of talk of one book in which something is to be chosen."""
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    book = divide_labels(read_book(path))
    sieve = prepare_sieve(book, list_passages(book))
    names = load_scorer(data).Names(gold["characters"])
    context = sieve.settle_by_tags()
    told = gold_speakers(sieve.turns, gold)
    heft = next((heft for most, heft in HEFTS if len(book.text) < most), 1.0)

    def judge(link: Link) -> list[bool]:
        speaker = told[link.turn]
        right = [
            speaker is not None and person is not None and names(sieve.people[person].name) == speaker
            for person in link.candidates
        ]
        return right if any(right) and not link.is_settled else [True] * len(right)

    return [
        Talk(stretch, [judge(link) for link in stretch], context.is_story, heft)
        for talk in context.list_talks()
        for stretch in _cut(talk)
    ]


def _cut(talk: Sequence[Link]) -> Iterable[list[Link]]:
    """Cut a talk where two turns in a row are settled: what is before tells nothing of what follows."""
    stretch: list[Link] = []
    for link in talk:
        if len(stretch) > 2 and stretch[-1].is_settled and stretch[-2].is_settled:
            yield stretch
            stretch = stretch[-2:]
        stretch.append(link)
    yield stretch


def learn(paths: Sequence[Path], data: Path, run: Callable[..., Any]) -> dict[str, dict[str, float]]:
    """Learn from the books; `run` maps over them (a pool's `starmap`)."""
    return learn_weights(_open_ones(run(collect, [(path, data) for path in paths], chunksize=1)))


def _open_ones(collected: Iterable[list[Talk]]) -> list[Talk]:
    return [talk for talks in collected for talk in talks if not all(link.is_settled for link in talk.links)]


def list_weights(weights: Weights) -> list[str]:
    """Return the lines of weights as a person can read them: heaviest first, by section."""
    lines = [
        "# What the clues of context.py and talks.py are worth, learned by benchmarks/learn_who_speaks.py.",
        "# [mode of the turn], then `clue weight`: above zero for the candidate, below against.  [goes on],",
        "# [goes on again] and [alternates] say what speaks for a turn to be the last speaker's, the last",
        "# two turns' speaker's, or that of who spoke two turns ago.  Texts as short as a story add those",
        "# of [..., in stories].",
    ]
    for section in sorted(weights):
        rounded = {clue: round(weight, 2) for clue, weight in weights[section].items()}
        kept = {clue: weight for clue, weight in rounded.items() if abs(weight) >= LEAST}
        lines += ["", f"[{section}]"]
        lines += [
            f"{clue} {weight:.2f}" for clue, weight in sorted(kept.items(), key=lambda p: (-p[1], p[0]))
        ]
    return lines


def part_by_author(paths: Sequence[Path]) -> list[list[Path]]:
    """Part the books so that no author is in two parts, and each part has about as much text."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for number, path in enumerate(paths):
        author = json.loads(path.with_suffix(".json").read_text("utf-8")).get("author")
        surname = str(author).replace(",", " ").split()[0].lower() if author and "," in str(author) else None
        words = str(author).lower().split() if author else []
        groups[surname or (words[-1] if words else f"nobody named, {number % PARTS}")].append(path)
    parts: list[list[Path]] = [[] for _ in range(PARTS)]
    for books in sorted(groups.values(), key=lambda books: -sum(path.stat().st_size for path in books)):
        min(parts, key=lambda part: sum(path.stat().st_size for path in part)).extend(books)
    return parts


def read(path: Path, data: Path, out: Path, lines: Sequence[str]) -> list[tuple[str, float, bool]]:
    """Write a book's script in the scorer's form, by these weights; return how sure and right it was.

    Each is (corpus, confidence, whether right), for the quotations that are annotated.
    """
    script = write_script(read_book(path), weights=partial(parse_weights, tuple(lines)))
    told = {
        "quotes": [{"start": q.start, "end": q.end, "speaker": q.speaker} for q in script.quotations],
        "characters": [{"name": c.name, "gender": GENDER[c.gender]} for c in script.characters],
    }
    (out / f"{path.stem}.json").write_text(json.dumps(told), "utf-8")
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    names = load_scorer(data).Names(gold["characters"])
    speakers = {q["start"]: q["speaker"] for q in gold["quotes"] if q["speaker"] is not None}
    return [
        (path.stem.partition("_")[0], q.confidence, _is_right(q, speakers[q.start], names))
        for q in script.quotations
        if q.start in speakers
    ]


def _is_right(quotation: Quotation, speaker: str, names: Callable[[str], Any]) -> bool:
    return quotation.speaker is not None and names(quotation.speaker) == speaker


def rehearse(paths: Sequence[Path], data: Path, run: Callable[..., Any]) -> None:
    """Learn from the other authors, read the books left out, and print how that went."""
    collected = dict(zip(paths, run(collect, [(path, data) for path in paths], chunksize=1), strict=True))
    judged: list[tuple[str, float, bool]] = []
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        for part in part_by_author(paths):
            others = _open_ones(talks for path, talks in collected.items() if path not in part)
            lines = list_weights(learn_weights(others))
            for verdicts in run(read, [(path, data, out, lines) for path in part], chunksize=1):
                judged += verdicts
        load_scorer(data).run_all(str(data / "dev"), scratch)
    for corpus in sorted({corpus for corpus, _, _ in judged}):
        print_calibration(corpus, [(sure, right) for each, sure, right in judged if each == corpus])


def print_calibration(corpus: str, judged: Sequence[tuple[float, bool]]) -> None:
    """Print how often lines of each confidence are right, the mean difference, and how many to check."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, right in judged:
        bins[min(9, int(sure * 10))].append((sure, right))
    error = sum(abs(sum(s for s, _ in own) - sum(r for _, r in own)) for own in bins.values()) / len(judged)
    print(f"{corpus}: calibration error {error:.3f}, lines to check {count_to_check(judged):.3f}")
    for number, own in sorted(bins.items()):
        said, right = (sum(values) / len(own) for values in zip(*own, strict=True))
        print(f"  {number / 10:.1f}: {len(own)} lines, said {said:.3f}, right {right:.3f}")


def count_to_check(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the share of lines to check, the least sure first, until 95 in 100 are right."""
    wrong = sum(not right for _, right in judged)
    for checked, (_, right) in enumerate(sorted(judged)):
        if wrong <= (1 - WANTED) * len(judged):
            return checked / len(judged)
        wrong -= not right
    return 1.0


def main() -> int:
    """Learn or rehearse."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--rehearse", action="store_true", help="leave authors out; write nothing")
    args = parser.parse_args()
    paths = sorted((args.data / "dev").glob("*.txt"))
    with Pool() as pool:
        if args.rehearse:
            rehearse(paths, args.data, pool.starmap)
        else:
            WEIGHTS.write_text("\n".join(list_weights(learn(paths, args.data, pool.starmap))) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
