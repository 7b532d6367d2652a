"""Watches the project's files and the installed voices, whoever changes them.

An editor may, the command line, the page itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from queue import SimpleQueue

from audiobook.engines.neural.store import identify_models
from audiobook.errors import NarrateError
from audiobook.studio.desk import Desk
from audiobook.studio.shelf import Shelf

POLL_S = 0.5
"""A look costs a `stat` for a few files of each story; a person does not notice the wait."""

SETTLE_S = 1.5
"""After such a change the page asks for what it shows, and corrections come in rows: the shelf,
which may take a novel a second, waits until they have passed."""

TellPages = Callable[[str, object], None]
"""Takes an event's name and its data, from any thread."""


class Watch:
    """A thread that looks at voices.yaml, the voices and the shelf, now and then and when it is asked to.

    Told are *trouble* with what is wrong with voices.yaml (nothing once it is mended), *settings* with the
    new revision, *voices* where one was installed or removed, *shelf* for every story that stands otherwise,
    and by the desk which open stories were edited.  Files of those that are `at_work` come and go: these are
    left alone.
    `prepare` is given each story before it is shown, to do what the page's next question would have to wait
    for.
    """

    def __init__(
        self,
        desk: Desk,
        shelf: Shelf,
        tell: TellPages,
        *,
        at_work: Callable[[], Collection[str]],
        prepare: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._tell = tell
        self._at_work = at_work
        self._prepare = prepare
        self._wake, self._rested = threading.Event(), threading.Event()
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._is_ended = False
        self._revision = ""
        self._installed = identify_models()
        self._changed_at = -SETTLE_S
        self._fault = ""
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name="studio watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def end(self) -> None:
        """Stop, after the story that is being looked at."""
        self._is_ended = True
        self._wake.set()

    def look(self, wait_s: float = 0.0) -> None:
        """Look now; wait so long at most until that is done."""
        self._rested.clear()
        self._wake.set()
        self._rested.wait(wait_s)

    def later(self, job: Callable[[], None]) -> None:
        """Do something when there is nothing else to do."""
        self._jobs.put(job)

    def _run(self) -> None:
        while not self._is_ended:
            self._wake.clear()
            try:
                self._look()
                self._fault = ""
            except NarrateError as error:
                if str(error) != self._fault:  # it may last
                    self._tell("note", {"message": str(error)})
                self._fault = str(error)
            if not self._wake.is_set():
                self._rested.set()
            if self._jobs.empty():
                self._wake.wait(POLL_S)
            else:
                self._jobs.get()()

    def _find_trouble(self) -> None:
        """Tell what is wrong with voices.yaml, and when it is mended."""
        trouble = ""
        try:
            self._desk.read_now()
        except NarrateError as error:
            trouble = str(error)
        if trouble != self.trouble:
            self.trouble = trouble
            self._tell("trouble", {"message": trouble})

    def _look(self) -> None:
        self._find_trouble()
        revision = self._desk.revision()
        if self._revision not in {"", revision}:
            self._changed_at = time.monotonic()
            self._tell("settings", {"revision": revision})
        self._revision = revision
        installed = identify_models()
        if self._installed != installed:
            self._changed_at = time.monotonic()
            self._tell("voices", {})
        self._installed = installed
        self._desk.notice_edits()
        if self._is_settled():
            self._shelf.refresh(self._prepare, lambda _name: self._tell("shelf", {}), self._at_work)

    def _is_settled(self) -> bool:
        return time.monotonic() - self._changed_at >= SETTLE_S
