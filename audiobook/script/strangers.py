"""People without a name: "my brother" whom "he" means, "her grandfather" who acts, "a man" in a tag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audiobook.script.lexicon import lexicon, tell_noun
from audiobook.script.outlook import Outlook
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.roles import RoleBook
from audiobook.script.scene import Scene
from audiobook.script.turns import Turn

OF_SOMEBODY = frozenset({"his", "her", "their", "my", "our", "'s"})
_BEFORE_SOMEBODY = frozenset({"the", "a", "an", "my", "our", "his", "her"})
_PARENTS = frozenset(
    "father mother papa mamma mama mother-in-law father-in-law stepmother stepfather".split()
)
_MARRIED = frozenset({"mr", "mrs", "mis", "missus"})
_FAR = 400
"""Tokens looked back over for somebody without a name: a page."""
STORY = 20_000
"""Characters up to which "the girl looked round" beside speech may be someone of its own: a novel names its
people, and there that takes two of a hundred lines from them."""
_AGAIN = 12
"""Turns within which a role that somebody goes by is still that person's."""


class Strangers:
    """Finds the people without a name of one book; those not met before are added to the people."""

    def __init__(
        self, turns: Sequence[Turn], people: Sequence[Person], scene: Scene, roles: RoleBook
    ) -> None:
        self.turns, self.people, self.scene, self.roles = turns, people, scene, roles
        self.is_story = not scene.tokens.ends or scene.tokens.ends[-1] <= STORY
        self.goes_by: dict[int, int] = {}
        """Who goes by the role in a turn's tag, or its beat, by the turn."""
        self._nobody_else: dict[int, bool] = {}
        """Whether nobody else could be meant when a role was first said of someone."""

    def find_role(self, index: int, role: Phrase, *, others_fit: bool) -> None:
        """Let the role in the tag, or in the beat, of a turn stand for someone of its own."""
        turn, known = self.turns[index], self.roles.own_of(role)
        is_named = any(beat.phrase == role and beat.person is not None for beat in turn.beats)
        if (turn.tag or self.is_story) and not (known is None and is_named):
            self.goes_by[index] = self.roles.make_own(role) if known is None else known
            self._nobody_else.setdefault(self.goes_by[index], not others_fit)

    def find_kin_again(self, index: int, candidates: Sequence[int]) -> int | None:
        """Return who goes by the word of kinship in a tag ("said her grandfather") that stands near, too.

        Not where somebody with a name might be meant when it was first said: "her mother" may be Mrs. Bennet.
        """
        tag, person = self.turns[index].tag, self.goes_by.get(index)
        if tag is None or person is None or tag.subject.determiner not in OF_SOMEBODY:
            return None
        if not self._nobody_else[person] or any(self._may_be(tag.subject, each) for each in candidates):
            return None
        near = range(max(0, index - _AGAIN), min(len(self.turns), index + _AGAIN + 1))
        again = any(self.goes_by.get(other) == person for other in near if other != index)
        return person if again else None

    def clue_of_age(self, role: Phrase | None, person: int) -> list[str]:
        """Tell whether a candidate has a title, where the tag says "her mother" or "her brother"."""
        if role is None or role.noun not in lexicon().section("kin nouns"):
            return []
        whose = "a parent" if role.noun in _PARENTS else "kin"
        return [f"is {'a' if self._is_married(person) else 'no'} Mr. or Mrs., where the word is of {whose}"]

    def _is_married(self, person: int) -> bool:
        return any(_MARRIED & set(form.titles) for form in self.people[person].forms)

    def _may_be(self, parent: Phrase, person: int) -> bool:
        """Tell whether "her mother" may be a candidate who is a Mrs."""
        fits = self.people[person].gender == parent.gender and parent.noun in _PARENTS
        return fits and self._is_married(person)

    def clues_of_word(self, index: int, settled: Sequence[int | None], fits: bool) -> list[str]:
        """Return what speaks for who goes by the role of a turn; `fits`: somebody near may be meant."""
        turn = self.turns[index]
        role = turn.role
        if role is None:
            return []
        often, person = self.roles.times(role), self.goes_by[index]
        how_often = (
            "once" if often <= 1 else "twice" if often == 2 else "up to six times" if often <= 6 else "often"
        )
        article = "a" if role.determiner in ("a", "an", "another", "one") else "the"
        clues = [
            "goes by this word" if turn.tag else "goes by the word of the beat",
            f"the word is used {how_often}",
            f"the word comes with '{article}'",
        ]
        if not fits:
            clues.append("nobody else fits")
        if role.determiner in OF_SOMEBODY:
            clues.append("the word is of kinship")
        if role.noun in lexicon().section("generic nouns"):
            clues.append("the word is for anybody")
        of_late = range(max(0, index - _AGAIN), index)
        if any(self.goes_by.get(near) == person or settled[near] == person for near in of_late):
            clues.append("went by this word of late")
        return clues

    def find_unnamed(self, turn: Turn, outlook: Outlook, others: Iterable[int]) -> int | None:
        """Return who "he" is where none of the `others` can be: the last "my brother" or "the boy"."""
        if outlook.mode not in ("pronoun", "beat") or outlook.gender == "unknown":
            return None
        if any(self.people[each].gender in (outlook.gender, "unknown") for each in others):
            return None
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
                return self.roles.make_own(phrase)
        return None

    def find_acting_kin(self, turn: Turn, outlook: Outlook) -> int | None:
        """Return whose kin a paragraph begins with: "Her grandfather was at the lamp. “Late,” he said."."""
        lowers, kin = self.scene.tokens.lowers, lexicon().section("kin nouns")
        at, owner, determiner = turn.first, None, lowers[turn.first]
        for named in self.scene.within(at, at + 1):
            at, owner, determiner = named.after, named.person, lowers[named.after]
        if determiner not in OF_SOMEBODY or at + 2 >= turn.after or lowers[at + 1] not in kin:
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
