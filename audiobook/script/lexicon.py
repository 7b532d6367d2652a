"""The words that tell who speaks: verbs of speech, titles, kinship, roles, first names.

The lists are plain files in `data/`, written for this project but for the world's first names, which are
Faker's (MIT licence); each explains itself in its head.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from audiobook.model import Gender


def read_lines(name: str) -> list[str]:
    """Return the lines of a file in `data/`, empty ones and comments left out."""
    text = resources.files("audiobook.script").joinpath("data", name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def inflect(entry: str) -> dict[str, str]:
    """Return the forms of a verb entry of `words.txt`: form → "base", "present", "past" or "participle"."""
    base, _, past = entry.partition("/")
    doubles = base.endswith("*")
    base = base.rstrip("*")
    stem = base + base[-1] if doubles else base
    if base.endswith("e"):
        regular, participle = base + "d", base[:-1] + "ing"
    elif base.endswith("y") and base[-2] not in "aeiou":
        regular, participle = base[:-1] + "ied", base + "ing"
    else:
        regular, participle = stem + "ed", stem + "ing"
    if base.endswith(("s", "sh", "ch", "x", "o")):
        present = base + "es"
    elif base.endswith("y") and base[-2] not in "aeiou":
        present = base[:-1] + "ies"
    else:
        present = base + "s"
    return {base: "base", participle: "participle", present: "present", past or regular: "past"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All word lists, in lower case.  Verb tables map a form to what form it is (see `inflect`)."""

    speech_verbs: dict[str, str]
    manner_verbs: dict[str, str]
    thought_verbs: dict[str, str]
    human_verbs: dict[str, str]
    sections: dict[str, frozenset[str]]
    title_gender: dict[str, Gender]
    noun_gender: dict[str, Gender]
    first_names: dict[str, Gender]
    world_names: dict[str, Gender]
    """First names of many languages, accents folded; for telling a gender, not for finding names."""
    full_names: dict[str, frozenset[str]]
    """Short form → the first names that it may stand for ("lizzy" → {"elizabeth"})."""

    def section(self, name: str) -> frozenset[str]:
        """Return the words of one section of `words.txt`."""
        return self.sections[name]


def _read_sections() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in read_lines("words.txt"):
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        else:
            current.extend(line.split())
    return sections


def fold_accents(word: str) -> str:
    """Return a word in small letters without accents: "Ildikó" → "ildiko", "Łucja" → "lucja"."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_FOLDED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_FOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "’": "'"})


def _read_first_names(file: str) -> dict[str, Gender]:
    genders: dict[str, Gender] = {}
    for line in read_lines(file):
        gender, _, names = line.partition(":")
        for name in names.split():
            told: Gender = "female" if gender == "female" else "male" if gender == "male" else "unknown"
            clash = name in genders and genders[name] != told
            genders[name] = "unknown" if clash else told
    return genders


def _read_full_names() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in read_lines("nicknames.txt"):
        full, _, short_forms = line.partition(":")
        for short in short_forms.split():
            table.setdefault(short, set()).add(full)
    return {short: frozenset(names) for short, names in table.items()}


def _by_gender(words: dict[str, list[str]], kind: str, neither: str) -> dict[str, Gender]:
    table: dict[str, Gender] = dict.fromkeys(words[neither], "unknown")
    table.update(dict.fromkeys(words[f"female {kind}"], "female"))
    table.update(dict.fromkeys(words[f"male {kind}"], "male"))
    return table


@cache
def lexicon() -> Lexicon:
    """Return the word lists, read once."""
    words = _read_sections()
    # "Grace" and "May" are ordinary words and names; the reader of names looks twice at them.
    words["not names"] = [word for word in words["not names"] if word not in set(words["also words"])]

    def verbs(section: str) -> dict[str, str]:
        return {form: what for entry in words[section] for form, what in inflect(entry).items()}

    return Lexicon(
        speech_verbs=verbs("speech verbs"),
        manner_verbs=verbs("manner verbs"),
        thought_verbs=verbs("thought verbs"),
        human_verbs=verbs("human verbs"),
        sections={name: frozenset(entries) for name, entries in words.items() if not name.endswith(" verbs")},
        title_gender=_by_gender(words, "titles", "open titles"),
        noun_gender=_by_gender(words, "nouns", "open person nouns"),
        first_names=_read_first_names("first_names.txt"),
        world_names=_read_first_names("first_names_world.txt"),
        full_names=_read_full_names(),
    )


_PERSON_ENDINGS: dict[str, Gender] = {
    "woman": "female", "mistress": "female", "wife": "female", "girl": "female", "lady": "female",
    "man": "male", "boy": "male", "master": "male", "lord": "male",
    "keeper": "unknown", "maker": "unknown", "smith": "unknown", "monger": "unknown", "ologist": "unknown",
    "driver": "unknown", "seller": "unknown", "worker": "unknown", "person": "unknown",
}  # fmt: skip
_NO_PEOPLE = frozenset(
    """human german roman norman shaman talisman caiman ottoman malady screwdriver pacemaker bestseller
    remaster walkman tallboy dolman cayman doberman""".split()
)


def tell_noun(noun: str) -> Gender | None:
    """Return the gender that a noun for a person tells, be it "unknown", or None for a thing."""
    told = lexicon().noun_gender.get(noun)
    if told is not None or noun in _NO_PEOPLE:
        return told
    return next(
        (gender for ending, gender in _PERSON_ENDINGS.items() if noun.endswith(ending) and noun != ending),
        None,
    )
