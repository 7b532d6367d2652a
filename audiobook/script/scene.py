"""Who is around: the people that the narration names, in order, and whom speech addresses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon
from audiobook.script.names import NameMention


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person named at a token; `acts` says that the name is the subject of what happens."""

    token: int
    person: int
    acts: bool
    in_quotation: bool


class Scene:
    """All sightings of one book."""

    def __init__(self, tokens: Tokens, mentions: Sequence[NameMention], of_mention: Sequence[int]) -> None:
        self.tokens = tokens
        self.all = [
            Sighting(m.first, person, self._acts(m), m.in_quotation)
            for m, person in zip(mentions, of_mention, strict=True)
        ]
        self.told = [s for s in self.all if not s.in_quotation]
        self.told_at = [s.token for s in self.told]
        self.said = [s for s in self.all if s.in_quotation]
        self.said_at = [s.token for s in self.said]
        self.ends: Mapping[int, int] = {m.first: m.after for m in mentions}

    def _acts(self, mention: NameMention) -> bool:
        lowers = self.tokens.lowers
        after = lowers[mention.after] if mention.after < len(lowers) else ""
        before = lowers[mention.first - 1] if mention.first else ""
        words = lexicon()
        if after == "'s" or before in words.section("prepositions"):
            return False
        return (
            after.endswith(("ed", "ly"))
            or after in words.human_verbs
            or after in words.speech_verbs
            or after in words.section("be and have")
            or after in words.section("adverbs")
            or before in (".", "", "and", "then")
        )

    def before(self, token: int, reach: int) -> list[Sighting]:
        """Return the sightings in narration within `reach` tokens before `token`, nearest first."""
        right = bisect_left(self.told_at, token)
        left = bisect_left(self.told_at, token - reach)
        return self.told[left:right][::-1]

    def within(self, first: int, after: int) -> list[Sighting]:
        """Return the sightings in narration among tokens [first, after)."""
        return self.told[bisect_left(self.told_at, first) : bisect_left(self.told_at, after)]

    def addressed(self, first: int, after: int) -> list[int]:
        """Return the people whom the speech in tokens [first, after) calls by name."""
        lowers = self.tokens.lowers
        called: list[int] = []
        for sighting in self.said[bisect_left(self.said_at, first) : bisect_left(self.said_at, after)]:
            at = sighting.token
            end = self.ends[at]
            before = lowers[at - 1] if at > first else "^"
            behind = lowers[end] if end < after else "$"
            if before in ("dear", "my", "oh", "yes", "no", "well"):
                before = ","
            opens = before in ("^", ",", ".", "!", "?", "—", "--", ";", "“", '"', "‘", "'")
            if opens and behind in ("$", ",", ".", "!", "?", "—", "--", ";", "”", '"', "’", "'"):
                called.append(sighting.person)
        return called
