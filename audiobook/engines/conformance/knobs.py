"""Checks of a voice's properties: each changes what it is for, or nothing where the engine says so."""

from __future__ import annotations

from audiobook.engines.conformance.trial import TEXTS, Check, Trial, expect, level_of, pitch_of, wave_of

_LONG = TEXTS[4]
_VOICED = "All our women were away."


def check_rate(trial: Trial) -> str:
    """Expect 110 words a minute to be slower and 230 faster than 160, by what they say."""
    rates = (110, 160, 230)
    slow, normal, fast = (trial.speak(_LONG, rate=rate) for rate in rates)
    if "rate" in trial.limits:
        trial.expect_same(normal, slow, "at another rate, which it declares to ignore")
        trial.expect_same(normal, fast, "at another rate, which it declares to ignore")
        return "does not follow, as declared"
    words = ", ".join(f"{c.seconds:.2f} s at {r}" for r, c in zip(rates, (slow, normal, fast), strict=True))
    expect(slow.seconds > 1.2 * normal.seconds, f"is hardly slower: {words}")
    expect(normal.seconds > 1.15 * fast.seconds, f"is hardly faster: {words}")
    return words


def check_pitch(trial: Trial) -> str:
    """Expect pitch 10 to be lower and 90 higher than 50, by two semitones at least, and words to stay."""
    low, middle, high = (trial.speak(_VOICED, pitch=pitch) for pitch in (10, 50, 90))
    if "pitch" in trial.limits:
        trial.expect_same(middle, low, "at another pitch, which it declares to ignore")
        trial.expect_same(middle, high, "at another pitch, which it declares to ignore")
        return "does not follow, as declared"
    heard = [pitch_of(clip) for clip in (low, middle, high)]
    words = ", ".join(f"{hertz:.0f} Hz" for hertz in heard)
    expect(0 < heard[0] * 1.12 < heard[1] < heard[2] / 1.12, f"hardly follows from 10 to 50 to 90: {words}")
    for clip in (low, high):
        expect(0.7 < clip.seconds / middle.seconds < 1.4, f"changes the length too: {clip.seconds:.2f} s")
    return words


def check_volume(trial: Trial) -> str:
    """Expect half the volume to be half the level, a twentieth a twentieth, and none silence as long."""
    text = TEXTS[1]
    full = trial.speak(text)
    peak = float(abs(wave_of(full)).max())
    expect(peak < 32767, "is overdriven at full volume")
    if "volume" in trial.limits:
        trial.expect_same(
            full, trial.speak(text, volume=0.5), "at another volume, which it declares to ignore"
        )
        return "does not follow, as declared"
    for volume in (0.5, 0.05):
        soft = trial.speak(text, volume=volume)
        share = level_of(soft) / level_of(full)
        expect(abs(share - volume) < 0.1 * volume, f"has {share:.3f} of the level at volume {volume}")
        longest = max(0.02, 0.02 * full.seconds) if "determinism" in trial.limits else 0.02
        expect(abs(soft.seconds - full.seconds) < longest, f"takes {soft.seconds:.2f} s at volume {volume}")
    silent = trial.speak(text, volume=0)
    expect(not wave_of(silent).any(), "is heard at volume 0")
    expect(
        abs(silent.seconds - full.seconds) <= 0.02 * full.seconds, f"takes {silent.seconds:.2f} s at volume 0"
    )
    return f"peak {peak / 32768:.0%} at full volume"


PROPERTIES: tuple[Check, ...] = (check_rate, check_pitch, check_volume)
