"""Ask a server over HTTP: within a time limit, again where it may help, and nobody else.

A connection is one request's own, so that processes and threads share nothing.  Neither proxies nor
redirects are followed: texts and keys go to the origin that was allowed, or nowhere.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import random
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from audiobook import __version__
from audiobook.engines.server.hosts import HostOrigin, read_origin

WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Before a further attempt, where the server does not say how long: a program that is started anew has loaded
its model within half a minute."""

_JITTER = 0.25
"""Workers that were refused at once shall not all come again at once."""

_LONGEST_WAIT_S = 120.0
_CONNECT_S = 10.0
_SHORT_TROUBLE = 3
"""Attempts where more would hardly help: a name that nobody knows, an error within the server, no answer."""

_BUSY = {408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 529}
"""Statuses of a server, or of what stands before it, that is not there or has too much to do (RFC 9110; from
520 on Cloudflare's, and Anthropic's "overloaded", which others use too)."""

_RATE = re.compile(r";\s*rate=(\d{4,6})\b")
"""RFC 2586 has it for audio/L16, and openedai-speech for audio/pcm."""

_QUOTED, _SAID = 10_000, 200
"""Bytes of an answer that an error is looked for in, and characters of it that are shown."""


class Refusal(Exception):  # noqa: N818 - always caught by the adapter; no error of narrate's own
    """The server does not do what is asked, and would not a second time; the message says why."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Trouble(Exception):  # noqa: N818 - as `Refusal`
    """Something went wrong that may go well the next time; `attempts` is how many in all it is worth.

    `is_away`: nobody answers at all, or not in time, or has too much to do.
    """

    def __init__(
        self,
        message: str,
        *,
        attempts: int = len(WAITS_S) + 1,
        wait_s: float | None = None,
        is_away: bool = False,
    ) -> None:
        super().__init__(message)
        self.attempts, self.wait_s, self.is_away = attempts, wait_s, is_away


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLimits:
    """What an answer may take: seconds, and bytes."""

    seconds: float
    answer_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a server answered: the kind of its content (`audio/wav`, empty where it is not told), and that.

    `sample_rate` is what stands beside the kind, as in `audio/pcm;rate=22050`; mostly nothing does.
    """

    kind: str
    data: bytes
    sample_rate: int | None = None


def ask_again(url: str, key: str, body: Mapping[str, object], limits: AnswerLimits) -> HttpAnswer:
    """Post JSON to an address, some times where it may help.  Raises `Refusal`, and the last `Trouble`."""
    for attempt, wait_s in enumerate((*WAITS_S, 0.0), 1):
        try:
            return ask_once(url, key, body, limits)
        except Trouble as trouble:
            if attempt >= min(trouble.attempts, len(WAITS_S) + 1):
                raise
            jitter = random.uniform(1, 1 + _JITTER)  # noqa: S311 - no secret
            time.sleep(jitter * (wait_s if trouble.wait_s is None else trouble.wait_s))
    raise AssertionError("the last attempt returns or raises")


def ask_once(url: str, key: str, body: Mapping[str, object] | None, limits: AnswerLimits) -> HttpAnswer:
    """Post JSON to an address, or get what is there; `key` is sent where there is one.

    Raises `Trouble` and `Refusal`.
    """
    late = Trouble(f"did not answer within {limits.seconds:.0f} s", attempts=_SHORT_TROUBLE, is_away=True)
    with contextlib.ExitStack() as open_lines:
        connection = _connect(read_origin(url), min(_CONNECT_S, limits.seconds), open_lines)
        with _bounding(connection.sock, limits.seconds) as ran_out:
            try:
                answer = _exchange(connection, urlsplit(url).path, key, body, limits.answer_bytes)
            except (OSError, http.client.HTTPException, Trouble) as error:
                if ran_out.is_set():
                    raise late from error
                if isinstance(error, Trouble):
                    raise
                raise Trouble(f"cut the connection ({_describe(error)})") from error
    if ran_out.is_set():  # an answer without a length ends where its connection does
        raise late
    return answer


def _connect(
    origin: HostOrigin, seconds: float, open_lines: contextlib.ExitStack
) -> http.client.HTTPConnection:
    """Connect, in such a way that no interruption leaves a socket open, as one does within http.client."""
    is_secret = origin.scheme == "https"
    kind = http.client.HTTPSConnection if is_secret else http.client.HTTPConnection
    connection = kind(origin.host, origin.port)
    try:
        line = _reach(origin, seconds, open_lines)
        if is_secret:
            line = ssl.create_default_context().wrap_socket(line, server_hostname=origin.host)
            open_lines.enter_context(line)
        connection.sock = line
    except ssl.SSLCertVerificationError as error:
        raise Refusal(f"can't prove who it is ({error.verify_message})") from error
    except ssl.SSLError as error:
        if isinstance(error, ssl.SSLEOFError):  # as a connection that is cut
            raise Trouble(f"can't be reached ({_describe(error)}); is it running?", is_away=True) from error
        raise Refusal(f"can't be asked by https ({error.reason}): is it http:// instead?") from error
    except socket.gaierror as error:
        raise Trouble(f"can't be found ({error.strerror})", attempts=_SHORT_TROUBLE, is_away=True) from error
    except OSError as error:
        raise Trouble(f"can't be reached ({_describe(error)}); is it running?", is_away=True) from error
    return connection


def _reach(origin: HostOrigin, seconds: float, open_lines: contextlib.ExitStack) -> socket.socket:
    """Connect to the first of a host's addresses that answers.  Raises `OSError`."""
    last = OSError("it has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        origin.host, origin.port, type=socket.SOCK_STREAM
    ):
        line = open_lines.enter_context(socket.socket(family, kind, protocol))
        line.settimeout(seconds)
        try:
            line.connect(address)
        except OSError as error:
            last = error
        else:
            return line
    raise last


@contextlib.contextmanager
def _bounding(line: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Hang up after so many seconds, and tell of it."""
    ran_out = threading.Event()
    timer = threading.Timer(seconds, _hang_up, (line, ran_out))
    timer.daemon = True
    timer.start()
    try:
        line.settimeout(seconds + 1)
        yield ran_out
    finally:
        timer.cancel()


def _hang_up(line: socket.socket, ran_out: threading.Event) -> None:
    """End a connection in whatever it is at: parts that come slowly must not make an answer last for ever."""
    ran_out.set()
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _exchange(
    connection: http.client.HTTPConnection,
    path: str,
    key: str,
    body: Mapping[str, object] | None,
    most_bytes: int,
) -> HttpAnswer:
    headers = {
        "User-Agent": f"narrate/{__version__}",
        "Accept": "audio/wav, */*" if body else "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if body is None:
        connection.request("GET", path, headers=headers)
    else:
        headers["Content-Type"] = "application/json"
        connection.request("POST", path, json.dumps(body).encode(), headers)
    with connection.getresponse() as answer:
        data = answer.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise Refusal(f"answered with more than {most_bytes / 1e6:.0f} MB")
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
    if answer.status != http.client.OK:
        raise _judge(answer, kind, data, key)
    stated = answer.headers.get("Content-Length", "")
    if stated.isdecimal() and len(data) < int(stated):
        raise Trouble(f"cut its answer: {len(data):,} of {int(stated):,} bytes came")
    rate = _RATE.search(answer.headers.get("Content-Type", ""))
    return HttpAnswer(kind=kind, data=data, sample_rate=int(rate[1]) if rate else None)


def _judge(answer: http.client.HTTPResponse, kind: str, data: bytes, key: str) -> Refusal | Trouble:
    """Return what an answer means that is none."""
    status = answer.status
    said = _quote(kind, data, key)
    if 300 <= status < 400:
        place = urlsplit(answer.headers.get("Location", ""))
        where = f" to {place.scheme}://{place.netloc}" if place.netloc else ""
        return Refusal(f"has moved{where} (status {status}); write its new address as url", status)
    if status in {401, 403}:  # what it says may hold a part of the key
        got = "the key was not taken" if key else "it wants a key: name the variable that holds it as key_env"
        return Refusal(f"refused with status {status}: {got}", status)
    if status in _BUSY or status >= 500:
        wait_s = _read_wait(answer.headers.get("Retry-After", ""))
        if wait_s is not None and wait_s > _LONGEST_WAIT_S:
            return Refusal(f"asks to come again in {wait_s:,.0f} s (status {status}){said}", status)
        is_busy = status in _BUSY
        attempts = len(WAITS_S) + 1 if is_busy else _SHORT_TROUBLE
        return Trouble(
            f"failed with status {status}{said}", attempts=attempts, wait_s=wait_s, is_away=is_busy
        )
    return Refusal(f"refused with status {status}{said}", status)


def _read_wait(stated: str) -> float | None:
    """Return the seconds that a Retry-After tells, a number or a date (RFC 9110, 10.2.3)."""
    if stated.strip().isdecimal():
        return float(stated)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(stated).timestamp() - time.time())
    except ValueError:
        return None


def _quote(kind: str, data: bytes, key: str) -> str:
    """Return what a server says of its fault, in a few words and without the key; nothing of a web page."""
    if "html" in kind:
        return ""
    words = data[:_QUOTED].decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        words = _find_message(json.loads(data[:_QUOTED]))
    words = words.replace(key, "…") if key else words
    words = re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in words)).strip()
    return f": {words[:_SAID]}" if words else ""


def _find_message(stated: object) -> str:
    """Return the sentence in an error's JSON, as OpenAI, FastAPI and others lay it out, or else all of it."""
    while isinstance(stated, dict | list) and stated:
        if isinstance(stated, list):
            stated = stated[0]
            continue
        known = (stated[name] for name in ("error", "detail", "message", "msg") if stated.get(name))
        found = next(known, None)
        if isinstance(found, str) and isinstance(stated.get("message"), str):
            found = stated["message"]  # {"error": "invalid_model", "message": "…"}
        if found is None:
            return json.dumps(stated)
        stated = found
    return stated if isinstance(stated, str) else ""


def _describe(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
