"""Encoding with ffmpeg: which program, is it sound, and samples into an MP3 file."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio.codecs import CODECS
from audiobook.errors import EncoderError, StorageError

# No tags (mutagen writes them) and nothing that tells the time or the machine: equal bytes.
_BITEXACT = ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
_PLAIN = ["-map_metadata", "-1", *_BITEXACT]
_QUIET = ["-hide_banner", "-loglevel", "error"]
_CHECK_SECONDS = 30
_LEAST_BYTES = 400
"""What a tenth of a second comes to at least, in any codec."""

_LONGEST_COPY_S = 3600
"""To join a book: it takes 3 s of the processor for an hour of sound, and a disk may be slow."""

_STALL_SECONDS = 300
"""A block is a minute of sound, which takes a slow machine a few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """An ffmpeg program, and the name of its version."""

    program: str
    version: str

    def version_for(self, codec: str) -> str:
        """Name all that decides the bytes of a file in one of `CODECS`; it goes into fingerprints."""
        return " ".join([self.version, *CODECS[codec].arguments, *_PLAIN])


def find_encoder(setting: str = "bundled") -> Encoder:
    """Find ffmpeg: the one that came with imageio-ffmpeg (`bundled`), `system`, or a path.

    The bundled program is named by its package's version, without starting it.
    Raises `EncoderError` where there is none, or where a program of one's own is no ffmpeg.
    """
    if setting == "bundled":
        bundled = _find_bundled()
        if bundled is not None:
            version = importlib.metadata.version("imageio-ffmpeg")
            return Encoder(program=str(bundled), version=f"imageio-ffmpeg {version} {bundled.name}")
    name = "ffmpeg" if setting in {"bundled", "system"} else setting
    program = shutil.which(name)
    if program is None:
        raise EncoderError(
            f"output.ffmpeg: no ffmpeg found ({setting}); `pip install --force-reinstall imageio-ffmpeg` "
            "brings one, or name the path of yours in voices.yaml (output: {ffmpeg: /path/to/ffmpeg})"
        )
    return Encoder(program=program, version=_ask_version(program))


def _find_bundled() -> Path | None:
    spec = importlib.util.find_spec("imageio_ffmpeg")
    if spec is None or spec.origin is None:
        return None
    programs = sorted((Path(spec.origin).parent / "binaries").glob("ffmpeg-*"))
    return programs[0] if programs else None


def _ask_version(program: str) -> str:
    answer = _run([program, "-version"], b"").decode("utf-8", "replace")
    first_line = answer.partition("\n")[0].strip()
    if not first_line.startswith("ffmpeg version"):
        raise EncoderError(f"{program}: is no ffmpeg (-version said {first_line[:80]!r})")
    return first_line


def check_encoder(encoder: Encoder, codec: str = "mp3") -> None:
    """Encode a moment of silence as one of `CODECS`, to know before the work that the program can do it.

    Raises `EncoderError` saying what it complained about.
    """
    command = [
        encoder.program,
        *_QUIET,
        *_pcm_input(22050),
        *CODECS[codec].arguments,
        *_PLAIN,
        "-f",
        "mp3" if codec == "mp3" else "matroska",  # which holds them all, and takes a pipe
        "pipe:1",
    ]
    made = _run(command, bytes(4410))
    if len(made) < _LEAST_BYTES:
        raise EncoderError(f"{encoder.program}: broken: it made {len(made)} bytes of a tenth of a second")


def _pcm_input(sample_rate: int) -> list[str]:
    return ["-f", "s16le", "-ar", str(sample_rate), "-ac", "1", "-i", "pipe:0"]


def _run(command: list[str], data: bytes) -> bytes:
    program = command[0]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_CHECK_SECONDS, check=False)
    except OSError as error:
        raise EncoderError(f"{program}: can't be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise EncoderError(f"{program}: did not answer within {_CHECK_SECONDS} s") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise EncoderError(f"{program}: broken: exit status {done.returncode}: {said or 'no message'}")
    return done.stdout


def _feed(process: subprocess.Popen[bytes], blocks: Iterable[bytes], program: str) -> int:
    """Write the blocks to a program and return its exit status; one that stands still is killed."""
    assert process.stdin is not None  # noqa: S101 - PIPE was asked for
    stalled = threading.Event()

    def give_up() -> None:
        stalled.set()
        process.kill()

    # A program that gave up closes its end; what it said is the message to show.
    with contextlib.suppress(BrokenPipeError):
        for block in blocks:
            with _alarm(give_up):
                process.stdin.write(block)
    with _alarm(give_up):
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        status = process.wait()
    if stalled.is_set():
        raise EncoderError(f"{program}: stood still for {_STALL_SECONDS} s and was stopped")
    return status


@contextlib.contextmanager
def _alarm(act: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(_STALL_SECONDS, act)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def encode(
    blocks: Iterable[bytes], path: Path, *, codec: str, sample_rate: int, filters: str, encoder: Encoder
) -> None:
    """Filter blocks of 16-bit mono samples and encode them as one of `CODECS` into a file at `path`.

    Raises `EncoderError`, or `StorageError` where the disk is
    full or `path` can't be written; an unfinished file may be left, so `path` must not be a final name.
    """
    command = [encoder.program, *_QUIET, "-y", *_pcm_input(sample_rate), "-af", filters]
    command += [*CODECS[codec].arguments, *_PLAIN, *CODECS[codec].container, str(path)]
    with tempfile.TemporaryFile() as messages:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages
            )
        except OSError as error:
            raise EncoderError(f"{encoder.program}: can't be started: {error.strerror}") from error
        with process:
            try:
                status = _feed(process, blocks, encoder.program)
            except BaseException:
                process.kill()
                raise
        messages.seek(0)
        said = messages.read().decode("utf-8", "replace").strip()
    _judge(encoder.program, status, said, path)


def run_ffmpeg(program: str, arguments: list[str], path: Path) -> None:
    """Run ffmpeg to make a file at `path` of other files, with nothing that tells the time or the machine.

    Raises `EncoderError`, or `StorageError` where the disk is full or `path` can't be written; an
    unfinished file may be left.
    """
    command = [program, *_QUIET, "-nostdin", "-y", *arguments, *_BITEXACT, str(path)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            timeout=_LONGEST_COPY_S,
        )
    except subprocess.TimeoutExpired as error:
        raise EncoderError(
            f"{program}: took over {_LONGEST_COPY_S / 60:.0f} minutes for {path.name}"
        ) from error
    except OSError as error:
        raise EncoderError(f"{program}: can't be started: {error.strerror}") from error
    _judge(program, done.returncode, done.stderr.decode("utf-8", "replace").strip(), path)


def _judge(program: str, status: int, said: str, path: Path) -> None:
    """Raise what came of a program that should have made a file, if it did not."""
    if "No space left on device" in said:
        raise StorageError(f"{path.parent}: the disk is full; free some space and run narrate again")
    if "Permission denied" in said or "Read-only file system" in said:
        raise StorageError(f"{path.parent}: can't be written: {said[-200:]}")
    if status == 0 and not (path.exists() and path.stat().st_size):
        raise EncoderError(f"{program}: said that it made {path.name}, and made nothing")
    if status != 0:
        raise EncoderError(f"{program}: exit status {status} on {path.name}: {said[-300:] or 'no message'}")
