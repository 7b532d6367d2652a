"""Audio: clips become a mastered, encoded track."""

from audiobook.audio.encode import Encoder, check_encoder, encode_mp3, find_encoder
from audiobook.audio.master import MASTERING_VERSION, choose_mastering, lay_room_tone
from audiobook.audio.stitch import Spacing, lay_out, resampled_frames, stitch

__all__ = [
    "MASTERING_VERSION",
    "Encoder",
    "Spacing",
    "check_encoder",
    "choose_mastering",
    "encode_mp3",
    "find_encoder",
    "lay_out",
    "lay_room_tone",
    "resampled_frames",
    "stitch",
]
