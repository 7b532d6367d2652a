"""Find the names of people.

A capital alone tells little: German gives it to every noun.  A word is a name where a title stands
before it, where it is a known first name, where a tag has it as its subject ("sagte Bert"), or where
somebody is called by it ("Komm, Bert!"); and no name where articles stand before it as a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from audiobook.model import Gender
from audiobook.script.behaviour import Behaviour, Form, NameMention
from audiobook.script.foreign.pack import Pack
from audiobook.script.layout import Passage, Tokens
from audiobook.script.lexicon import lexicon

_PARTICLES = frozenset("de du des von van der zu del la las los y da d'".split())
_MARKS = frozenset(',.!?;:…—–―«»„“”"‚‘’¡¿') | {"...", "--"}
_CLOSES = frozenset(',.!?;…—–―»”“"') | {"...", "--"}
_PLACES = frozenset("à en dans nach in aus a desde hasta".split())
_MOST_WITH_ARTICLE = 0.3
"""The share of its mentions in which an article or a preposition fused with one may precede a name."""


class NameFinder:
    """Finds the names in one book."""

    def __init__(self, tokens: Tokens, passages: Sequence[Passage], in_speech: bytearray, pack: Pack) -> None:
        self.tokens, self.passages, self.in_speech, self.pack = tokens, passages, in_speech, pack
        self._capitals = [
            word[0].isupper() and not (len(word) > 1 and word.isupper()) and not word.endswith(".")
            for word in tokens.texts
        ]
        self.lower: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()
        self.with_article: Counter[str] = Counter()
        self.placed: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.evidence: Counter[str] = Counter()
        for at in range(len(tokens.texts)):
            self._count(at)

    def find(self) -> tuple[list[NameMention], dict[Form, Behaviour]]:
        """Return the mentions of people's names in order, and how each form behaves (counts alone)."""
        mentions: list[NameMention] = []
        behaviours: dict[Form, Behaviour] = {}
        for passage in self.passages:
            if passage.is_heading:
                continue
            span = self.tokens.between(passage.start, passage.end)
            at = span.start
            while at < span.stop:
                if not (self._capitals[at] or self._title(at)):  # most words: no name begins so
                    at += 1
                    continue
                form, after = self._read(at, span.stop)
                if form is None:
                    at += 1
                    continue
                mentions.append(NameMention(at, after, form, bool(self.in_speech[at])))
                behaviours.setdefault(form, Behaviour()).count += 1
                at = after
        return mentions, behaviours

    def _count(self, at: int) -> None:
        texts, lowers, pack = self.tokens.texts, self.tokens.lowers, self.pack
        word, low = texts[at], lowers[at]
        if not low[0].isalpha():
            return
        if not self._is_capital(at):
            self.lower[low] += 1
            return
        self.capital[low] += 1
        before, after = lowers[at - 1] if at else "", lowers[at + 1] if at + 1 < len(lowers) else ""
        if before in pack.articles or before in (
            "im",
            "am",
            "zum",
            "zur",
            "beim",
            "vom",
            "ins",
            "del",
            "al",
            "du",
            "au",
        ):
            self.with_article[low] += 1
        self.placed[low] += before in _PLACES
        if at + 1 < len(lowers) and self._is_capital(at + 1):
            self.pairs[low, after] += 1
        if low in pack.words["stopwords"] or len(word) < 2:
            return
        if self._is_titled(at) or self._is_subject(at) or self._is_called(at):
            self.evidence[low] += 1

    def _is_capital(self, at: int) -> bool:
        return self._capitals[at]

    def _title(self, at: int) -> str:
        """Return the title that a token is, without its full stop, or nothing."""
        bare = self.tokens.lowers[at].rstrip(".")
        return bare if bare in self.pack.titles else ""

    def _is_titled(self, at: int) -> bool:
        return at > 0 and bool(self._title(at - 1)) and self._title(at) == ""

    def _is_subject(self, at: int) -> bool:
        """Tell whether a verb of speech stands beside the word in narration, and no article before it."""
        lowers, pack = self.tokens.lowers, self.pack
        if self.in_speech[at] or not at:
            return False
        before = at - 1
        while before > max(0, at - 4) and lowers[before] in pack.words["objects"]:
            before -= 1
        if self._speaks(before):
            return True
        after = at + 1
        while after < min(at + 5, len(lowers) - 1) and (
            lowers[after] in pack.words["objects"] or self._is_capital(after)
        ):
            after += 1
        opens = lowers[at - 1] in _MARKS or self._is_capital(at - 1)
        return opens and after < len(lowers) and pack.speaks(lowers[after]) and not self.in_speech[after]

    def _speaks(self, at: int) -> bool:
        low = self.tokens.lowers[at]
        is_verb = self.pack.speaks(low) or low in self.pack.manner_verbs
        return is_verb and not self.in_speech[at] and not self.tokens.texts[at][0].isupper()

    def _is_called(self, at: int) -> bool:
        """Tell whether speech calls somebody so: "Viens, Bert !", "Bert, komm!"."""
        lowers = self.tokens.lowers
        if not self.in_speech[at] or (self.pack.capitalizes_nouns and self.lower[lowers[at]]):
            return False
        before = lowers[at - 1] if at else ""
        after = lowers[at + 1] if at + 1 < len(lowers) else "."
        return (before == "," or before in self.pack.words["address"]) and after in _CLOSES

    def _is_name(self, at: int) -> bool:
        low = self.tokens.lowers[at]
        pack = self.pack
        if not self._is_capital(at) or low in pack.words["stopwords"] or self._title(at):
            return False
        if self.with_article[low] > _MOST_WITH_ARTICLE * self.capital[low]:
            return False
        is_place = self.placed[low] > _MOST_WITH_ARTICLE * self.capital[low] and low not in pack.names
        if first_name(low, pack) is not None and (self.evidence[low] or not is_place):
            return True
        is_word = low in pack.nouns or (not pack.capitalizes_nouns and self.lower[low] > 0)
        return self.evidence[low] > 0 and not is_word

    def _read(self, start: int, stop: int) -> tuple[Form | None, int]:
        texts, lowers = self.tokens.texts, self.tokens.lowers
        titles: list[str] = []
        at = start
        while at < stop - 1 and len(titles) < 3 and (title := self._title(at)):
            titles.append(title)
            at += 1
        words: list[str] = []
        while at < stop and len(words) < 5:
            if at > start and self.tokens.starts[at] - self.tokens.ends[at - 1] > 2:
                break
            if self._goes_on(at, words, titles=bool(titles)):
                words.append(texts[at])
                at += 1
            elif (
                words
                and lowers[at] in _PARTICLES
                and at + 1 < stop
                and self._goes_on(at + 1, words, titles=True)
            ):
                words += texts[at : at + 2]
                at += 2
            else:
                break
        if not words:
            return None, start
        return Form(tuple(titles), tuple(words), " ".join(texts[start:at]).replace("' ", "'")), at

    def _goes_on(self, at: int, words: Sequence[str], *, titles: bool) -> bool:
        """Tell whether a token is the first word of a name, or a surname after it."""
        if self._is_name(at):
            return True
        low = self.tokens.lowers[at]
        if not self._is_capital(at) or low in self.pack.words["stopwords"] or self._title(at):
            return False
        if titles and not words:
            return True
        if not words:
            return False
        # "Anna Weber" is hers where it is seen twice; "gab Anna Geld" is seen once.
        return not self.pack.capitalizes_nouns or self.pairs[words[-1].lower(), low] > 1


def first_name(low: str, pack: Pack) -> Gender | None:
    """Return the gender of a known first name, the language's own before others, None of other words."""
    own = pack.names.get(low)
    if own is None and "-" in low:
        own = pack.names.get(low.partition("-")[0])
    if own is not None or low in pack.words["stopwords"] or low in pack.nouns or len(low) < 3:
        return own
    words = lexicon()
    return None if low in words.section("also words") else words.first_names.get(low)
