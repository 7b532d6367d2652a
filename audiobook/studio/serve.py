"""The server: bound to this machine alone, under an address that nobody can guess."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from audiobook.errors import UsageError
from audiobook.project.layout import Project
from audiobook.studio.app import Studio

HOST = "127.0.0.1"

_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[\w-]{32}", re.ASCII)
TURN_S = 0.001
"""Of a thread, where others wait: an answer takes a dozen, and a novel may be read meanwhile."""

_PATIENCE_S = 5
"""For answers that are under way when the studio ends."""


class StudioServer(uvicorn.Server):
    """A server that ends its streams of events when it is to end."""

    def __init__(self, config: uvicorn.Config, studio: Studio) -> None:
        super().__init__(config)
        self._studio = studio

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does."""
        self._studio.part()
        await super().shutdown(sockets)


def open_socket(port: int) -> socket.socket:
    """Take a port of this machine; 0 takes a free one.  Raises `UsageError` where it is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this lets two programs have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            what = "in use, perhaps by another narrate studio"
        else:
            what = f"not to be had ({error.strerror})"
        raise UsageError(
            f"port {port} of this machine is {what}; open that one's address, or choose another port: "
            f"narrate studio --port {port + 1 if port < 65535 else 0}"
        ) from error
    return listener


def keep_token(project: Project, cache_folder: Path) -> str:
    """Return the secret part of a project's address: the one of last time, which only its owner can read.

    So a page that is open finds the studio again.  Where nothing can be kept, it is another each time.
    """
    name = hashlib.sha256(os.fsencode(project.texts.resolve())).hexdigest()[:24]
    path = cache_folder / "studio" / name
    with contextlib.suppress(OSError, UnicodeDecodeError):
        is_private = os.name != "posix" or not path.stat().st_mode & 0o077
        token = path.read_text("ascii")
        if is_private and _TOKEN.fullmatch(token):
            return token
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token)
    return token


def prepare(project: Project, cache_folder: Path, listener: socket.socket) -> tuple[StudioServer, str]:
    """Return a server for a socket, not yet running, and the address of its page."""
    port = listener.getsockname()[1]
    token = keep_token(project, cache_folder)
    studio = Studio(project, cache_folder, token=token, port=port)
    config = uvicorn.Config(
        studio.app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        http="h11",
        loop="asyncio",
        timeout_graceful_shutdown=_PATIENCE_S,
    )
    return StudioServer(config, studio), f"http://{HOST}:{port}/{token}/"


def run_studio(
    project: Project, cache_folder: Path, *, port: int, opens_browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the page until Ctrl-C, which is raised as `KeyboardInterrupt` once all is ended.

    Raises `UsageError` where the port is in use.
    """
    with open_socket(port) as listener:
        server, address = prepare(project, cache_folder, listener)
        say(address)
        if opens_browser:
            # Some browsers keep whoever starts them waiting; the socket listens already.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        sys.setswitchinterval(TURN_S)
        server.run(sockets=[listener])
