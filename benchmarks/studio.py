"""How soon the studio answers about a novel: read first, opened again, corrected, and meanwhile.

    python -m benchmarks.studio [--lines 10000] [--chapters 40] [--book FILE]

Serves a generated novel (a line is ten words, so 10,000 are 100,000), or a file, from an empty cache, and
asks what its page asks, as a browser does, one thing after the other.  Each time `narrate studio` is a
process of its own, so that asking takes nothing from answering.  Prints a Markdown table: what was asked,
milliseconds (the best of three where nothing changes in between), and megabytes of the answer.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PEOPLE = ("Nora", "Max", "Rachel", "Tom", "Clara", "Edwin", "Sofia")
_VERBS = ("said", "asked", "replied", "cried")
_OTHER = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'
_PROBE_S = 0.01
_STORY = "api/stories/novel"
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One answer: what was asked, how long it took, and how large it was."""

    what: str
    ms: float
    megabytes: float = 0.0


def write_novel(lines: int, chapters: int) -> str:
    """Write a novel that is nothing but speech, a line a paragraph: always the same."""
    parts = []
    for chapter in range(chapters):
        paragraphs = [f"Chapter {chapter + 1}"]
        for number in range(lines * chapter // chapters, lines * (chapter + 1) // chapters):
            if number % 3 == 2:
                paragraphs.append(f'"And what would line {number} be if it were mine?"')
                continue
            person = _PEOPLE[(number * number) % len(_PEOPLE)]
            verb = _VERBS[number % len(_VERBS)]
            paragraphs.append(f'"This is line {number}, as it stands in the book," {verb} {person}.')
        parts.append("\n\n".join(paragraphs))
    return "\n\n\n".join(parts)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a project's studio with the cache beside it, and return its address."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "audiobook", "studio", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


def ask(address: str, path: str, value: object = None) -> tuple[bytes, float]:
    """Return an answer and the seconds until it was there."""
    body = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(  # noqa: S310 - our own address
        address + path, data=body, headers={"Content-Type": "application/json"}
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request) as response:  # noqa: S310
        data: bytes = response.read()
    return data, time.perf_counter() - began


def timed(address: str, what: str, path: str, value: object = None, times: int = 1) -> tuple[bytes, Asked]:
    """Ask, and return the answer with what it took."""
    answers = [ask(address, path, value) for _ in range(times)]
    data = answers[-1][0]
    return data, Asked(what=what, ms=1000 * min(took for _, took in answers), megabytes=len(data) / 1e6)


def measure(lines: int, chapters: int, book: Path | None = None) -> Iterator[Asked]:
    """Ask all that the page asks about a novel that was just brought."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "texts").mkdir()
        novel = folder / "texts" / f"novel{book.suffix if book else '.txt'}"
        if book is None:
            novel.write_text(write_novel(lines, chapters), encoding="utf-8")
        else:
            shutil.copy(book, novel)
        (folder / "texts" / "a-other.txt").write_text(_OTHER, encoding="utf-8")
        (folder / "voices.yaml").write_text("engine: pyttsx3\nnarrator: en-us\n", encoding="utf-8")
        yield from _open_first(folder)
        yield from _open_again(folder)


def _open_first(folder: Path) -> Iterator[Asked]:
    began = time.perf_counter()
    with serve(folder) as address:
        yield Asked(what="(narrate studio has started)", ms=1000 * (time.perf_counter() - began))
        yield timed(address, "the shelf, at once", "api/shelf")[1]
        yield from _probe("while the novel is read for the first time", address, _is_read)
        yield timed(address, "the script, first time", _STORY)[1]
        for what, path in (("shelf", "api/shelf"), ("script", _STORY), ("cast", f"{_STORY}/cast")):
            yield timed(address, f"the {what}", path, times=3)[1]
        yield timed(address, "the cover", f"{_STORY}/cover", times=3)[1]
        for number in (500, 510):
            yield timed(address, "a line's sound, never heard before", f"{_STORY}/utterances/{number}/audio")[
                1
            ]
        time.sleep(1)  # a person looks at the page first
        yield from _change(address)


def _open_again(folder: Path) -> Iterator[Asked]:
    began = time.perf_counter()
    with serve(folder) as address:
        yield Asked(what="(narrate studio has started again)", ms=1000 * (time.perf_counter() - began))
        yield timed(address, "the script, first time after the restart", _STORY)[1]
        yield Asked(what="(from the restart to the script)", ms=1000 * (time.perf_counter() - began))
        yield timed(address, "the cast", f"{_STORY}/cast")[1]


def _change(address: str) -> Iterator[Asked]:
    cast = json.loads(ask(address, f"{_STORY}/cast")[0])
    one, other, third, *_ = [each["name"] for each in cast["characters"] if not each["narrator"]]
    revision = cast["revision"]

    def change(what: str, path: str, **value: object) -> Asked:
        nonlocal revision
        data, asked = timed(
            address, what, path if path == "api/undo" else f"{_STORY}/{path}", {**value, "revision": revision}
        )
        revision = json.loads(data)["revision"]
        return asked

    for rate, which in ((140, "first change of this character's"), (150, "next change")):
        yield change("to change a voice", "voice", character=one, voice={"rate": rate})
        yield timed(address, f"the cast after it ({which})", f"{_STORY}/cast")[1]
        if rate == 140:
            yield from _probe("while the novel is read with it", address, _is_settled)
    for speaker in (one, other):
        yield change("to correct a line", "corrections", **_find_line(address), speaker=speaker)
        yield timed(address, "the script after it", _STORY)[1]
        yield timed(address, "the cast after it", f"{_STORY}/cast")[1]
    yield from _probe("while the novel is read with both", address, _is_settled)
    yield timed(address, "the script then", _STORY)[1]
    yield change("to merge two characters", "merge", character=third, into=other)
    yield timed(address, "the script after it", _STORY)[1]
    yield timed(address, "the cast after it", f"{_STORY}/cast")[1]
    yield from _probe("while the novel is read with that", address, _is_settled)
    yield timed(address, "the script then", _STORY)[1]
    yield change("to take it back", "api/undo")
    yield timed(address, "the script after it", _STORY)[1]


def _find_line(address: str) -> dict[str, object]:
    """Return what names a line in the middle that only a guess gives to somebody."""
    script = json.loads(ask(address, _STORY)[0])
    said = [
        each
        for chapter in script["chapters"]
        for paragraph in chapter["paragraphs"]
        for each in paragraph["utterances"]
        if each["type"] == "implicit" and each["confidence"] < 1 and len(each["text"]) > 30
    ]
    found = said[len(said) // 2]
    return {"quotation": found["quotation"], "words": found["text"], "edition": script["edition"]}


def _is_read(address: str) -> bool:
    return b'"reading"' not in ask(address, "api/shelf")[0]


def _is_settled(address: str) -> bool:
    return b'"pending":false' in ask(address, f"{_STORY}/cast")[0][-200:]


def _probe(what: str, address: str, is_done: Callable[[str], bool]) -> Iterator[Asked]:
    """Ask for the shelf and another story until something is done; tell the longest and the usual wait."""
    began = time.perf_counter()
    waits = []
    while True:
        began_asking = time.perf_counter()
        is_over = is_done(address)
        waits.append(time.perf_counter() - began_asking)
        waits.append(ask(address, "api/stories/a-other")[1])
        if is_over:
            break
        time.sleep(_PROBE_S)
    yield Asked(what=f"({what})", ms=1000 * (time.perf_counter() - began))
    yield Asked(what=f"the longest of {len(waits)} answers meanwhile", ms=1000 * max(waits))
    yield Asked(what="half of them at most", ms=1000 * statistics.median(waits))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--chapters", type=int, default=40)
    parser.add_argument("--book", type=Path)
    options = parser.parse_args()
    print("| asked | ms | MB |\n|---|---|---|")
    for each in measure(options.lines, options.chapters, options.book):
        print(f"| {each.what} | {each.ms:.0f} | {each.megabytes:.2f} |", flush=True)


if __name__ == "__main__":
    main()
