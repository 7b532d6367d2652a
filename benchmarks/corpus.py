"""What a change of the rules alters in all texts of a corpus: who speaks, and how what is written is said.

    python -m benchmarks.corpus --keep FILE             keep what this checkout makes of the corpus
    python -m benchmarks.corpus --against FILE          show what is other than it was kept
    python -m benchmarks.corpus --against CHECKOUT      show what is other than in another checkout

The corpus is the folder that NARRATE_CORPUS names, or arguments: files and folders of anything that narrate
reads.  Shown are distinct readings that come and go (with a sentence each), and per file the lines that have
another speaker, become speech or cease to be.  `--only WORD` takes files whose path holds it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from audiobook.errors import NarrateError
from audiobook.planning.languages import settle_language
from audiobook.planning.pronouncing import read_places
from audiobook.reading import READERS, read_book
from audiobook.script import write_script

Summary = dict[str, Any]
_MOST_SHOWN = 40
_WORDS_SHOWN = 60


def find_texts(places: list[Path], only: str) -> list[Path]:
    """Return the files of a corpus that narrate has a reader for."""
    found = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return [path for path in found if path.suffix and path.suffix.lower() in READERS and only in str(path)]


def summarize(path: Path) -> tuple[str, Summary]:
    """Return what this checkout makes of a text, as plain values."""
    try:
        book = settle_language(read_book(path))
    except NarrateError as error:
        return str(path), {"error": str(error)}
    script = write_script(book)
    readings: dict[str, str] = {}
    for utterance in (each for chapter in script.chapters for each in chapter.utterances):
        language = utterance.language or book.language
        for place in read_places(utterance.text, language, is_heading=utterance.kind == "heading"):
            written = utterance.text[place.start : place.end]
            readings.setdefault(f"{written} → {place.pronunciation.respelling}", utterance.text)
    # By their words and how often these have come: places move where more or less is read before.
    lines: dict[str, str] = {}
    often: Counter[str] = Counter()
    for quotation in script.quotations:
        words = " ".join(book.text[quotation.start : quotation.end].split())[:_WORDS_SHOWN]
        often[words] += 1
        key = words if often[words] == 1 else f"{words} ({often[words]})"
        lines[key] = quotation.speaker or "?"
    return str(path), {
        "chapters": [chapter.title for chapter in script.chapters],
        "lines": lines,
        "genders": {c.name: c.gender for c in script.characters if c.quotations},
        "readings": readings,
    }


def compare(before: dict[str, Summary], now: dict[str, Summary]) -> Iterator[str]:
    """Yield what differs in the texts that both have, readings first, as lines for a person."""
    names = sorted(before.keys() & now.keys())
    yield from _compare_readings(*(_all_readings([each[name] for name in names]) for each in (before, now)))
    for name in names:
        told = [*_compare_files(before[name], now[name])]
        if told:
            yield f"\n{name}: {len(told)}"
            yield from told[:_MOST_SHOWN]


def _all_readings(summaries: list[Summary]) -> dict[str, str]:
    return {key: text for each in summaries for key, text in each.get("readings", {}).items()}


def _compare_readings(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    for title, one, other in (("gone", old, new), ("new", new, old)):
        keys = sorted(one.keys() - other.keys())
        if keys:
            yield f"\nreadings {title}: {len(keys)}"
        yield from (f"  {key}    {one[key][: 2 * _WORDS_SHOWN]}" for key in keys)


def _compare_files(old: Summary, new: Summary) -> Iterator[str]:
    for what in ("error", "chapters"):
        if old.get(what) != new.get(what):
            yield f"  {what}: {old.get(what)} → {new.get(what)}"[:300]
    for what in ("lines", "genders"):
        before, now = old.get(what, {}), new.get(what, {})
        for key in dict.fromkeys([*now, *before]):
            if before.get(key) != now.get(key):
                yield f"  {key}: {before.get(key, '(none)')} → {now.get(key, '(none)')}"


def read_summaries(place: Path, arguments: list[str]) -> dict[str, Summary]:
    """Return what was kept in a file, or what another checkout makes of the same texts."""
    if place.is_dir():
        with tempfile.TemporaryDirectory() as scratch:
            kept = Path(scratch) / "kept.json.gz"
            command = [sys.executable, str(Path(__file__).resolve()), "--keep", str(kept), *arguments]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(place.resolve())})
            return read_summaries(kept, [])
    with gzip.open(place, "rt", encoding="utf-8") as file:
        found: dict[str, Summary] = json.load(file)
    return found


def main() -> None:
    """Keep or compare what the rules make of a corpus."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--against", type=Path, metavar="FILE|CHECKOUT")
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    corpus = os.environ.get("NARRATE_CORPUS")
    places: list[Path] = asked.places or ([Path(corpus)] if corpus else [])
    if not places or not (asked.keep or asked.against):
        parser.error("name files or folders, or set NARRATE_CORPUS; and say --keep or --against")
    texts = find_texts(places, asked.only)
    with Pool(asked.jobs) as pool:
        now = dict(pool.imap(summarize, texts))
    print(f"{len(now)} texts, {sum(len(each.get('lines', ())) for each in now.values())} lines of speech")
    if asked.keep:
        with gzip.open(asked.keep, "wt", encoding="utf-8") as file:
            json.dump(now, file, ensure_ascii=False)
    if asked.against:
        arguments = [*map(str, places), "--only", asked.only, "--jobs", str(asked.jobs)]
        print("\n".join(compare(read_summaries(asked.against, arguments), now)) or "nothing differs")


if __name__ == "__main__":
    main()
