"""Names that belong to two characters of the settings."""

from __future__ import annotations

from collections.abc import Mapping

from audiobook.casting.settings import CharacterSettings
from audiobook.yamledit.tree import Mark, SettingFault


def find_shared_names(
    characters: Mapping[str, CharacterSettings],
    lower: Mapping[str, CharacterSettings],
    marks: Mapping[str, Mark],
) -> list[SettingFault]:
    """Find names and aliases that belong to two characters, of one section or inherited from `lower`.

    Capitals don't tell names apart.  `marks` tell where the section states its characters; a clash is
    shown at the later of the two that stand there.
    """
    merged = {**lower, **characters}
    for name in characters.keys() & lower.keys():
        merged[name] = characters[name].over(lower[name])
    owners: dict[str, str] = {}
    findings: list[SettingFault] = []
    # All names first: a name is its bearer's own, and what clashes with it is the other's alias.
    claims = [(name, name) for name in merged]
    claims += [(alias, name) for name, stated in merged.items() for alias in stated.aliases or ()]
    for claimed, name in claims:
        owner = owners.setdefault(claimed.casefold(), name)
        if owner == name:
            continue
        is_alias = claimed != name
        shown, other = (name, owner) if name in marks else (owner, name)
        what = f"got {claimed!r}, which is {other}'s too" if is_alias else f"got {name!r} and {owner!r}"
        path = f"{shown}.aliases" if is_alias and shown == name else shown
        message = f"expected a name that belongs to one character, {what}"
        findings.append(SettingFault(mark=marks[shown], message=message, path=path))
    return findings
