"""Books of one series share voices by name: whoever was in an earlier book sounds as there.

The order is that of the series, whatever is made first: an earlier book is cast as it would be made now, from
its text and the settings.  So equal texts and settings give equal voices, whatever is made when.
Only of a book whose text is gone is it remembered how its people sounded (`project/series_record.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.casting import EarlierRole, Settings, StorySettings, VoiceWish, find_earlier, is_named
from audiobook.errors import NarrateError
from audiobook.files import Identity, identify
from audiobook.model import NARRATOR, Cast, Character, Script
from audiobook.planning.scripting import PlanScript
from audiobook.project.layout import Project, list_texts
from audiobook.project.series_record import RememberedBook, read_series_record
from audiobook.project.settings import find_voice_fault
from audiobook.reading import SeriesPlace, read_series

_Order = tuple[bool, float, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Volume:
    """A book of a series: a text with its settings, or one that is gone and what is remembered of it."""

    order: _Order
    path: Path | None = None
    gone: RememberedBook | None = None


class SeriesCasts:
    """Settles who of a story was in earlier books; remembers what files say, and their casts.

    For as long as the same voices are installed.  Threads may share it.
    """

    def __init__(self) -> None:
        self._places: dict[Path, tuple[Identity | None, SeriesPlace]] = {}
        self._casts: dict[Path, tuple[Identity | None, StorySettings, tuple[EarlierRole, ...]]] = {}

    def settle(self, project: Project, settings: Settings, path: Path, reads: PlanScript) -> StorySettings:
        """Return what is set for a story, with the people of the books before it in its series.

        Those books are read by `reads`; one that can't be is left out.  Raises `StorageError` where what is
        remembered can't be read.
        """
        own = settings.for_story(path.stem)
        place = self._find_place(path, own)
        if place.series is None or own.casting != "full":
            return own
        known: list[EarlierRole] = []
        for volume in self._list_before(project, settings, path, place):
            roles: Sequence[EarlierRole]
            if volume.path is not None:
                roles = self._find_roles(volume.path, settings.for_story(volume.path.stem), known, reads)
            else:
                roles = _recall_roles(volume.gone, own.engine)
            known += find_new(roles, known)
        return replace(own, earlier_roles=tuple(known))

    def keep(self, path: Path, settings: StorySettings, script: Script, cast: Cast) -> None:
        """Remember a book that was just cast by what was settled for it, so that it is not read once more."""
        if script.book.series is not None:
            self._casts[path] = (identify(path), settings, tuple(list_roles(script, cast, settings)))

    def _find_place(self, path: Path, own: StorySettings) -> SeriesPlace:
        """Return a story's place in its series: what voices.yaml states, else its file."""
        identity = identify(path)
        known = self._places.get(path)
        if known is None or known[0] != identity:
            known = self._places[path] = (identity, read_series(path))
        stated, read = own.details, known[1]
        return SeriesPlace(
            stated.series or read.series,
            stated.series_part or read.part,
            stated.title or read.title,
        )

    def _list_before(
        self, project: Project, settings: Settings, path: Path, place: SeriesPlace
    ) -> list[_Volume]:
        """List the books before one in its series, in that order."""
        series, end = _fold(place.series), _order(place.part, path.stem)
        volumes, places, texts = [], [place], list_texts(project)
        names = {each.stem for each in (path, *texts)}
        for other in texts:
            its = self._find_place(other, settings.for_story(other.stem))
            if other.stem == path.stem or _fold(its.series) != series:
                continue
            places.append(its)
            volumes.append(_Volume(order=_order(its.part, other.stem), path=other))
        for name, gone in read_series_record(project).items():
            is_there = name in names or any(_is_same(gone, its) for its in places)
            if _fold(gone.series) == series and not is_there:
                volumes.append(_Volume(order=_order(gone.part, name), gone=gone))
        return sorted((each for each in volumes if each.order < end), key=lambda each: each.order)

    def _find_roles(
        self, path: Path, own: StorySettings, known: Sequence[EarlierRole], reads: PlanScript
    ) -> tuple[EarlierRole, ...]:
        identity, own = identify(path), replace(own, earlier_roles=tuple(known))
        kept = self._casts.get(path)
        if kept is None or kept[:2] != (identity, own):
            try:
                script, cast = reads(path, own)
                roles = tuple(list_roles(script, cast, own))
            except NarrateError:
                roles = ()
            kept = self._casts[path] = (identity, own, roles)
        return kept[2]


def list_roles(script: Script, cast: Cast, settings: StorySettings) -> Iterator[EarlierRole]:
    """Yield the named people of a book, as later books of its series may know them."""
    if settings.casting != "full":
        return
    characters = {character.name: character for character in script.characters}
    for role in cast.roles:
        character = characters.get(role.speaker or NARRATOR)
        if character is not None and is_named(character.name):
            voice = role.voice
            yield EarlierRole(
                name=character.name,
                aliases=character.aliases,
                gender=role.gender,
                voice=VoiceWish(
                    engine=voice.engine,
                    id=voice.id,
                    rate=None if voice.rate == settings.rate else voice.rate,
                    pitch=voice.pitch,
                    volume=voice.volume,
                    range=voice.range,
                ),
                book=script.book.title,
                language=script.book.language,
            )


def find_new(roles: Sequence[EarlierRole], known: Sequence[EarlierRole]) -> list[EarlierRole]:
    """Return those who are none of the `known`."""
    people = [Character(name=role.name, aliases=role.aliases, gender=role.gender) for role in roles]
    old = find_earlier(people, known)
    return [role for role in roles if role.name not in old]


def remember_book(script: Script, cast: Cast, settings: StorySettings) -> RememberedBook | None:
    """Return what is to be remembered of a book; None of one that is of no series."""
    roles = tuple(list_roles(script, cast, settings))
    if script.book.series is None or not roles:
        return None
    return RememberedBook(
        series=script.book.series,
        part=script.book.series_part,
        title=script.book.title,
        casts={settings.engine: roles},
    )


def _recall_roles(gone: RememberedBook | None, engine: str) -> list[EarlierRole]:
    """Return the people of a book that is gone whose voices are still there."""
    roles = gone.casts.get(engine, ()) if gone is not None else ()
    return [role for role in roles if not find_voice_fault(role.voice.engine or "", role.voice.id or "")]


def _is_same(gone: RememberedBook, place: SeriesPlace) -> bool:
    """Tell whether a book that seems gone is one that is there under another file name."""
    return gone.title == place.title or (gone.part is not None and gone.part == place.part)


def _order(part: str | None, name: str) -> _Order:
    """Return the place of a book in its series: by the first number of its part, then those without."""
    number = re.search(r"\d+(?:\.\d+)?", part or "")
    return number is None, float(number[0]) if number else 0.0, part or "", name


def _fold(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()
