"""Who says it: a sieve of rules from sure to unsure, each with its evidence in words.

1. a tag with a name;  2. a tag with a role or with "I";  3. speech that goes on from the paragraph
before;  4. everything else by weighing clues: pronoun and role tags ("he said", "the old man said"),
who acts beside the words, whose turn it is, who was called by name, who is in the scene.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from audiobook.model import Gender
from audiobook.script.context import Context
from audiobook.script.gender import tell_genders_of_roles
from audiobook.script.identities import Identities
from audiobook.script.lexicon import lexicon, tell_noun
from audiobook.script.outlook import Outlook
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.ranker import Choice, Weights, choose, learned_weights
from audiobook.script.roles import RoleBook
from audiobook.script.scene import Scene
from audiobook.script.turns import Turn

_FAR = 400
"""Tokens looked back over for somebody without a name: a page."""
NOBODY_YET = -1
"""Stands among the candidates for someone not met before whom the tag's role names ("a man")."""

_OFTEN_I = 0.05
"""Share of the sentences beside speech that are about "I", from which on "I" tells the story."""

_OF_SOMEBODY = frozenset({"his", "her", "their", "my", "our", "'s"})
_STORY = 20_000
"""Characters up to which "the girl looked round" beside speech may be someone of its own: a novel names its
people, and there that takes two of a hundred lines from them."""
_BEFORE_SOMEBODY = frozenset({"the", "a", "an", "my", "our", "his", "her"})
_AGAIN = 12
"""Turns within which a role that somebody goes by is still that person's."""


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

    def attribute(self, weights: Weights | None = None) -> None:
        """Set speaker, type, evidence and confidence of every turn."""
        context = self.settle_by_tags()
        table = learned_weights() if weights is None else weights
        for index, candidates, clues in self.open_turns(context):
            mode = context.outlooks[index].mode
            self._settle(self.turns[index], candidates, choose(clues, table.get(mode, {})))
        self._learn_genders(context)
        self._hear_narrator(context)

    def settle_by_tags(self) -> Context:
        """Apply the sure rules, and return what the rest is to be judged by."""
        for turn in self.turns:
            self._settle_by_tag(turn)
        self._find_who_beats_are_about()
        identities = Identities(self.turns, self.people, self.scene, self.roles)
        identities.name_narrator()
        identities.join_described()
        self.scene.add_roles(self.roles.phrases())
        tell_genders_of_roles(
            self.people,
            self.scene.told,
            self.scene.tokens,
            self.scene.in_speech,
            self.scene.words.followers,
        )
        return Context(self.turns, self.people, self.scene, self.spans, self.roles.own.get("I"))

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

    def open_turns(self, context: Context) -> Iterator[tuple[int, list[int], list[list[str]]]]:
        """Yield each turn that no sure rule settles: index, candidates, and their clues.

        The speakers set on earlier turns by then are what the clues of later ones build on.
        """
        speakers: list[int | None] = []
        for index, turn in enumerate(self.turns):
            before = self.turns[index - 1] if index else None
            if turn.speaker is None and not self._is_several(turn):
                if turn.continues and before and before.passage == turn.passage - 1 and not turn.tags:
                    self._continue(turn, before)
                elif (known := self._goes_by_the_word(turn, speakers)) is not None and turn.tag:
                    turn.speaker, turn.type, turn.confidence = known, "anaphoric", 0.9
                    turn.evidence = (
                        f"tag {turn.tag.where}: '{turn.tag.words}', as {_AGAIN} turns before at most"
                    )
                else:
                    kin = self._find_acting_kin(turn, context.outlooks[index])
                    if kin is not None:
                        context.outlooks[index].acts_before.insert(0, kin)
                    candidates = context.candidates(index, speakers)
                    if kin is not None and context.outlooks[index].mode != "pronoun":
                        candidates = [kin]
                    if turn.takes_over and before and not turn.tag and len(candidates) > 1:
                        candidates = [each for each in candidates if each != before.speaker]
                    candidates += self._find_unnamed(context, index, candidates)
                    clues = context.clues(index, speakers, candidates)
                    self._add_newcomer(context, index, speakers, candidates, clues)
                    if candidates:
                        yield index, candidates, clues
            speakers.append(turn.speaker)

    def _goes_by_the_word(self, turn: Turn, speakers: Sequence[int | None]) -> int | None:
        """Return who goes by the word of a tag alone ("her grandfather") and has just spoken."""
        tag = turn.tag
        if tag is None or tag.subject.kind != "role" or not tag.is_sure:
            return None
        if tag.subject.determiner not in _OF_SOMEBODY:
            return None
        known = self.roles.own_of(tag.subject)
        return known if known is not None and known in speakers[-_AGAIN:] else None

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

    def _is_several(self, turn: Turn) -> bool:
        return turn.tag is not None and turn.tag.is_sure and turn.tag.subject.kind == "group"

    def _continue(self, turn: Turn, before: Turn) -> None:
        turn.speaker, turn.confidence, turn.type = before.speaker, before.confidence, before.type
        turn.evidence = "goes on from the paragraph before"

    def _find_unnamed(self, context: Context, index: int, candidates: Sequence[int]) -> list[int]:
        """Return who "he" is where nobody in sight can be: the last "my brother" or "the boy" before it."""
        outlook, turn = context.outlooks[index], self.turns[index]
        if outlook.mode not in ("pronoun", "beat") or outlook.gender == "unknown":
            return []
        if any(
            self.people[c].gender in (outlook.gender, "unknown") for c in candidates if c != context.narrator
        ):
            return []
        lowers, texts = self.scene.tokens.lowers, self.scene.tokens.texts
        for at in range(turn.first - 1, max(0, turn.first - _FAR), -1):
            if self.scene.in_speech[at] or tell_noun(lowers[at]) != outlook.gender:
                continue
            if lowers[at] in lexicon().section("groups"):
                continue
            first = next((i for i in (at - 1, at - 2) if lowers[i] in _BEFORE_SOMEBODY), None)
            if first is not None:
                phrase = Phrase(
                    kind="role", first=first, after=at + 1, gender=outlook.gender,
                    noun=lowers[at], text=" ".join(texts[first + 1 : at + 1]), determiner=lowers[first],
                )  # fmt: skip
                return [self.roles.make_own(phrase)]
        return []

    def _find_acting_kin(self, turn: Turn, outlook: Outlook) -> int | None:
        """Return whose kin a paragraph begins with: "Her grandfather was at the lamp. “Late,” he said."."""
        lowers, kin = self.scene.tokens.lowers, lexicon().section("kin nouns")
        at, owner, determiner = turn.first, None, lowers[turn.first]
        for named in self.scene.within(at, at + 1):
            at, owner, determiner = named.after, named.person, lowers[named.after]
        if determiner not in _OF_SOMEBODY or at + 2 >= turn.after or lowers[at + 1] not in kin:
            return None
        acts = lowers[at + 2]
        if outlook.mode == "role" or not self._is_verb(acts) or set(outlook.acts_before) - {owner}:
            return None
        gender = lexicon().noun_gender.get(lowers[at + 1], "unknown")
        if outlook.mode in ("pronoun", "beat") and outlook.gender != gender:
            return None
        noun = lowers[at + 1]
        phrase = Phrase(
            kind="role", first=turn.first, after=at + 2, gender=gender,
            noun=noun, text=noun, determiner=determiner, owner=owner,
        )  # fmt: skip
        held = self.roles.holders.get(noun, set())
        return next(iter(held)) if len(held) == 1 else self.roles.make_own(phrase)

    def _is_verb(self, low: str) -> bool:
        words = lexicon()
        return (
            low in words.section("be and have")
            or words.human_verbs.get(low) == "past"
            or words.manner_verbs.get(low) == "past"
            or (low.endswith("ed") and len(low) > 3)
        )

    def _add_newcomer(
        self,
        context: Context,
        index: int,
        speakers: Sequence[int | None],
        candidates: list[int],
        clues: list[list[str]],
    ) -> None:
        """Let a role in the tag, or in the beat, stand for someone of its own."""
        turn = self.turns[index]
        role = turn.role
        if role is None or (not turn.tag and self.scene.tokens.ends[-1] > _STORY):
            return
        often = self.roles.times(role)
        known = self.roles.own_of(role)
        how_often = (
            "once" if often <= 1 else "twice" if often == 2 else "up to six times" if often <= 6 else "often"
        )
        article = "a" if role.determiner in ("a", "an", "another", "one") else "the"
        own = [
            "goes by this word" if turn.tag else "goes by the word of the beat",
            f"the word is used {how_often}",
            f"the word comes with '{article}'",
        ]
        if not context.fits_in_sight(index, speakers):
            own.append("nobody else fits")
        if role.determiner in _OF_SOMEBODY:
            own.append("the word is of kinship")
        if role.noun in lexicon().section("generic nouns"):
            own.append("the word is for anybody")
        if known in candidates:
            clues[candidates.index(known)].extend(own)
        else:
            candidates.append(NOBODY_YET if known is None else known)
            clues.append([*own, "is not in sight"])

    def _settle(self, turn: Turn, candidates: list[int], choice: Choice) -> None:
        tag = turn.tag
        person = candidates[choice.index]
        if person == NOBODY_YET and turn.role is not None:
            person = self.roles.make_own(turn.role)
        turn.speaker, turn.confidence = person, min(0.95, choice.probability)
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
