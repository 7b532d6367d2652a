"""The voices that those of one gender may have: a pool of the settings, at every pitch that it may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from audiobook.casting.acoustics import measure_clarity
from audiobook.casting.settings import StorySettings
from audiobook.model import PITCH_SHIFTS, Gender, Voice

POOL_NAMES: Mapping[Gender, str] = {
    "female": "women's pool",
    "male": "men's pool",
    "unknown": "pool for unknown gender",
}
_FALLBACK_POOLS: Mapping[Gender, tuple[Gender, ...]] = {
    "female": ("unknown",),
    "male": ("unknown",),
    "unknown": ("female", "male"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicePool:
    """The voices for speakers of one gender, and where they come from.

    `looks` are these voices at each pitch that they may have, with the rank of that among the voice's
    shifts; `least_clear` is what the clearer half of them reaches.
    """

    voices: Sequence[Voice]
    why: str
    looks: Sequence[tuple[int, Voice]]
    least_clear: float

    def is_clear(self, voice: Voice) -> bool:
        """Tell whether a voice is as clear as the clearer half of the pool."""
        return measure_clarity(voice) >= self.least_clear


def find_pool(gender: Gender, settings: StorySettings) -> VoicePool:
    """Return the pool for a gender with all that many will ask of it."""
    voices, why = choose_voices(gender, settings)
    looks = [
        (rank, look)
        for voice in voices
        for rank, shift in enumerate(shifts_of(voice, settings))
        for look in _shift_pitch(voice, shift)
    ]
    if all(is_same_voice(voice, settings.narrator) for voice in voices):
        looks = [(rank, look) for rank, look in looks if rank] or looks
    clarities = sorted(map(measure_clarity, voices))
    return VoicePool(voices=voices, why=why, looks=looks, least_clear=clarities[len(clarities) // 2])


def choose_voices(gender: Gender, settings: StorySettings) -> tuple[list[Voice], str]:
    """Return the voices for speakers of a gender and where they come from.

    The narrator's voice is left out; where nothing remains the other fitting pools serve, and where
    they hold nothing else either, the narrator's voice it is.
    """
    for each in (gender, *_FALLBACK_POOLS[gender]):
        pool = [voice for voice in settings.pools[each] if not is_same_voice(voice, settings.narrator)]
        if pool:
            return pool, POOL_NAMES[each]
    return list(settings.pools[gender]), f"{POOL_NAMES[gender]}, whose only voice is the narrator's"


def shifts_of(voice: Voice, settings: StorySettings) -> tuple[int, ...]:
    """Return by how much a voice's pitch may be shifted to tell those who share it apart, least first."""
    return settings.pitch_shifts.get(voice.engine, PITCH_SHIFTS)


def _shift_pitch(voice: Voice, shift: int) -> Iterable[Voice]:
    """Yield the voice with its pitch shifted, or nothing where that leaves the range."""
    pitch = voice.pitch + shift
    if 0 <= pitch <= 100:
        yield replace(voice, pitch=pitch)


def is_same_voice(one: Voice, other: Voice) -> bool:
    """Tell whether two voices are one to the ear, whatever their rate, pitch and volume."""
    return (one.engine, one.id) == (other.engine, other.id)
