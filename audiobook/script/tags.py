"""Find the tag of a quotation: the words of narration beside it that say who speaks.

"…," said Max.      "…," Max teased.      Rachel turned and said: "…"      "…," he whispered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audiobook.model import Gender
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon, tell_noun
from audiobook.script.phrases import Phrase, PhraseReader

_CLAUSE_ENDS = frozenset(".!?;")
_SENTENCE_ENDS = frozenset({".", "!", "?", "...", "…"})
_FINITE = ("past", "present")
_OWNERS: dict[str, Gender] = {"his": "male", "her": "female"}
_PARTICLE_VERBS = ("put", "broke", "cut", "struck", "came", "went", "burst")
_OBJECT_MARKERS = frozenset("of to at for with from in on about by than like upon over after before".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Who a piece of narration says is speaking, and how.

    `where` is the tag's place as seen from the quotation.  `addressee` is whom the words are said to,
    where the tag tells ("he told Mary").  `ends` is the token after the tag's subject and verb.
    """

    subject: Phrase
    verb: str
    where: Literal["before", "after"]
    words: str
    ends: int
    addressee: Phrase | None = None
    is_sure: bool = True


class TagFinder:
    """Finds tags in the narration of one book."""

    def __init__(self, tokens: Tokens, reader: PhraseReader) -> None:
        self.tokens = tokens
        self.reader = reader
        self.words = lexicon()

    def find_after(self, span: range, quotation_ends: str) -> Tag | None:
        """Look for a tag at the beginning of the narration that follows a quotation.

        `quotation_ends` is the quotation's last character.
        """
        lowers = self.tokens.lowers
        at, stop = span.start, span.stop
        while at < stop and (not any(map(str.isalpha, lowers[at])) or self._is_note_sign(at, stop)):
            if lowers[at] in _SENTENCE_ENDS:
                return None
            at += 1
        end = next(
            (i for i in range(at, min(stop, at + 40)) if lowers[i] in _CLAUSE_ENDS), min(stop, at + 40)
        )
        if at >= end:
            return None
        return (
            self._answer_first(at, end)
            or self._verb_first(at, end, "after")
            or (None if quotation_ends == "." else self._subject_first(at, end, quotation_ends))
        )

    def _is_note_sign(self, at: int, stop: int) -> bool:
        """Tell whether the word at a place is the letter of a note: “Yes,”[a] said Anna."""
        texts = self.tokens.texts
        return (
            texts[at - 1 : at] == ["["] and len(texts[at]) < 3 and texts[at + 1 : min(stop, at + 2)] == ["]"]
        )

    def _answer_first(self, at: int, end: int) -> Tag | None:
        """Read "was Edmund's answer", "was the reply": who answers owns the noun."""
        lowers = self.tokens.lowers
        if lowers[at] not in ("was", "were", "came"):
            return None
        for noun in range(at + 2, min(end, at + 8)):
            if lowers[noun] not in self.words.section("answers"):
                continue
            if at + 1 in self.reader.names:
                after, person = self.reader.names[at + 1]
                owner = Phrase(kind="name", first=at + 1, after=after, person=person)
                return self._tag(owner, noun, (at, noun + 1), where="after", to=None)
            gender = _OWNERS.get(lowers[at + 1])
            if gender:
                she = Phrase(kind="pronoun", first=at + 1, after=at + 2, gender=gender, text=lowers[at + 1])
                return self._tag(she, noun, (at, noun + 1), where="after", to=None)
        return None

    def _verb_first(self, at: int, end: int, where: Literal["before", "after"]) -> Tag | None:
        """Read "said Max", "then quietly added the old man"."""
        lowers = self.tokens.lowers
        verb = at
        while verb < end and verb < at + 3 and self._is_adverb(lowers[verb]):
            verb += 1
        if verb >= end or self.tokens.texts[verb][0].isupper():
            return None
        if not self._speaks(lowers[verb], loosely=True):
            return self._unheard_verb(at, verb, end, where)
        subject_at = verb + 1
        while subject_at < end and self._is_adverb(lowers[subject_at]) and subject_at < verb + 3:
            subject_at += 1
        if lowers[verb] in _PARTICLE_VERBS and lowers[min(subject_at, end - 1)] in ("in", "out", "on"):
            subject_at += 1
        subject = self.reader.read(subject_at, end)
        if subject is None or (subject.kind == "pronoun" and subject.text == "it"):
            return None
        return self._tag(
            subject, verb, (at, subject.after), where=where, to=self._addressee(subject.after, end)
        )

    def _unheard_verb(self, at: int, verb: int, end: int, where: Literal["before", "after"]) -> Tag | None:
        """Read "puffed Mrs. Jones": any past tense does where a name follows it."""
        if verb != at or not self.tokens.lowers[verb].endswith("ed"):
            return None
        subject = self.reader.read(verb + 1, end)
        if subject is None or subject.kind != "name":
            return None
        return self._tag(subject, verb, (at, subject.after), where=where, to=None)

    def _subject_first(self, at: int, end: int, quotation_ends: str) -> Tag | None:
        """Read "Max teased", "the old man, smiling, had said"; the subject opens the clause."""
        lowers = self.tokens.lowers
        begin = at
        while begin < end and begin < at + 2 and (self._is_adverb(lowers[begin]) or lowers[begin] == "and"):
            begin += 1
        subject = self.reader.read(begin, end)
        if subject is None or not (self._is_somebody(subject) or self._talks(subject, quotation_ends)):
            return None
        verb = subject.after
        while verb < end and self._is_adverb(lowers[verb]):
            verb += 1
        loosely = quotation_ends in ",—-"
        if (
            verb < end
            and self._speaks(lowers[verb], loosely=loosely)
            and not self._speaks_otherwise(verb, end)
        ):
            return self._tag(subject, verb, (at, verb + 1), where="after", to=self._addressee(verb + 1, end))
        after_comma = quotation_ends == ","
        unfit = ("was", "were", "been") if after_comma else ("to", "was", "were", "been")
        for later in range(verb, min(end, verb + 14)):
            if not self._speaks(lowers[later], loosely=False, base=after_comma) or lowers[later - 1] in unfit:
                continue
            if lowers[later - 1] in ("who", "which", "that") or self._speaks_otherwise(later, end):
                return None
            own = self._adjacent_subject(later, verb)
            to = self._addressee(later + 1, end)
            return self._tag(own or subject, later, (at, later + 1), where="after", to=to)
        if after_comma and verb < end and lowers[verb].endswith("ed") and subject.kind == "name":
            return self._tag(subject, verb, (at, verb + 1), where="after", to=None)
        return None

    def _speaks_otherwise(self, verb: int, end: int) -> bool:
        """Tell whether the verb has another object than the quotation: "said nothing", "told him that"."""
        after = self.tokens.lowers[verb + 1] if verb + 1 < end else ""
        return (
            after in ("nothing", "no", "that", "something", "it", "so")
            and self.tokens.lowers[verb] != "thought"
        )

    def _adjacent_subject(self, verb: int, since: int) -> Phrase | None:
        for first in range(verb - 1, max(since - 1, verb - 7), -1):
            phrase = self.reader.read(first, verb)
            if phrase and phrase.after == verb and self.tokens.lowers[first - 1] not in _OBJECT_MARKERS:
                return phrase if self._is_somebody(phrase) else None
        return None

    def find_before(self, span: range) -> Tag | None:
        """Look for a tag at the end of the narration that leads to a quotation."""
        lowers = self.tokens.lowers
        stop = span.stop
        while stop > span.start and lowers[stop - 1] in ('"', "“", "‘", "'", "«", "*"):
            stop -= 1
        if stop <= span.start or lowers[stop - 1] in _SENTENCE_ENDS or lowers[stop - 1] == ";":
            return None
        last = lowers[stop - 1]
        begin = stop - 1
        while begin > span.start and lowers[begin - 1] not in _CLAUSE_ENDS and stop - begin < 60:
            begin -= 1
        leads = last in (",", ":", "—", "--", "–")
        answer = self._answer_before(begin, stop)
        if answer:
            return answer
        verbs = [
            i
            for i in range(begin, stop)
            if self._speaks(lowers[i], loosely=False, participle=True) and lowers[i - 1] not in ("to", "be")
        ]
        if not verbs or (not leads and verbs[-1] < stop - 4):
            return self._lead_in(begin, stop) if last == ":" else None
        verb = verbs[-1]
        if self._is_passive(verb, begin):
            return None
        subject = self._adjacent_subject_before(verb, begin) or self._after_verb(verb, stop)
        subject = subject or self._acting_subject(begin, verb) or self._first_subject(begin, verb)
        if subject is None or (subject.kind == "pronoun" and subject.text == "it"):
            return None
        return self._tag(
            subject, verb, (subject.first, stop), where="before", to=self._addressee(verb + 1, stop)
        )

    def _answer_before(self, begin: int, stop: int) -> Tag | None:
        """Read "Emma's reply was," at the end of a clause."""
        lowers = self.tokens.lowers
        for noun in range(stop - 1, max(begin, stop - 5), -1):
            if lowers[noun] not in self.words.section("answers"):
                continue
            for owner in range(max(begin, noun - 5), noun):
                if owner in self.reader.names:
                    after, person = self.reader.names[owner]
                    if lowers[after] == "'s" and after < noun:
                        named = Phrase(kind="name", first=owner, after=after, person=person)
                        return self._tag(named, noun, (owner, stop), where="before", to=None)
        return None

    def _is_somebody(self, phrase: Phrase) -> bool:
        """Tell a person from a thing ("the pause", "her hand"); a capital makes a person of either."""
        if phrase.kind != "role":
            return True
        return tell_noun(phrase.noun) is not None or phrase.noun[:1].isdigit() or phrase.is_capitalized

    def _talks(self, thing: Phrase, quotation_ends: str) -> bool:
        """Tell whether a thing has a verb of speech right after it, as in "…," the radio says."""
        verb = self.tokens.lowers[thing.after : thing.after + 1]
        goes_on = self.tokens.texts[thing.first].islower() and quotation_ends in ",?!"
        return bool(verb) and goes_on and thing.determiner == "the" and self._speaks(verb[0], loosely=False)

    def _is_passive(self, verb: int, begin: int) -> bool:
        at = verb - 1
        while at > begin and self.tokens.lowers[at].endswith("ly"):
            at -= 1
        form = self.words.speech_verbs.get(self.tokens.lowers[verb])
        return form == "past" and self.tokens.lowers[at] in ("was", "were", "been", "being", "be")

    def _acting_subject(self, begin: int, stop: int) -> Phrase | None:
        """Return the last phrase of a clause that a verb follows: "before Thorpe came running, calling"."""
        for at in range(stop - 1, begin - 1, -1):
            phrase = self.reader.read(at, stop) if at in self.reader.names else None
            if phrase is None or phrase.kind != "name" or phrase.after >= stop:
                continue
            follows = self.tokens.lowers[phrase.after]
            before = self.tokens.lowers[at - 1] if at > begin else ""
            regular = follows.endswith("ed") and len(follows) > 3
            acts = regular or self.words.human_verbs.get(follows) in _FINITE or follows in ("had", "was")
            if acts and before not in _OBJECT_MARKERS:
                return phrase
        return None

    def _after_verb(self, verb: int, stop: int) -> Phrase | None:
        phrase = self.reader.read(verb + 1, stop)
        if (
            phrase
            and phrase.after >= stop - 1
            and self._is_somebody(phrase)
            and self.tokens.lowers[verb] not in ("told", "asked")
        ):
            return phrase
        return None

    def _adjacent_subject_before(self, verb: int, begin: int) -> Phrase | None:
        at = verb
        while at > begin and self._is_adverb(self.tokens.lowers[at - 1]):
            at -= 1
        for first in range(max(begin, at - 6), at):
            phrase = self.reader.read(first, at)
            if phrase and phrase.after == at and self._is_somebody(phrase):
                before = self.tokens.lowers[first - 1] if first > begin else ""
                return None if before in ("of", "to", "at", "with", "from", "by") else phrase
        return None

    def _first_subject(self, begin: int, stop: int) -> Phrase | None:
        """Return the first phrase of a clause that is no object of a preposition."""
        at = begin
        while at < stop:
            phrase = self.reader.read(at, stop)
            if phrase:
                before = self.tokens.lowers[at - 1] if at > begin else ""
                if before not in _OBJECT_MARKERS and self._is_somebody(phrase):
                    return phrase
                at = phrase.after
            else:
                at += 1
        return None

    def _lead_in(self, begin: int, stop: int) -> Tag | None:
        """Read "Max turned to her:", which leads to a quotation without a verb of speech."""
        subject = self._first_subject(begin, stop)
        if subject is None or subject.text == "it":
            return None
        words = self._show(subject.first, stop)
        return Tag(subject=subject, verb=":", where="before", words=words, ends=stop, is_sure=False)

    def _addressee(self, at: int, end: int) -> Phrase | None:
        if at < end and self.tokens.lowers[at] == "me":
            return Phrase(kind="first person", first=at, after=at + 1, text="me")
        if at < end and self.tokens.lowers[at] == "to":
            at += 1
        elif at < end and self.tokens.lowers[at - 1] not in ("told", "asked", "begged", "assured", "warned"):
            return None
        return self.reader.read(at, end)

    def _tag(
        self,
        subject: Phrase,
        verb: int,
        shown: tuple[int, int],
        *,
        where: Literal["before", "after"],
        to: Phrase | None,
    ) -> Tag:
        words = self._show(min(shown[0], verb), max(shown[1], verb + 1))
        ends = max(subject.after, verb + 1)
        return Tag(
            subject=subject, verb=self.tokens.lowers[verb], where=where, words=words, ends=ends, addressee=to
        )

    def _show(self, first: int, after: int) -> str:
        return (
            " ".join(self.tokens.texts[first : min(after, first + 14)])
            .replace(" ,", ",")
            .replace(" 's", "'s")
        )

    def _is_adverb(self, low: str) -> bool:
        if low in self.words.section("adverbs") or low in ("had", "has", "would", "did", "at", "last"):
            return True
        return low.endswith("ly") and len(low) > 4

    def _speaks(self, low: str, *, loosely: bool, participle: bool = False, base: bool = False) -> bool:
        form = self.words.speech_verbs.get(low)
        if form in _FINITE or (participle and form == "participle") or (base and form == "base"):
            return True
        return loosely and self.words.manner_verbs.get(low) in _FINITE
