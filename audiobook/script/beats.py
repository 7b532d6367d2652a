"""Find whom the narration beside speech is about.

"The pilot ran a hand over her head." "His ears go flat."

A paragraph belongs to one person as a rule, so the subject of the sentence beside the words says them.
A thing or a part of the body leads to its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audiobook.model import Gender
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import tell_noun
from audiobook.script.phrases import Phrase, PhraseReader
from audiobook.script.turns import Beat, Turn

_SENTENCE_ENDS = frozenset({".", "!", "?", "...", "…", ";", ":"})
_OWNERS: dict[str, Gender] = {"his": "male", "her": "female", "my": "unknown"}
_OBJECT_MARKERS = frozenset("of to at for with from in on about by than like upon over after before".split())
_NO_SUBJECT = frozenset("there this that what nothing everything these those it".split())
_PLACES = frozenset("above below inside outside off up down away out back went came gave".split())
_FAR = 150
"""Tokens looked back over for what "it" is."""
_LOOKED_AT = 14
"""Tokens of a sentence within which its subject is looked for."""


class BeatReader:
    """Reads the subjects of sentences in the narration of one book."""

    def __init__(self, tokens: Tokens, reader: PhraseReader) -> None:
        self.tokens, self.reader = tokens, reader

    def read(self, turns: Sequence[Turn]) -> None:
        """Set the beats of each turn, before and after its words."""
        for turn in turns:
            self._find_thing(turn)
            read_to = {number: tag.ends for tag, number in turn.tags}
            for number, gap in enumerate(turn.gaps):
                start = max(gap.start, read_to.get(number - 1, 0)) if number else gap.start
                found = self._subjects(range(start, gap.stop), in_tag=start > gap.start)
                turn.beats += [Beat(p, "after" if number else "before", owns) for p, owns in found]

    def _find_thing(self, turn: Turn) -> None:
        """Say what "it" is in a tag ("it announced"): the last thing that a sentence before is about."""
        for number, (tag, quotation) in enumerate(turn.tags):
            if tag.subject.text != "it" or tag.subject.kind != "pronoun":
                continue
            last = self._last_thing(turn.first)
            if last is not None:
                turn.tags[number] = replace(tag, subject=last), quotation

    def _last_thing(self, before: int) -> Phrase | None:
        """Return the thing with which the last such sentence opens ("The drone hung over the trees")."""
        lowers, texts = self.tokens.lowers, self.tokens.texts
        for at in range(before - 1, max(0, before - _FAR), -1):
            if texts[at] != "The":
                continue
            phrase = self.reader.read(at, min(len(lowers), at + 4))
            if phrase is None or phrase.kind != "role" or phrase.is_capitalized:
                continue
            after = next(
                (i for i in range(at + 2, phrase.after) if self._ends_thing(lowers[i])), phrase.after
            )
            if tell_noun(lowers[after - 1]) is None:
                text = " ".join(texts[at + 1 : after])
                return replace(phrase, after=after, noun=lowers[after - 1], text=text)
        return None

    def _ends_thing(self, low: str) -> bool:
        return low in _PLACES or low.endswith(("ed", "ly"))

    def _subjects(self, span: range, *, in_tag: bool) -> list[tuple[Phrase, bool]]:
        """Return the subject of each sentence of a stretch of narration, and whether it is an owner."""
        lowers = self.tokens.lowers
        found: list[tuple[Phrase, bool]] = []
        at = span.start
        if in_tag:
            at = next((i + 1 for i in span if lowers[i] in _SENTENCE_ENDS), span.stop)
        while at < span.stop:
            end = next((i for i in range(at, span.stop) if lowers[i] in _SENTENCE_ENDS), span.stop)
            subject = self._subject(at, end)
            if subject:
                found.append(subject)
            at = end + 1
        return found

    def _subject(self, at: int, end: int) -> tuple[Phrase, bool] | None:
        """Return who opens a sentence; what stands behind a preposition is passed over."""
        lowers = self.tokens.lowers
        stop = min(end, at + _LOOKED_AT)
        while at < stop:
            low = lowers[at]
            if low in _NO_SUBJECT:
                return None
            before = lowers[at - 1] if at else ""
            phrase = self.reader.read(at, end)
            if phrase is None or before in _OBJECT_MARKERS:
                at = phrase.after if phrase else at + 1
                continue
            return self._owner(phrase)
        return None

    def _has_possession(self, phrase: Phrase) -> bool:
        return self.tokens.lowers[phrase.after : phrase.after + 1] == ["'s"]

    def _owner(self, phrase: Phrase) -> tuple[Phrase, bool] | None:
        """Return the phrase if it is somebody, or who owns what it names."""
        if phrase.kind in ("name", "pronoun", "first person", "group"):
            return phrase, False
        if tell_noun(phrase.noun) is not None:
            return phrase, self._has_possession(phrase)
        first = phrase.first
        if phrase.determiner == "'s" and phrase.owner is not None:
            return Phrase(kind="name", first=first, after=first + 1, person=phrase.owner), True
        if phrase.determiner == "my":
            return Phrase(kind="first person", first=first, after=first + 1, text="I"), True
        if phrase.determiner in ("his", "her"):
            word = "he" if phrase.determiner == "his" else "she"
            gender = _OWNERS[phrase.determiner]
            return Phrase(kind="pronoun", first=first, after=first + 1, gender=gender, text=word), True
        return None
