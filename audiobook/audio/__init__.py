"""Audio: clips become a mastered, encoded track."""

from audiobook.audio.codecs import CODECS, Codec
from audiobook.audio.encode import Encoder, check_encoder, encode, find_encoder, run_ffmpeg
from audiobook.audio.master import MASTERING_VERSION, choose_mastering, lay_room_tone
from audiobook.audio.stitch import Spacing, lay_out, resampled_frames, stitch

__all__ = [
    "CODECS",
    "MASTERING_VERSION",
    "Codec",
    "Encoder",
    "Spacing",
    "check_encoder",
    "choose_mastering",
    "encode",
    "find_encoder",
    "lay_out",
    "lay_room_tone",
    "resampled_frames",
    "run_ffmpeg",
    "stitch",
]
