"""Learn what the clues of `audiobook/script/context.py` are worth.

    python -m benchmarks.learn_who_speaks DATA             learn from all books, write speaker_weights.txt
    python -m benchmarks.learn_who_speaks DATA --rehearse  leave one author out, print what that gives
    python -m benchmarks.learn_who_speaks DATA --shorter 420000    what is new, from shorter texts

DATA is a folder with annotated books (`NAME.txt`, `NAME.json`) in `dev/`, and `score.py`, whose rules
say which name stands for which character.  Nothing of their text goes into the weights: a clue is
one of the sentences of `context.py`, and its weight is a number.

The learner is a softmax over the candidates of each turn that no sure rule settles, with an L2
penalty, fitted by Adam.  The first round takes the speakers before a turn from the annotation, the
next from what the learned weights themselves say, so that they learn to live with their mistakes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import Pool
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiobook.reading import read_book
from audiobook.script.layout import list_passages
from audiobook.script.ranker import Weights, choose, learned_weights
from audiobook.script.sieve import NOBODY_YET, Sieve
from audiobook.script.turns import Turn
from audiobook.script.writing import prepare_sieve

WEIGHTS = Path(__file__).parents[1] / "audiobook" / "script" / "data" / "speaker_weights.txt"
ROUNDS = 2
PENALTY = 3.0
"""L2 penalty on each weight; of 1 and 3 the latter is better for stories left out."""
PENALTY_OF_KNOWN = 1e6
"""The same on the distance from a weight that all books have taught, where only a part of them is read."""
STEPS = 250
FEWEST = 25
"""Turns; an author with fewer is not worth a round of learning without him."""
HEFTS = ((5_000, 5.0), (20_000, 2.0))
"""How much more a turn of a text shorter than so many characters counts: they are few, and they differ."""


@dataclass(slots=True)
class Example:
    """A turn: the clues of each candidate, and which candidates are right."""

    mode: str
    clues: list[list[str]]
    right: list[bool]
    heft: float = 1.0


@dataclass(slots=True)
class Tally:
    """How many turns the sure rules and the weights get right."""

    settled: int = 0
    settled_right: int = 0
    modes: dict[str, list[int]] = field(default_factory=dict)


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


def collect(path: Path, data: Path, weights: Weights | None) -> tuple[list[Example], Tally]:
    """Return the examples of one book; `weights` say who spoke before (None: the annotation does)."""
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    book = read_book(path)
    sieve = prepare_sieve(book, list_passages(book))
    names = load_scorer(data).Names(gold["characters"])
    context = sieve.settle_by_tags()
    told = gold_speakers(sieve.turns, gold)
    tally = Tally()
    heft = next((heft for most, heft in HEFTS if len(book.text) < most), 1.0)
    _judge_settled(sieve, told, names, tally)
    examples: list[Example] = []
    for index, candidates, clues in sieve.open_turns(context):
        turn, speaker = sieve.turns[index], told[index]
        new = f"the {turn.role.text}" if turn.role else ""
        right = [
            speaker is not None and names(new if c == NOBODY_YET else sieve.people[c].name) == speaker
            for c in candidates
        ]
        mode = context.outlooks[index].mode
        picked = (
            choose(clues, weights.get(mode, {})).index
            if weights
            else right.index(True)
            if any(right)
            else None
        )
        if speaker is not None:
            count = tally.modes.setdefault(mode, [0, 0, 0])
            count[0] += 1
            count[1] += any(right)
            count[2] += picked is not None and right[picked]
            if any(right):
                examples.append(Example(mode, [list(own) for own in clues], right, heft))
        if picked is not None and candidates[picked] != NOBODY_YET:
            turn.speaker = candidates[picked]
        elif picked is not None and turn.role:
            turn.speaker = sieve.roles.make_own(turn.role)
    return examples, tally


def _judge_settled(
    sieve: Sieve, told: Sequence[str | None], names: Callable[[str], Any], tally: Tally
) -> None:
    """Count how often the sure rules are right."""
    for turn, speaker in zip(sieve.turns, told, strict=True):
        if turn.speaker is not None and speaker is not None:
            tally.settled += 1
            tally.settled_right += names(sieve.people[turn.speaker].name) == speaker


def fit(examples: Sequence[Example], known: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the weights that make the right candidates of one mode's examples likeliest.

    Those `known` from other books all but stay; new ones stay near nought.
    """
    known = known or {}
    vocabulary: dict[str, int] = {clue: i for i, clue in enumerate(known)}
    rows: list[int] = []
    columns: list[int] = []
    starts: list[int] = []
    right: list[bool] = []
    for example in examples:
        starts.append(len(right))
        for own, is_right in zip(example.clues, example.right, strict=True):
            for clue in own:
                rows.append(len(right))
                columns.append(vocabulary.setdefault(clue, len(vocabulary)))
            right.append(is_right)
    found = _descend(
        np.array(rows),
        np.array(columns),
        np.array(starts),
        np.array(right, dtype=float),
        np.array([example.heft for example in examples]),
        near=np.array([known.get(clue, 0.0) for clue in vocabulary]),
    )
    return {clue: float(found[i]) for clue, i in vocabulary.items()}


def _descend(
    rows: NDArray[Any],
    columns: NDArray[Any],
    starts: NDArray[Any],
    right: NDArray[Any],
    hefts: NDArray[Any],
    *,
    near: NDArray[Any],
) -> NDArray[Any]:
    weights, clues = near.copy(), len(near)
    penalty = np.where(near != 0, PENALTY_OF_KNOWN, PENALTY)
    mean, spread = np.zeros(clues), np.zeros(clues)
    counts = np.diff(np.append(starts, len(right)))
    heft = np.repeat(hefts, counts)
    for step in range(1, STEPS + 1):
        sums = np.bincount(rows, weights[columns], len(right))
        sums -= np.repeat(np.maximum.reduceat(sums, starts), counts)
        likely = np.exp(sums)
        share = likely / np.repeat(np.add.reduceat(likely, starts), counts)
        hit = likely * right
        wanted = hit / np.repeat(np.add.reduceat(hit, starts), counts)
        slope = np.bincount(columns, ((share - wanted) * heft)[rows], clues) + penalty * (weights - near)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        weights -= 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return weights


def learn(
    paths: Sequence[Path], data: Path, run: Callable[..., Any], known: Weights | None = None
) -> Weights:
    """Learn from the books, starting from what is `known`; `run` maps over books (a pool's `starmap`)."""
    weights = known
    for _ in range(1 if known else ROUNDS):
        by_mode: dict[str, list[Example]] = defaultdict(list)
        for examples, _tally in run(collect, [(path, data, weights) for path in paths], chunksize=1):
            for example in examples:
                by_mode[example.mode].append(example)
        weights = {mode: fit(by_mode[mode], (known or {}).get(mode)) for mode in sorted(by_mode)}
    assert weights is not None
    return weights


def write_weights(weights: Weights, path: Path) -> None:
    """Write the weights as a person can read them: heaviest first, by mode."""
    lines = [
        "# What the clues of context.py are worth, learned by benchmarks/learn_who_speaks.py.",
        "# [mode of the turn], then `clue weight`: above zero for the candidate, below against.",
    ]
    for mode, own in weights.items():
        lines += ["", f"[{mode}]"]
        lines += [
            f"{clue} {weight:.2f}"
            for clue, weight in sorted(own.items(), key=lambda p: (-round(p[1], 2), p[0]))
        ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def group_by_author(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the books of each author, as the annotations name them."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for number, path in enumerate(paths):
        author = json.loads(path.with_suffix(".json").read_text("utf-8")).get("author")
        groups[str(author or f"nobody named, {number % 5}")].append(path)
    return groups


def rehearse(paths: Sequence[Path], data: Path, run: Callable[..., Any]) -> dict[str, Tally]:
    """Leave out one author at a time: learn from the others, judge by the books left out.

    Short stories without a named author are left out a fifth at a time.  For time, the speakers before
    a turn of the other authors' books come from weights learned from all.
    """
    all_weights = learn(paths, data, run)
    collected = run(collect, [(path, data, all_weights) for path in paths], chunksize=1)
    examples_of = {path: examples for path, (examples, _) in zip(paths, collected, strict=True)}
    totals: dict[str, Tally] = defaultdict(Tally)
    for books in group_by_author(paths).values():
        if sum(len(examples_of[path]) for path in books) < FEWEST:
            continue
        by_mode: dict[str, list[Example]] = defaultdict(list)
        for path, examples in examples_of.items():
            if path not in books:
                for example in examples:
                    by_mode[example.mode].append(example)
        weights = {mode: fit(found) for mode, found in by_mode.items()}
        for path, result in zip(books, run(collect, [(path, data, weights) for path in books]), strict=True):
            _add(totals[path.stem.partition("_")[0]], [result])
    return totals


def _add(total: Tally, results: Iterable[tuple[list[Example], Tally]]) -> None:
    for _, tally in results:
        total.settled += tally.settled
        total.settled_right += tally.settled_right
        for mode, counts in tally.modes.items():
            total.modes[mode] = [a + b for a, b in zip(total.modes.get(mode, [0, 0, 0]), counts, strict=True)]


def print_tally(name: str, tally: Tally) -> None:
    """Print how many turns the sure rules and the weights get right."""
    turns = tally.settled + sum(count for count, _, _ in tally.modes.values())
    right = tally.settled_right + sum(right for _, _, right in tally.modes.values())
    print(f"{name}: {turns} turns of known speaker, right {right / max(1, turns):.3f}")
    print(
        f"  settled by sure rules: {tally.settled}, right {tally.settled_right / max(1, tally.settled):.3f}"
    )
    for mode, (count, possible, chosen) in tally.modes.items():
        shares = f"a right one among the candidates {possible / count:.3f}, chosen {chosen / count:.3f}"
        print(f"  {mode}: {count}, {shares}")


def main() -> int:
    """Learn or rehearse."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--rehearse", action="store_true", help="leave one author out at a time; write nothing"
    )
    parser.add_argument(
        "--shorter",
        type=int,
        metavar="BYTES",
        help="learn what is new from the texts shorter than that, beside the weights that are there",
    )
    args = parser.parse_args()
    paths = sorted((args.data / "dev").glob("*.txt"))
    known = None
    if args.shorter:
        paths = [path for path in paths if path.stat().st_size < args.shorter]
        known = learned_weights()
    with Pool() as pool:
        if args.rehearse:
            totals = rehearse(paths, args.data, pool.starmap)
        else:
            weights = learn(paths, args.data, pool.starmap, known)
            write_weights(weights, WEIGHTS)
            totals = {"all": Tally()}
            _add(totals["all"], pool.starmap(collect, [(path, args.data, weights) for path in paths]))
    for name, total in totals.items():
        print_tally(name, total)
    return 0


if __name__ == "__main__":
    sys.exit(main())
