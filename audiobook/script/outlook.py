"""What a turn shows by itself, before anybody is considered: its tag, its beats, whom it calls and names."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiobook.model import Gender
from audiobook.script.phrases import Phrase
from audiobook.script.scene import Scene
from audiobook.script.turns import Turn

_SENTENCE_ENDS = frozenset({".", "!", "?", "...", "…", ";", ":"})


@dataclass(slots=True)
class Outlook:
    """What is known of a turn before anybody is considered.

    `mode` names the set of weights: "pronoun" and "role" tags, "beat" (a sentence about he or she
    stands in the paragraph), "alone" (the paragraph is nothing but speech), "other".
    """

    mode: str
    gender: Gender = "unknown"
    subject: Phrase | None = None
    acts_before: list[int] = field(default_factory=list)
    acts_after: list[int] = field(default_factory=list)
    seen_beside: set[int] = field(default_factory=set)
    i_acts: bool = False
    called: set[int] = field(default_factory=set)
    spoken_of: set[int] = field(default_factory=set)
    own_names: set[int] = field(default_factory=set)
    addressee: int | None = None
    kin: int | None = None
    """Whose kin the paragraph begins with, and acts."""


class Lookout:
    """Makes the outlooks of one book's turns."""

    def __init__(self, scene: Scene, narrator: int | None) -> None:
        """`narrator` is who says "I" in the narration, if anyone."""
        self.scene, self.narrator = scene, narrator

    def look(self, turn: Turn, before: Turn | None) -> Outlook:
        """Return the outlook of a turn; `before` is the turn before it."""
        outlook = Outlook(mode="alone" if not any(len(gap) > 1 for gap in turn.gaps) else "other")
        tag = turn.tag
        if tag and tag.subject.kind == "pronoun":
            outlook.mode, outlook.gender, outlook.subject = "pronoun", tag.subject.gender, tag.subject
        elif tag and tag.subject.kind == "role":
            outlook.mode, outlook.gender, outlook.subject = "role", tag.subject.gender, tag.subject
        if tag and tag.addressee:
            to_me = tag.addressee.kind == "first person"
            outlook.addressee = self.narrator if to_me else tag.addressee.person
        self._read_gaps(turn, outlook)
        self._read_beats(turn, outlook)
        for quotation in turn.quotations:
            span = self.scene.tokens.between(quotation.start, quotation.end)
            outlook.called.update(self.scene.addressed(span.start, span.stop))
            outlook.spoken_of.update(s.person for s in self.scene.spoken(span.start, span.stop))
            outlook.own_names.update(self.scene.own_names(span.start, span.stop))
        if before is not None and turn.passage - before.passage <= 2:
            outlook.own_names |= self._gives_name(turn, before)
        if before is not None and outlook.called and self._answers_who(turn, before):
            outlook.spoken_of, outlook.called = outlook.spoken_of | outlook.called, set()
        outlook.called -= outlook.own_names
        outlook.spoken_of -= outlook.called | outlook.own_names
        return outlook

    def _gives_name(self, turn: Turn, before: Turn) -> set[int]:
        """Return who answers a question for a name, as in “What do they call you?” “Rufus.”, by it."""
        asked, said = (
            self.scene.tokens.between(each.start, each.end)
            for each in (before.quotations[-1], turn.quotations[0])
        )
        if not self.scene.asks_name(asked.start, asked.stop):
            return set()
        return {s.person for s in self.scene.spoken(said.start, said.start + 1)}

    def _answers_who(self, turn: Turn, before: Turn) -> bool:
        """Tell whether a name alone answers a question: “Who did it?” “Ben,” said Ann."""
        asked = self.scene.tokens.between(before.quotations[-1].start, before.quotations[-1].end)
        lowers = self.scene.tokens.lowers[asked.start : asked.stop]
        if lowers[-1:] != ["?"] or not {"who", "whom", "whose"} & set(lowers):
            return False
        first = self.scene.tokens.between(turn.quotations[0].start, turn.quotations[0].end)
        end = self.scene.ends.get(first.start)
        return end is not None and end >= first.stop - 1

    def _read_gaps(self, turn: Turn, outlook: Outlook) -> None:
        """Read who acts in the narration of the paragraph, by name or as he, she or I."""
        lowers, words = self.scene.tokens.lowers, self.scene.words
        for number, gap in enumerate(turn.gaps):
            acting = outlook.acts_before if number == 0 else outlook.acts_after
            for sighting in self.scene.within(gap.start, gap.stop):
                outlook.seen_beside.add(sighting.person)
                if sighting.acts:
                    acting.append(sighting.person)
            opens = True
            for i in gap:
                low = lowers[i]
                if opens and low in words.subjects and outlook.mode in ("other", "alone"):
                    outlook.mode, outlook.gender = "beat", words.subjects[low]
                if low == words.first_person:
                    outlook.i_acts = True
                if low[0].isalnum():
                    opens = False
                elif low in _SENTENCE_ENDS:
                    opens = True

    def _read_beats(self, turn: Turn, outlook: Outlook) -> None:
        """Let "his ears go flat" and "the boy sat up" tell a gender where no tag and no "he" does."""
        near = [beat for beat in turn.beats if beat.where == "before"][-1:]
        near += [beat for beat in turn.beats if beat.where == "after"][:1]
        for beat in near:
            if outlook.mode == "other" and beat.person is None and beat.phrase.gender != "unknown":
                outlook.mode, outlook.gender = "beat", beat.phrase.gender
