"""Whom an alias takes in: people who were somebody else before it was stated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from audiobook.model import Character, Corrections, KnownCharacter, Origin
from audiobook.script.naming import fold_name

_NUMBER = re.compile(r" \(\d+\)$")
"""Of a role whose name somebody else has, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A person of the text, of so many lines, of whom another has a name now: the `alias` of `character`.

    `kind` tells how: "named" (the alias is the person's whole name), "drawn in" (it is a part of it, and
    the text's other names of that person come along), "apart" (it is a part, and the rest stays a person).
    """

    character: str
    alias: str
    other: str
    lines: int
    kind: Literal["named", "drawn in", "apart"]
    origin: Origin | None = None


def find_joins(
    before: Iterable[Character], now: Iterable[Character], corrections: Corrections
) -> tuple[Join, ...]:
    """Return who is, or was near to be, somebody else's by the aliases of `corrections`, in their order.

    `before` are the characters of the script without these aliases, `now` with them (`foresee` gives those,
    too, where the story is not read again yet).  People without a line are no loss, and not told.
    """
    found = _find_owners(before)
    known = [each for each in corrections.characters if each.is_character]
    owners = {id(own): each for each in known if (own := _find_own(each, found)) is not None}
    nobodies = {fold_name(each.name) for each in corrections.characters if not each.is_character}
    owners_now = _find_owners(now)
    joins: list[Join] = []
    for stated in known:
        told = {id(_find_own(stated, found))}
        for alias in stated.aliases:
            other = found.get(fold_name(alias))
            if other is None or id(other) in told or id(other) in owners or not other.quotations:
                continue
            told.add(id(other))
            if fold_name(other.name) in nobodies:
                continue
            joins.append(_tell(stated, alias, other, owners_now))
    return tuple(joins)


def _find_owners(characters: Iterable[Character]) -> dict[str, Character]:
    """Return whose a folded name is: somebody's own before another's alias."""
    everybody = tuple(characters)
    owners = {fold_name(alias): each for each in everybody for alias in each.aliases}
    return owners | {fold_name(_NUMBER.sub("", each.name)): each for each in everybody}


def _find_own(stated: KnownCharacter, found: dict[str, Character]) -> Character | None:
    """Return who a stated character is without its aliases; where the text has no such name, by the first."""
    names: Sequence[str] = (stated.name, *stated.aliases)
    return next((found[name] for name in map(fold_name, names) if name in found), None)


def _tell(stated: KnownCharacter, alias: str, other: Character, owners_now: dict[str, Character]) -> Join:
    whole = fold_name(_NUMBER.sub("", other.name))
    is_named = whole in map(fold_name, (stated.name, *stated.aliases))
    is_apart = whole in owners_now and owners_now[whole].name != stated.name
    return Join(
        character=stated.name,
        alias=alias,
        other=other.name,
        lines=other.quotations,
        kind="named" if is_named else "apart" if is_apart else "drawn in",
        origin=stated.origin,
    )
