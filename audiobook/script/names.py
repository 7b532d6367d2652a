"""Find the names of people in a text, and tell them from places, months and sentence openings.

A name is a run of capitalized words, with titles in front ("Mr. Darcy", "old Mrs. van der Luyden").
Each *form* gathers evidence over the whole book: does it speak, nod, get addressed; does one live in
it?  Only forms that behave like people are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from audiobook.script.layout import Passage, Tokens
from audiobook.script.lexicon import lexicon

_PARTICLES = frozenset("de la le von van der du des di da del den ter ten of y".split())
_NEVER_ALONE = ("mr", "mrs", "ms", "dr", "miss", "sir", "madam", "lord", "lady", "capt", "col", "rev", "prof")
_BEFORE_ROLES = ("the", "a", "an", "his", "her", "my")
_KIN_TITLES = ("uncle", "aunt")
_OPENERS = frozenset(".!?:;—–―\"“”‘«»'(…*_[-") | {"--", "---", "----", "...", "....", "’"}
_CAPITALIZED = re.compile(r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*[a-zß-öø-ÿ]|[A-Z]\.\Z")


@dataclass(frozen=True, slots=True)
class Form:
    """A name as written: titles in front in lower case without full stops, then the name's words."""

    titles: tuple[str, ...]
    words: tuple[str, ...]
    written: str = field(compare=False)

    @property
    def key(self) -> str:
        """The form as one lower-case string."""
        return " ".join((*self.titles, *self.words)).lower()


@dataclass(frozen=True, slots=True)
class NameMention:
    """One occurrence of a form: tokens [first, after)."""

    first: int
    after: int
    form: Form
    in_quotation: bool


@dataclass(slots=True)
class Behaviour:
    """How a form is used in the book; counts."""

    count: int = 0
    speaks: int = 0
    acts: int = 0
    addressed: int = 0
    owns: int = 0
    described: int = 0
    placed: int = 0
    with_article: int = 0


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each word is written in lower case, capitalized inside a sentence, and at its start."""

    lower: Counter[str]
    inside: Counter[str]
    opening: Counter[str]


def find_names(
    tokens: Tokens, passages: Sequence[Passage], quoted: bytearray, titled: bytearray
) -> tuple[list[NameMention], dict[Form, Behaviour]]:
    """Return the mentions of people's names in order, and how each form behaves.

    `quoted` tells for each token whether it stands inside speech, `titled` whether it stands between
    quotation marks that are not speech: what is named there is a song or a ship.
    """
    openings = _find_openings(tokens, passages)
    counts = _count_words(tokens, openings)
    candidates = _NameReader(tokens, counts, openings).find_candidates(passages, quoted, titled)
    behaviours: dict[Form, Behaviour] = {}
    for mention in candidates:
        _observe(tokens, mention, behaviours.setdefault(mention.form, Behaviour()))
    people = _judge(behaviours, counts)
    return [m for m in candidates if m.form in people], people


def _find_openings(tokens: Tokens, passages: Sequence[Passage]) -> bytearray:
    """Mark the tokens that open a sentence, a quotation or a paragraph."""
    openings = bytearray(len(tokens.texts))
    previous = "."
    for i, text in enumerate(tokens.texts):
        if previous in _OPENERS or (previous.startswith(("--", "..")) and len(previous) > 1):
            openings[i] = 1
        previous = text
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
        elif _CAPITALIZED.match(text):
            (opening if opens else inside)[low] += 1
    return WordCounts(lower, inside, opening)


class _NameReader:
    """Reads the run of capitalized words at a place, if it may be a name."""

    def __init__(self, tokens: Tokens, counts: WordCounts, openings: bytearray) -> None:
        self.tokens, self.counts, self.openings = tokens, counts, openings
        self.words = lexicon()

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
                read = None if titled[i] else self._read(i, span.stop)
                if read is None:
                    i += 1
                    continue
                after, titles, name = read
                if name or i == span.start or lowers[i - 1] not in _BEFORE_ROLES:
                    form = Form(titles, name, " ".join(texts[i:after]))
                    found.append(NameMention(i, after, form, bool(quoted[i])))
                i = after
        return found

    def _read(self, i: int, stop: int) -> tuple[int, tuple[str, ...], tuple[str, ...]] | None:
        """Read a name that begins at token i: (token after it, titles, name words), or None."""
        texts, ends, starts = self.tokens.texts, self.tokens.ends, self.tokens.starts
        titles: list[str] = []
        at = i
        while at < stop and len(titles) < 3 and (title := self._title(at)):
            titles.append(title)
            at += 1
        name: list[str] = []
        while at < stop and len(name) < 6:
            if at > i and starts[at] - ends[at - 1] > 2:
                break
            if name and self.openings[at] and not texts[at - 1].endswith("."):
                break
            named = self._is_name_word(at, titled=bool(titles), begun=bool(name))
            if not named and not self._is_particle(at, stop, titles, name):
                break
            name.append(texts[at])
            at += 1
        while name and name[-1] in _PARTICLES:
            name.pop()
            at -= 1
        if name or (titles and titles[-1] in self.words.section("kin names")):
            return at, tuple(titles), tuple(name)
        alone = len(titles) == 1 and not self.openings[i] and titles[0] not in _NEVER_ALONE
        return (at, tuple(titles), ()) if alone else None

    def _title(self, i: int) -> str | None:
        """Return the title that token i is ("mr" for "Mr."), or None.  Abbreviated saints are names."""
        bare = self.tokens.lowers[i].rstrip(".")
        if bare not in self.words.title_gender or bare in ("st", "saint") or len(bare) < 2:
            return None
        if self.tokens.texts[i][0].isupper():
            return bare
        # "my uncle Tom": the name says more with its lower-case title than without.
        follows = self.tokens.texts[i + 1 : i + 2]
        return bare if bare in _KIN_TITLES and follows and _CAPITALIZED.match(follows[0]) else None

    def _is_particle(self, at: int, stop: int, titles: list[str], name: list[str]) -> bool:
        """Tell whether the token is a "de" or "van" inside a name, or "of" after a title or full name."""
        text = self.tokens.texts[at]
        if not (name or titles) or text not in _PARTICLES or at + 1 >= stop:
            return False
        if text == "of" and len(name) < 2 and not titles:
            return False
        following = self.tokens.texts[at + 1]
        if following in _PARTICLES:
            return True
        ordinary = following.lower() in self.words.section("not names")
        return _CAPITALIZED.match(following) is not None and not ordinary

    def _is_name_word(self, at: int, *, titled: bool, begun: bool) -> bool:
        text, low = self.tokens.texts[at], self.tokens.lowers[at]
        opens = bool(self.openings[at])
        if not _CAPITALIZED.match(text):
            return False
        if len(text) == 2 and text[1] == ".":
            following = self.tokens.texts[at + 1 : at + 2]
            return begun or bool(following and _CAPITALIZED.match(following[0]))
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


def _observe(tokens: Tokens, mention: NameMention, seen: Behaviour) -> None:
    """Add what one mention's neighbours tell."""
    words = lexicon()
    lowers = tokens.lowers
    before = lowers[mention.first - 1] if mention.first else ""
    after = lowers[mention.after] if mention.after < len(lowers) else ""
    later = lowers[mention.after + 1] if mention.after + 1 < len(lowers) else ""
    seen.count += 1
    speech = words.speech_verbs
    verb = later if after in ("had", "has", "would", "could", "then", "also") else after
    if not mention.in_quotation and (
        speech.get(before) in ("past", "present") or speech.get(verb) in ("past", "present")
    ):
        seen.speaks += 1
    elif (
        words.human_verbs.get(after) in ("past", "present")
        or (after.endswith("ed") and len(after) > 3)
        or (after in words.section("adverbs") and words.human_verbs.get(later) in ("past", "present"))
    ):
        seen.acts += 1
    if mention.in_quotation and before in (",", "“", '"', "‘", "'", "dear") and after in ".,!?—;":
        seen.addressed += 1
    if after in ("'s", "’s"):
        seen.owns += 1
    if after == "who" or (after == "," and later in ("who", "whose", "whom")):
        seen.described += 1
    if before in words.section("place prepositions") and after not in ("'s", "’s"):
        seen.placed += 1
    earlier = lowers[mention.first - 2] if mention.first > 1 else ""
    part_of_title = earlier == "the" and _CAPITALIZED.match(tokens.texts[mention.first - 1])
    if before in ("the", "a", "an", "this", "that", "these") or part_of_title:
        # "the Archers", "the Morning Star"
        seen.with_article += 1


def _judge(behaviours: dict[Form, Behaviour], counts: WordCounts) -> dict[Form, Behaviour]:
    """Keep the forms that behave like people."""
    sure = {form for form, seen in behaviours.items() if _is_person(form, seen, counts)}
    name_words = {word for form in sure for word in form.words if len(word) > 2 and word not in _PARTICLES}

    def follows(form: Form) -> bool:
        words = [word for word in form.words if len(word) > 2 and word not in _PARTICLES]
        return bool(words) and all(word in name_words for word in words)

    return {
        form: seen
        for form, seen in behaviours.items()
        if form in sure or (follows(form) and not _is_place(form, seen))
    }


def _is_place(form: Form, seen: Behaviour) -> bool:
    places = lexicon().section("place nouns")
    if len(form.words) > 1 and form.words[-1].lower() in places and not form.titles:
        return True
    return seen.with_article > 0.4 * seen.count or (
        seen.placed > 0.3 * seen.count and seen.placed > seen.speaks + seen.acts + seen.addressed
    )


def _is_person(form: Form, seen: Behaviour, counts: WordCounts) -> bool:
    words = lexicon()
    if not form.words:
        if form.titles[-1] in words.section("kin names"):
            return True
        return seen.speaks + seen.addressed + seen.acts > 0 and form.titles[-1] in words.title_gender
    if form.titles:
        return seen.with_article <= 0.6 * seen.count
    if _is_place(form, seen):
        return False
    first = form.words[0].lower()
    human = 2 * seen.speaks + seen.acts + 2 * seen.addressed + seen.described
    if (
        not any(counts.inside[word.lower()] for word in form.words)
        and not seen.speaks + seen.acts + seen.owns
    ):
        # Seen only where any word is capitalized: it must do something to be somebody.
        return False
    if first in words.section("kin names"):
        return True
    if first in words.first_names and (first not in words.section("also words") or counts.lower[first] == 0):
        return human > 0 or counts.lower[first] == 0
    if len(form.words) > 1 and first in words.first_names:
        return True
    return human >= max(1, 0.12 * seen.count) and (human >= 2 or seen.count <= 3)
