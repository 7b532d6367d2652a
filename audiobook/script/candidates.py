"""Who may speak a turn that no tag settles, with a name or without."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from audiobook.script.scene import Sighting
from audiobook.script.strangers import Strangers
from audiobook.script.talks import Talks
from audiobook.script.turns import Turn

REACH = 700
"""Tokens looked back over for who is in the scene: two pages."""
_MOST = 10
_MOST_STRANGERS = 4
_NEAR = 12
"""Turns around within which somebody without a name may speak again."""


class Candidates:
    """Lists who may speak the turns of one book."""

    def __init__(
        self, talks: Talks, strangers: Strangers, spans: Sequence[range], narrator: int | None
    ) -> None:
        """`spans` are the tokens of each passage, `narrator` is who says "I" in the narration, if anyone."""
        self.talks, self.strangers, self.spans, self.narrator = talks, strangers, spans, narrator
        self.turns, self.outlooks = talks.turns, talks.outlooks
        self.scene, self.people = talks.scene, talks.people
        first_person, in_speech = self.scene.words.first_person, self.scene.in_speech
        self.told_i = [
            i
            for i, low in enumerate(self.scene.tokens.lowers)
            if low in (first_person, "my", "me") and not in_speech[i]
        ]

    def meet(self, index: int) -> list[int]:
        """Return who is at a turn without a name: kin that acts, "the boy" whom "he" means, a role."""
        turn, outlook = self.turns[index], self.outlooks[index]
        outlook.kin = self.strangers.find_acting_kin(turn, outlook)
        if outlook.kin is not None:
            outlook.acts_before.insert(0, outlook.kin)
            found = [outlook.kin]
        else:
            others = [each for each in self.named(index) if each != self.narrator]
            unnamed = self.strangers.find_unnamed(turn, outlook, others)
            found = [] if unnamed is None else [unnamed]
        role = self.strangers.goes_by.get(index)
        return found if role is None else [*found, role]

    def choose_from(self, index: int, met: Mapping[int, Sequence[int]]) -> list[int]:
        """Return the candidates of a turn, those among them who have no name but are met around."""
        outlook = self.outlooks[index]
        if outlook.kin is not None and outlook.mode != "pronoun":
            return list(dict.fromkeys((outlook.kin, *met[index])))
        named = self.named(index)
        steps = sorted((step for step in range(-_NEAR, _NEAR + 1) if step), key=abs)
        around = dict.fromkeys(
            person for near in self.talks.near(index, *steps) for person in met.get(near, ())
        )
        strangers = [each for each in around if each not in (*named, *outlook.called, outlook.addressee)]
        strangers = strangers[:_MOST_STRANGERS]
        found = [*named[: _MOST - len(strangers)], *strangers]
        own = [each for each in met[index] if each not in found]
        return [*found[: _MOST + 1 - len(own)], *own]

    def named(self, index: int) -> list[int]:
        """Return the people with names who may speak a turn, the likeliest first."""
        turn, outlook, talks = self.turns[index], self.outlooks[index], self.talks
        found = [*outlook.acts_before, *outlook.acts_after]
        found += [beat.person for beat in turn.beats if beat.person is not None]
        found += [*sorted(outlook.own_names), *sorted(outlook.seen_beside)]
        before, after = talks.tagged(index, -1, 5), talks.tagged(index, 1, 3)
        found += [*before[:3], *after[:2]]
        for near in talks.near(index, -1, 1):
            found += sorted(self.outlooks[near].called)
        if self.narrator is not None and self._tells_around(turn):
            found.append(self.narrator)
        seen = list(dict.fromkeys(sighting.person for sighting in self._in_sight(turn)))
        found += seen[:3]
        for near in talks.near(index, -1, -2, 1, 2):
            found += [*self.outlooks[near].acts_before[:1], *self.outlooks[near].acts_after[:1]]
        found += [*before[3:], *after[2:]]
        for near in talks.near(index, -2, 2, -3, 3):
            found += sorted(self.outlooks[near].called)
        listed = list(dict.fromkeys([*found, *seen[3:]]))
        if outlook.mode == "pronoun" and len(listed) > 1:
            # Who says "I" is not "he", nor are several.
            listed = [each for each in listed if each != self.narrator]
            if outlook.gender != "unknown":
                listed = [each for each in listed if each not in self.strangers.roles.crowds] or listed
        # Nobody calls himself by name, or is whom the tag says that he speaks to.
        listeners = {*outlook.called, outlook.addressee}
        listed = [each for each in listed if each not in listeners] or listed
        if outlook.gender != "unknown" and len(listed) > _MOST:
            listed.sort(key=lambda each: self.people[each].gender not in (outlook.gender, "unknown"))
        return listed[:_MOST]

    def _in_sight(self, turn: Turn) -> list[Sighting]:
        """Return who is named near a turn; who answers within a paragraph may act in it later."""
        later = self.scene.within(turn.first, self.spans[turn.passage].stop) if turn.takes_over else []
        return later + self.scene.before(turn.first, REACH)

    def _tells_around(self, turn: Turn) -> bool:
        """Tell whether the narration around a turn says "I"; a letter in a novel is not all of it."""
        at = bisect_left(self.told_i, turn.first - REACH)
        return at < len(self.told_i) and self.told_i[at] < turn.after + REACH
