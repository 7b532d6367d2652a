"""Server-sent events: what happens is told to every page that is open.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from audiobook.studio.answers import encode

_BEAT_S = 15.0
"""A word now and then, by which a page that has gone is noticed."""

_MOST_WAITING = 200
"""Events kept for a page that does not take them; what is newest counts."""


class Hub:
    """Passes events on; everything but `tell_soon` belongs to the server's loop."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[bytes | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Take the running loop for one's own."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """End every page's stream."""
        for page in self._pages:
            _put(page, None)

    def tell(self, event: str, data: object) -> None:
        """Tell every page."""
        for page in self._pages:
            _put(page, write_event(event, data))

    def tell_soon(self, event: str, data: object) -> None:
        """Tell every page, from any thread; in vain once the loop is closed."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # closed, perhaps just now
                self._loop.call_soon_threadsafe(self.tell, event, data)

    async def listen(self, first: bytes) -> AsyncIterator[bytes]:
        """Yield `first`, and then what is told, until the hub is closed or the reader goes away."""
        page: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)
        self._pages.add(page)
        try:
            yield first
            while True:
                try:
                    message = await asyncio.wait_for(page.get(), _BEAT_S)
                except TimeoutError:
                    message = b": still there\n\n"
                if message is None:
                    return
                yield message
        finally:
            self._pages.discard(page)


def _put(page: asyncio.Queue[bytes | None], message: bytes | None) -> None:
    if page.full():
        page.get_nowait()
    page.put_nowait(message)


def write_event(event: str, data: object) -> bytes:
    """Write an event; JSON holds no line ends that would cut it."""
    return b"event: " + event.encode() + b"\ndata: " + encode(data) + b"\n\n"
