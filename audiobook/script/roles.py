"""People met by what they are: "the bartender", "their manager", "his mother", "I"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from audiobook.model import Gender
from audiobook.script.behaviour import NameMention
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon
from audiobook.script.naming import form_gender
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase, PhraseReader

_CALLED = frozenset({("called",), ("named",), ("whose", "name", "was"), ("whose", "name", "is")})
_NO_NOUNS = frozenset("they all both others everyone everybody other one of them us".split())
"""What stands for several people whom it doesn't name: both said, the others cried."""
_DETERMINERS = ("the", "a", "their", "her", "his", "my", "our")


class RoleBook:
    """Knows whose role a noun is, and makes a person of a role that is nobody's."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self.holders: dict[str, set[int]] = {}
        self.own: dict[str, int] = {}
        self.used: Counter[str] = Counter()
        self.crowds: set[int] = set()
        """Several who are one character: "the triplets"."""
        self.stated_genders: Mapping[str, Gender] = {}
        """What a person has said of roles, by their names in small letters."""
        for person in people:
            for form in person.forms:
                for title in form.titles[-1:]:
                    if lexicon().title_gender.get(title) == "unknown" or title in lexicon().section("ranks"):
                        self.hold(title, person.id)
                        if not form.words:
                            self.own.setdefault(title, person.id)

    def hold(self, noun: str, person: int) -> None:
        """Note that `noun` is a role of the person."""
        self.holders.setdefault(noun, set()).add(person)
        self.people[person].roles.add(noun)

    def learn(
        self, tokens: Tokens, mentions: Sequence[NameMention], of_mention: Sequence[int], reader: PhraseReader
    ) -> None:
        """Read appositions: "their manager, Rachel", "Fern, the physio"."""
        lowers = tokens.lowers
        for mention, person in zip(mentions, of_mention, strict=True):
            if mention.in_quotation:
                continue
            after = mention.after
            if after + 2 < len(lowers) and lowers[after] == "," and lowers[after + 1] in _DETERMINERS:
                phrase = reader.read(after + 1, min(len(lowers), after + 6))
                closes = phrase and phrase.after < len(lowers) and lowers[phrase.after] in (",", ".", ";")
                if phrase and phrase.kind == "role" and closes:
                    self._hold_if_telling(phrase, person)
            self._learn_called(mention.first, person, lowers, reader)
            if mention.first >= 3 and lowers[mention.first - 1] == ",":
                for first in range(mention.first - 3, max(-1, mention.first - 6), -1):
                    phrase = reader.read(first, mention.first - 1)
                    if phrase and phrase.kind == "role" and phrase.after == mention.first - 1:
                        self._hold_if_telling(phrase, person)
                        break

    def _learn_called(self, at: int, person: int, lowers: Sequence[str], reader: PhraseReader) -> None:
        """Read "a boy called Ludo", "the girl, whose name was Jitka": what tells at least the gender."""
        words = next((n for n in (3, 1) if tuple(lowers[max(0, at - n) : at]) in _CALLED and at > n), None)
        if words is None:
            return
        end = at - words - (lowers[at - words - 1] == ",")
        for first in range(max(0, end - 5), end - 1):
            phrase = reader.read(first, end)
            if phrase and phrase.kind == "role" and phrase.after == end:
                self.people[person].roles.add(phrase.noun)
                return

    def _hold_if_telling(self, phrase: Phrase, person: int) -> None:
        words = lexicon()
        told = words.noun_gender.get(phrase.noun)
        # "Her mother" is another's mother on the next page; "the manager" stays who she is.
        loose = phrase.noun in words.section("generic nouns") or phrase.noun in words.section("kin nouns")
        if told is not None and not loose and (told == "unknown" or self.gender_fits(person, told)):
            self.hold(phrase.noun, person)

    def gender_fits(self, person: int, gender: Gender) -> bool:
        """Tell whether the person's names allow the gender."""
        return all(form_gender(form) in (gender, "unknown") for form in self.people[person].forms)

    def person_of(self, phrase: Phrase) -> int | None:
        """Return the person whom a role, "I" or a crowd names; one is made where it is nobody's yet.

        None for generic words ("the man"), which work like pronouns, and for several of whom each has a name.
        """
        if phrase.kind == "first person":
            return self._own("I", "I", phrase, is_narrator=True)
        if phrase.kind == "group":
            if not phrase.noun or phrase.noun in _NO_NOUNS or not _are_people(phrase.noun):
                return None
            return self._own(phrase.text.lower(), f"the {phrase.text}", phrase)
        if phrase.is_capitalized or " with " in phrase.text or " in " in phrase.text or phrase.is_of_several:
            return self.make_own(phrase)
        holders = self.holders.get(phrase.noun, set())
        if len(holders) == 1:
            return next(iter(holders))
        generic = lexicon().section("generic nouns") | {"somebody", "someone", "nobody"}
        kin = phrase.noun in lexicon().section("kin nouns") and phrase.determiner not in ("'s", "the")
        if phrase.noun in generic or kin:
            self.used[_key(phrase)] += 1
            return None
        return self.make_own(phrase)

    def times(self, phrase: Phrase) -> int:
        """Return in how many tags a generic role stands as the subject."""
        return self.used[_key(phrase)]

    def own_of(self, phrase: Phrase) -> int | None:
        """Return the person that has been made of a role, or None."""
        return self.own.get(_key(phrase))

    def make_own(self, phrase: Phrase) -> int:
        """Return the person of a role that is nobody else's."""
        if phrase.determiner == "'s" and phrase.owner is not None:
            return self._own(_key(phrase), f"{self.people[phrase.owner].name}'s {phrase.noun}", phrase)
        article = phrase.determiner if phrase.determiner in ("his", "her", "my", "their", "our") else "the"
        name = phrase.text if phrase.noun in ("somebody", "someone", "nobody") else f"{article} {phrase.text}"
        return self._own(_key(phrase), name, phrase)

    def put_in_place(self, person: int, real: int) -> None:
        """Let `real` have the roles of a person."""
        self.own = {key: real if p == person else p for key, p in self.own.items()}

    def phrases(self) -> dict[tuple[str, ...], int]:
        """Return the words after "the" that mean one person: ("old", "bartender") → id."""
        table: dict[tuple[str, ...], int] = {
            (noun,): next(iter(held)) for noun, held in self.holders.items() if len(held) == 1
        }
        table.update(
            {
                tuple(key.split()): person
                for key, person in self.own.items()
                if key not in ("I",) and "'" not in key
            }
        )
        return table

    def give(self, phrase: Phrase, person: int) -> None:
        """Note that a role is a person's: its noun alone too, but not "the other rider's"."""
        if phrase.is_of_several:
            self.own.setdefault(_key(phrase), person)
        else:
            self.hold(phrase.noun, person)

    def _own(self, key: str, name: str, phrase: Phrase, *, is_narrator: bool = False) -> int:
        if key not in self.own:
            taken = {person.name for person in self.people}
            stated = self.stated_genders.get(name.lower())
            told = f"role: '{phrase.noun}'" if phrase.gender != "unknown" else "nothing tells"
            person = Person(
                id=len(self.people),
                name=name if name not in taken else f"{name} ({len(self.people)})",
                gender=stated or phrase.gender,
                gender_evidence="stated in the settings" if stated else told,
                is_narrator=is_narrator,
            )
            self.people.append(person)
            self.own[key] = person.id
            if phrase.kind == "group" or _looks_plural(phrase.noun):
                self.crowds.add(person.id)
        return self.own[key]


def _looks_plural(noun: str) -> bool:
    """Tell whether a role ends as several do: "triplets", but not "boss" and "colossus"."""
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def _are_people(plural: str) -> bool:
    words = lexicon()
    one = plural.removesuffix("s")
    return plural in words.section("groups") or one in words.noun_gender or plural in words.noun_gender


def _key(phrase: Phrase) -> str:
    owner = f"{phrase.owner}'s " if phrase.determiner == "'s" else ""
    kin = f"{phrase.determiner} " if phrase.determiner in ("his", "her", "my", "their", "our") else ""
    return (owner + kin + phrase.text).lower()


def names_by_token(
    mentions: Sequence[NameMention], of_mention: Sequence[int]
) -> Mapping[int, tuple[int, int]]:
    """Return for the first token of each name (token after it, person)."""
    return {m.first: (m.after, person) for m, person in zip(mentions, of_mention, strict=True)}
