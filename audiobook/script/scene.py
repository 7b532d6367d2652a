"""Who is around: the people that the narration names, in order, and whom speech addresses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from audiobook.model import Gender
from audiobook.script.behaviour import NameMention
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What must be known of a language to see who is around.

    `articles` stand before a role, `address` between a comma's place and a name that is called;
    `subjects` are pronouns that open a sentence about somebody, `followers` all that may stand for a
    name that was before, and `first_person` is "I".
    """

    articles: frozenset[str]
    address: frozenset[str]
    subjects: Mapping[str, Gender]
    followers: Mapping[str, Gender]
    first_person: str
    own_names: frozenset[tuple[str, ...]] = frozenset()
    """Words after which speakers tell their own name."""
    name_questions: frozenset[tuple[str, str]] = frozenset()
    """Two words in a row by which a question asks for a name."""
    owners: frozenset[str] = frozenset()
    """Words before a role that is the narrator's kin: "my brother"."""
    newcomers: frozenset[str] = frozenset()
    """Articles of who is not known yet."""


ENGLISH = Words(
    articles=frozenset({"the"}),
    address=frozenset({"dear", "my", "oh", "yes", "no", "well"}),
    subjects={"he": "male", "she": "female"},
    followers={
        "he": "male", "him": "male", "his": "male", "himself": "male",
        "she": "female", "her": "female", "hers": "female", "herself": "female",
    },
    first_person="i",
    own_names=frozenset(
        tuple(words.split())
        for words in ("i am", "i'm", "name is", "name's", "call me", "this is", "it's", "it is")
    ),
    name_questions=frozenset(
        {("your", "name"), ("call", "you"), ("who", "are"), ("you", "called"), ("called", "?")}
    ),
    owners=frozenset({"my", "our"}),
    newcomers=frozenset({"a", "an"}),
)  # fmt: skip
_OF_OTHERS = frozenset("is isn't was wasn't has hasn't had hadn't will won't would wouldn't doesn't".split())
"""Verbs that a sentence about somebody goes on with: "is late", where "come in" bids."""
_SENTENCE = 40
"""Tokens within which the end of a sentence is looked for."""
_BROKEN = 16
"""Tokens within which a sentence that a tag breaks goes on."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person named at a token; `acts` says that the name is the subject of what happens."""

    token: int
    after: int
    person: int
    acts: bool
    in_quotation: bool


class Scene:
    """All sightings of one book."""

    def __init__(
        self,
        tokens: Tokens,
        mentions: Sequence[NameMention],
        of_mention: Sequence[int],
        in_speech: bytearray,
        words: Words = ENGLISH,
    ) -> None:
        self.tokens = tokens
        self.words = words
        self.all = [
            Sighting(m.first, m.after, person, self._acts(m.first, m.after), m.in_quotation)
            for m, person in zip(mentions, of_mention, strict=True)
        ]
        self.told = [s for s in self.all if not s.in_quotation]
        self.told_at = [s.token for s in self.told]
        self.in_speech = in_speech
        self.said = [s for s in self.all if s.in_quotation]
        self.said_at = [s.token for s in self.said]
        self.ends: Mapping[int, int] = {m.first: m.after for m in mentions}

    def add_roles(self, phrases: Mapping[tuple[str, ...], int]) -> None:
        """Add what the narration says of people by their role: "the old bartender" → the person."""
        longest = max((len(words) for words in phrases), default=0)
        lowers = self.tokens.lowers
        found = []
        for at, low in enumerate(lowers):
            if self.in_speech[at]:
                continue
            if low in self.words.owners and (own := phrases.get((low, *lowers[at + 1 : at + 2]))) is not None:
                found.append(Sighting(at, at + 2, own, self._acts(at, at + 2), False))
            if low in self.words.newcomers:
                found += self._introduced(at, phrases)
            if low not in self.words.articles:
                continue
            for length in range(longest, 0, -1):
                person = phrases.get(tuple(lowers[at + 1 : at + 1 + length]))
                if person is not None:
                    found.append(
                        Sighting(at, at + 1 + length, person, self._acts(at, at + 1 + length), False)
                    )
                    break
        self.told = sorted([*self.told, *found], key=lambda s: s.token)
        self.told_at = [s.token for s in self.told]

    def _introduced(self, at: int, phrases: Mapping[tuple[str, ...], int]) -> list[Sighting]:
        """Return who comes in as "a health inspector" at a token and is "the inspector" elsewhere."""
        for end in range(at + 1, min(at + 4, len(self.tokens.lowers))):
            person = phrases.get((self.tokens.lowers[end],))
            if person is not None:
                return [Sighting(at, end + 1, person, self._acts(at, end + 1), False)]
        return []

    def _acts(self, first: int, end: int) -> bool:
        lowers = self.tokens.lowers
        after = lowers[end] if end < len(lowers) else ""
        before = lowers[first - 1] if first else ""
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

    def spoken(self, first: int, after: int) -> list[Sighting]:
        """Return the sightings in speech among tokens [first, after)."""
        return self.said[bisect_left(self.said_at, first) : bisect_left(self.said_at, after)]

    def addressed(self, first: int, after: int) -> list[int]:
        """Return the people whom the speech in tokens [first, after) calls by name."""
        lowers = self.tokens.lowers
        called: list[int] = []
        for sighting in self.spoken(first, after):
            at = sighting.token
            end = self.ends[at]
            before = lowers[at - 1] if at > first else "^"
            behind = lowers[end] if end < after else "$"
            if before in self.words.address:
                before = ","
            opens = before in ("^", ",", ".", "!", "?", "—", "--", ";", "“", '"', "‘", "'")
            if before == "^" and behind == "," and end + 1 >= after and self._goes_on_with_verb(end):
                continue  # “Uncle Ben,” said Al, “is late.”: of whom the sentence tells
            if before == "^" and behind == ".":
                # "Albert." answers a question; who is called has a comma or an exclamation mark.
                continue
            if opens and behind in ("$", ",", ".", "!", "?", "—", "--", ";", "”", '"', "’", "'"):
                called.append(sighting.person)
        return called

    def _goes_on_with_verb(self, comma: int) -> bool:
        """Tell whether the sentence that a comma breaks off goes on with a verb, where speech does again."""
        lowers, texts = self.tokens.lowers, self.tokens.texts
        narration = range(comma + 1, min(len(lowers), comma + _BROKEN))
        narrated = next((at for at in narration if not self.in_speech[at] and lowers[at][0].isalnum()), None)
        if narrated is None:
            return False
        again = next((at for at in narration if at > narrated and self.in_speech[at]), None)
        while again is not None and again in narration and not lowers[again][0].isalnum():
            again += 1
        if again is None or again not in narration or not texts[again][0].islower():
            return False
        ends = next((low for low in lowers[again : again + _SENTENCE] if low in (".", "!", "?")), "")
        form = lexicon().human_verbs.get(lowers[again])
        return ends != "?" and (lowers[again] in _OF_OTHERS or form in ("past", "present"))

    def own_names(self, first: int, after: int) -> list[int]:
        """Return whom the speech in tokens [first, after) says that its speaker is: "I'm Ben"."""
        lowers = self.tokens.lowers
        told: list[int] = []
        for sighting in self.spoken(first, after):
            at = sighting.token
            words = tuple(lowers[max(first, at - 3) : at])
            ends = self.ends[at] >= after or lowers[self.ends[at]] in (
                ",",
                ".",
                "!",
                "?",
                ";",
                "—",
                "--",
                "and",
            )
            if ends and any(words[-len(known) :] == known for known in self.words.own_names):
                told.append(sighting.person)
        return told

    def asks_name(self, first: int, after: int) -> bool:
        """Tell whether the speech in tokens [first, after) asks for a name."""
        said = self.tokens.lowers[first:after]
        return said[-1:] == ["?"] and bool(self.words.name_questions & set(pairwise(said)))

    def forms_of_address(self, first: int, after: int) -> Iterator[Gender]:
        """Yield the genders that speech in tokens [first, after) gives to whom it is said: "yes, sir"."""
        lowers = self.tokens.lowers
        nouns = lexicon().noun_gender
        for i in range(first, after):
            low = lowers[i]
            before = lowers[i - 1] if i > first else ","
            behind = lowers[i + 1] if i + 1 < after else ","
            if low in ("sir", "madam", "ma'am", "miss", "monsieur", "mademoiselle", "madame"):
                if behind in (",", ".", "!", "?", ";", "—", "--"):
                    yield "male" if low in ("sir", "monsieur") else "female"
            elif before in ("dear", "young", "my", "old") and behind in (",", ".", "!", "?", ";"):
                if nouns.get(low, "unknown") != "unknown" and lowers[i - 2 : i - 1] != ["the"]:
                    yield nouns[low]
            elif low in ("mr.", "mr", "mrs.", "mrs") and before in (",", "^"):
                yield "male" if low.startswith("mr.") or low == "mr" else "female"
