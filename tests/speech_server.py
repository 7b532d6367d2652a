"""A server that speaks OpenAI's `/v1/audio/speech` in tones, and fails in every way when it is told to.

It is a program of its own, since tests fork, and since a server that is killed is one of the ways.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from audiobook.engines.tone import ToneEngine
from audiobook.model import Clip, Voice

LISTING = {"voices": ["af_heart", "am_adam", "bf_emma"]}
TONES = {"af_heart": "tone-high", "am_adam": "tone-deep", "bf_emma": "tone-bright"}


def write_wav(clip: Clip, *, data_size: int | None = None) -> bytes:
    """Return a clip as a WAV whose header may state another size than it has."""
    size = len(clip.samples) if data_size is None else data_size
    rate = clip.sample_rate
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    riff = 0xFFFFFFFF if size == 0xFFFFFFFF else 36 + size
    return (
        struct.pack("<4sI4s", b"RIFF", riff, b"WAVE")
        + form
        + struct.pack("<4sI", b"data", size)
        + clip.samples
    )


@dataclass
class Told:
    """What a server was asked, and what it shall do.

    `faults` are what becomes of the next requests for speech, in turn: one of the methods of `_Handler` that
    begin with `fail_`.  Of texts that hold the key of `fails_on`, each does.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    fails_on: dict[str, str] = field(default_factory=dict)
    listing: object = field(default_factory=lambda: LISTING)
    listing_status: int = 200
    takes_wav: bool = True
    pcm_kind: str = "audio/pcm"
    at_once: int = 0
    most_at_once: int = 0

    def choose_fault(self, text: str) -> str | None:
        """Return how the request for a text fails, None where it does not."""
        if self.faults:
            return self.faults.pop(0)
        return next((fault for words, fault in self.fails_on.items() if words in text), None)


class ToneServer:
    """A server's process, at `url`; `port` is for one that takes another's place."""

    def __init__(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "tests.speech_server", str(port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def tell(self, **changes: Any) -> None:
        """Set fields of what it was told, and forget what it was asked."""
        urllib.request.urlopen(f"{self.url}/told", json.dumps(changes).encode()).close()  # noqa: S310

    @property
    def told(self) -> Told:
        """What it was asked by now."""
        with urllib.request.urlopen(f"{self.url}/told") as answer:  # noqa: S310
            return Told(**json.load(answer))

    def kill(self) -> None:
        """Let it die as by a fault."""
        self._process.kill()
        with self._process:
            pass


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        """List the voices."""
        told = self.server.told
        if self.path == "/told":
            self.answer(200, json.dumps(vars(told)).encode(), "application/json")
            return
        told.paths[self.path] += 1
        told.keys.append(self.headers.get("Authorization"))
        if self.path != "/v1/audio/voices" or told.listing is None:
            self.answer(404, b'{"detail": "Not Found"}', "application/json")
        else:
            self.answer(told.listing_status, json.dumps(told.listing).encode(), "application/json")

    def do_POST(self) -> None:
        """Speak."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/told":
            self.server.told = Told(**body)
            self.answer(200, b"", "text/plain")
            return
        told = self.server.told
        told.paths[self.path] += 1
        told.asked.append(body)
        told.keys.append(self.headers.get("Authorization"))
        if self.path != "/v1/audio/speech":
            self.answer(404, b'{"detail": "Not Found"}', "application/json")
            return
        with self.server.lock:
            fault = told.choose_fault(body["input"])
            told.at_once += 1
            told.most_at_once = max(told.most_at_once, told.at_once)
        try:
            if fault:
                getattr(self, f"fail_{fault}")(body)
            else:
                self.speak(body)
        except ConnectionError:
            pass
        finally:
            with self.server.lock:
                told.at_once -= 1

    def speak(self, body: Mapping[str, Any]) -> None:
        """Answer with a tone, as long as the text."""
        clip = synthesize(body)
        if body["response_format"] == "wav" and not self.server.told.takes_wav:
            message = {"error": {"message": "response_format: expected pcm"}}
            self.answer(400, json.dumps(message).encode(), "application/json")
        elif body["response_format"] == "wav":
            self.answer(200, write_wav(clip), "audio/wav")
        else:
            self.answer(200, clip.samples, self.server.told.pcm_kind)

    def answer(self, status: int, data: bytes, kind: str, length: int | None = None, **more: str) -> None:
        """Send a whole answer, whose length may be stated wrongly."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Cut the connection."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def fail_cut(self, body: Mapping[str, Any]) -> None:
        """Hang up in the middle of the sound."""
        data = write_wav(synthesize(body))
        self.answer(200, data[: len(data) // 2], "audio/wav", len(data))
        self.hang_up()

    def fail_gone(self, _body: Mapping[str, Any]) -> None:
        """Hang up without a word."""
        self.hang_up()

    def fail_busy(self, _body: Mapping[str, Any]) -> None:
        """Ask for a moment."""
        self.answer(429, b'{"error": {"message": "slow down"}}', "application/json", Retry_After="0")

    def fail_spent(self, _body: Mapping[str, Any]) -> None:
        """Ask for an hour."""
        self.answer(429, b'{"error": {"message": "quota"}}', "application/json", Retry_After="3600")

    def fail_error(self, _body: Mapping[str, Any]) -> None:
        """Fail inside, and tell the key that came."""
        said = {"detail": f"CUDA out of memory for {self.headers.get('Authorization')}"}
        self.answer(500, json.dumps(said).encode(), "application/json")

    def fail_starting(self, _body: Mapping[str, Any]) -> None:
        """Be there, but not yet."""
        self.answer(503, b"loading", "text/plain")

    def fail_refused(self, _body: Mapping[str, Any]) -> None:
        """Refuse for good."""
        detail = [{"loc": ["body", "speed"], "msg": "Input should be at least 1"}]
        self.answer(422, json.dumps({"detail": detail}).encode(), "application/json")

    def fail_key(self, _body: Mapping[str, Any]) -> None:
        """Refuse the key, and tell a part of it."""
        self.answer(401, b'{"error": {"message": "Incorrect API key: sk-secr***"}}', "application/json")

    def fail_moved(self, _body: Mapping[str, Any]) -> None:
        """Send elsewhere."""
        elsewhere = f"http://localhost:{self.server.server_address[1]}/v1/audio/speech"
        self.answer(307, b"", "text/plain", Location=elsewhere)

    def fail_page(self, _body: Mapping[str, Any]) -> None:
        """Answer with a web page."""
        self.answer(200, b"<!doctype html><title>Welcome</title>", "text/html; charset=utf-8")

    def fail_mp3(self, _body: Mapping[str, Any]) -> None:
        """Answer in another format than was asked for."""
        self.answer(200, b"ID3\x04" + bytes(3000), "audio/mpeg")

    def fail_empty(self, _body: Mapping[str, Any]) -> None:
        """Answer with nothing."""
        self.answer(200, b"", "audio/wav")

    def fail_silent(self, body: Mapping[str, Any]) -> None:
        """Answer with silence."""
        clip = synthesize(body)
        self.answer(200, write_wav(Clip(samples=bytes(len(clip.samples)), sample_rate=22050)), "audio/wav")

    def fail_short(self, body: Mapping[str, Any]) -> None:
        """Answer with the beginning of the sound, as if that were all."""
        clip = synthesize(body)
        self.answer(200, write_wav(Clip(samples=clip.samples[:4000], sample_rate=22050)), "audio/wav")

    def fail_lying_length(self, body: Mapping[str, Any]) -> None:
        """State more bytes than come."""
        data = write_wav(synthesize(body))
        self.answer(200, data, "audio/wav", len(data) + 1000)
        self.hang_up()

    def fail_lying_header(self, body: Mapping[str, Any]) -> None:
        """State more samples than come."""
        clip = synthesize(body)
        self.answer(200, write_wav(clip, data_size=len(clip.samples) + 1000), "audio/wav")

    def fail_slow(self, body: Mapping[str, Any]) -> None:
        """Send a byte now and then."""
        data = write_wav(synthesize(body))
        self.answer(200, b"", "audio/wav", len(data))
        for byte in data:
            time.sleep(0.05)
            self.wfile.write(bytes([byte]))

    def fail_endless(self, _body: Mapping[str, Any]) -> None:
        """Send more than anybody wants."""
        self.answer(200, b"", "audio/wav", 1 << 40)
        while True:
            self.wfile.write(bytes(1 << 20))

    def fail_stream(self, body: Mapping[str, Any]) -> None:
        """Do not fail: stream a WAV, whose header can't know how long it gets."""
        data = write_wav(synthesize(body), data_size=0xFFFFFFFF)
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(data), 8000):
            part = data[at : at + 8000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def fail_cut_stream(self, body: Mapping[str, Any]) -> None:
        """Begin a stream, and hang up."""
        data = write_wav(synthesize(body), data_size=0xFFFFFFFF)[:8000]
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.hang_up()

    def fail_die(self, _body: Mapping[str, Any]) -> None:
        """End the whole server."""
        os._exit(1)

    def fail_late(self, body: Mapping[str, Any]) -> None:
        """Do not fail, but think first."""
        time.sleep(0.3)
        self.speak(body)


def synthesize(body: Mapping[str, Any]) -> Clip:
    """Return the tone of a request: its voice, its speed."""
    rate = round(155 * body.get("speed", 1.0))
    return ToneEngine().synthesize(
        body["input"], Voice(engine="tone", id=TONES.get(body["voice"], "tone-flat"), rate=rate)
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.told = Told()
        self.lock = threading.Lock()

    def handle_error(self, *_: object) -> None:
        """Print nothing of clients that have gone."""


@contextlib.contextmanager
def serve_speech(port: int = 0) -> Iterator[ToneServer]:
    """Run a server on this machine as long as the context lasts."""
    server = ToneServer(port)
    try:
        yield server
    finally:
        server.kill()


def main() -> None:
    """Serve until whoever has started this is gone."""
    server = _Server(int(sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main()
