"""Which of eSpeak's languages and accents speaks a text best."""

from __future__ import annotations

from collections.abc import Iterator

from audiobook.engines.espeak.catalogue import Catalogue
from audiobook.languages import is_same_language, primary_language

_LATIN_AMERICA = frozenset("ar bo cl co cr cu do ec gt hn mx ni pa pe pr py sv us uy ve".split())
"""Countries whose Spanish is that of `es-419` (UN M49: Latin America and the Caribbean), and the USA."""
_CANTONESE = frozenset({"hk", "mo"})


def localize(catalogue: Catalogue, voice_id: str, language: str) -> str | None:
    """See `LocalEngine.localize`; `voice_id` is a voice without a fault."""
    own, plus, variant = voice_id.partition("+")
    spoken = catalogue.languages.get(own)
    if spoken and any(is_same_language(tag, language) for tag, _ in spoken.tags):
        return voice_id
    for tag in _widen(language):
        found = _find(catalogue, tag)
        if found is not None:
            return found + plus + variant
    return None


def _widen(language: str) -> Iterator[str]:
    """Yield the tags that fit a language, the narrowest first: `pt-br`, then `pt`."""
    parts = language.lower().replace("_", "-").split("-")
    primary = primary_language(parts[0])
    if primary == "es" and _LATIN_AMERICA & set(parts[1:]):
        yield "es-419"
    if primary == "zh" and (parts[0] == "yue" or _CANTONESE & set(parts[1:])):
        yield "yue"
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])
    for length in range(len(parts), 0, -1):
        yield "-".join((primary, *parts[1:length]))


def _find(catalogue: Catalogue, tag: str) -> str | None:
    """Return the id of the language whose tag it is; the best match by eSpeak's priorities."""
    exact = catalogue.languages.get(tag)
    if exact and exact.tags[0][0] == tag:
        return tag
    found = [
        (priority, each.tags[0][0])
        for each in catalogue.languages.values()
        for own, priority in each.tags
        if own.lower() == tag
    ]
    return min(found)[1] if found else None
