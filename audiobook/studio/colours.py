"""Which of the page's colours each speaker has: another than whom they talk with, and always the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from audiobook.model import NARRATOR, Cast, Script

COLOURS = 12
"""Speakers' colours that a page can tell apart."""


def colour_speakers(
    script: Script, cast: Cast, before: Mapping[str | None, int] | None = None
) -> dict[str | None, int]:
    """Give everybody but the narrator a colour's number.

    Who had one `before` keeps it.  Of the others those who speak most choose first: the first colour that
    nobody has who speaks in the same chapters, or else the one that the fewest of those have.
    """
    chosen = dict(before or {})
    named = [role.speaker for role in cast.roles if role.speaker not in {None, NARRATOR}]
    if len(named) <= COLOURS and not chosen:
        return {speaker: number for number, speaker in enumerate(named)}
    near = _find_company(script)
    used = Counter(chosen[speaker] for speaker in named if speaker in chosen)
    for speaker in named:
        if speaker not in chosen:
            costs: Counter[int] = Counter()
            for other, chapters in near[speaker].items():
                if other in chosen:
                    costs[chosen[other]] += chapters
            chosen[speaker] = min(range(COLOURS), key=lambda colour: (costs[colour], used[colour], colour))
            used[chosen[speaker]] += 1
    return {speaker: chosen[speaker] for speaker in named}


def _find_company(script: Script) -> dict[str | None, Counter[str | None]]:
    """Count for each speaker the chapters that others speak in, too."""
    near: defaultdict[str | None, Counter[str | None]] = defaultdict(Counter)
    for chapter in script.chapters:
        speakers = {utterance.speaker for utterance in chapter.utterances} - {None, NARRATOR}
        for speaker in speakers:
            near[speaker].update(speakers - {speaker})
    return near
