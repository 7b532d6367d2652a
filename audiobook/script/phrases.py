"""Read the noun phrase at a place in the text: who might be meant by it.

"Mr. Darcy"  "she"  "I"  "the old bartender"  "his mother"  "Greta and Imran"  "the crowd"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from audiobook.model import Gender
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import Lexicon, lexicon, tell_noun

PhraseKind = Literal["name", "pronoun", "first person", "role", "group"]

_DETERMINERS = frozenset("the a an his her my their our this that another some one your its".split())
_SUBJECT_PRONOUNS: dict[str, Gender] = {"he": "male", "she": "female"}
_COUNTING = frozenset("both all two three four five six several many".split())
_MANNERS = frozenset(
    "voice tone whisper manner way accents moment hurry breath groan sigh smile laugh grin nod shrug bow "
    "frown start shudder look gesture air sneer sob wink cough chuckle shake".split()
)
WHICH = frozenset({"other", "one", "another", "first", "second", "third", "last"})
"""Words that stand for somebody of the moment, alone or before what he or she is: "the other rider"."""
_TOGETHER = frozenset("together both again too all aloud".split())
"""Adverbs that stand behind who speaks: "said the twins together"."""
_WORD_END = frozenset("and or but who whom whose which that as if when while with".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase: tokens [first, after), what kind, and what it says about the person meant.

    `person` is an id of `people.Person` (kind "name").  `noun` is the head of a role ("mother"), `text`
    the whole role without its determiner, `owner` the determiner, or the id of the person whose
    mother it is.
    """

    kind: PhraseKind
    first: int
    after: int
    person: int | None = None
    gender: Gender = "unknown"
    noun: str = ""
    text: str = ""
    determiner: str = ""
    owner: int | None = None
    works_like_pronoun: bool = False
    """Whether a generic word means somebody in sight, if anybody there fits; in English that is learned."""

    @property
    def is_capitalized(self) -> bool:
        """True for a role written like a name: "the Voice", "the Invisible Man"."""
        return self.determiner == "the" and self.text[:1].isupper()

    @property
    def is_of_several(self) -> bool:
        """True for one of those who go by a word that isn't for anybody: "the other rider"."""
        which, _, noun = self.text.partition(" ")
        return which in WHICH and bool(noun) and noun not in lexicon().section("generic nouns")


class PhraseReader:
    """Reads noun phrases of one book."""

    def __init__(self, tokens: Tokens, names: Mapping[int, tuple[int, int]]) -> None:
        """`names` maps the first token of a name to (token after it, id of the person)."""
        self.tokens = tokens
        self.names = names
        self.words: Lexicon = lexicon()

    def read(self, at: int, stop: int) -> Phrase | None:
        """Return the phrase that begins exactly at token `at` and ends before `stop`, or None."""
        phrase = self._read_one(at, stop)
        if phrase is None:
            return None
        if phrase.noun == "voice":
            phrase = self._whose_voice(phrase)
        lowers = self.tokens.lowers
        one = phrase.kind == "name" or (phrase.kind == "role" and tell_noun(phrase.noun) is not None)
        if one and phrase.after + 1 < stop and lowers[phrase.after] == "and":
            other = self._read_one(phrase.after + 1, stop)
            if other and other.kind in ("name", "role", "first person"):
                text = " ".join(self.tokens.texts[at : other.after])
                return Phrase(kind="group", first=at, after=other.after, text=text)
        return phrase

    def _whose_voice(self, voice: Phrase) -> Phrase:
        """Return who speaks where a voice does: "her voice called", "Max's voice"; "the voice" is its own."""
        first, after = voice.first, voice.after
        if voice.determiner in ("his", "her"):
            word = "he" if voice.determiner == "his" else "she"
            return Phrase(kind="pronoun", first=first, after=after, gender=_SUBJECT_PRONOUNS[word], text=word)
        if voice.determiner == "my":
            return Phrase(kind="first person", first=first, after=after, text="I")
        if voice.determiner == "'s" and voice.owner is not None:
            return Phrase(kind="name", first=first, after=after, person=voice.owner)
        return voice

    def _read_one(self, at: int, stop: int) -> Phrase | None:
        if at >= stop:
            return None
        low = self.tokens.lowers[at]
        if at in self.names:
            return self._read_name(at, stop)
        if low in self.words.section("young titles") and at + 1 in self.names and at + 1 < stop:
            named = self._read_name(at + 1, stop)
            return named if named.kind == "name" else None
        if low in _SUBJECT_PRONOUNS:
            return Phrase(kind="pronoun", first=at, after=at + 1, gender=_SUBJECT_PRONOUNS[low], text=low)
        if low == "i" and self.tokens.texts[at] == "I":
            return Phrase(kind="first person", first=at, after=at + 1, text="I")
        several = self._read_several(at, stop)
        if several is not None:
            return several
        if low in ("they", "it"):
            return Phrase(kind="pronoun", first=at, after=at + 1, text=low)
        if low in ("somebody", "someone", "nobody"):
            return Phrase(kind="role", first=at, after=at + 1, noun=low, text=low)
        if low in _DETERMINERS or low in _COUNTING:
            return self._read_role(at, stop)
        return None

    def _read_several(self, at: int, stop: int) -> Phrase | None:
        """Read several people at once: they all, all of them, both women, everybody."""
        low, following = self.tokens.lowers[at], self.tokens.lowers[at + 1 : at + 3]
        if low in ("they", "we") and following[:1] in (["all"], ["both"]):
            return Phrase(kind="group", first=at, after=at + 2, text=low)
        if low in ("both", "all", "none") and following in (["of", "them"], ["of", "us"]):
            return Phrase(kind="group", first=at, after=at + 3, text=low)
        if low in ("both", "all") and at + 1 < stop:
            of = following[0] == "of"
            several = self._read_role(at + of + ("the" in following[: 1 + of]), stop)
            if several is not None and several.kind == "group":
                return replace(several, first=at)
        if low in ("we", "everyone", "everybody", "both"):
            return Phrase(kind="group", first=at, after=at + 1, text=low)
        return None

    def _read_name(self, at: int, stop: int) -> Phrase:
        after, person = self.names[at]
        if after + 1 < stop and self.tokens.lowers[after] == "'s":
            role = self._read_noun(after + 1, stop, "'s", at)
            if role and role.kind == "role":
                return Phrase(
                    kind="role", first=at, after=role.after, gender=role.gender, noun=role.noun,
                    text=role.text, determiner="'s", owner=person,
                )  # fmt: skip
        return Phrase(kind="name", first=at, after=after, person=person)

    def _read_role(self, at: int, stop: int) -> Phrase | None:
        """Read a role behind its determiner; "my brother's wife" is she, not he."""
        determiner = self.tokens.lowers[at]
        role = self._read_noun(at + 1, stop, determiner, at)
        if role is None or role.after + 1 >= stop or self.tokens.lowers[role.after] != "'s":
            return role
        theirs = self._read_noun(role.after + 1, stop, determiner, at)
        if theirs is None or tell_noun(theirs.noun) is None:
            return role
        return replace(theirs, text=f"{role.text}'s {theirs.text}")

    def _read_noun(self, start: int, stop: int, determiner: str, first: int) -> Phrase | None:
        """Read adjectives and head noun; a name after them is what counts ("his cousin Jane")."""
        lowers, texts = self.tokens.lowers, self.tokens.texts
        at = start
        noun_at = -1
        while at < min(stop, start + 6):
            if at in self.names:
                named = self.names[at]
                if lowers[min(named[0], len(lowers) - 1)] != "'s":
                    return Phrase(kind="name", first=first, after=named[0], person=named[1])
                return None
            low = lowers[at]
            if not low[0].isalpha() or low in _WORD_END or low in self.words.section("prepositions"):
                break
            if (
                noun_at >= 0
                and (self._is_verb(low) or low.endswith("ly") or low in _TOGETHER)
                and low not in self.words.noun_gender
            ):
                break
            if low in self.words.section("pronouns"):
                break
            noun_at = at
            at += 1
            if low in self.words.noun_gender and not self._goes_on(at, stop):
                break
        if noun_at < 0:
            return None
        noun = lowers[noun_at]
        head = noun if noun in self.words.noun_gender else noun.split("-")[-1]
        gender = tell_noun(head) or "unknown"
        end = self._end_of(noun_at, stop)
        text = " ".join(texts[start:end])
        plural = determiner in _COUNTING or noun in self.words.section("groups") or self._is_plural(noun)
        return Phrase(
            kind="group" if plural else "role", first=first, after=end, gender=gender,
            noun=head, text=text, determiner=determiner,
        )  # fmt: skip

    def _is_plural(self, noun: str) -> bool:
        singular = noun[:-1]
        return (
            noun.endswith("s") and noun not in self.words.noun_gender and singular in self.words.noun_gender
        )

    def _end_of(self, noun: int, stop: int) -> int:
        """Return the token after a role; "the man with the black beard" is somebody in particular."""
        lowers = self.tokens.lowers
        end = noun + 1
        generic = lowers[noun] in self.words.section("generic nouns")
        if not generic or end + 2 >= stop or lowers[end] not in ("with", "in"):
            return end
        while end < min(stop, noun + 7) and lowers[end][0].isalpha() and not self._is_verb(lowers[end]):
            end += 1
        vague = lowers[end - 1] in _MANNERS or lowers[end - 1] in _DETERMINERS
        return noun + 1 if vague else end

    def _goes_on(self, at: int, stop: int) -> bool:
        """Tell whether the noun is only part of a compound ("duty nurse", "harbor master", "other rider")."""
        if at >= stop:
            return False
        low = self.tokens.lowers[at]
        return low in self.words.noun_gender or at in self.names or self._is_thing_after_which(at)

    def _is_thing_after_which(self, at: int) -> bool:
        """Tell whether a word says what "the other", "the first" is: rider, but not said, again or with."""
        low = self.tokens.lowers[at]
        return (
            self.tokens.lowers[at - 1] in WHICH
            and len(low) > 2
            and self.tokens.texts[at].islower()
            and low.isalpha()
            and not self._is_verb(low)
            and not low.endswith(("ly", "ed", "ing"))
            and low not in _TOGETHER | _WORD_END | self.words.section("adverbs")
            and low not in self.words.section("prepositions") | self.words.section("pronouns")
        )

    def _is_verb(self, low: str) -> bool:
        words = self.words
        return (
            words.speech_verbs.get(low) in ("past", "present")
            or words.manner_verbs.get(low) in ("past", "present")
            or words.human_verbs.get(low) in ("past", "present")
            or low in words.section("be and have")
        )
