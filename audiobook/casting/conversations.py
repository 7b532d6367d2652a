"""Who talks with whom: speakers whose lines lie near each other."""

from __future__ import annotations

from collections.abc import Mapping

from audiobook.model import Script

NEARBY_PARAGRAPHS = 3
"""Lines at most so many paragraphs apart belong to one conversation.

Taste: in dialogue an answer stands in the next paragraph or, past one of narration, in the one after;
a third covers a longer aside.  A voice that comes back sooner is taken for the same person.
"""


def find_partners(script: Script) -> Mapping[str | None, frozenset[str | None]]:
    """Return for each speaker of the script those who talk with them.

    Two speakers talk with each other where each has a line in the same chapter at most
    `NEARBY_PARAGRAPHS` apart and no scene break or heading lies between.  None stands for lines whose
    speaker is not known; they may be anybody's, so they take part in conversations as one more speaker.
    """
    partners: dict[str | None, set[str | None]] = {}
    for chapter in script.chapters:
        last_heard: dict[str | None, int] = {}
        for utterance in chapter.utterances:
            if utterance.follows in {"scene", "heading"}:
                last_heard.clear()
            if utterance.kind != "speech":
                continue
            speaker = utterance.speaker
            partners.setdefault(speaker, set())
            # The last heard stand last, so that only those who are near are looked at.
            last_heard.pop(speaker, None)
            for other, paragraph in reversed(last_heard.items()):
                if utterance.paragraph - paragraph > NEARBY_PARAGRAPHS:
                    break
                partners[other].add(speaker)
                partners[speaker].add(other)
            last_heard[speaker] = utterance.paragraph
    return {speaker: frozenset(others) for speaker, others in partners.items()}
