"""What a track can be encoded into: a table of ffmpeg's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OUTPUT_RATE = 44_100
BITRATE_KBPS = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How ffmpeg makes a file of mastered samples: its arguments, container and file ending."""

    arguments: tuple[str, ...]
    container: tuple[str, ...]
    suffix: str


_MONO = ("-ar", str(OUTPUT_RATE), "-ac", "1")

# 192 kb/s CBR at 44.1 kHz is what audiobook shops ask for; quality is ffmpeg's default for LAME.
_MP3 = Codec(
    arguments=(*_MONO, "-c:a", "libmp3lame", "-b:a", f"{BITRATE_KBPS}k"),
    container=("-id3v2_version", "0", "-write_xing", "1", "-f", "mp3"),
    suffix=".mp3",
)

CODECS: Mapping[str, Codec] = {
    "mp3": _MP3,
    "sample": _MP3,
    # 48 kb/s VBR is where fullband speech (28-40) ends and mono music begins (RFC 7587, section 3.1.1).
    # Opus works at 48 kHz alone; "audio" keeps what the mastering made, "voip" would filter it again.
    "opus": Codec(
        arguments=("-ar", "48000", "-ac", "1", "-c:a", "libopus", "-b:a", "48k", "-application", "audio"),
        container=("-f", "opus"),
        suffix=".opus",
    ),
    "flac": Codec(
        arguments=(*_MONO, "-c:a", "flac", "-sample_fmt", "s16"), container=("-f", "flac"), suffix=".flac"
    ),
    # The parts of an M4B.  64 kb/s a channel is AAC-LC's rule of thumb for transparency
    # (https://trac.ffmpeg.org/wiki/Encode/AAC); the time scale makes the length exact to the sample.
    # The encoder's default search ("twoloop") is not for mastered speech: at 64 kb/s a story's peaks rose
    # from -3.6 to -1.4 dBFS, at 96 kb/s to +0.5.  "fast" leaves them at -3.5, takes a quarter of the time,
    # and is truer: a signal-to-noise ratio of 29 dB at 64 kb/s, where the other has 22 (and 26 at 96).
    "aac": Codec(
        arguments=(*_MONO, "-c:a", "aac", "-aac_coder", "fast", "-b:a", "64k"),
        container=("-movie_timescale", str(OUTPUT_RATE), "-f", "ipod"),
        suffix=".m4a",
    ),
}
