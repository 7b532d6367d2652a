"""Who of a cast was in an earlier book of the series."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
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
    named = [each for each in characters if is_named(each.name)]
    by_name: defaultdict[str, list[EarlierRole]] = defaultdict(list)
    by_any: defaultdict[str, list[EarlierRole]] = defaultdict(list)
    for role in earlier:
        by_name[_fold(role.name)].append(role)
        for name in _names(role):
            by_any[name].append(role)
    found: dict[str, EarlierRole] = {}
    for each in named:
        if same := [role for role in by_name[_fold(each.name)] if _may_be(each, role)]:
            found[each.name] = same[0]
    taken = {_fold(role.name) for role in found.values()}
    pairs = [
        (each.name, role)
        for each in named
        if each.name not in found
        for role in dict.fromkeys(role for name in _names(each) for role in by_any[name])
        if _fold(role.name) not in taken and _may_be(each, role)
    ]
    of_character, of_role = Counter(name for name, _ in pairs), Counter(role for _, role in pairs)
    found |= {name: role for name, role in pairs if of_character[name] == of_role[role] == 1}
    return found


def _may_be(character: Character, role: EarlierRole) -> bool:
    return "unknown" in {character.gender, role.gender} or character.gender == role.gender


def _names(person: Character | EarlierRole) -> set[str]:
    """Return all names of somebody, but no roles."""
    return {_fold(name) for name in (person.name, *person.aliases) if is_named(name)}


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
