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

CODECS: Mapping[str, Codec] = {
    # 192 kb/s CBR at 44.1 kHz is what audiobook shops ask for; quality is ffmpeg's default for LAME.
    "mp3": Codec(
        arguments=(*_MONO, "-c:a", "libmp3lame", "-b:a", f"{BITRATE_KBPS}k"),
        container=("-id3v2_version", "0", "-write_xing", "1", "-f", "mp3"),
        suffix=".mp3",
    ),
}
