"""Put real output into the documentation.

    python docs/render.py [--check]

- `docs/*.svg`: pictures of a terminal in which narrate ran, colours and all;
- in README.md and docs/*.md, each block after `<!-- output: COMMAND -->` becomes what COMMAND prints.

Everything runs in a fresh copy of the project with an empty cache.  `--check` writes nothing and ends
with status 1 where a block is out of date (tests/test_documentation.py runs it).
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"run.svg": ["make"], "script.svg": ["script", "the-lighthouse"]}
_BLOCK = re.compile(r"(<!-- output: narrate ?([^\n]*?) -->\n\n```text\n)(.*?)(```\n)", re.DOTALL)
_WIDTH = "126"
_SAMPLE = "the-lighthouse"


def run(project: Path, arguments: list[str], **environment: str) -> str:
    """Return what narrate prints (both streams, as on a terminal); of the sample in a project of `init`'s."""
    if _SAMPLE in arguments:
        sample = project.parent / "sample"
        if not sample.exists():
            run(project, ["init", str(sample)])
        project = sample
    done = subprocess.run(
        [sys.executable, "-m", "audiobook", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": _WIDTH, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    # Decoded by hand: in text mode the carriage returns of a progress bar would become line ends.
    return "\n".join(line.rstrip() for line in _settle(done.stdout.decode()).strip("\n").split("\n")) + "\n"


def _settle(output: str) -> str:
    """Let a moving progress display come to rest: a line that is moved up to and erased is gone."""
    lines: list[str] = []
    for line in re.sub(r"\x1b\[\?25[lh]", "", output).split("\n"):
        for _ in range(line.count("\x1b[1A")):
            lines.pop()
        lines.append(line.rpartition("\x1b[2K")[2])
    return "\n".join(lines)


def render_block(project: Path, text: str) -> str:
    """Fill every output block of a page."""
    return _BLOCK.sub(lambda m: m[1] + _run_for_block(project, m[2].split()) + m[4], text)


def _run_for_block(project: Path, arguments: list[str]) -> str:
    """Run a command; what checks finished files needs them to be made first."""
    if arguments[0] == "check":
        run(project, ["make", "--quiet", *arguments[1:]])
    return run(project, arguments, NO_COLOR="1")


def render_picture(project: Path, arguments: list[str]) -> str:
    """Draw a terminal in which narrate ran."""
    from rich.console import Console
    from rich.text import Text

    output = run(project, arguments, FORCE_COLOR="1", TERM="xterm-256color")
    console = Console(record=True, width=int(_WIDTH) + 2, file=io.StringIO())
    console.print(Text(f"$ narrate {' '.join(arguments)}".removesuffix(" make"), style="bold"))
    console.print(Text.from_ansi(output))
    picture = console.export_svg(title="narrate", unique_id="narrate")
    # No fonts from the network: whoever looks at it has a monospaced one.
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    stale = []
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        shutil.copytree(ROOT / "texts", project / "texts")
        shutil.copy(ROOT / "voices.yaml", project)
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        os.environ["NARRATE_VOICES"] = str(Path(name) / "no-voices")  # eSpeak, whatever is installed here
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            text = page.read_text(encoding="utf-8")
            fresh = render_block(project, text)
            if fresh != text:
                stale.append(page.name)
                if not args.check:
                    page.write_text(fresh, encoding="utf-8")
        if not args.check:
            shutil.rmtree(project / "output", ignore_errors=True)
            shutil.rmtree(Path(name) / "cache", ignore_errors=True)
            for picture, arguments in PICTURES.items():
                (ROOT / "docs" / picture).write_text(render_picture(project, arguments), encoding="utf-8")
    print(f"out of date: {', '.join(stale)}" if stale else "everything is up to date")
    return 1 if stale and args.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
