"""Checking: finished files are decoded, measured, and compared with what was meant."""

from audiobook.checking.books import BookToCheck, check_book
from audiobook.checking.completeness import PACE, PlannedFile, judge_source, measure_pace
from audiobook.checking.decoding import decode, decode_mono
from audiobook.checking.files import CheckedFile, FileToCheck, check_file
from audiobook.checking.hearing import describe_line, pass_over
from audiobook.checking.plot import is_own_picture
from audiobook.checking.profiles import PROFILES, Limit, Profile
from audiobook.checking.report import CheckReport, Finding, HeardLine, StoryFindings
from audiobook.checking.silences import LONG_S, find_silences
from audiobook.checking.sound import judge_spread
from audiobook.checking.tags import ShownTags, judge_titles

__all__ = [
    "LONG_S",
    "PACE",
    "PROFILES",
    "BookToCheck",
    "CheckReport",
    "CheckedFile",
    "FileToCheck",
    "Finding",
    "HeardLine",
    "Limit",
    "PlannedFile",
    "Profile",
    "ShownTags",
    "StoryFindings",
    "check_book",
    "check_file",
    "decode",
    "decode_mono",
    "describe_line",
    "find_silences",
    "is_own_picture",
    "judge_source",
    "judge_spread",
    "judge_titles",
    "measure_pace",
    "pass_over",
]
