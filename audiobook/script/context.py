"""What speaks for and against each candidate, where no tag names the speaker.

For a turn this lists who might be speaking, and for each candidate the *clues*: sentences about the
place of the turn in the conversation and of the candidate in the scene.  None hangs on who is chosen for
another turn; that is `chain.py`'s.  What a clue is worth is learned (`benchmarks/learn_who_speaks.py`) and
kept in `data/speaker_weights.txt`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from audiobook.model import Gender
from audiobook.script.candidates import REACH, Candidates
from audiobook.script.chain import Link
from audiobook.script.outlook import Lookout, Outlook
from audiobook.script.people import Person
from audiobook.script.roles import RoleBook
from audiobook.script.scene import ENGLISH, Scene, Sighting
from audiobook.script.strangers import Strangers
from audiobook.script.talks import Talks
from audiobook.script.turns import Turn

_OPENING = 3
"""Tokens before a name that still opens its paragraph."""
_ORDER_ELSEWHERE = 0.5
"""What the order of turns counts in other languages than English, from which it is learned, where something
stands beside the words: that tells the same in all of them."""


class Context:
    """Lists candidates and clues for the turns of one book."""

    def __init__(
        self,
        turns: Sequence[Turn],
        people: Sequence[Person],
        scene: Scene,
        spans: Sequence[range],
        roles: RoleBook,
    ) -> None:
        """`spans` are the tokens of each passage, `roles` know who says "I" in the narration, if anyone."""
        narrator = roles.own.get("I")
        self.turns, self.people, self.scene, self.narrator = turns, people, scene, narrator
        self.spans = spans
        lookout = Lookout(scene, narrator)
        self.outlooks = [
            lookout.look(turn, before) for turn, before in zip(turns, [None, *turns], strict=False)
        ]
        self.talks = Talks(turns, self.outlooks, scene, people)
        self.strangers = Strangers(turns, people, scene, roles)
        self.tagged = Counter(turn.speaker for turn in turns if turn.speaker is not None)
        self.most_tagged = max(self.tagged.values(), default=1)
        self.speaking = {turn.passage for turn in turns}
        self.candidates = Candidates(self.talks, self.strangers, spans, narrator)

    @property
    def is_story(self) -> bool:
        """Whether the text is as short as a story."""
        return self.strangers.is_story

    def list_talks(self) -> list[list[Link]]:
        """Return the turns of each talk with what is known of each, but for those that go on from another.

        People met only as roles are added to the people.
        """
        is_open = [turn.speaker is None and not turn.is_several for turn in self.turns]
        listed = [index for index in range(len(self.turns)) if not self.goes_on(index)]
        for index in listed:
            role = self.turns[index].role if is_open[index] else None
            if role is None:
                continue
            if not (role.works_like_pronoun and self._fits_in_sight(index)):
                self.strangers.find_role(index, role, others_fit=self._fits_in_sight(index, ahead=0))
        met = {index: self.candidates.meet(index) for index in listed if is_open[index]}
        talks: dict[int, list[Link]] = {}
        for index in listed:
            turn = self.turns[index]
            talk = talks.setdefault(self.talks.talk_of[index], [])
            link = Link(index, self.outlooks[index].mode, [turn.speaker], [[]])
            if is_open[index]:
                candidates = self.candidates.choose_from(index, met)
                kin = self.strangers.find_kin_again(index, candidates)
                if kin is not None:
                    candidates = [kin]
                if candidates:
                    link.candidates, link.clues = [*candidates], self.clues(index, candidates)
            link.links = self.talks.links(index, [each.turn for each in talk[:-3:-1]])
            if self.scene.words is not ENGLISH and link.mode != "alone":
                link.order = _ORDER_ELSEWHERE
            talk.append(link)
        return list(talks.values())

    def goes_on(self, index: int) -> bool:
        """Tell whether a turn goes on from the paragraph before."""
        turn = self.turns[index]
        if turn.speaker is not None or turn.is_several or not turn.continues or turn.tags or not index:
            return False
        return self.turns[index - 1].passage == turn.passage - 1

    def _fits_in_sight(self, index: int, *, ahead: int = 2) -> bool:
        """Tell whether someone of the tag's gender has been seen, or is tagged near, at most so far ahead."""
        gender = self.outlooks[index].gender
        near = {s.person for s in self.scene.before(self.turns[index].first, REACH)}
        near.update(s for s in self.talks.settled[max(0, index - 6) : index + 1 + ahead] if s is not None)
        return any(self.people[person].gender == gender for person in near)

    def clues(self, index: int, candidates: Sequence[int]) -> list[list[str]]:
        """Return for each candidate its clues."""
        turn, outlook = self.turns[index], self.outlooks[index]
        before = self.scene.before(turn.first, REACH)
        ranks = self._rank(before, outlook.gender)
        times = Counter(s.person for s in before)
        settled = self.talks.settled
        recent = [s for s in settled[max(0, index - 10) : index] if s is not None]
        listed = [
            [
                *self._clues_of_gender(outlook, person, candidates),
                *self._clues_of_paragraph(outlook, person),
                *self._clues_of_beats(turn, outlook, person),
                *self.talks.clues(index, person),
                *self._clues_of_scene(turn, before, ranks, times, person),
                *self._clues_of_paragraph_before(index, person),
                *self._clues_of_paragraph_after(turn, person),
                *self._clues_of_standing(recent, person),
                *self.strangers.clue_of_age(outlook.subject, person),
            ]
            for person in candidates
        ]
        role = self.strangers.goes_by.get(index)
        if role is not None:
            listed[candidates.index(role)] += self.strangers.clues_of_word(
                index, settled, self._fits_in_sight(index)
            )
        return listed

    def _rank(self, before: Sequence[Sighting], gender: Gender) -> dict[int, tuple[int, int]]:
        """Return for each person seen before: (how many were seen since, how many who fit the gender)."""
        ranks: dict[int, tuple[int, int]] = {}
        fitting = 0
        for sighting in before:
            if sighting.person not in ranks:
                ranks[sighting.person] = (len(ranks), fitting)
                fitting += self.people[sighting.person].gender == gender or gender == "unknown"
        return ranks

    def _clues_of_gender(self, outlook: Outlook, person: int, candidates: Sequence[int]) -> list[str]:
        own = self.people[person].gender
        if outlook.subject is not None and outlook.subject.text == "they":
            return ["is called they" if own == "unknown" else "is called they, though the gender is known"]
        if outlook.gender == "unknown":
            return []
        if own == outlook.gender:
            alone = sum(self.people[c].gender == own for c in candidates) == 1
            return ["gender fits", "nobody else's gender fits"] if alone else ["gender fits"]
        if own == "unknown":
            another = any(self.people[c].gender == outlook.gender for c in candidates)
            return ["gender unknown", "gender unknown, another's fits"] if another else ["gender unknown"]
        return ["gender clashes"]

    def _clues_of_paragraph(self, outlook: Outlook, person: int) -> list[str]:
        clues = []
        if person in outlook.called:
            clues.append("is called by name in the words")
        if person in outlook.spoken_of:
            clues.append("is spoken of in the words")
        if person in outlook.own_names:
            clues.append("tells the own name")
        if person == outlook.addressee:
            clues.append("the tag speaks to them")
        if person in outlook.acts_before:
            clues.append("acts before the words")
            if person == outlook.acts_before[-1]:
                clues.append("acts right before the words")
            if person == outlook.acts_before[0]:
                clues.append("acts first in the paragraph")
        if person in outlook.acts_after:
            clues.append("acts after the words")
            if person == outlook.acts_after[0]:
                clues.append("acts first after the words")
        if person in outlook.seen_beside and person not in (*outlook.acts_before, *outlook.acts_after):
            clues.append("is named in the paragraph")
        if person == self.narrator:
            clues.append("tells the story")
            if outlook.i_acts:
                clues.append("tells the story and acts in the paragraph")
        return clues

    def _clues_of_beats(self, turn: Turn, outlook: Outlook, person: int) -> list[str]:
        """Tell whether the sentences beside the words are about someone whom no name shows to act."""
        if person in outlook.acts_before or person in outlook.acts_after:
            return []
        before = [beat for beat in turn.beats if beat.where == "before"]
        after = [beat for beat in turn.beats if beat.where == "after"]
        clues: dict[str, None] = {}
        for where, beats in (
            ("right before the words", before[-1:]),
            ("before the words", before[:-1]),
            ("right after the words", after[:1]),
            ("after the words", after[1:]),
        ):
            for beat in beats:
                if beat.person == person:
                    clues.setdefault(f"{'owns what is' if beat.owns else 'is'} told of {where}")
        return list(clues)

    def _clues_of_scene(
        self,
        turn: Turn,
        before: Sequence[Sighting],
        ranks: dict[int, tuple[int, int]],
        times: Counter[int],
        person: int,
    ) -> list[str]:
        if person not in ranks:
            return ["is not in sight"]
        everybody, fitting = ranks[person]
        clues = [f"seen {_ordinal(everybody)}", f"of those who fit seen {_ordinal(fitting)}"]
        last = next(s for s in before if s.person == person)
        clues.append("acted when seen" if last.acts else "did not act when seen")
        distance = turn.first - last.token
        clues.append(f"seen {'close by' if distance < 40 else 'near' if distance < 150 else 'far off'}")
        if times[person] >= 4:
            clues.append("often in the scene")
        return clues

    def _clues_of_paragraph_before(self, index: int, person: int) -> list[str]:
        """Read the paragraph before, where it is narration: whoever it is about may speak now."""
        passage = self.turns[index].passage
        if passage == 0 or (index and self.turns[index - 1].passage >= passage - 1):
            return []
        span = self.spans[passage - 1]
        seen = [s.person for s in self.scene.within(span.start, span.stop)]
        clues = self._clues_of_opening(span, person)
        if person not in seen:
            return [*clues, "is not named in the paragraph before"] if seen else clues
        gender = self.outlooks[index].gender
        clues.append("is named in the paragraph before")
        fitting = {p for p in seen if gender == "unknown" or self.people[p].gender == gender}
        if fitting == {person}:
            clues.append("is the only one who fits in the paragraph before")
        if seen[0] == person:
            clues.append("opens the paragraph before")
        if seen[-1] == person:
            clues.append("closes the paragraph before")
        return clues

    def _clues_of_opening(self, span: range, person: int) -> list[str]:
        """Tell whether the "he" or "she" that opens the paragraph before may be a candidate."""
        opens = self.scene.words.subjects.get(self.scene.tokens.lowers[span.start]) if len(span) else None
        own = self.people[person].gender
        if opens is None or own == "unknown":
            return []
        return [f"the paragraph before opens with {'he or she, who fits' if own == opens else 'another'}"]

    def _clues_of_paragraph_after(self, turn: Turn, person: int) -> list[str]:
        """Read the paragraph after, where it is narration: it may tell what the speaker does."""
        passage = turn.passage + 1
        if passage >= len(self.spans) or passage in self.speaking:
            return []
        span = self.spans[passage]
        seen = self.scene.within(span.start, span.stop)
        if all(sighting.person != person for sighting in seen):
            return ["is not named in the paragraph after"] if seen else []
        clues = ["is named in the paragraph after"]
        if seen[0].person == person:
            clues.append("comes first in the paragraph after")
            if seen[0].token - span.start <= _OPENING:
                clues.append("opens the paragraph after")
        return clues

    def _clues_of_standing(self, recent: Sequence[int], person: int) -> list[str]:
        clues = []
        share = self.tagged[person] / self.most_tagged
        if self.most_tagged >= 12:
            part = (
                "leading" if share > 0.5 else "large" if share > 0.12 else "small" if share > 0.02 else "no"
            )
            clues.append(f"{part} part")
        spoke = recent.count(person)
        clues.append(f"spoke {'never' if spoke == 0 else 'once or twice' if spoke <= 2 else 'often'} of late")
        if self.people[person].gender == "unknown":
            clues.append("gender not told elsewhere")
        return clues


def _ordinal(number: int) -> str:
    return ("last", "last but one", "last but two")[number] if number < 3 else "earlier"
