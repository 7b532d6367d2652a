"""Who says it: a sieve of rules from sure to unsure, each with its evidence in words.

1. a tag with a name;  2. a tag with a role or with "I";  3. speech that goes on from the paragraph
before;  4. everything else by weighing clues, a whole talk at once: pronoun and role tags ("he said", "the
old man said"), who acts beside the words, whose turn it is, who was called by name, who is in the scene.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from audiobook.model import Gender
from audiobook.script.chain import Link, choose, decode_talk
from audiobook.script.context import Context
from audiobook.script.gender import tell_genders_of_roles
from audiobook.script.identities import Identities
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.ranker import Choice, LearnedWeights, Weights, learned_weights
from audiobook.script.roles import RoleBook
from audiobook.script.scene import Scene
from audiobook.script.turns import Turn

_OFTEN_I = 0.05
"""Share of the sentences beside speech that are about "I", from which on "I" tells the story."""


class Sieve:
    """Attributes the turns of one book."""

    def __init__(
        self,
        turns: Sequence[Turn],
        people: list[Person],
        scene: Scene,
        roles: RoleBook,
        spans: Sequence[range],
    ) -> None:
        """`spans` are the tokens of each passage.  People met only as roles are added to `people`."""
        self.turns, self.people, self.scene, self.roles, self.spans = turns, people, scene, roles, spans

    def attribute(self, weights: LearnedWeights = learned_weights) -> None:
        """Set speaker, type, evidence and confidence of every turn."""
        context = self.settle_by_tags()
        table = weights(context.is_story)
        for talk in context.list_talks():
            self._decode(talk, table)
        for index, turn in enumerate(self.turns):
            if context.goes_on(index):
                self._continue(turn, self.turns[index - 1])
        self._learn_genders(context)
        self._hear_narrator(context)

    def _decode(self, talk: Sequence[Link], weights: Weights) -> None:
        """Settle the open turns of a talk."""
        if all(link.clues == [[]] for link in talk):
            return
        likely = decode_talk(talk, weights)
        for at, link in enumerate(talk):
            if link.candidates != [self.turns[link.turn].speaker]:
                self._settle(link, choose(talk, at, likely, weights))

    def settle_by_tags(self) -> Context:
        """Apply the sure rules, and return what the rest is to be judged by."""
        for turn in self.turns:
            self._settle_by_tag(turn)
        self._find_who_beats_are_about()
        identities = Identities(self.turns, self.people, self.scene, self.roles)
        identities.name_narrator()
        identities.join_described()
        identities.join_spouses()
        self.scene.add_roles(self.roles.phrases())
        tell_genders_of_roles(
            self.people,
            self.scene.told,
            self.scene.tokens,
            self.scene.in_speech,
            self.scene.words.followers,
        )
        return Context(self.turns, self.people, self.scene, self.spans, self.roles)

    def _find_who_beats_are_about(self) -> None:
        """Set the people of the beats; "I" is one where the narration says it often."""
        beats = [beat for turn in self.turns for beat in turn.beats]
        mine = sum(beat.phrase.kind == "first person" for beat in beats)
        tells = "I" in self.roles.own or mine >= max(2, _OFTEN_I * len(beats))
        for beat in beats:
            if beat.phrase.kind != "first person" or tells:
                beat.person = self._person_of(beat.phrase)[0]
            if beat.person is None and beat.phrase.kind == "role":
                beat.person = self.roles.own_of(beat.phrase)

    def _settle_by_tag(self, turn: Turn) -> None:
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
                if kind == "group":
                    turn.evidence = f"tag {tag.where}: '{tag.words}', several at once"

    def _person_of(self, phrase: Phrase) -> tuple[int | None, str]:
        if phrase.kind == "name":
            return phrase.person, "name"
        if phrase.kind in ("role", "first person", "group"):
            return self.roles.person_of(phrase), phrase.kind
        return None, phrase.kind

    def _continue(self, turn: Turn, before: Turn) -> None:
        turn.speaker, turn.confidence, turn.type = before.speaker, before.confidence, before.type
        turn.evidence = "goes on from the paragraph before"

    def _settle(self, link: Link, choice: Choice) -> None:
        turn, person = self.turns[link.turn], link.candidates[choice.index]
        if person is None:
            return
        tag = turn.tag
        turn.speaker, turn.confidence = person, choice.probability
        reasons = (
            "; ".join(choice.reasons).replace(" 1 turns ", " 1 turn ")
            or "the likeliest of those in the scene"
        )
        name = self.people[person].name
        if tag is not None and tag.is_sure:
            turn.type = "anaphoric"
            turn.evidence = f"tag {tag.where}: '{tag.words}' → {name}: {reasons}"
        else:
            turn.type = "implicit"
            turn.evidence = f"{name}: {reasons}"

    def _learn_genders(self, context: Context) -> None:
        """Tell the gender of a person of whom nothing told it from the pronouns of the tags."""
        for turn, outlook in zip(self.turns, context.outlooks, strict=True):
            if turn.speaker is None or outlook.mode != "pronoun" or turn.tag is None:
                continue
            person = self.people[turn.speaker]
            if person.gender == "unknown" and outlook.gender != "unknown" and not person.is_narrator:
                person.gender = outlook.gender
                person.gender_evidence = f"pronoun: '{turn.tag.words}'"

    def _hear_narrator(self, context: Context) -> None:
        """Tell the gender of whoever says "I" from what others call him or her to the face."""
        narrator = context.narrator
        if narrator is None or self.people[narrator].gender != "unknown":
            return
        heard: Counter[Gender] = Counter()
        for one, other in pairwise(self.turns):
            if other.passage - one.passage > 2 or narrator not in (one.speaker, other.speaker):
                continue
            turn = other if one.speaker == narrator else one
            if turn.speaker == narrator:
                continue
            for quotation in turn.quotations:
                span = self.scene.tokens.between(quotation.start, quotation.end)
                heard.update(self.scene.forms_of_address(span.start, span.stop))
        she, he = heard["female"], heard["male"]
        if max(she, he) >= 2 and max(she, he) >= 2 * min(she, he):
            told: Gender = "female" if she > he else "male"
            self.people[narrator].gender = told
            self.people[narrator].gender_evidence = f"is called sir {he}, madam {she} times, or the like"
