"""How the forms of names behave over a book, and which of them behave like people.

Does a form speak, nod, get addressed; does one live in it?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from audiobook.script.layout import Tokens
from audiobook.script.lexicon import fold_accents, lexicon

PARTICLES = frozenset("de la le von van der du des di da del den ter ten of y".split())
CAPITALIZED = re.compile(
    r"[^\W\d_a-zß-öø-ÿ](?:['’][^\W\d_a-zß-öø-ÿ])?[^\W\d_]*[a-zß-öø-ÿ]"
    r"|[B-HJ-NP-Z]['’](?!ll|re|ve)[a-zß-öø-ÿ]{3}|(?:[A-Z]\.)+\Z"
)
"""A word with a capital (O’Brien and K’lar too, but no I’m), or initials."""


_AFTER_VERBS = frozenset(
    "the a an his her my me him them it their out up down off away back at around round over".split()
)
"""Words of which one follows most verbs that have an object or a direction."""


def _is_present(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "'s"))


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


def observe(tokens: Tokens, mention: NameMention, seen: Behaviour, *, opens_paragraph: bool) -> None:
    """Add what one mention's neighbours tell; those of the paragraph before are none."""
    words = lexicon()
    lowers = tokens.lowers
    before = lowers[mention.first - 1] if mention.first and not opens_paragraph else ""
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
        or (after in ("is", "was") and later.endswith("ing") and len(later) > 4)
        or (after == "'s" and later in words.section("body and belongings"))
        or (_is_present(after) and (later in _AFTER_VERBS or later in words.section("prepositions")))
        or (after in words.section("adverbs") and words.human_verbs.get(later) in ("past", "present"))
    ):
        seen.acts += 1
    called = before in (",", "“", '"', "‘", "'", "dear") and after in ".,!?—;"
    if mention.in_quotation and (called or _is_own_name(lowers[max(0, mention.first - 3) : mention.first])):
        seen.addressed += 1
    if after in ("'s", "’s"):
        seen.owns += 1
    if after == "who" or (after == "," and later in ("who", "whose", "whom")):
        seen.described += 1
    if before in words.section("place prepositions") and after not in ("'s", "’s"):
        seen.placed += 1
    earlier = lowers[mention.first - 2] if mention.first > 1 and before else ""
    part_of_title = earlier == "the" and CAPITALIZED.match(tokens.texts[mention.first - 1])
    if before in ("the", "a", "an", "this", "that", "these") or part_of_title:
        # "the Archers", "the Morning Star"
        seen.with_article += 1


def _is_own_name(before: Sequence[str]) -> bool:
    """Tell whether a name is somebody's own by the words before it: I am, my name is."""
    return before[-2:] == ["i", "am"] or before[-1:] == ["i'm"] or before[-3:] == ["my", "name", "is"]


def judge(behaviours: dict[Form, Behaviour], counts: WordCounts) -> dict[Form, Behaviour]:
    """Keep the forms that behave like people."""
    sure = {form for form, seen in behaviours.items() if _is_person(form, seen, counts)}
    name_words = {word for form in sure for word in form.words if len(word) > 2 and word not in PARTICLES}

    def shortens(form: Form) -> bool:
        word = form.words[0] if len(form.words) == 1 and not form.titles else ""
        return len(word) > 2 and any(name.startswith(word) for name in name_words)

    def follows(form: Form) -> bool:
        words = [word for word in form.words if len(word) > 2 and word not in PARTICLES]
        return bool(words) and all(word in name_words for word in words)

    return {
        form: seen
        for form, seen in behaviours.items()
        if form in sure
        or (seen.addressed and seen.addressed == seen.count and shortens(form))
        or (follows(form) and not _is_place(form, seen))
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
        and not (seen.count > 1 and fold_accents(first) in words.world_names)
        and not (seen.addressed and first in words.first_names and first not in words.section("also words"))
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
