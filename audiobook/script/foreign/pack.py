"""What a language has of its own; the words are plain files in `data/`, written for this project."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

from audiobook.languages import primary_language
from audiobook.model import Gender
from audiobook.script.lexicon import read_lines

PACKS = ("de", "es", "fr")

Incises = Literal["none", "inverted", "dashes"]
"""How a tag stands within speech: not at all („Ja“, sagte er), bare (« Oui, dit-il, je viens. »), or
between dashes (—Sí —dijo él—, ya voy)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One language.  Words are in lower case; genders may also be "group" and, of pronouns, "first".

    `speech_verbs` and `manner_verbs` are forms of the third person, `forms` those of each of these verbs by
    its infinitive (without s' or -se).  `objects` are pronouns that may
    stand between a subject and its verb.  `token` cuts a text into words and marks.
    """

    language: str
    incises: Incises
    capitalizes_nouns: bool
    drops_subjects: bool
    conjunction: str
    token: re.Pattern[str]
    speech_verbs: frozenset[str]
    manner_verbs: frozenset[str]
    forms: Mapping[str, tuple[str, ...]]
    pronouns: Mapping[str, str]
    articles: Mapping[str, str]
    titles: Mapping[str, Gender]
    nouns: Mapping[str, Gender]
    names: Mapping[str, Gender]
    words: Mapping[str, frozenset[str]]
    """The other sections by name: objects, generic nouns, adjectives, address, prepositions, stopwords."""

    def speaks(self, low: str) -> bool:
        """Tell whether a word is a form of a verb of speech."""
        return low in self.speech_verbs

    @property
    def subjects(self) -> Mapping[str, Gender]:
        """The pronouns that tell a gender as a subject."""
        genders: dict[str, Gender] = {"male": "male", "female": "female"}
        return {word: genders[told] for word, told in self.pronouns.items() if told in genders}


@cache
def find_pack(language: str) -> Pack | None:
    """Return the pack for a language (a BCP 47 tag), read once, or None where there is none."""
    primary = primary_language(language)
    return _read_pack(primary) if primary in PACKS else None


def _read_pack(language: str) -> Pack:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in read_lines(f"{language}.txt"):
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        else:
            current.extend(line.split())
    incises: dict[str, Incises] = {"fr": "inverted", "de": "inverted", "es": "dashes"}
    speech, manner = (
        _find_forms(sections[name], _INFLECTIONS[language]) for name in ("speech verbs", "manner verbs")
    )
    return Pack(
        language=language,
        incises=incises[language],
        capitalizes_nouns=language == "de",
        drops_subjects=language == "es",
        conjunction={"fr": "et", "de": "und", "es": "y"}[language],
        token=_TOKENS[language],
        speech_verbs=frozenset(chain.from_iterable(speech.values())),
        manner_verbs=frozenset(chain.from_iterable(manner.values())),
        forms=manner | speech,
        pronouns=_pair(sections["pronouns"]),
        articles=_pair(sections["articles"]),
        titles=_tell_genders(_pair(sections["titles"])),
        nouns=_tell_genders(_pair(sections["nouns"])),
        names=_read_names(sections["names"]),
        words={name: frozenset(listed) for name, listed in sections.items() if name in _PLAIN},
    )


_PLAIN = ("objects", "generic nouns", "adjectives", "address", "prepositions", "stopwords")


def _pair(listed: list[str]) -> dict[str, str]:
    return dict(zip(listed[::2], listed[1::2], strict=True))


def _tell_genders(told: Mapping[str, str]) -> dict[str, Gender]:
    genders: dict[str, Gender] = {"male": "male", "female": "female"}
    return {word: genders.get(gender, "unknown") for word, gender in told.items()}


def _read_names(listed: list[str]) -> dict[str, Gender]:
    """Read lists that begin with `female:` or `male:`; a name on both is of unknown gender."""
    names: dict[str, Gender] = {}
    gender: Gender = "unknown"
    for word in listed:
        if word.endswith(":"):
            gender = "female" if word == "female:" else "male"
        else:
            names[word] = "unknown" if names.get(word, gender) != gender else gender
    return names


def _find_forms(entries: list[str], inflect: Callable[[str], list[str]]) -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        infinitive, *irregular = entry.removeprefix("s'").split("/")
        plain = infinitive.removesuffix("se")
        if plain:
            forms[plain] = (*forms.get(plain, ()), *(irregular or inflect(plain)))
    return forms


def _inflect_french(infinitive: str) -> list[str]:
    """Return third persons of a verb in -er: present, simple past and imperfect."""
    stem = infinitive.removesuffix("er")
    soft = stem[:-1] + "ç" if stem.endswith("c") else stem + "e" if stem.endswith("g") else stem
    return [stem + "e", stem + "ent", stem + "èrent", *(soft + ending for ending in ("a", "ait", "aient"))]


def _inflect_german(infinitive: str) -> list[str]:
    """Return third persons of a weak verb: present and preterite."""
    stem = infinitive.removesuffix("n") if infinitive.endswith(("eln", "ern")) else infinitive[:-2]
    link = "e" if re.search(r"[td]$|[bcdfgkpstvz][mn]$", stem) else ""
    return [stem + link + ending for ending in ("t", "te", "ten")]


def _inflect_spanish(infinitive: str) -> list[str]:
    """Return third persons of a regular verb: present, preterite and imperfect."""
    stem, kind = infinitive[:-2], infinitive[-2:]
    endings = (
        ("ó", "a", "aba", "aron", "an", "aban") if kind == "ar" else ("ió", "e", "ía", "ieron", "en", "ían")
    )
    return [stem + ending for ending in endings]


_INFLECTIONS = {"fr": _inflect_french, "de": _inflect_german, "es": _inflect_spanish}

_WORD = r"[^\W_]+(?:['’-][^\W_]+)*"
_MARKS = r"--+|\.\.+|[^\w\s]"
_FRENCH_SUBJECT = r"(?:t-)?(?:ils?|elles?|on|je)\b"
_TOKENS = {
    # "l'homme", "s'écria-t-elle" and "dit-il" are two words and three; "Jean-Pierre" and "peut-être" one.
    "fr": re.compile(
        r"(?:MM?|Mr|Dr|Prof|[A-Z])\.(?=\W)"
        r"|(?:[ldcjmtsn]|qu|jusqu|lorsqu|puisqu)['’](?=\w)"
        rf"|-{_FRENCH_SUBJECT}"
        rf"|[^\W_]+(?:['’-](?!{_FRENCH_SUBJECT})[^\W_]+)*|{_MARKS}",
        re.IGNORECASE,
    ),
    "de": re.compile(rf"(?:Dr|Prof|Hr|Fr|St|[A-ZÄÖÜ])\.(?=\W)|{_WORD}|{_MARKS}"),
    "es": re.compile(rf"(?:Sra?|Srta|Dra?|Prof|D|[A-Z])\.(?=\W)|{_WORD}|{_MARKS}"),
}
