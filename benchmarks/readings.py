"""What eSpeak makes of what is written short, beside what it makes of the words that a narrator says.

    python -m benchmarks.readings                       the golden cases of tests/cases/readings
    python -m benchmarks.readings en "in 1984" "5 km"   any words: as they stand, and as they are read
    python -m benchmarks.readings --book FILE …         what the rules find in books, with counts and time

A rule has a reason where the two differ.  Cases marked "same" are those that a rule changes in writing
alone: for other engines, or for want of need.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from pathlib import Path

from audiobook.casting import spell_out
from audiobook.normalizing import find_readings
from audiobook.planning.pronouncing import read_places
from audiobook.reading import read_book
from audiobook.script import write_script
from benchmarks.phoneme_table import Tracer

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "readings"
_VOICES = {"en": "gmw/en-US", "de": "gmw/de", "fr": "roa/fr", "es": "roa/es"}
_STRESS = re.compile(r"[ˈˌ ]")


def main() -> None:
    """Print what was asked for."""
    words = sys.argv[1:]
    if words[:1] == ["--book"]:
        for name in words[1:]:
            list_book(Path(name))
    elif words:
        compare(words[0], words[1:])
    else:
        for path in sorted(CASES.glob("*.txt")):
            print(f"\n{path.stem}")
            lines = path.read_text(encoding="utf-8").splitlines()
            compare(path.stem.partition("-")[0], [line.partition(" => ")[0] for line in lines if line])


def compare(language: str, texts: list[str]) -> None:
    """Print how eSpeak says texts as they are written and as they are read, where a rule reads them."""
    tracer = _tracer(language)
    for text in texts:
        spoken = spell_out(text, read_places(text, language))[0]
        written = _flat(tracer.trace(text.replace("[[", "[")))
        if spoken == text:
            print(f"  as it stands  {text}  [{written}]")
            continue
        read = _flat(tracer.trace(spoken.replace("[[", "[")))
        is_same = _STRESS.sub("", written) == _STRESS.sub("", read)
        print(f"  {'same' if is_same else 'differs':<12}  {text}  [{written}]\n{'':16}{spoken}  [{read}]")


_tracers: list[Tracer] = []


def _tracer(language: str) -> Tracer:
    if not _tracers:
        _tracers.append(Tracer())  # eSpeak has one state in a process
    _tracers[0].take_voice(_VOICES[language])
    return _tracers[0]


def _flat(trace: str) -> str:
    return " | ".join(trace.split("\n"))


def list_book(path: Path) -> None:
    """Print what is read otherwise in a book, and what finding it costs."""
    book = read_book(path)
    script = write_script(book)
    texts = [(u.text, u.kind == "heading") for chapter in script.chapters for u in chapter.utterances]
    words = sum(len(text.split()) for text, _ in texts)
    find_readings("In 1984", book.language)  # loads the words of numbers
    start = time.process_time()
    readings = [(text, find_readings(text, book.language, is_heading=heading)) for text, heading in texts]
    cost_s = time.process_time() - start
    found: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for text, each in readings:
        for reading in each:
            pair = (text[reading.start : reading.end], reading.spoken)
            found[pair] += 1
            example.setdefault(pair, text[max(0, reading.start - 30) : reading.end + 30])
    print(f"\n{path.name}: {words:,} words, {sum(found.values())} readings, {cost_s:.2f} s")
    for (written, spoken), count in found.most_common():
        print(f"  {count:>5} × {written} → {spoken}    … {example[written, spoken]} …")


if __name__ == "__main__":
    main()
