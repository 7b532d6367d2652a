"""Tell people's gender, with the evidence in words.

What a person has said about a character stands.  Then titles ("Mrs."), then the pronouns that follow
a name in narration (a man may be called Marion), then the first name, then kinship words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from audiobook.model import Gender, KnownCharacter
from audiobook.plurals import count
from audiobook.script.behaviour import NameMention
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon, tell_noun
from audiobook.script.naming import form_gender, listed_gender, sound_gender, title_gender
from audiobook.script.people import Person
from audiobook.script.scene import ENGLISH, Sighting

_REACH = 24
"""How many tokens after a name its pronoun is looked for; another name ends the search."""


def tell_genders(
    people: Sequence[Person],
    mentions: Sequence[NameMention],
    of_mention: Sequence[int],
    tokens: Tokens,
    *,
    in_speech: Sequence[int],
    known: Sequence[KnownCharacter] = (),
) -> None:
    """Set each person's gender and its evidence.

    `of_mention` gives the person of each mention; `in_speech` tells of each token whether it is said.
    """
    pronouns = _count_pronouns(mentions, of_mention, tokens, in_speech, len(people))
    stated = {character.name: character.gender for character in known if character.gender}
    for person in people:
        said = stated.get(person.name)
        if said:
            person.gender, person.gender_evidence = said, "stated in the settings"
        else:
            person.gender, person.gender_evidence = _tell(person, pronouns[person.id])


def _tell(person: Person, pronouns: Mapping[Gender, float]) -> tuple[Gender, str]:
    for form in person.forms:
        told = title_gender(form)
        if told != "unknown":
            return told, f"title: '{form.written}'"
    named, evidence, is_listed = _tell_by_first_name(person)
    she, he = pronouns["female"], pronouns["male"]
    total = she + he
    seen: Gender = "female" if she > he else "male"
    share = max(she, he) / total if total else 0.0
    # One pronoun of the other kind may be somebody else's; that all are against the name takes fewer.
    needed = 3.0 if named in ("unknown", seen) or share == 1.0 else 4.0
    if not is_listed and share == 1.0:
        needed = 2.0  # a name may be a man's in one country and a woman's in another
    if (total >= needed and share >= 0.7) or (named == "unknown" and total >= 1 and share >= 0.75):
        word = "she" if seen == "female" else "he"
        return (
            seen,
            f"pronouns: '{word}' follows the name {round(max(she, he))} of {count(round(total), 'time')}",
        )
    if named != "unknown":
        return named, evidence
    for role in sorted(person.roles):
        told = tell_noun(role.split()[-1]) or "unknown"
        if told != "unknown":
            return told, f"role: '{role}'"
    for form in person.forms:
        told = sound_gender(form)
        if told != "unknown":
            return told, f"sound of the name: '{form.words[0]}'"
    return "unknown", "nothing tells"


def _tell_by_first_name(person: Person) -> tuple[Gender, str, bool]:
    """Return what a first name tells, in words, and whether it is one of the project's own list."""
    for tell, words in ((form_gender, "first name"), (listed_gender, "first name, in the world's lists")):
        for form in person.forms:
            told = tell(form)
            if told != "unknown":
                return told, f"{words}: '{form.words[0]}'", tell is form_gender
    return "unknown", "", False


def tell_genders_of_roles(
    people: Sequence[Person],
    sightings: Sequence[Sighting],
    tokens: Tokens,
    in_speech: Sequence[int],
    followers: Mapping[str, Gender] = ENGLISH.followers,
) -> None:
    """Tell the gender of people known by their role alone ("the painter") from the pronouns after it."""
    counts = _follow(
        [(s.token, s.after, s.person) for s in sightings],
        tokens,
        in_speech,
        [person.id for person in people],
        followers,
    )
    for person in people:
        # The drone that hung over Elif is no "she", but the fox may be.
        is_thing = tell_noun(person.name.split()[-1]) is None and sum(counts[person.id].values()) < 2
        if person.gender == "unknown" and not person.forms and not person.is_narrator and not is_thing:
            person.gender, person.gender_evidence = _tell(person, counts[person.id])


def _count_pronouns(
    mentions: Sequence[NameMention],
    of_mention: Sequence[int],
    tokens: Tokens,
    in_speech: Sequence[int],
    people: int,
) -> dict[int, dict[Gender, float]]:
    told = [
        (mention.first, mention.after, person)
        for mention, person in zip(mentions, of_mention, strict=True)
        if not mention.in_quotation
    ]
    return _follow(told, tokens, in_speech, range(people))


def _follow(
    told: Sequence[tuple[int, int, int]],
    tokens: Tokens,
    in_speech: Sequence[int],
    people: Iterable[int],
    followers: Mapping[str, Gender] = ENGLISH.followers,
) -> dict[int, dict[Gender, float]]:
    """Count, per person, the pronoun that comes next after each naming in narration, nobody else between.

    `told` are (first token, token after, person), in order.
    """
    counts: dict[int, dict[Gender, float]] = {person: {"female": 0.0, "male": 0.0} for person in people}
    for position, (first, after, person) in enumerate(told):
        stop = told[position + 1][0] if position + 1 < len(told) else len(tokens.lowers)
        before = tokens.lowers[first - 1] if first else ""
        # "Alex handed her a CD": the pronoun right after the verb is somebody else.
        owned = tokens.lowers[after] if after < len(tokens.lowers) else ""
        narrated = (i for i in range(after, min(stop, after + 200)) if not in_speech[i])
        for i in islice(narrated, _REACH):
            low = tokens.lowers[i]
            gender = followers.get(low)
            if gender is None:
                continue
            is_object = low in ("him", "her") and i - after <= 3 and owned != "'s"
            is_object = is_object and not (low == "her" and _is_owned(tokens.lowers[i + 1 : i + 2]))
            if not is_object:
                aside = owned == "'s" or before in ("to", "of", "with", "at", "for")
                counts[person][gender] += 0.5 if aside else 1.0
                break
    return counts


def _is_owned(after: Sequence[str]) -> bool:
    """Tell whether the word after "her" is what she has: "wetted her thumb", not "handed her a letter"."""
    words = lexicon()
    return (
        bool(after)
        and after[0][0].isalpha()
        and not any(
            after[0] in words.section(name) for name in ("not names", "prepositions", "adverbs", "pronouns")
        )
    )
