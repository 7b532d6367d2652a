"""What is cut off Kokoro's wave, by the lengths that it gives the phonemes.

Alone, a line of a word or two is spoken badly: "Too late" ends in a vowel that nobody wrote, "Prologue" too.
After a sentence of the same voice it is not, so it is given one, which is cut off in the pause between them.
The clip stays the same whatever stands beside it in a story.

At a text's end nothing is cut: speech ends some 0.3 s before the last edge, that of the mark after the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.engines.neural.speaking import SpokenPhonemes
from audiobook.engines.neural.waves import Wave

SHORT = 20
"""So few signs (phonemes, marks of stress and punctuation) are a short line: two words, seldom three."""

LEAD_INS = {"en-us": "And then they said it again.", "en-gb": "And then they said it again."}
"""What is said before a short line, by language; others than English were not measured.

Of the 13 lines of benchmarks/short_lines.txt that bf_emma said wrongly alone, 1 was wrong after this
sentence, 1 before it, 5 after "She said it.", 6 after "…", 8 where only the ends were cut by the durations,
11 where the line was said twice, 12 when it was slower or in the style of a longer text.  Of bm_george's 18:
1 after this, none before it, 12 after "…" or said twice, 15 in the style of a longer text."""

_BEFORE_S = 0.13
"""Sounds set in up to 0.12 s before the edge that the model's durations give them, at its own speed.  Slowed
down it begins as early, and stretches the first sound backwards: at 0.77 of the speed by 0.2 s."""

_WINDOW_S = 0.01
_FADE_S = 0.005

LATE_S = 0.075
"""By so much sounds are heard before the edges that the durations give them: three of the model's frames,
which its makers' own program takes off too (hexgrad/kokoro, `join_timestamps`).  Without it, a forced
alignment heard 282 words of two stories 84 ms before their edges, in the median."""


def cut_lead_in(spoken: SpokenPhonemes, count: int, sample_rate: int) -> SpokenPhonemes:
    """Return what comes after the first `count` phonemes, which end in a full stop and a space.

    The cut is where it is quietest between that mark and the first phoneme after it.
    """
    start = _find_quietest(spoken.wave, spoken.edges[count - 2], spoken.edges[count], sample_rate)
    return _cut(spoken, start, count, sample_rate)


def cut_start(spoken: SpokenPhonemes, phonemes: Sequence[str], sample_rate: int) -> SpokenPhonemes:
    """Leave out what the model makes of a text's start before its first sound."""
    first = next((n for n, sign in enumerate(phonemes) if sign.isalpha()), 0)
    start = max(0, spoken.edges[first] - round(_BEFORE_S * sample_rate))
    return _cut(spoken, start, 0, sample_rate)


def _cut(spoken: SpokenPhonemes, start: int, count: int, sample_rate: int) -> SpokenPhonemes:
    import numpy as np

    wave = spoken.wave[start:].copy()
    fade = min(round(_FADE_S * sample_rate), len(wave))
    wave[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    return SpokenPhonemes(wave=wave, edges=tuple(max(0, edge - start) for edge in spoken.edges[count:]))


def _find_quietest(wave: Wave, start: int, end: int, sample_rate: int) -> int:
    import numpy as np

    size = round(_WINDOW_S * sample_rate)
    if end - start <= size:
        return (start + end) // 2
    powers = np.convolve(wave[start:end].astype(np.float64) ** 2, np.ones(size), "valid")
    return start + int(np.argmin(powers)) + size // 2
