"""Who says it: a sieve of rules from sure to unsure, each with its evidence in words.

1. a tag with a name;  2. a tag with a role or "I";  3. a tag with a pronoun;  4. speech that goes on from
the paragraph before;  5. the name whose action surrounds the speech;  6. taking turns;  7. whoever is near.
"""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.model import Gender
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.roles import RoleBook
from audiobook.script.scene import Scene
from audiobook.script.tags import Tag
from audiobook.script.turns import Turn

_REACH = 400
"""Tokens looked back over for whoever a pronoun means: about a page."""


def attribute(turns: Sequence[Turn], people: list[Person], scene: Scene, roles: RoleBook) -> None:
    """Set speaker, type, evidence and confidence of every turn.  People met only as roles are added."""
    sieve = _Sieve(turns, people, scene, roles)
    for index in range(len(turns)):
        sieve.settle_by_tag(index)
    for index in range(len(turns)):
        sieve.settle_by_pronoun(index)
        sieve.settle_by_context(index)


class _Sieve:
    def __init__(self, turns: Sequence[Turn], people: list[Person], scene: Scene, roles: RoleBook) -> None:
        self.turns, self.people, self.scene, self.roles = turns, people, scene, roles

    def settle_by_tag(self, index: int) -> None:
        """Rules 1 and 2."""
        turn = self.turns[index]
        for tag, number in turn.tags:
            if not tag.is_sure:
                continue
            person, kind = self._person_of(tag.subject)
            turn.own_speakers[number] = person
            if turn.speaker is None and person is not None:
                turn.speaker = person
                turn.type = "explicit" if kind == "name" else "anaphoric"
                turn.evidence = f"tag {tag.where}: '{tag.words}'"
                turn.confidence = 0.97 if kind == "name" else 0.9
            elif turn.speaker is None:
                turn.type = "anaphoric"

    def _person_of(self, phrase: Phrase) -> tuple[int | None, str]:
        if phrase.kind == "name":
            return phrase.person, "name"
        if phrase.kind in ("role", "first person", "group"):
            return self.roles.person_of(phrase), phrase.kind
        return None, phrase.kind

    def settle_by_pronoun(self, index: int) -> None:
        """Rule 3, and generic nouns ("the young man"), which work like pronouns."""
        turn = self.turns[index]
        tag = turn.tag
        if turn.speaker is not None or tag is None or tag.subject.kind not in ("pronoun", "role"):
            return
        person = self._nearest(turn, tag.subject.gender, tag.subject.first, self._excluded(index, tag))
        if person is None:
            return
        turn.speaker, turn.type = person, "anaphoric"
        name = self.people[person].name
        turn.evidence = f"tag {tag.where}: '{tag.words}' → {name}, the nearest who fits"
        turn.confidence = 0.7
        self._learn_gender(person, tag)

    def _learn_gender(self, person: int, tag: Tag) -> None:
        met = self.people[person]
        if met.gender == "unknown" and tag.subject.kind == "pronoun" and tag.subject.gender != "unknown":
            met.gender = tag.subject.gender
            met.gender_evidence = f"pronoun: '{tag.words}'"

    def _excluded(self, index: int, tag: Tag | None) -> set[int]:
        turn = self.turns[index]
        excluded = {p for q in turn.quotations for p in self._called(q.start, q.end)}
        if tag and tag.addressee and tag.addressee.person is not None:
            excluded.add(tag.addressee.person)
        return excluded

    def _called(self, start: int, end: int) -> list[int]:
        span = self.scene.tokens.between(start, end)
        return self.scene.addressed(span.start, span.stop)

    def _fits(self, person: int, gender: Gender) -> bool:
        return gender == "unknown" or self.people[person].gender in (gender, "unknown")

    def _nearest(self, turn: Turn, gender: Gender, token: int, excluded: set[int]) -> int | None:
        """Return the person of that gender seen last: who acted last, else whoever was named last."""
        seen = [
            s
            for s in self.scene.before(token, _REACH)
            if s.person not in excluded and self._fits(s.person, gender)
        ]
        # Within the paragraph a person of unknown gender fits as well as one who surely does.
        sure = [
            s
            for s in seen
            if s.token >= turn.first or gender == "unknown" or self.people[s.person].gender == gender
        ]
        near = sure or seen
        if not near:
            return None
        for sighting in near[:3]:
            if sighting.acts and near[0].token - sighting.token < 40:
                return sighting.person
        return near[0].person

    def settle_by_context(self, index: int) -> None:
        """Rules 4 to 7."""
        turn = self.turns[index]
        if turn.speaker is not None:
            return
        if turn.tag and turn.tag.is_sure and turn.tag.subject.kind == "group":
            turn.evidence = f"tag {turn.tag.where}: '{turn.tag.words}', several at once"
            return
        before = self.turns[index - 1] if index else None
        if turn.continues and before and before.passage == turn.passage - 1:
            turn.speaker, turn.confidence = before.speaker, before.confidence
            turn.type = before.type
            turn.evidence = "goes on from the paragraph before"
            return
        excluded = self._excluded(index, None)
        if not (self._settle_by_action(turn, excluded) or self._settle_by_turns(index, excluded)):
            self._settle_by_nearness(index, excluded)

    def _settle_by_action(self, turn: Turn, excluded: set[int]) -> bool:
        for gap in turn.gaps:
            for sighting in self.scene.within(gap.start, gap.stop):
                if sighting.acts and sighting.person not in excluded:
                    turn.speaker, turn.confidence = sighting.person, 0.75
                    turn.evidence = f"{self.people[sighting.person].name} acts beside the words"
                    return True
        return False

    def _settle_by_turns(self, index: int, excluded: set[int]) -> bool:
        if index == 0:
            return False
        last = self.turns[index - 1]
        turn = self.turns[index]
        if turn.passage - last.passage > 2:
            return False
        if index >= 2 and turn.passage - self.turns[index - 2].passage <= 4:
            other = self.turns[index - 2].speaker
            if other is not None and other != last.speaker and other not in excluded:
                turn.speaker, turn.confidence = other, 0.6
                turn.evidence = f"takes turns with {self._name(last.speaker)}"
                return True
        for person in reversed([p for q in last.quotations for p in self._called(q.start, q.end)]):
            if person not in excluded and person != last.speaker:
                turn.speaker, turn.confidence = person, 0.6
                turn.evidence = f"was addressed by {self._name(last.speaker)}"
                return True
        return False

    def _settle_by_nearness(self, index: int, excluded: set[int]) -> None:
        turn = self.turns[index]
        last = self.turns[index - 1].speaker if index else None
        for sighting in self.scene.before(turn.first, _REACH):
            if sighting.person not in excluded and sighting.person != last:
                turn.speaker, turn.confidence = sighting.person, 0.35
                turn.evidence = f"{self.people[sighting.person].name} is the nearest who did not speak last"
                return

    def _name(self, person: int | None) -> str:
        return self.people[person].name if person is not None else "someone"
