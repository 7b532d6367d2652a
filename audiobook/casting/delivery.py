"""From how a line is spoken to the voice that speaks it: changes of the speaker's own voice.

    whispered: {variant: whisper, rate: 90%, volume: 60%}        # of the table `delivery` in voices.yaml

The changes of several deliveries ("whispered", and a question) add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from audiobook.model import Voice

Vary = Callable[[Voice, str], str | None]
"""Gives the id of a voice's variant (`whisper`) in its engine, None where the engine has none."""

SLOWEST, FASTEST = 80, 450


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a delivery changes of a voice; None leaves it to whatever lies below.

    `rate` and `volume` are percent of the speaker's, `pitch` and `range` steps added to the speaker's,
    `variant` the name of a variant of the voice ("" for none).
    """

    rate: int | None = None
    pitch: int | None = None
    volume: int | None = None
    range: int | None = None
    variant: str | None = None

    def over(self, lower: Manner) -> Manner:
        """Return this manner with what it leaves open taken from `lower`."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        return Manner(**{key: getattr(lower, key) if own[key] is None else own[key] for key in own})


PLAIN = Manner(rate=100, pitch=0, volume=100, range=0, variant="")
"""The manner that changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The voice that speaks a line, and what it was changed by: deliveries, and their changes in words.

    `why` is empty where the line is spoken plainly.
    """

    voice: Voice
    names: tuple[str, ...] = ()
    why: str = ""


def deliver(voice: Voice, names: Sequence[str], table: Mapping[str, Manner], vary: Vary) -> Delivered:
    """Return a speaker's voice as it speaks a line of these deliveries."""
    stated = {name: table[name].over(PLAIN) for name in names if name in table}
    manners = {name: manner for name, manner in stated.items() if manner != PLAIN}
    if not manners:
        return Delivered(voice=voice)
    rate, volume = float(voice.rate), voice.volume
    for manner in manners.values():
        rate *= (manner.rate or 100) / 100
        volume *= (100 if manner.volume is None else manner.volume) / 100
    wanted = next((manner.variant for manner in manners.values() if manner.variant), None)
    changed = replace(
        voice,
        id=(wanted and vary(voice, wanted)) or voice.id,
        rate=_within(round(rate), SLOWEST, FASTEST),
        pitch=_within(voice.pitch + sum(manner.pitch or 0 for manner in manners.values()), 0, 100),
        volume=round(min(volume, 1.0), 3),
        range=_within(voice.range + sum(manner.range or 0 for manner in manners.values()), 0, 100),
    )
    why = "; ".join(_describe(manner) for manner in manners.values())
    return Delivered(voice=changed, names=tuple(manners), why=why)


def at_pace(voice: Voice, pace: float) -> Voice:
    """Return a voice that speaks `pace` times as fast, as far as engines go."""
    return voice if pace == 1 else replace(voice, rate=_within(round(voice.rate * pace), SLOWEST, FASTEST))


def keep_flow(text: str) -> str:
    """Return the words of a sentence that goes on in another voice so that they don't fall as at its end.

    Speech engines take the end of a text without a mark for a full stop.
    """
    return f"{text}," if text[-1:].isalnum() else text


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


def _describe(manner: Manner) -> str:
    return ", ".join(
        f"{key} {value}" for key, value in asdict(manner).items() if value != getattr(PLAIN, key)
    )
