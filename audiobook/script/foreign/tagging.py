"""Find tags beside speech.

„…“, sagte Anna.      — …, répondit-elle.      —… —dijo Juan.      Er fragte: „…“
"""

from __future__ import annotations

from audiobook.script.foreign.pack import Pack
from audiobook.script.foreign.phrases import ForeignPhraseReader
from audiobook.script.layout import Tokens
from audiobook.script.phrases import Phrase
from audiobook.script.tags import Tag

_SENTENCE_ENDS = frozenset({".", "!", "?", "...", "…"})
_CLAUSE_ENDS = _SENTENCE_ENDS | {";"}
_OTHER_OBJECTS = frozenset({"nichts", "rien", "nada", "kein", "keine", "ne", "n'", "no"})
_LONGEST_CLAUSE = 40
_NEAR = 4
"""Tokens between a verb and a subject after it ("fragte ihn leise Anna")."""


class ForeignTagFinder:
    """Finds tags in the narration of one book; see `tags.TagFinder`."""

    def __init__(self, tokens: Tokens, reader: ForeignPhraseReader, pack: Pack) -> None:
        self.tokens, self.reader, self.pack = tokens, reader, pack

    def find_after(self, span: range, quotation_ends: str) -> Tag | None:
        """Look for a tag at the beginning of the narration that follows a quotation."""
        lowers = self.tokens.lowers
        at, stop = span.start, span.stop
        while at < stop and not lowers[at][0].isalnum():
            if lowers[at] in _SENTENCE_ENDS:
                return None
            at += 1
        limit = min(stop, at + _LONGEST_CLAUSE)
        end = next((i for i in range(at, limit) if lowers[i] in _CLAUSE_ENDS), limit)
        if at >= end:
            return None
        return self._verb_first(at, end) or (None if quotation_ends == "." else self._subject_first(at, end))

    def _verb_first(self, at: int, end: int) -> Tag | None:
        verb = self._skip_objects(at, end)
        if verb >= end or not self._may_tag(verb):
            return None
        subject = self._read_after(verb, end)
        if subject is None and self.pack.drops_subjects:
            subject = Phrase(kind="pronoun", first=verb, after=verb + 1, text=self.tokens.lowers[verb])
        if subject is None:
            return None
        return self._tag(subject, verb, (at, max(subject.after, verb + 1)), where_after=True)

    def _subject_first(self, at: int, end: int) -> Tag | None:
        subject = self.reader.read(at, end)
        if subject is None:
            return None
        verb = self._skip_objects(subject.after, end)
        if verb >= end or not self.pack.speaks(self.tokens.lowers[verb]) or self._says_otherwise(verb, end):
            return None
        return self._tag(subject, verb, (at, verb + 1), where_after=True)

    def find_before(self, span: range) -> Tag | None:
        """Look for a tag at the end of the narration that leads to a quotation."""
        lowers = self.tokens.lowers
        stop = span.stop
        while stop > span.start and lowers[stop - 1] in ('"', "“", "„", "«", "»", "‚"):
            stop -= 1
        if stop <= span.start or lowers[stop - 1] not in (":", ","):
            return None
        begin = stop - 1
        while begin > span.start and lowers[begin - 1] not in _CLAUSE_ENDS and stop - begin < 60:
            begin -= 1
        for verb in range(stop - 2, begin - 1, -1):
            if self.pack.speaks(lowers[verb]) and not self._says_otherwise(verb, stop):
                subject = self._read_before(verb, begin) or self._read_after(verb, stop)
                subject = subject or self._first_subject(begin, stop)
                if subject is None and self.pack.drops_subjects:
                    subject = Phrase(kind="pronoun", first=verb, after=verb + 1, text=lowers[verb])
                if subject is not None:
                    return self._tag(subject, verb, (min(subject.first, verb), stop), where_after=False)
        return self._lead_in(begin, stop) if lowers[stop - 1] == ":" else None

    def _lead_in(self, begin: int, stop: int) -> Tag | None:
        """Read "Anna drehte sich um:", which leads to speech without a verb of speech."""
        subject = self._first_subject(begin, stop)
        if subject is None or not (subject.kind in ("name", "pronoun") or subject.noun in self.pack.nouns):
            return None
        words = self._show(subject.first, stop)
        return Tag(subject=subject, verb=":", where="before", words=words, ends=stop)

    def _read_before(self, verb: int, begin: int) -> Phrase | None:
        """Read the subject that ends at the verb, or at the pronouns before it."""
        at = verb
        while at > begin and self.tokens.lowers[at - 1] in self.pack.words["objects"]:
            at -= 1
        for end in dict.fromkeys((verb, at)):
            for first in range(max(begin, end - 5), end):
                phrase = self.reader.read(first, end)
                if phrase and phrase.after == end and not self._follows_preposition(first, begin):
                    return phrase
        return None

    def _read_after(self, verb: int, end: int) -> Phrase | None:
        """Read the subject after the verb; pronouns that are objects and short adverbs may lie between."""
        for at in range(verb + 1, min(end, verb + 1 + _NEAR)):
            phrase = self.reader.read(at, end)
            low = self.tokens.lowers[at]
            if phrase is not None and not (low in self.pack.words["objects"] and self._another(at, end)):
                return phrase
            if not low[0].isalpha() or low in self.pack.words["prepositions"]:
                return None
        return None

    def _another(self, at: int, end: int) -> bool:
        """Tell whether somebody else follows a pronoun: "fragte sie der Mann"."""
        following = self.reader.read(at + 1, end)
        return following is not None and following.kind in ("name", "role")

    def _first_subject(self, begin: int, stop: int) -> Phrase | None:
        at = begin
        while at < stop:
            phrase = self.reader.read(at, stop)
            if phrase and not self._follows_preposition(at, begin):
                return phrase
            at = phrase.after if phrase else at + 1
        return None

    def _follows_preposition(self, at: int, begin: int) -> bool:
        return at > begin and self.tokens.lowers[at - 1] in self.pack.words["prepositions"]

    def _skip_objects(self, at: int, end: int) -> int:
        while at < end and self.tokens.lowers[at] in self.pack.words["objects"]:
            at += 1
        return at

    def _may_tag(self, verb: int) -> bool:
        low = self.tokens.lowers[verb]
        if self.tokens.texts[verb][:1].isupper():
            return False
        return self.pack.speaks(low) or low in self.pack.manner_verbs

    def _says_otherwise(self, verb: int, end: int) -> bool:
        around = self.tokens.lowers[max(0, verb - 2) : min(end, verb + 2)]
        return any(word in _OTHER_OBJECTS for word in around)

    def _tag(self, subject: Phrase, verb: int, shown: tuple[int, int], *, where_after: bool) -> Tag:
        return Tag(
            subject=subject,
            verb=self.tokens.lowers[verb],
            where="after" if where_after else "before",
            words=self._show(*shown),
            ends=max(subject.after, verb + 1),
        )

    def _show(self, first: int, after: int) -> str:
        words = self.tokens.texts[first : min(after, first + 14)]
        return " ".join(words).replace(" ,", ",").replace("' ", "'").replace("’ ", "’").replace(" -", "-")
