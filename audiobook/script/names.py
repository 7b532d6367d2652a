"""Find the names of people in a text, and tell them from places, months and sentence openings.

A name is a run of capitalized words, with titles in front ("Mr. Darcy", "old Mrs. van der Luyden").
Each *form* gathers evidence over the whole book: does it speak, nod, get addressed; does one live in
it?  Only forms that behave like people are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from audiobook.script.behaviour import (
    CAPITALIZED,
    PARTICLES,
    Behaviour,
    Form,
    NameMention,
    WordCounts,
    judge,
    observe,
)
from audiobook.script.layout import Passage, Tokens
from audiobook.script.lexicon import lexicon
from audiobook.script.odd_names import OddName, find_odd_names, plain

_NEVER_ALONE = ("mr", "mrs", "ms", "dr", "miss", "sir", "madam", "lord", "lady", "capt", "col", "rev", "prof")
_BEFORE_ROLES = ("the", "a", "an", "his", "her", "my")
_KIN_TITLES = ("uncle", "aunt")
_OPENERS = frozenset(".!?:;—–―\"“”‘«»'(…*_[-") | {"--", "---", "----", "...", "....", "’"}


def find_names(
    text: str, tokens: Tokens, passages: Sequence[Passage], quoted: bytearray, titled: bytearray
) -> tuple[list[NameMention], dict[Form, Behaviour]]:
    """Return the mentions of people's names in order, and how each form behaves.

    `quoted` tells for each token whether it stands inside speech, `titled` whether it stands between
    quotation marks that are not speech: what is named there is a song or a ship.
    """
    openings = _find_openings(text, tokens, passages)
    counts = _count_words(tokens, openings)
    odd = find_odd_names(tokens, quoted)
    candidates = _NameReader(tokens, counts, openings, odd).find_candidates(passages, quoted, titled)
    firsts = {tokens.between(passage.start, passage.end).start for passage in passages}
    behaviours: dict[Form, Behaviour] = {}
    for mention in candidates:
        seen = behaviours.setdefault(mention.form, Behaviour())
        observe(tokens, mention, seen, opens_paragraph=mention.first in firsts)
    people = judge(behaviours, counts)
    return [m for m in candidates if m.form in people], people


def _find_openings(text: str, tokens: Tokens, passages: Sequence[Passage]) -> bytearray:
    """Mark the tokens that open a sentence, a quotation, a paragraph, or a line that they label."""
    openings = bytearray(len(tokens.texts))
    previous = "."
    for i, word in enumerate(tokens.texts):
        if previous in _OPENERS or (previous.startswith(("--", "..")) and len(previous) > 1):
            openings[i] = 1
        elif word == ":" and i and text[tokens.starts[i - 1] - 1 : tokens.starts[i - 1]] == "\n":
            openings[i - 1] = 1
        previous = word
    for passage in passages:
        first = tokens.between(passage.start, passage.end)
        if len(first):
            openings[first[0]] = 1
    return openings


def _count_words(tokens: Tokens, openings: bytearray) -> WordCounts:
    lower: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    for text, low, opens in zip(tokens.texts, tokens.lowers, openings, strict=True):
        if text == low or text.replace("’", "'") == low:
            lower[low] += 1
        elif CAPITALIZED.match(text):
            (opening if opens else inside)[low] += 1
    return WordCounts(lower, inside, opening)


class _NameReader:
    """Reads the run of capitalized words at a place, if it may be a name."""

    def __init__(
        self, tokens: Tokens, counts: WordCounts, openings: bytearray, odd: frozenset[OddName]
    ) -> None:
        self.tokens, self.counts, self.openings, self.odd = tokens, counts, openings, odd
        self.words = lexicon()
        self._odd_beginnings = {name[0] for name in odd}

    def find_candidates(
        self, passages: Sequence[Passage], quoted: bytearray, titled: bytearray
    ) -> list[NameMention]:
        texts, lowers = self.tokens.texts, self.tokens.lowers
        found: list[NameMention] = []
        for passage in passages:
            if passage.is_heading:
                continue
            span = self.tokens.between(passage.start, passage.end)
            i = span.start
            while i < span.stop:
                read = None if titled[i] or self._is_ordinary(i) else self._read(i, span.stop)
                if read is None:
                    i += 1
                    continue
                after, titles, name = read
                if name or i == span.start or lowers[i - 1] not in _BEFORE_ROLES:
                    last = name[-1] if name and name[-1] == plain(texts[after - 1]) else texts[after - 1]
                    form = Form(titles, name, " ".join([*texts[i : after - 1], last]))
                    found.append(NameMention(i, after, form, bool(quoted[i])))
                i = after
        return found

    def _is_ordinary(self, i: int) -> bool:
        """Tell at a glance of most words that no name begins with them."""
        text = self.tokens.texts[i]
        if not "a" <= text[0] <= "z" or self.tokens.lowers[i].rstrip(".") in _KIN_TITLES:
            return False
        return text not in self._odd_beginnings and plain(text) not in self._odd_beginnings

    def _read(self, i: int, stop: int) -> tuple[int, tuple[str, ...], tuple[str, ...]] | None:
        """Read a name that begins at token i: (token after it, titles, name words), or None."""
        texts, ends, starts = self.tokens.texts, self.tokens.ends, self.tokens.starts
        titles: list[str] = []
        at = i
        while at < stop and len(titles) < 3 and (title := self._title(at)):
            titles.append(title)
            at += 1
        name: list[str] = []
        if titles and at < stop and (texts[at - 1], plain(texts[at])) in self.odd:  # Agent 7
            return at + 1, tuple(titles), (plain(texts[at]),)
        while at < stop and len(name) < 6:
            if at > i and starts[at] - ends[at - 1] > 2:
                break
            if name and self.openings[at] and not texts[at - 1].endswith("."):
                break
            named = self._is_name_word(at, titled=bool(titles), begun=bool(name))
            if not named and not self._is_particle(at, stop, titles, name):
                break
            name.append(self._spell(at))
            at += 1
            if at < stop and (name[-1], plain(texts[at])) in self.odd:
                name.append(plain(texts[at]))
                at += 1
        while name and name[-1] in PARTICLES:
            name.pop()
            at -= 1
        if name or (titles and titles[-1] in self.words.section("kin names")):
            return at, tuple(titles), tuple(name)
        alone = len(titles) == 1 and not self.openings[i] and titles[0] not in _NEVER_ALONE
        return (at, tuple(titles), ()) if alone else None

    def _spell(self, at: int) -> str:
        """Return a word of a name as names are compared: O'Brien for O’Brien, Tom for TOM if he is both."""
        text = self.tokens.texts[at].replace("’", "'")
        if (plain(text),) not in self.odd:
            return text
        low = text.lower()
        is_loud = len(text) > 2 and text.isupper() and self.counts.inside[low] + self.counts.opening[low] > 0
        return text.capitalize() if is_loud else plain(text)

    def _title(self, i: int) -> str | None:
        """Return the title that token i is ("mr" for "Mr."), or None.  Abbreviated saints are names."""
        bare = self.tokens.lowers[i].rstrip(".")
        if bare not in self.words.title_gender or bare in ("st", "saint") or len(bare) < 2:
            return None
        if self.tokens.texts[i][0].isupper():
            return bare
        # "my uncle Tom": the name says more with its lower-case title than without.
        follows = self.tokens.texts[i + 1 : i + 2]
        return bare if bare in _KIN_TITLES and follows and CAPITALIZED.match(follows[0]) else None

    def _is_particle(self, at: int, stop: int, titles: list[str], name: list[str]) -> bool:
        """Tell whether the token is a "de" or "van" inside a name, or "of" after a title or full name."""
        text = self.tokens.texts[at]
        if not (name or titles) or text not in PARTICLES or at + 1 >= stop:
            return False
        if text == "of" and len(name) < 2 and not titles:
            return False
        following = self.tokens.texts[at + 1]
        if following in PARTICLES:
            return True
        ordinary = following.lower() in self.words.section("not names")
        return CAPITALIZED.match(following) is not None and not ordinary

    def _is_name_word(self, at: int, *, titled: bool, begun: bool) -> bool:
        text, low = self.tokens.texts[at], self.tokens.lowers[at]
        opens = bool(self.openings[at])
        following = self.tokens.texts[at + 1 : at + 2]
        if self.odd and ((plain(text),) in self.odd or (text, *map(plain, following)) in self.odd):
            return not begun or not opens
        if titled and not begun and len(text) == 1 and text.isupper() and text != "I":
            return True  # Mr. X
        if not CAPITALIZED.match(text):
            return False
        if len(text) == 2 and text[1] == ".":
            return (
                begun
                or (titled and not (following and following[0][0].isupper()))
                or bool(following and CAPITALIZED.match(following[0]))
            )
        if low in self.words.section("kin names"):
            return not begun and not titled and (not opens or self._does_something(at))
        if titled:
            return low not in self.words.section("pronouns")
        also = low in self.words.section("also words")
        if low in self.words.section("not names"):
            return begun and not opens and also
        inside, lower = self.counts.inside[low], self.counts.lower[low]
        if opens and not begun:
            if also and lower:
                named = inside > 4 or low in self.words.first_names
                return inside > lower or (named and self._does_something(at))
            return lower == 0 or inside > 2 * lower
        return also or inside > lower // 2 or low in self.words.first_names

    def _does_something(self, at: int) -> bool:
        """Tell whether a verb or a possessive follows the word: "May proposed", but "May I"."""
        follows, later = (*self.tokens.lowers[at + 1 : at + 3], "", "")[:2]
        past = ("past", "present")
        if follows in ("had", "has"):
            follows = later
        return (
            follows == "'s"
            or self.words.speech_verbs.get(follows) in past
            or self.words.human_verbs.get(follows) in past
        )
