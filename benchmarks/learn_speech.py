"""Learn what the clues of `audiobook/script/speech.py` are worth.

    python -m benchmarks.learn_speech DATA

DATA is the folder of annotated books that `learn_who_speaks.py` takes.  Each stretch between quotation
marks is an example: it is speech where the annotation has a quotation, and is not where it has none.
The learner is logistic regression with an L2 penalty.  What annotators marked as no speech counts
more, since there is little of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from audiobook.reading import read_book
from audiobook.script.layout import list_passages, tokenize
from audiobook.script.marks import find_quoted
from audiobook.script.speech import read_clues

WEIGHTS = Path(__file__).parents[1] / "audiobook" / "script" / "data" / "speech_weights.txt"
PENALTY = 2.0
STEPS = 400
HEFT_OF_SHORT = 6.0
"""How much more a stretch of a short text counts: they are few, clean, and differ from novels."""
HEFT_OF_MARKED = 1.5
LEAN = 0.3
"""How much the balance is tilted against speech: a title in a stranger's voice disturbs more than a
word of speech in the narrator's.  Costs no F1 (measured on the dev books)."""


def collect(path: Path) -> list[tuple[list[str], bool, float]]:
    """Return (clues, is it speech, how much it counts) for each stretch of one book."""
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    book = read_book(path)
    tokens, passages = tokenize(book.text), list_passages(book)
    quoted = find_quoted(book.text, passages)
    spoken = _cover(len(book.text), [(q["start"], q["end"]) for q in gold["quotes"]])
    other = _cover(len(book.text), gold.get("marked_not_annotated", []))
    heft = HEFT_OF_SHORT if len(book.text) < 20_000 else 1.0
    found: list[tuple[list[str], bool, float]] = []
    said: list[bool] = []
    for i, span in enumerate(quoted):
        near = [quoted[k] if 0 <= k < len(quoted) else None for k in (i - 1, i + 1)]
        before, after = (q if q and q.passage == span.passage else None for q in near)
        clues = read_clues(
            book.text,
            tokens,
            passages[span.passage],
            span,
            before=before,
            after=after,
            spoken_before=before is not None and said[-1],
        )
        is_speech = spoken[span.start : span.end].mean() >= 0.5
        marked = other[span.start : span.end].mean() >= 0.5
        said.append(bool(is_speech))
        if span.continues:
            continue
        found.append((list(clues), bool(is_speech), heft * (HEFT_OF_MARKED if marked else 1.0)))
    return found


def _cover(length: int, spans: list[tuple[int, int]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    covered = np.zeros(length, dtype=bool)
    for start, end in spans:
        covered[start:end] = True
    return covered


def fit(examples: list[tuple[list[str], bool, float]]) -> dict[str, float]:
    """Return the weights of the clues."""
    vocabulary: dict[str, int] = {}
    rows = np.array([i for i, (clues, _, _) in enumerate(examples) for _ in clues])
    columns = np.array([vocabulary.setdefault(c, len(vocabulary)) for clues, _, _ in examples for c in clues])
    speech = np.array([is_speech for _, is_speech, _ in examples], dtype=float)
    heft = np.array([weight for _, _, weight in examples])
    weights = np.zeros(len(vocabulary))
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        chance = 1 / (1 + np.exp(-np.bincount(rows, weights[columns], len(examples))))
        slope = np.bincount(columns, ((chance - speech) * heft)[rows], len(weights)) + PENALTY * weights
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        weights -= 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return {clue: float(weights[i]) for clue, i in vocabulary.items()}


def main() -> int:
    """Learn from all books of the data folder and write the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    paths = sorted(
        path for path in (args.data / "dev").glob("*.txt") if not path.stem.startswith("quoteli3_")
    )
    with Pool() as pool:
        examples = [example for found in pool.map(collect, paths, chunksize=1) for example in found]
    lines = ["# How much each clue of speech.py speaks for speech (above zero) or against it (below),"]
    lines.append("# learned by benchmarks/learn_speech.py.")
    found = fit(examples)
    found["any stretch"] -= LEAN
    lines += [
        f"{clue} {weight:.2f}"
        for clue, weight in sorted(found.items(), key=lambda p: (-round(p[1], 2), p[0]))
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(examples)} stretches, {sum(speech for _, speech, _ in examples)} of them speech")
    return 0


if __name__ == "__main__":
    sys.exit(main())
