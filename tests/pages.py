"""Pages in a real browser, driven as a person would: by pointer, by keys, and by what can be seen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser import find_browser

Theme = Literal["light", "dark"]

DESK = (1280, 860)
PHONE = (390, 844)

SUPPER = """\
---
title: A Dispute at Supper
author: narrate
---

Mrs. Alder had set four places, though only three of them had been asked for.

"Who else is coming?" asked Tom, counting the forks.

"Nobody you know," said Mrs. Alder.

"Then it is Edwin," said Clara. "It is always Edwin when you say that."

"It isn't!"

"It is. You've put out the good salt."

Tom laughed. "She has you there, Aunt."

"I put out the salt because it's Sunday," Mrs. Alder said, and went pink to the ears. "Eat your soup."

For some time there was only the sound of spoons.

"He's late, at any rate."

"He is never late," said Clara. "He is merely elsewhere."

* * *

The bell rang at a quarter to nine. Nobody moved. It rang again, longer.

"Well," said Tom, "I suppose I'd better."

In the doorway stood a small man with a large umbrella. "I hope," he said, "that there is still some soup."

"Edwin!" cried Clara.

"There is no soup," said Mrs. Alder. "But there is salt."
"""
"""A story with four speakers, two scenes, and lines of which nobody can be sure."""

_FLAGS = ["--no-sandbox", "--mute-audio", "--disable-dev-shm-usage"]


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, or skip the test, saying what is missing."""
    program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def open_page(
    browser: Browser,
    address: str,
    *,
    theme: Theme = "light",
    size: tuple[int, int] = DESK,
    expected: str = "nothing",
) -> Iterator[Page]:
    """Open a page by itself; at its end it must have reported no error but `expected`, broken no policy."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context = browser.new_context(
        color_scheme=theme, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    try:
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        yield page
    finally:
        context.close()
    unexpected = [each for each in complaints if expected not in each]
    assert not unexpected, unexpected


def show_view(page: Page, address: str, story: str, view: str) -> None:
    """Go to a view of the studio and wait until it is there."""
    page.goto(f"{address}#/{story}/{view}" if view != "shelf" else f"{address}#/")
    page.wait_for_selector(f".view-{view} h1")
    page.wait_for_selector("main:not([aria-busy])")


def wait_until(page: Page, condition: str, argument: object = None, *, seconds: float = 90) -> None:
    """Wait until a JavaScript expression, or a function of `argument`, is true.

    (Playwright's own way evaluates words inside of the page, which its policy rightly forbids.)
    """
    until = time.monotonic() + seconds
    while not page.evaluate(condition, argument):
        assert time.monotonic() < until, condition
        page.wait_for_timeout(50)


def drag_files(page: Page, files: Sequence[Path], *way: tuple[int, int], is_dropped: bool = True) -> None:
    """Drag files into the window as the machine's pointer does, along a way; drop them at its end."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    steps = [("dragEnter", way[0]), *(("dragOver", place) for place in way)]
    for kind, (x, y) in [*steps, ("drop", way[-1])] if is_dropped else steps:
        session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
    session.detach()


def find_overhang(page: Page) -> list[str]:
    """Return what stands out of the window at its right side."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
            .map((each) => `${each.tagName}.${each.className}`)"""
    )
    return [str(each) for each in found]


def find_barriers(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page: the rule, and where."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]
