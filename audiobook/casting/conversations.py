"""Who talks with whom: speakers whose lines lie near each other."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from audiobook.model import Script, Utterance

NEARBY_PARAGRAPHS = 3
"""Lines at most so many paragraphs apart belong to one conversation.

Taste: in dialogue an answer stands in the next paragraph or, past one of narration, in the one after;
a third covers a longer aside.  A voice that comes back sooner is taken for the same person.
"""


def find_partners(script: Script) -> Mapping[str | None, frozenset[str | None]]:
    """Return for each speaker of the script those who talk with them.

    Two speakers talk with each other where each has a line in the same chapter at most
    `NEARBY_PARAGRAPHS` apart and no scene break lies between.  None stands for lines whose speaker is
    not known; they may be anybody's, so they take part in conversations as one more speaker.
    """
    partners: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for chapter in script.chapters:
        nearby: deque[Utterance] = deque()
        for utterance in chapter.utterances:
            if utterance.follows == "scene":
                nearby.clear()
            if utterance.kind != "speech":
                continue
            while nearby and utterance.paragraph - nearby[0].paragraph > NEARBY_PARAGRAPHS:
                nearby.popleft()
            for other in {earlier.speaker for earlier in nearby} - {utterance.speaker}:
                partners[other].add(utterance.speaker)
                partners[utterance.speaker].add(other)
            partners.setdefault(utterance.speaker, set())
            nearby.append(utterance)
    return {speaker: frozenset(others) for speaker, others in partners.items()}
