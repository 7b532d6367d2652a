"""An engine on trial, and what the checks ask of a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from audiobook.engines.base import Engine, Limit
from audiobook.model import Clip, Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS = (
    "Hello.",
    "“You're going to collapse on stage,” Max teased, and nobody laughed.",
    "She counted: one, two, three… then ten thousand!",
    "The old café was quiet — too quiet for a Friday.",
    "A rather long sentence, with clauses; it goes on, and on, until at last it stops.",
)

_TOLERANCE = 0.02
"""How far the lengths of two clips of one text may be apart where an engine can't repeat itself."""


class Breach(Exception):  # noqa: N818 - ends in the result of its check; no error of narrate's own
    """An engine does not keep to what `base.Engine` says; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An engine, the voice that it is tried with, and what it says that it can't do."""

    open_engine: Callable[[], Engine]
    engine: Engine
    voice: Voice
    limits: frozenset[Limit]

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def speak(self, text: str, **changes: Any) -> Clip:
        """Speak with some of the voice's properties changed."""
        return self.engine.synthesize(text, replace(self.voice, **changes))

    def expect_same(self, one: Clip, other: Clip, when: str) -> None:
        """Expect equal clips, or equally long ones where the engine declares that it can't repeat itself."""
        if "determinism" not in self.limits:
            expect(one == other, f"other samples {when} ({one.seconds:.3f} s and {other.seconds:.3f} s)")
        self.expect_same_length(one, len(other.samples), when)

    def expect_same_length(self, clip: Clip, length: int, when: str) -> None:
        """Expect so many bytes, nearly so where the engine declares that it can't repeat itself."""
        tolerance = _TOLERANCE * len(clip.samples) if "determinism" in self.limits else 0
        is_near = abs(len(clip.samples) - length) <= tolerance
        expect(is_near, f"another length {when}: {len(clip.samples):,} and {length:,} bytes")


Check = Callable[[Trial], str]


def expect(is_so: bool, otherwise: str) -> None:
    """Raise `Breach` unless something is so."""
    if not is_so:
        raise Breach(otherwise)


def wave_of(clip: Clip) -> NDArray[np.float64]:
    """Return a clip's samples, full scale being 32,768."""
    import numpy as np

    return np.frombuffer(clip.samples, "<i2").astype(np.float64)


def level_of(clip: Clip) -> float:
    """Return the root mean square of a clip's samples."""
    wave = wave_of(clip)
    return float((wave**2).mean() ** 0.5) if len(wave) else 0.0


def pitch_of(clip: Clip) -> float:
    """Estimate the voice's fundamental frequency in Hz by autocorrelation of 40 ms frames, 60 to 900 Hz.

    0 where no frame is voiced.
    """
    import numpy as np

    wave = wave_of(clip)
    size, estimates = int(0.04 * clip.sample_rate), []
    low, high = clip.sample_rate // 900, clip.sample_rate // 60
    for start in range(0, len(wave) - size, size):
        frame = wave[start : start + size] - wave[start : start + size].mean()
        correlation = np.correlate(frame, frame, "full")[size - 1 :]
        after = low + int(np.argmax(correlation[low:high] < 0))  # past the peak at no lag
        lag = after + int(correlation[after:high].argmax())
        if correlation[lag] > 0.5 * correlation[0] > 0:
            estimates.append(clip.sample_rate / lag)
    return float(np.median(estimates)) if estimates else 0.0
