"""Who of a cast was in an earlier book of the series."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from audiobook.casting.settings import EarlierRole
from audiobook.model import Character


def is_named(name: str) -> bool:
    """Tell a name from a role ("her grandfather"), which is somebody else in each book."""
    return name[:1].isupper()


def find_earlier(
    characters: Iterable[Character], earlier: Sequence[EarlierRole]
) -> Mapping[str, EarlierRole]:
    """Return who of earlier books each character is, by its name.

    First are those of the same full name; of the others, who shares any name with just one who is left, and
    that one with nobody else.  A woman is no man of that name.  Capitals don't tell names apart.
    """
    left = [each for each in characters if is_named(each.name)]
    roles = {_fold(role.name): role for role in earlier}
    found = {
        each.name: role
        for each in left
        if (role := roles.get(_fold(each.name))) is not None and _may_be(each, role)
    }
    left = [each for each in left if each.name not in found]
    free = [role for role in earlier if role not in found.values()]
    pairs = [
        (each, role) for each in left for role in free if _may_be(each, role) and _share_name(each, role)
    ]
    for each, role in pairs:
        rivals = [pair for pair in pairs if pair[0] is each or pair[1] is role]
        if len(rivals) == 1:
            found[each.name] = role
    return found


def _may_be(character: Character, role: EarlierRole) -> bool:
    return "unknown" in {character.gender, role.gender} or character.gender == role.gender


def _share_name(character: Character, role: EarlierRole) -> bool:
    names = {_fold(name) for name in (role.name, *role.aliases) if is_named(name)}
    return any(_fold(name) in names for name in (character.name, *character.aliases) if is_named(name))


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
