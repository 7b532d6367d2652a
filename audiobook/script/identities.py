"""Who turns out to be whom: the name of who says "I", and of who is known by a role before a name is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from audiobook.model import Gender
from audiobook.script.lexicon import lexicon
from audiobook.script.naming import has_personal_name
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.roles import RoleBook
from audiobook.script.scene import Scene
from audiobook.script.turns import Beat, Turn

_SPOUSES: dict[str, Gender] = {"wife": "female", "lady": "female", "husband": "male"}
_TITLES_OF: dict[Gender, frozenset[str]] = {"male": frozenset({"mr"}), "female": frozenset({"mrs", "mis"})}
_NEWCOMERS = frozenset({"a", "an", "another"})
_PAGE = 400
"""Tokens looked back over for whose wife she is."""
_NEAR = 8
"""Turns around those of "I" in which a name that is called twice may be the narrator's."""


class Identities:
    """Joins the people of one book whose turns the sure tags have settled."""

    def __init__(
        self, turns: Sequence[Turn], people: Sequence[Person], scene: Scene, roles: RoleBook
    ) -> None:
        self.turns, self.people, self.scene, self.roles = turns, people, scene, roles

    def name_narrator(self) -> None:
        """Find who "I" is: whom the others call by a name that the narration itself never uses."""
        narrator = self.roles.own.get("I")
        if narrator is None or self.people[narrator].name != "I":
            return
        told = Counter(sighting.person for sighting in self.scene.told)
        answered = Counter(turn.speaker for turn in self.turns)
        fits: Counter[int] = Counter()
        for reach, fewest in ((1, 1), (_NEAR, 2)):
            called = self._called_near(narrator, reach)
            for person, times in called.items():
                seldom = 5 * told[person] <= times or (reach == 1 and told[person] < times)
                enough = fewest if self._has_name(person) else 2  # "Grandpa" is called over "my" head too
                if enough <= times and seldom and self._is_called(person) and not answered[person]:
                    fits[person] = max(fits[person], times)
        ranked = fits.most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return
        self.roles.own["I"] = ranked[0][0]
        self.people[ranked[0][0]].is_narrator = True
        self._put_in_place(narrator, ranked[0][0])

    def _called_near(self, speaker: int, reach: int) -> Counter[int]:
        """Count whom others call by name within `reach` turns of somebody's own."""
        own = {
            near
            for index, turn in enumerate(self.turns)
            if turn.speaker == speaker
            for near in range(index - reach, index + reach + 1)
            if 0 <= near < len(self.turns) and abs(self.turns[near].passage - turn.passage) <= reach + 1
        }
        called: Counter[int] = Counter()
        for index in own:
            if self.turns[index].speaker == speaker:
                continue
            for quotation in self.turns[index].quotations:
                span = self.scene.tokens.between(quotation.start, quotation.end)
                called.update(self.scene.addressed(span.start, span.stop))
        return called

    def _put_in_place(self, person: int, real: int) -> None:
        """Let `real` be who a person turned out to be."""
        for turn in self.turns:
            if turn.speaker == person:
                turn.speaker = real
            turn.own_speakers = {n: real if p == person else p for n, p in turn.own_speakers.items()}
            for beat in turn.beats:
                beat.person = real if beat.person == person else beat.person
        self.roles.put_in_place(person, real)

    def join_described(self) -> None:
        """Let who is known by a role alone be who is then called by a name that was not told before.

        “You pay here.” said the ferrywoman. “Let him be, Oksana.”: the ferrywoman is Oksana.  So with a man
        in the doorway, whom only the sentence beside his words is about.
        """
        first_told: dict[int, int] = {}
        for sighting in self.scene.told:
            first_told.setdefault(sighting.person, sighting.token)
        votes: dict[int, set[int]] = {}
        answers: dict[int, int] = {}
        newcomers: list[tuple[Turn, Beat]] = []
        for turn, answer in pairwise(self.turns):
            beat = self._described_by(turn)
            role = turn.speaker if beat is None else beat.person
            if answer.passage - turn.passage > 2 or (role is None and beat is None):
                continue
            if role is not None and not self._is_role(role):
                continue
            for named in self._named_anew(answer, first_told):
                gender = beat.phrase.gender if role is None and beat else self.people[role or 0].gender
                if len({gender, self.people[named].gender} - {"unknown"}) > 1 or answer.speaker == named:
                    continue
                if role is not None:
                    votes.setdefault(role, set()).add(named)
                    answers[role] = answer.first
                elif beat is not None:
                    beat.person = named
                if beat is not None and beat.phrase.determiner in _NEWCOMERS:
                    newcomers.append((turn, beat))
        self._join_by_votes(votes, answers)
        for turn, beat in newcomers:
            if beat.person is not None and not self._is_role(beat.person):
                turn.speaker, turn.type, turn.confidence = beat.person, "anaphoric", 0.8
                turn.evidence = f"told of as '{beat.phrase.text}', and called by name next"

    def _described_by(self, turn: Turn) -> Beat | None:
        """Return the beat that describes who speaks a turn without a name: "In the door stood a man"."""
        before = [beat for beat in turn.beats if beat.where == "before"]
        tag = turn.tag
        if turn.speaker is not None or not before:
            return None
        if tag is None:
            return before[0]
        beat = before[-1]
        fits = tag.subject.kind == "pronoun" and tag.subject.gender in (beat.phrase.gender, "unknown")
        return beat if fits and not beat.owns else None

    def _is_role(self, person: int) -> bool:
        return not self.people[person].forms and not self.people[person].is_narrator

    def _named_anew(self, answer: Turn, first_told: Mapping[int, int]) -> list[int]:
        """Return whom an answer calls by a name of which the narration has not told before."""
        span = self.scene.tokens.between(answer.quotations[0].start, answer.quotations[-1].end)
        return [
            named
            for named in self.scene.addressed(span.start, span.stop)
            if first_told.get(named, answer.after) >= answer.first
            and has_personal_name(self.people[named].forms)
        ]

    def _join_by_votes(self, votes: Mapping[int, set[int]], answers: Mapping[int, int]) -> None:
        last_tagged = {turn.speaker: turn.first for turn in self.turns if turn.tag}
        for role, names in votes.items():
            named = min(names)
            if named in last_tagged and last_tagged.get(role, -1) > answers[role]:
                continue  # “Give him the money, Peter.” … said the guard … said Peter: they are two
            if len(names) == 1 and sum(named in others for others in votes.values()) == 1:
                self._put_in_place(role, named)
                if self.people[named].gender == "unknown" and self.people[role].gender != "unknown":
                    self.people[named].gender = self.people[role].gender
                    self.people[named].gender_evidence = self.people[role].gender_evidence

    def join_spouses(self) -> None:
        """Let "his wife" and "his lady" be Mrs. Bennet where he is Mr. Bennet; so "her husband"."""
        for turn in self.turns:
            tag = turn.tag
            if turn.speaker is not None or tag is None or tag.subject.noun not in _SPOUSES:
                continue
            if not tag.is_sure or tag.subject.kind != "role" or tag.subject.text != tag.subject.noun:
                continue
            owner = self._owner_of_spouse(turn, tag.subject)
            spouse = None if owner is None else self._spouse_of(owner, tag.subject.noun)
            if spouse is not None:
                turn.speaker, turn.type, turn.confidence = spouse, "anaphoric", 0.9
                turn.evidence = f"tag {tag.where}: '{tag.words}', to {self.people[owner or 0].name}"

    def _owner_of_spouse(self, turn: Turn, spouse: Phrase) -> int | None:
        """Return whose wife or husband speaks: who is called in the words, or was last named before."""
        if spouse.owner is not None:
            return spouse.owner
        if spouse.determiner not in ("his", "her"):
            return None
        gender: Gender = "male" if spouse.determiner == "his" else "female"
        if gender == _SPOUSES[spouse.noun]:
            return None
        near = [
            person
            for quotation in turn.quotations
            for span in [self.scene.tokens.between(quotation.start, quotation.end)]
            for person in self.scene.addressed(span.start, span.stop)
        ]
        near += [sighting.person for sighting in self.scene.before(turn.first, _PAGE)]
        return next((person for person in near if self._titles(person) & _TITLES_OF[gender]), None)

    def _spouse_of(self, owner: int, noun: str) -> int | None:
        """Return the one Mrs. of a Mr., or the one Mr. of a Mrs."""
        wanted = _TITLES_OF[_SPOUSES[noun]]
        last = {form.words[-1] for form in self.people[owner].forms if form.words and form.titles}
        found = [
            person.id
            for person in self.people
            if any(last & set(form.words[-1:]) and wanted & set(form.titles) for form in person.forms)
        ]
        return found[0] if len(found) == 1 else None

    def _titles(self, person: int) -> set[str]:
        return {title for form in self.people[person].forms for title in form.titles}

    def _has_name(self, person: int) -> bool:
        """Tell a name or rank from a word of kinship."""
        kin = lexicon().section("kin names")
        return any(form.words or not set(form.titles) & kin for form in self.people[person].forms)

    def _is_called(self, person: int) -> bool:
        return any(form.words or form.titles for form in self.people[person].forms)
