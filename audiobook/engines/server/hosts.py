"""Which servers may be sent texts because a voices.yaml names them: those that the user has allowed.

The list lies beside that of programs (`allowing.py`), a server a line, and behind it the environment
variables whose values it may be sent as a key: a voices.yaml from elsewhere must send no text to a host of
its choice, and to an allowed host no secret that is meant for another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from audiobook.engines import allowing
from audiobook.errors import EngineError, StorageError
from audiobook.files import write_whole
from audiobook.model import SpeechServer

_FILE = "allowed-servers.txt"
_SCHEMES = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|(?=.*:)[0-9A-Fa-f:.]+")
"""A name of labels that a resolver takes (RFC 1035, 2.3.4), or an address of IPv6."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_THIS_MACHINE = re.compile(r"localhost|127\.[\d.]+|\[::1\]")

Allowed = Mapping[str, frozenset[str]]
"""Origins (`http://gpu-box:8880`), and the variables whose values each may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOrigin:
    """Where a server is asked: what of its address is allowed, since all that is there is one person's."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _SCHEMES[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def read_origin(url: str) -> HostOrigin:
    """Return the origin of an address.  Raises `EngineError` where it is none, or holds a password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host) or "@" in parts.netloc or port == 0:
        raise EngineError(
            f"{url[:100]!r}: expected a server's address like http://gpu-box:8880, without a name or password"
        )
    return HostOrigin(scheme=parts.scheme, host=host, port=port or _SCHEMES[parts.scheme])


def warn_of(origin: HostOrigin, keys: frozenset[str]) -> str | None:
    """Say what to know before a server is allowed; None where there is nothing."""
    if origin.scheme == "https" or _THIS_MACHINE.fullmatch(origin.host) or origin.host == "::1":
        return None
    sent = "texts and the key" if keys else "texts"
    return f"{origin}: {sent} go there unencrypted: whoever is in between reads them"


def list_path() -> Path:
    """Return where the list of allowed servers lies.  Raises `EngineError` as `allowing.list_path`."""
    return allowing.list_path().with_name(_FILE)


def read_allowed(path: Path | None = None) -> Allowed:
    """Return the allowed servers, in the list's order; none where there is no list.

    Raises `StorageError` where the list can't be read.
    """
    path = path or list_path()
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error
    return {words[0]: frozenset(words[1:]) for line in lines if (words := line.split())}


def write_allowed(servers: Allowed, path: Path | None = None) -> None:
    """Replace the list in one step; only its user may read or change it.  Raises `StorageError`."""
    path = path or list_path()
    text = "".join(f"{' '.join([origin, *sorted(keys)])}\n" for origin, keys in servers.items())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text.encode(), mode=0o600)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def is_variable(name: str) -> bool:
    """Tell whether an environment variable may be called so."""
    return _VARIABLE.fullmatch(name) is not None


def find_objection(server: SpeechServer, path: Path | None = None) -> str | None:
    """Return None where a server may be asked, with its key, else why not and what to do.

    The answer completes the sentence "expected …", as `Engine.find_fault`.
    """
    try:
        origin = str(read_origin(server.url))
    except EngineError as error:
        return f"a server, got {error}"
    allowed = read_allowed(path)
    if origin not in allowed:
        key = f" --key {server.key_env}" if server.key_env else ""
        return (
            f"a server that may be sent texts, got '{server.name}' ({origin}), which nobody has allowed: "
            f"if you trust it with them, type: narrate allow {origin}{key}"
        )
    if server.key_env and server.key_env not in allowed[origin]:
        return (
            f"a key that may be sent to '{server.name}' ({origin}), got that in {server.key_env}, which "
            f"nobody has allowed: if it is meant for it, type: narrate allow {origin} --key {server.key_env}"
        )
    return None
