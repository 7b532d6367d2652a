"""The casts that engines bring: read from a table, or made of what an engine lists.

A table has a line for each voice: the language, `narrator` or a pool, the voice's id, its pitch, and in a few
words who it sounds like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import cast, get_args

from audiobook.engines.base import CastingEngine, Engine
from audiobook.languages import is_same_language, primary_language
from audiobook.model import PITCH_SHIFTS, EngineCast, Gender, Voice, VoiceEntry

_NARRATOR = "narrator"


def find_cast(engine: Engine, language: str) -> EngineCast | None:
    """Return an engine's cast for a language, None where no voice of its speaks that."""
    if hasattr(engine, "built_in_cast"):
        return cast(CastingEngine, engine).built_in_cast(language)
    return cast_from_catalogue(engine.voices(), language)


def cast_from_catalogue(
    entries: Iterable[VoiceEntry], language: str, pitch_shifts: tuple[int, ...] = PITCH_SHIFTS
) -> EngineCast | None:
    """Return the cast of all voices of a language, or of none that is told; the first one narrates."""
    own = [entry for entry in entries if not entry.language or is_same_language(entry.language, language)]
    if not own:
        return None
    voices = {entry: Voice(engine=entry.engine, id=entry.id) for entry in own}
    return EngineCast(
        narrator=voices[own[0]],
        pools={
            gender: tuple(voice for entry, voice in voices.items() if entry.gender == gender)
            for gender in get_args(Gender)
        },
        pitch_shifts=pitch_shifts,
        descriptions={entry.id: entry.description for entry in own if entry.description},
    )


@cache
def read_casts(
    table: str, engine: str, pitch_shifts: tuple[int, ...] = PITCH_SHIFTS
) -> Mapping[str, EngineCast]:
    """Return the casts in a table beside this module, by the language alone (`en`)."""
    rows: dict[str, list[Sequence[str]]] = {}
    for line in files(__package__).joinpath(table).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            language, *row = line.split(maxsplit=4)
            rows.setdefault(primary_language(language), []).append(row)
    return {language: _make_cast(engine, pitch_shifts, own) for language, own in rows.items()}


def _make_cast(engine: str, pitch_shifts: tuple[int, ...], rows: Sequence[Sequence[str]]) -> EngineCast:
    pools: dict[str, list[Voice]] = {}
    for pool, id_, pitch, _ in rows:
        pools.setdefault(pool, []).append(Voice(engine=engine, id=id_, pitch=int(pitch)))
    return EngineCast(
        narrator=pools[_NARRATOR][0],
        pools={gender: tuple(pools.get(gender, ())) for gender in get_args(Gender)},
        pitch_shifts=pitch_shifts,
        # A narrator that is in a pool too is described as the narrator, who is the first in the table.
        descriptions={id_: description for _, id_, _, description in reversed(rows)},
    )
