"""How soon the studio answers about a novel of 10,000 lines, before and after a change of voices.yaml.

    python -m benchmarks.studio [--lines 10000] [--chapters 40]

Serves a generated novel (a line is ten words, so 10,000 are 100,000) from an empty cache and asks what its
page asks, as a browser does, one thing after the other.  Prints a Markdown table: what was asked,
milliseconds (the best of three where nothing changes in between), and megabytes of the answer.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audiobook.production import open_project
from audiobook.studio.serve import TURN_S, open_socket, prepare

_PEOPLE = ("Nora", "Max", "Rachel", "Tom", "Clara", "Edwin", "Sofia")
_VERBS = ("said", "asked", "replied", "cried")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One answer: what was asked, how long it took, and how large it was."""

    what: str
    ms: float
    megabytes: float


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
def serve(folder: Path, cache: Path) -> Iterator[str]:
    """Serve a project's studio, and return its address."""
    sys.setswitchinterval(TURN_S)
    with open_socket(0) as listener:
        server, address = prepare(open_project(folder), cache, listener)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


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


def measure(lines: int, chapters: int) -> list[Asked]:
    """Ask all that the page asks about a novel that was just brought."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        (folder / "texts").mkdir(parents=True)
        (folder / "texts" / "novel.txt").write_text(write_novel(lines, chapters), encoding="utf-8")
        (folder / "voices.yaml").write_text("narrator: en-us\n", encoding="utf-8")
        with serve(folder, Path(name) / "cache") as address:
            return list(_ask_all(address, lines))


def _ask_all(address: str, lines: int) -> Iterator[Asked]:
    def timed(what: str, path: str, value: object = None, times: int = 1) -> tuple[bytes, Asked]:
        answers = [ask(address, path, value) for _ in range(times)]
        data = answers[-1][0]
        ms = 1000 * min(took for _, took in answers)
        return data, Asked(what=what, ms=ms, megabytes=len(data) / 1e6)

    yield timed("the shelf, at once", "api/shelf")[1]
    began = time.perf_counter()
    while b'"reading"' in ask(address, "api/shelf")[0]:
        time.sleep(0.05)
    yield Asked(what="(the novel has been read)", ms=1000 * (time.perf_counter() - began), megabytes=0.0)
    story = "api/stories/novel"
    yield timed("the script, first time", story)[1]
    for what, path in (("shelf", "api/shelf"), ("script", story), ("cast", f"{story}/cast")):
        yield timed(f"the {what}", path, times=3)[1]
    yield timed("the cover", f"{story}/cover", times=3)[1]
    for number in (lines // 2, lines // 2 + 10):
        yield timed("a line's sound, never heard before", f"{story}/utterances/{number}/audio")[1]
    revision = json.loads(ask(address, f"{story}/cast")[0])["revision"]
    for rate in (140, 150):
        value = {"character": "Nora", "voice": {"rate": rate}, "revision": revision}
        data, asked = timed("to change a voice", f"{story}/voice", value)
        revision = json.loads(data)["revision"]
        yield asked
        which = "first change of this character's" if rate == 140 else "next change"
        yield timed(f"the cast after it ({which})", f"{story}/cast")[1]
    value = {"quotation": lines // 2, "speaker": "Max", "revision": revision}
    yield timed("to correct a line", f"{story}/corrections", value)[1]
    yield timed("the script after it", story)[1]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--chapters", type=int, default=40)
    options = parser.parse_args()
    print("| asked | ms | MB |\n|---|---|---|")
    for each in measure(options.lines, options.chapters):
        print(f"| {each.what} | {each.ms:.0f} | {each.megabytes:.2f} |")


if __name__ == "__main__":
    main()
