"""Talks: turns that follow each other closely, and what one of them says of who speaks the others.

All of this is known before anybody is chosen: who is tagged near by, who is called by name, whose turn it
may be.  Who speaks a whole talk is then decoded at once (`chain.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from audiobook.model import Gender
from audiobook.script.outlook import Outlook
from audiobook.script.people import Person
from audiobook.script.scene import Scene
from audiobook.script.turns import Turn

APART = 12
"""Paragraphs from one turn to the next from which on another talk begins."""
_AROUND = 15
"""Turns before and after within which tags tell who has a part in a talk."""
_RESUMING = frozenset(
    "added adds continued continues proceeded proceeds pursued pursues resumed resumes".split()
)
_ANSWERING = frozenset("answered answers agreed rejoined replied replies responded retorted returned".split())
_FEW, _MANY = 5, 40
"""Tokens up to which words are short, and beyond which they are long."""


class Talks:
    """The talks of one book, as far as tags and words tell of them."""

    def __init__(
        self, turns: Sequence[Turn], outlooks: Sequence[Outlook], scene: Scene, people: Sequence[Person]
    ) -> None:
        """Read the turns, of which the sure rules have been asked, but nothing else."""
        self.turns, self.outlooks, self.scene, self.people = turns, outlooks, scene, people
        self.settled = [turn.speaker for turn in turns]
        self.talk_of: list[int] = []
        for index, turn in enumerate(turns):
            follows = index > 0 and turn.passage - turns[index - 1].passage <= APART
            self.talk_of.append(self.talk_of[-1] + (not follows) if self.talk_of else 0)
        self.called: dict[int, Counter[int]] = {}
        self.spoken_of: dict[int, set[int]] = {}
        for talk, outlook in zip(self.talk_of, outlooks, strict=True):
            self.called.setdefault(talk, Counter()).update(outlook.called)
            self.spoken_of.setdefault(talk, set()).update(outlook.spoken_of)
        self.addressed_as = [self._addressed_as(turn) for turn in turns]

    def _addressed_as(self, turn: Turn) -> Gender:
        """Return the gender that a turn gives to whom it is said: "yes, sir"."""
        heard: Counter[Gender] = Counter()
        for quotation in turn.quotations:
            span = self.scene.tokens.between(quotation.start, quotation.end)
            heard.update(self.scene.forms_of_address(span.start, span.stop))
        return max(heard, key=lambda gender: heard[gender], default="unknown")

    def near(self, index: int, *steps: int) -> Iterator[int]:
        """Yield the turns so many steps from one that belong to its talk."""
        for step in steps:
            if 0 <= index + step < len(self.turns) and self.talk_of[index + step] == self.talk_of[index]:
                yield index + step

    def tagged(self, index: int, step: int, most: int) -> list[int]:
        """Return who is tagged in the talk before (`step` -1) or after (1) a turn, the nearest first."""
        found: dict[int, None] = {}
        at = index + step
        while 0 <= at < len(self.turns) and self.talk_of[at] == self.talk_of[index] and len(found) < most:
            if (speaker := self.settled[at]) is not None:
                found.setdefault(speaker)
            at += step
        return list(found)

    def _tags_around(self, index: int) -> list[int]:
        first = max(0, index - _AROUND)
        return [
            speaker
            for near, speaker in enumerate(self.settled[first : index + _AROUND + 1], first)
            if speaker is not None and self.talk_of[near] == self.talk_of[index]
        ]

    def clues(self, index: int, person: int) -> list[str]:
        """Return what the talk around a turn tells of a candidate."""
        return [
            *self._clues_of_last(index, person),
            *self._clues_of_tags(index, person),
            *self._clues_of_address(index, person),
            *self._clues_of_part(index, person),
        ]

    def _clues_of_last(self, index: int, person: int) -> list[str]:
        last = next(self.near(index, -1), None)
        if last is None:
            return ["talk begins"]
        gap = self.turns[index].passage - self.turns[last].passage
        near = "at once" if gap <= 1 else "after a paragraph" if gap == 2 else "after some paragraphs"
        clues = [f"was called by name last, {near}"] if person in self.outlooks[last].called else []
        if person == self.outlooks[last].addressee:
            clues.append("was spoken to last")
        return clues

    def _clues_of_tags(self, index: int, person: int) -> list[str]:
        clues = []
        passage = self.turns[index].passage
        tags = self._tags_around(index)
        for other in self.near(index, -3, -4, 3, 4):  # the nearer ones are chain.py's
            steps = abs(other - index)
            paragraphs = abs(self.turns[other].passage - passage)
            if self.settled[other] == person and (other < index or paragraphs <= 2 * steps + 2):
                flow = ", in one flow" if paragraphs <= steps else ""
                many = ", of two" if len(set(tags)) <= 2 else ", of more"
                clues.append(f"is tagged {steps} turns {'on' if other > index else 'back'}{flow}{many}")
        for other in self.near(index, 1):
            at_once = self.turns[other].passage - passage <= 1
            if person in self.outlooks[other].called:
                clues.append(f"is called by name next{', at once' if at_once else ''}")
        return clues + [
            f"is called by name 2 turns {'on' if other > index else 'back'}"
            for other in self.near(index, -2, 2)
            if person in self.outlooks[other].called
        ]

    def _clues_of_address(self, index: int, person: int) -> list[str]:
        """Read "sir" and "madam" in the turns beside, and whom these speak of."""
        clues = []
        own = self.people[person].gender
        for other in self.near(index, -1, 1):
            if abs(self.turns[other].passage - self.turns[index].passage) > 2:
                continue
            when, called = "next" if other > index else "last", self.addressed_as[other]
            if "unknown" not in (own, called):
                clues.append(f"is called {'sir or madam' if own == called else 'what does not fit'} {when}")
            if person in self.outlooks[other].spoken_of:
                clues.append(f"is spoken of {when}")
        return clues

    def _clues_of_part(self, index: int, person: int) -> list[str]:
        talk, clues = self.talk_of[index], []
        if self.called[talk][person] > (person in self.outlooks[index].called):
            clues.append("is called in this talk")
        elif person in self.spoken_of[talk]:
            clues.append("is only spoken of in this talk")
        tags = self._tags_around(index)
        if tags:
            share = tags.count(person) / len(tags)
            part = "most" if share >= 0.6 else "many" if share >= 0.25 else "few" if share else "none"
            clues.append(f"has {part} of the tags around")
        return clues

    def links(self, index: int, back: Sequence[int]) -> list[str]:
        """Return what tells whether a turn is the last speaker's, or that of the one before.

        `back` are the turns before it in the talk that it may follow, the last one first.
        """
        if not back:
            return []
        turn, last = self.turns[index], self.turns[back[0]]
        mode, gap = self.outlooks[index].mode, turn.passage - last.passage
        near = (
            "in one paragraph" if gap == 0 else "at once" if gap == 1 else "after a paragraph" if gap == 2
            else "after some paragraphs" if gap <= 4 else "after many paragraphs"
        )  # fmt: skip
        links = ["any", near, mode, f"{mode}, {near}", f"the last is {self.outlooks[back[0]].mode}"]
        if self._asks(last):
            links += ["the last asks", f"the last asks, {near}"]
        if self.settled[back[0]] is not None:
            links.append("the last is tagged")
        links += self._links_of_tag(turn, back[0])
        links += self._links_of_narration(index)
        links += self._links_of_words(index, back[0])
        if len(back) > 1:
            reach = turn.passage - self.turns[back[1]].passage
            flow = "in one flow" if reach <= 2 else "near" if reach <= 4 else "far"
            links += [f"two back {flow}", f"two back {flow}, {mode}"]
        for which, other in zip(("the last", "the one before"), back, strict=False):
            genders = {self.outlooks[each].gender for each in (index, other)}
            if "unknown" not in genders:
                links.append(
                    f"is {'of one gender' if len(genders) == 1 else 'not of one gender'} with {which}"
                )
        return links + self._links_of_part(index)

    def _links_of_tag(self, turn: Turn, last: int) -> list[str]:
        tag = turn.tag
        if tag is None:
            return []
        goes_on = tag.verb in ("went", "goes") and self.scene.tokens.lowers[tag.ends] == "on"
        speaker = self.settled[last]
        genders = {tag.subject.gender, "unknown" if speaker is None else self.people[speaker].gender}
        may_go_on = turn.tags[0][1] == 0 and len(genders - {"unknown"}) < 2
        if may_go_on and (goes_on or tag.verb in _RESUMING):
            return ["the tag says that they go on"]
        return ["the tag says that they answer"] if tag.verb in _ANSWERING else []

    def _links_of_narration(self, index: int) -> list[str]:
        turn, outlook = self.turns[index], self.outlooks[index]
        if turn.takes_over and not turn.tag:
            return ["nothing stands between"]
        if outlook.acts_before or outlook.acts_after:
            return ["somebody acts beside", f"{outlook.mode}, somebody acts beside"]
        return ["somebody is told of beside"] if any(beat.person is not None for beat in turn.beats) else []

    def _links_of_words(self, index: int, last: int) -> list[str]:
        turn, before = self.turns[index], self.turns[last]
        links = [f"{self._length(turn)} words after {self._length(before)}"]
        if self._asks(turn):
            links.append("asks")
        if called := self.outlooks[last].called:
            fits = {self.outlooks[index].gender} & {self.people[each].gender for each in called} - {"unknown"}
            links.append(f"the last calls {'one whom the tag fits' if fits else 'somebody'}")
        if self._says_you(before):
            links.append("the last says you")
        if self._says_you(turn):
            links.append("says you")
        return links

    def _links_of_part(self, index: int) -> list[str]:
        tags = Counter(self._tags_around(index))
        links = [f"{min(4, len(tags))} are tagged around"]
        if tags.total() >= 5:
            share = sum(count for _, count in tags.most_common(2)) / tags.total()
            whose = "nearly all" if share > 0.9 else "most" if share > 0.7 else "not most"
            links.append(f"two have {whose} of the tags")
        return links

    def _words(self, turn: Turn) -> Iterator[Sequence[str]]:
        for quotation in turn.quotations:
            span = self.scene.tokens.between(quotation.start, quotation.end)
            yield self.scene.tokens.lowers[span.start : span.stop]

    def _asks(self, turn: Turn) -> bool:
        return [*self._words(turn)][-1][-1:] == ["?"]

    def _length(self, turn: Turn) -> str:
        count = sum(map(len, self._words(turn)))
        return "few" if count <= _FEW else "many" if count > _MANY else "some"

    def _says_you(self, turn: Turn) -> bool:
        return any(not {"you", "your"}.isdisjoint(words) for words in self._words(turn))
