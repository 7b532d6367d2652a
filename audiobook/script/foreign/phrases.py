"""Read who is meant: a name, a pronoun, or a role ("le vieux pêcheur", "die Frau")."""

from __future__ import annotations

from collections.abc import Mapping

from audiobook.script.foreign.pack import Pack
from audiobook.script.layout import Tokens
from audiobook.script.phrases import Phrase

DEFINITE = frozenset({"le", "la", "l'", "der", "die", "das", "el"})
_LONGEST_ROLE = 4


class ForeignPhraseReader:
    """Reads noun phrases of one book; see `phrases.PhraseReader`."""

    def __init__(self, tokens: Tokens, names: Mapping[int, tuple[int, int]], pack: Pack) -> None:
        """`names` maps the first token of a name to (token after it, id of the person)."""
        self.tokens, self.names, self.pack = tokens, names, pack

    def read(self, at: int, stop: int) -> Phrase | None:
        """Return the phrase that begins exactly at token `at` and ends before `stop`, or None."""
        phrase = self._read_one(at, stop)
        if phrase is None or phrase.kind not in ("name", "role"):
            return phrase
        lowers = self.tokens.lowers
        if phrase.after + 1 < stop and lowers[phrase.after] == self.pack.conjunction:
            other = self._read_one(phrase.after + 1, stop)
            if other and other.kind in ("name", "role"):
                text = " ".join(self.tokens.texts[at : other.after])
                return Phrase(kind="group", first=at, after=other.after, text=text)
        return phrase

    def _read_one(self, at: int, stop: int) -> Phrase | None:
        if at >= stop:
            return None
        if at in self.names:
            after, person = self.names[at]
            return Phrase(kind="name", first=at, after=after, person=person)
        low = self.tokens.lowers[at]
        told = self.pack.pronouns.get(low)
        # German "Sie" with a capital inside a sentence is "you".
        if told is not None:
            if told == "first":
                return Phrase(kind="first person", first=at, after=at + 1, text="I")
            if told == "group":
                return Phrase(kind="group", first=at, after=at + 1, text=low)
            gender = self.pack.subjects.get(low, "unknown")
            return Phrase(kind="pronoun", first=at, after=at + 1, gender=gender, text=low)
        if low in self.pack.articles:
            return self._read_role(at, stop)
        return None

    def _read_role(self, at: int, stop: int) -> Phrase | None:
        """Read article, adjectives and noun; a name after them is what counts ("die alte Anna")."""
        pack, lowers, texts = self.pack, self.tokens.lowers, self.tokens.texts
        noun_at = -1
        for i in range(at + 1, min(stop, at + 1 + _LONGEST_ROLE)):
            low = lowers[i]
            if i in self.names:
                after, person = self.names[i]
                return Phrase(kind="name", first=at, after=after, person=person)
            if not low[0].isalpha() or low in pack.words["prepositions"]:
                break
            is_noun = texts[i][0].isupper() if pack.capitalizes_nouns else low not in pack.words["adjectives"]
            if is_noun:
                noun_at = i
                break
            if noun_at < 0 and low in pack.nouns:
                noun_at = i  # "le vieux", unless a noun follows
        if noun_at < 0:
            return None
        article = pack.articles[lowers[at]]
        noun = lowers[noun_at]
        gender = pack.nouns.get(noun, "unknown")
        if gender == "unknown" and article in ("male", "female"):
            gender = "male" if article == "male" else "female"
        return Phrase(
            kind="group" if article == "group" else "role", first=at, after=noun_at + 1, gender=gender,
            noun=noun, text=" ".join(texts[at + 1 : noun_at + 1]), determiner=lowers[at],
            works_like_pronoun=lowers[at] in DEFINITE and noun in pack.words["generic nouns"],
        )  # fmt: skip
