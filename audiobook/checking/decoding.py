"""Decode a finished file with ffmpeg, block by block, at the rate and with the channels that it has."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from audiobook.audio import Encoder
from audiobook.errors import EncoderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK_FRAMES = 1 << 18
_FLOATS = 6
"""The number of 32-bit floats in an AU header ("Sun audio file format"), whose 24 bytes tell the rate and
channels before the first sample, where a WAV written to a pipe needs its end first."""


@dataclass(slots=True, kw_only=True)
class Decoded:
    """A file being decoded.

    `blocks` yields float32 samples of shape (frames, channels) in −1…1; `complaints` is what ffmpeg said
    was wrong, filled in when the blocks are at their end.
    """

    sample_rate: int
    channels: int
    blocks: Iterator[NDArray[np.float32]]
    complaints: list[str] = field(default_factory=list)


def decode_mono(path: Path, ffmpeg: Encoder, sample_rate: int) -> NDArray[np.float32] | str:
    """Decode a file whole, to one channel of this rate; return what ffmpeg said where there is no sound."""
    import numpy as np

    with decode(path, ffmpeg, "-ac", "1", "-ar", str(sample_rate)) as decoded:
        if isinstance(decoded, str):
            return decoded
        return np.concatenate([block[:, 0] for block in decoded.blocks] or [np.zeros(0, np.float32)])


@contextlib.contextmanager
def decode(path: Path, ffmpeg: Encoder, *form: str) -> Iterator[Decoded | str]:
    """Begin to decode the first sound of a file; yield what ffmpeg said instead where there is none.

    `form` are ffmpeg's options for what comes out, where that shall not be as in the file.
    Raises `EncoderError` where ffmpeg can't be started.
    """
    command = [ffmpeg.program, "-hide_banner", "-nostdin", "-loglevel", "error", "-i", str(path.absolute())]
    command += ["-map", "0:a:0", "-c:a", "pcm_f32be", *form, "-f", "au", "pipe:1"]
    with tempfile.TemporaryFile() as messages:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages
            )
        except OSError as error:
            raise EncoderError(f"{ffmpeg.program}: can't be started: {error.strerror}") from error
        with process:
            try:
                assert process.stdout is not None  # noqa: S101 - PIPE was asked for
                yield _open(process, process.stdout, messages)
            finally:
                process.kill()


def _open(process: subprocess.Popen[bytes], stream: IO[bytes], messages: IO[bytes]) -> Decoded | str:
    header = stream.read(24)
    if len(header) < 24:
        process.wait()
        return next(iter(_read_complaints(messages)), "ffmpeg found no sound in it")
    _, start, _, encoding, sample_rate, channels = struct.unpack(">4s5I", header)
    assert encoding == _FLOATS  # noqa: S101 - asked for
    stream.read(start - len(header))
    complaints: list[str] = []
    blocks = _read_blocks(process, stream, channels, messages, complaints)
    return Decoded(sample_rate=sample_rate, channels=channels, blocks=blocks, complaints=complaints)


def _read_blocks(
    process: subprocess.Popen[bytes],
    stream: IO[bytes],
    channels: int,
    messages: IO[bytes],
    complaints: list[str],
) -> Iterator[NDArray[np.float32]]:
    import numpy as np

    frame = 4 * channels
    while data := stream.read(_BLOCK_FRAMES * frame):
        whole = data[: len(data) // frame * frame]
        yield np.frombuffer(whole, dtype=">f4").astype(np.float32).reshape(-1, channels)
    status = process.wait()
    complaints += _read_complaints(messages)
    if status != 0 and not complaints:
        complaints.append(f"ffmpeg ended with status {status}")


def _read_complaints(messages: IO[bytes]) -> list[str]:
    messages.seek(0)
    said = messages.read(100_000).decode("utf-8", "replace").splitlines()
    # "[mp3float @ 0x55d0] Header missing": where ffmpeg had it in memory tells nobody anything.
    return [line.partition("] ")[2] or line for line in said if line.strip()]
