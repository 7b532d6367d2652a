"""What speaks for and against each candidate, where no tag names the speaker.

For a turn this lists who might be speaking, and for each candidate the *clues*: sentences about the
place of the turn in the conversation and of the candidate in the scene.  What a clue is worth is
learned (`benchmarks/learn_who_speaks.py`) and kept in `data/speaker_weights.txt`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from audiobook.model import Gender
from audiobook.script.outlook import Lookout, Outlook
from audiobook.script.people import Person
from audiobook.script.scene import Scene, Sighting
from audiobook.script.turns import Turn

_REACH = 700
"""Tokens looked back over for who is in the scene: two pages."""
_MOST_CANDIDATES = 14
_RESUMING = frozenset(
    "added adds continued continues proceeded proceeds pursued pursues resumed resumes".split()
)


class Context:
    """Lists candidates and clues for the turns of one book."""

    def __init__(
        self,
        turns: Sequence[Turn],
        people: Sequence[Person],
        scene: Scene,
        spans: Sequence[range],
        narrator: int | None,
    ) -> None:
        """`spans` are the tokens of each passage, `narrator` is who says "I" in the narration, if anyone."""
        self.turns, self.people, self.scene, self.narrator = turns, people, scene, narrator
        self.spans = spans
        lookout = Lookout(scene, narrator)
        self.outlooks = [
            lookout.look(turn, before) for turn, before in zip(turns, [None, *turns], strict=False)
        ]
        self.tagged = Counter(turn.speaker for turn in turns if turn.speaker is not None)
        self.most_tagged = max(self.tagged.values(), default=1)
        first_person, in_speech = scene.words.first_person, scene.in_speech
        self.told_i = [
            i
            for i, low in enumerate(scene.tokens.lowers)
            if low in (first_person, "my", "me") and not in_speech[i]
        ]

    def candidates(self, index: int, speakers: Sequence[int | None]) -> list[int]:
        """Return the people who may speak turn `index`; `speakers` are those of the turns before it."""
        turn, outlook = self.turns[index], self.outlooks[index]
        found: dict[int, None] = {}
        about = [beat.person for beat in turn.beats if beat.person is not None] + sorted(outlook.own_names)
        for person in (*outlook.acts_before, *outlook.acts_after, *about, *sorted(outlook.seen_beside)):
            found.setdefault(person)
        for earlier in range(index - 1, max(-1, index - 9), -1):
            speaker = speakers[earlier]
            if speaker is not None and self._together(earlier, index):
                found.setdefault(speaker)
        for near in (index - 1, index + 1):
            if 0 <= near < len(self.turns) and self._together(near, index):
                for person in sorted(self.outlooks[near].called):
                    found.setdefault(person)
        for later in range(index + 1, min(len(self.turns), index + 5)):
            named = self.turns[later].speaker
            if named is not None and self._together(index, later):
                found.setdefault(named)
        for sighting in self._in_sight(turn):
            if len(found) >= _MOST_CANDIDATES:
                break
            found.setdefault(sighting.person)
        if self.narrator is not None and self._tells_around(turn):
            found.setdefault(self.narrator)
        if outlook.mode == "pronoun" and len(found) > 1:
            found = {each: None for each in found if each != self.narrator}  # who says "I" is not "he"
        # Nobody calls himself by name.
        others = [person for person in found if person not in outlook.called]
        return others or list(found)

    def _in_sight(self, turn: Turn) -> list[Sighting]:
        """Return who is named near a turn; who answers within a paragraph may act in it later."""
        later = self.scene.within(turn.first, self.spans[turn.passage].stop) if turn.takes_over else []
        return later + self.scene.before(turn.first, _REACH)

    def _tells_around(self, turn: Turn) -> bool:
        """Tell whether the narration around a turn says "I"; a letter in a novel is not all of it."""
        at = bisect_left(self.told_i, turn.first - _REACH)
        return at < len(self.told_i) and self.told_i[at] < turn.after + _REACH

    def _together(self, earlier: int, later: int) -> bool:
        """Tell whether two turns may belong to one conversation."""
        return self.turns[later].passage - self.turns[earlier].passage <= 12

    def fits_in_sight(self, index: int, speakers: Sequence[int | None]) -> bool:
        """Tell whether someone of the tag's gender has been seen or heard of late."""
        gender = self.outlooks[index].gender
        near = {s.person for s in self.scene.before(self.turns[index].first, _REACH)}
        near.update(s for s in speakers[max(0, index - 6) : index] if s is not None)
        return any(self.people[person].gender == gender for person in near)

    def clues(self, index: int, speakers: Sequence[int | None], candidates: Sequence[int]) -> list[list[str]]:
        """Return for each candidate its clues; they depend on who spoke before."""
        turn, outlook = self.turns[index], self.outlooks[index]
        before = self.scene.before(turn.first, _REACH)
        ranks = self._rank(before, outlook.gender)
        times = Counter(s.person for s in before)
        recent = [s for s in speakers[max(0, index - 10) : index] if s is not None]
        return [
            [
                *self._clues_of_gender(outlook, person, candidates),
                *self._clues_of_paragraph(outlook, person),
                *self._clues_of_beats(turn, outlook, person),
                *self._clues_of_talk(index, speakers, person),
                *self._clues_of_resuming(index, speakers, person),
                *self._clues_of_future(index, person),
                *self._clues_of_scene(turn, before, ranks, times, person),
                *self._clues_of_paragraph_before(index, person),
                *self._clues_of_standing(recent, person),
            ]
            for person in candidates
        ]

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

    def _clues_of_talk(self, index: int, speakers: Sequence[int | None], person: int) -> list[str]:
        clues: list[str] = []
        turn = self.turns[index]
        if index == 0:
            return clues
        last = self.turns[index - 1]
        gap = turn.passage - last.passage
        near = "at once" if gap <= 1 else "after a paragraph" if gap == 2 else "after some paragraphs"
        if gap > 12:
            return ["talk begins"]
        if speakers[index - 1] == person:
            clues.append(f"spoke last, {near}")
            if last.confidence >= 0.9 and gap <= 1:
                clues.append("spoke last, at once, that is sure")
        elif gap <= 1 and person in speakers[max(0, index - 6) : index]:
            clues.append("has part in the talk and did not speak last")
            if turn.continues:
                clues.append("goes on from the paragraph before")
        if person in self.outlooks[index - 1].called:
            clues.append(f"was called by name last, {near}")
        if person == self.outlooks[index - 1].addressee:
            clues.append("was spoken to last")
        for back in (2, 3, 4):
            if index < back or not self._together(index - back, index) or speakers[index - back] != person:
                continue
            flow = all(
                b - a <= 1 for a, b in pairwise(t.passage for t in self.turns[index - back : index + 1])
            )
            if speakers[index - 1] == person:
                clues.append(f"spoke last and {back} turns ago")
            else:
                clues.append(f"spoke {back} turns ago{', in one flow' if flow else ''}")
        return clues

    def _clues_of_resuming(self, index: int, speakers: Sequence[int | None], person: int) -> list[str]:
        """Tell whether the tag says that who spoke last goes on: "she added", "he went on"."""
        turn = self.turns[index]
        if not turn.tag or not index or speakers[index - 1] != person or turn.tags[0][1] > 0:
            return []
        goes_on = turn.tag.verb in ("went", "goes") and self.scene.tokens.lowers[turn.tag.ends] == "on"
        near = turn.passage - self.turns[index - 1].passage <= 1
        resumes = near and (goes_on or turn.tag.verb in _RESUMING)
        return ["spoke last, and the tag says that they go on"] if resumes else []

    def _clues_of_future(self, index: int, person: int) -> list[str]:
        clues = []
        turn = self.turns[index]
        for ahead in (1, 2, 3):
            if index + ahead >= len(self.turns):
                break
            later = self.turns[index + ahead]
            if later.passage - turn.passage > 2 * ahead + 2:
                break
            flow = later.passage - turn.passage == ahead
            if later.speaker == person:
                clues.append(f"is tagged {ahead} turns on{', in one flow' if flow else ''}")
            if ahead == 1 and person in self.outlooks[index + 1].called:
                clues.append(f"is called by name next{', at once' if flow else ''}")
        return clues

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
        if person not in seen:
            return ["is not named in the paragraph before"] if seen else []
        gender = self.outlooks[index].gender
        clues = ["is named in the paragraph before"]
        fitting = {p for p in seen if gender == "unknown" or self.people[p].gender == gender}
        if fitting == {person}:
            clues.append("is the only one who fits in the paragraph before")
        if seen[0] == person:
            clues.append("opens the paragraph before")
        if seen[-1] == person:
            clues.append("closes the paragraph before")
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
