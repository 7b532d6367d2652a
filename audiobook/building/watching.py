"""Makes what appears or changes in `texts/`, and what a changed voices.yaml changes, until it is stopped.

The studio's watch (`studio/watch.py`) is another: it tells a page at once whatever changes, half-saved files
too.  Here a file counts once it has stayed as it is for a while, since hours may be spent on it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from audiobook.choices import PICTURES
from audiobook.errors import NarrateError
from audiobook.files import Identity, identify
from audiobook.plurals import count
from audiobook.project.layout import Project, find_stories, list_texts
from audiobook.project.settings import read_settings

POLL_S = 2.0
"""A look costs a list of the folder and a `stat` for each file."""

_REST = 50
"""Times a look's own time between two: of a shelf of thousands it takes 2 % of a processor at most."""

SETTLE_S = 5.0
"""Of a file that is copied or downloaded, more comes several times a second."""

RETRY_S = 300.0
"""Until what failed is tried again, then twice as long each time: a server may be off for a while."""

_LONGEST_RETRY_S = 3600.0

_WATCHING = "watching texts/ and voices.yaml for changes; Ctrl-C ends"

Files = Mapping[Path, Identity | None]


class Inputs(NamedTuple):
    """The files of stories, and what else decides what is made of them: pictures, settings, lexicons."""

    texts: Files
    others: Files


class Settling:
    """Tells which files have stayed as they are for so long, by being shown them again and again.

    One that was written longer ago than that when it is seen first is settled at once.
    """

    def __init__(self, settle_s: float = SETTLE_S) -> None:
        self._settle_s = settle_s
        self._since: dict[Path, tuple[Identity | None, float]] = {}

    def look(self, files: Files, now_s: float) -> set[Path]:
        """Return those of the files that are settled at a time, as `time.time` tells it."""
        before, self._since = self._since, {}
        for path, identity in files.items():
            known = before.get(path)
            if known is None:
                written_s = 0.0 if identity is None else identity[2] / 1e9
                known = (identity, min(written_s, now_s))  # a wrong clock's may lie in the future
            self._since[path] = known if known[0] == identity else (identity, now_s)
        return {path for path, (_, since_s) in self._since.items() if now_s - since_s >= self._settle_s}


class ProjectFiles:
    """Looks at a project's files, those of the stories that are named or of all; `voices` may yet appear."""

    def __init__(self, project: Callable[[], Project], voices: Path, names: Sequence[str] = ()) -> None:
        self._open, self._voices, self._names = project, voices, names
        self._settings: Identity | None = None
        self._lexicons: list[Path] | None = None

    def look(self) -> Inputs:
        """Return the files as they are.  Raises `SourceError` where `texts/` can't be read."""
        project = self._open()
        if self._names:
            texts = [each.path for each in find_stories(project, self._names) if each.fault is None]
        else:
            texts = list_texts(project)
        settings = identify(self._voices)
        if self._lexicons is None or settings != self._settings:
            self._settings, self._lexicons = settings, _list_lexicons(project)
        pictures = [path.with_suffix(suffix) for path in texts for suffix in PICTURES]
        others = {path: identify(path) for path in (*pictures, *(self._lexicons or ()))}
        return Inputs({path: identify(path) for path in texts}, {**others, self._voices: settings})


class Retrying:
    """Tells when what failed is tried again."""

    def __init__(self, retry_s: float) -> None:
        self._first_s = retry_s
        self._wait_s, self._at = 0.0, math.inf

    @property
    def is_due(self) -> bool:
        """Whether it is time to."""
        return time.monotonic() >= self._at

    def note(self, *, failed: bool, anew: bool) -> str:
        """Hear how a run went, and whether of something new; say what comes of it, if anything does."""
        self._wait_s = self._first_s if anew else min(2 * self._wait_s, _LONGEST_RETRY_S)
        self._at = time.monotonic() + self._wait_s if failed else math.inf
        minutes = count(round(self._wait_s / 60), "minute")
        return f"what failed is tried again in {minutes}, or when something changes" if failed else ""


def _list_lexicons(project: Project) -> list[Path] | None:
    """List the lexicons that are read; None where that can't be told (yet), as of one that is not there."""
    try:
        return [path for path, _ in read_settings(project).files]
    except NarrateError:  # the run says so
        return None


def watch(
    look: Callable[[], Inputs],
    make: Callable[[Sequence[Path]], bool],
    say: Callable[[str], None],
    *,
    poll_s: float = POLL_S,
    settle_s: float = SETTLE_S,
    retry_s: float = RETRY_S,
) -> None:
    """Make stories whenever what `look` returns has changed and settled, until Ctrl-C.

    `make` is given the settled files, none where all are, and returns whether all went well; what it can't do
    it says itself, and is asked for again later.  A `KeyboardInterrupt` goes on up where it interrupts that.
    """
    retrying = Retrying(retry_s)
    settling, told, has_begun = Settling(settle_s), "", False
    made: dict[Path, Identity | None] = {}
    took_s = 0.0
    while True:
        began_s = time.monotonic()
        try:
            inputs, fault = _try_look(look)
        except KeyboardInterrupt:
            return
        before_s, took_s = took_s, time.monotonic() - began_s
        if fault and fault != told:
            say(fault)
        told = fault
        files = {**inputs.texts, **inputs.others}
        settled = settling.look(files, time.time())
        ready = [path for path in inputs.texts if path in settled]
        is_changed = _is_changed(made, files, settled)
        if ready and inputs.others.keys() <= settled and (is_changed or retrying.is_due):
            rest = len(inputs.texts) - len(ready)
            if rest:
                say(f"{count(rest, 'file')} in the middle of being written: not made yet")
            went_well = make(ready if rest else ())
            made = {path: files[path] if path in settled else made.get(path) for path in files}
            if later := retrying.note(failed=not went_well, anew=is_changed):
                say(later)
            say(_WATCHING)
        elif not has_begun:
            say(_WATCHING)
        has_begun = True
        try:
            time.sleep(max(poll_s, _REST * min(before_s, took_s)))  # the settings are read in few looks
        except KeyboardInterrupt:
            return


def _try_look(look: Callable[[], Inputs]) -> tuple[Inputs, str]:
    try:
        return look(), ""
    except NarrateError as error:
        return Inputs({}, {}), str(error)


def _is_changed(made: Files, files: Files, settled: set[Path]) -> bool:
    """Tell whether a settled file is another than what was made last, or one is there no more."""
    gone = (path for path, identity in made.items() if identity is not None and path not in files)
    return any(made.get(path) != files[path] for path in settled) or any(gone)
