"""Read the sound files that other programs write: WAV, and the AIFF of macOS, as 16-bit mono."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from audiobook.model import Clip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
"""WAVE_FORMAT_… of Microsoft's mmreg.h."""

_RATES = (4_000, 192_000)
_UNKNOWN = 0x7FFFF000
"""From this size on, or with 0, the writer of a stream could not go back and fill the size in."""


class SoundFileFault(Exception):  # noqa: N818 - always caught by an adapter; no error of narrate's own
    """The bytes are no sound file, or not whole; the message says what is wrong."""


def read_sound(data: bytes) -> Clip:
    """Return a WAV's or an AIFF's sound: PCM of 8 to 32 bits or float, several channels mixed to one.

    Raises `SoundFileFault` where it is anything else, or holds less than its header says.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _read_wav(data)
    if data[:4] == b"FORM" and data[8:12] in {b"AIFF", b"AIFC"}:
        return _read_aiff(data)
    if not data:
        raise SoundFileFault("it is empty")
    raise SoundFileFault(f"it is no WAV: it begins with {data[:12]!r}")


def _chunks(data: bytes, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Yield each chunk's name, the size that it states, and where its content begins."""
    at = 12
    while at + 8 <= len(data):
        name = data[at : at + 4]
        (size,) = struct.unpack(f"{order}I", data[at + 4 : at + 8])
        yield name, size, at + 8
        at += 8 + size + size % 2


def _read_wav(data: bytes) -> Clip:
    form: tuple[int, ...] | None = None
    for name, size, start in _chunks(data, "<"):
        if name == b"fmt " and size >= 16 and len(data) >= start + 16:
            form = struct.unpack("<HHIIHH", data[start : start + 16])
            if form[0] == _EXTENSIBLE and len(data) >= start + 26:
                form = (*struct.unpack("<H", data[start + 24 : start + 26]), *form[1:])
        elif name == b"data":
            if form is None:
                raise SoundFileFault("its header lacks the format")
            there = len(data) - start
            stated = there if size == 0 or size >= _UNKNOWN else size
            if there < stated:
                raise SoundFileFault(f"it is cut: {there} of {stated} bytes are there")
            kind, channels, rate, _, _, bits = form
            types = {(_PCM, 8): "u1", (_PCM, 16): "<i2", (_PCM, 24): "24<", (_PCM, 32): "<i4"}
            types |= {(_FLOAT, 32): "<f4", (_FLOAT, 64): "<f8"}
            if (kind, bits) not in types:
                raise SoundFileFault(f"its format is {kind} with {bits} bits, not PCM or float")
            return _mix(data[start : start + stated], types[kind, bits], channels, rate)
    raise SoundFileFault("it holds no sound: the chunk 'data' is missing")


def _read_aiff(data: bytes) -> Clip:
    form: tuple[int, int, int, int, bytes] | None = None
    for name, size, start in _chunks(data, ">"):
        content = data[start : start + size]
        if name == b"COMM" and len(content) >= 18:
            channels, frames, bits = struct.unpack(">hIh", content[:8])
            coding = content[18:22] if data[8:12] == b"AIFC" else b"NONE"
            form = (channels, frames, bits, _read_extended(content[8:18]), coding)
        elif name == b"SSND" and form is not None:
            channels, frames, bits, rate, coding = form
            order = {b"NONE": ">", b"twos": ">", b"sowt": "<"}.get(coding)
            types = {8: "i1", 16: f"{order}i2", 24: f"24{order}", 32: f"{order}i4"}
            if order is None or bits not in types:
                raise SoundFileFault(f"its format is {coding!r} with {bits} bits, not PCM")
            samples = content[8 + int.from_bytes(content[:4]) :]
            if len(content) < size or len(samples) < frames * channels * bits // 8:
                raise SoundFileFault(f"it is cut: {len(samples)} of {frames * channels * bits // 8} bytes")
            return _mix(samples[: frames * channels * bits // 8], types[bits], channels, rate)
    raise SoundFileFault("it holds no sound: the chunk 'COMM' or 'SSND' is missing")


def _read_extended(data: bytes) -> int:
    """Return an 80-bit extended number as a whole one (Apple, AIFF 1.3: the sample rate)."""
    exponent, mantissa = struct.unpack(">HQ", data)
    return int(mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63))


def _mix(samples: bytes, kind: str, channels: int, rate: int) -> Clip:
    import numpy as np

    if not _RATES[0] <= rate <= _RATES[1] or not 1 <= channels <= 8:
        raise SoundFileFault(f"it says {rate} Hz and {channels} channels")
    size = 3 if kind.startswith("24") else np.dtype(kind).itemsize
    samples = samples[: len(samples) // (size * channels) * size * channels]
    if kind == "<i2" and channels == 1:
        return Clip(samples=samples, sample_rate=rate)
    wave = _to_float(samples, kind).reshape(-1, channels).mean(axis=1)
    if not np.isfinite(wave).all():
        raise SoundFileFault("some of its samples are no numbers")
    whole = np.clip(np.rint(wave * 32768), -32768, 32767).astype("<i2")
    return Clip(samples=whole.tobytes(), sample_rate=rate)


def _to_float(samples: bytes, kind: str) -> NDArray[np.float64]:
    """Return samples of full scale 1."""
    import numpy as np

    if kind.startswith("24"):
        triples = np.frombuffer(samples, np.uint8).reshape(-1, 3)
        if kind.endswith(">"):
            triples = triples[:, ::-1]
        padded = np.zeros((len(triples), 4), np.uint8)
        padded[:, 1:] = triples
        return padded.reshape(-1).view("<i4").astype(np.float64) / 2**31
    values = np.frombuffer(samples, kind).astype(np.float64)
    if kind == "u1":
        return (values - 128) / 128
    return values if "f" in kind else values / 2.0 ** (8 * np.dtype(kind).itemsize - 1)
