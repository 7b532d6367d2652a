"""What shops and directories ask of a file, as frozen values with their sources.

A profile is technical: that files pass it is no promise that anybody takes them.  ACX, for one, accepts
no synthetic speech unless it has agreed to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The least and the most that a figure may be, both included, in `unit`; `digits` are shown."""

    figure: str
    unit: str
    least: float = -math.inf
    most: float = math.inf
    digits: int = 1

    def holds(self, value: float) -> bool:
        """Tell whether a value is inside."""
        return self.least <= value <= self.most

    def __str__(self) -> str:
        low, high = (f"{bound:.{self.digits}f}".replace("-", "−") for bound in (self.least, self.most))
        if self.least == self.most:
            return f"{low} {self.unit}".rstrip()
        if self.most == math.inf:
            return f"at least {low} {self.unit}".rstrip()
        if self.least == -math.inf:
            return f"at most {high} {self.unit}".rstrip()
        return f"{low} to {high} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is asked of each file (`limits`), and how far a book's files may lie apart (`spreads`).

    `is_constant` asks for a constant bit rate, `is_uniform` for all files mono or all stereo.
    `file_name` is a regular expression, with `file_name_words` to tell a person.
    """

    name: str
    title: str
    source: str
    limits: tuple[Limit, ...]
    spreads: tuple[Limit, ...] = ()
    is_constant: bool = True
    is_uniform: bool = True
    file_name: str | None = None
    file_name_words: str = ""


DIGITAL_SILENCE_DB = -95.0
"""Under this there is nothing but the rounding of 16 bits (−98 dB): a player or a listener hears the gap."""

# ACX measures the noise floor as RMS too.  Its page gives no lower bound; ACX's own checker and its
# reviewers take digital silence for a gate's or an edit's work.
_ACX = Profile(
    name="acx",
    title="ACX technical profile",
    source="https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements",
    limits=(
        Limit(figure="rms", unit="dB", least=-23, most=-18),
        Limit(figure="peak", unit="dB", most=-3),
        Limit(figure="floor", unit="dB", least=DIGITAL_SILENCE_DB, most=-60),
        Limit(figure="bitrate", unit="kb/s", least=192, digits=0),
        Limit(figure="sample rate", unit="Hz", least=44_100, most=44_100, digits=0),
        Limit(figure="channels", unit="", least=1, most=2, digits=0),
        Limit(figure="head", unit="s", least=0.5, most=1, digits=2),
        Limit(figure="tail", unit="s", least=1, most=5, digits=2),
        Limit(figure="length", unit="min", most=120),
    ),
    # "Consistent in overall sound": within 1 dB, the least difference that listeners notice.
    spreads=(Limit(figure="rms", unit="dB", most=1), Limit(figure="loudness", unit="LU", most=1)),
)

# 89 dB is ReplayGain's reference, which is −18 LUFS (ReplayGain 2.0); the page gives the range in LUFS.
_LIBRIVOX = Profile(
    name="librivox",
    title="LibriVox technical specifications",
    source="https://wiki.librivox.org/index.php/Tech_Specs",
    limits=(
        Limit(figure="loudness", unit="LUFS", least=-21, most=-16),
        Limit(figure="bitrate", unit="kb/s", least=128, most=128, digits=0),
        Limit(figure="sample rate", unit="Hz", least=44_100, most=44_100, digits=0),
        Limit(figure="channels", unit="", least=1, most=1, digits=0),
    ),
    # As the catalogue's files are called.
    file_name=r"[a-z0-9]+_\d+(-\d+)?_[a-z0-9]+_128kb\.mp3",
    file_name_words="title_01_author_128kb.mp3, all in small letters",
)

_PODCAST = Profile(
    name="podcast",
    title="Apple Podcasts audio requirements",
    source="https://podcasters.apple.com/support/893-audio-requirements",
    limits=(
        Limit(figure="loudness", unit="LUFS", least=-17, most=-15),
        Limit(figure="peak", unit="dB", most=-1),
        Limit(figure="sample rate", unit="Hz", least=44_100, most=48_000, digits=0),
        Limit(figure="channels", unit="", least=1, most=2, digits=0),
    ),
    is_constant=False,
)

PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (_ACX, _LIBRIVOX, _PODCAST)})
"""The profiles by name; the first is the usual one."""
