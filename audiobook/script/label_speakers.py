"""Whose label is whose: the people of a script, an interview or a chat."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from audiobook.script.behaviour import Form
from audiobook.script.layout import Passage
from audiobook.script.lexicon import lexicon
from audiobook.script.naming import form_gender
from audiobook.script.people import Person
from audiobook.script.turns import Turn

_LONGEST_INITIALS = 4


def settle_labelled(
    text: str,
    turns: Sequence[Turn],
    passages: Sequence[Passage],
    labels: Mapping[int, str],
    people: list[Person],
) -> None:
    """Give the turns that have a label to whom it names; who is new comes to the people."""
    if not labels:
        return
    ids: dict[str, int] = {}
    for turn in turns:
        label = labels.get(passages[turn.passage].start)
        if label is None:
            continue
        key = label.casefold()
        if key not in ids:
            ids[key] = _find_person(label, people, text)
        turn.speaker, turn.type, turn.confidence = ids[key], "explicit", 0.99
        turn.evidence, turn.tags = f"label: '{label}'", []


def _find_person(label: str, people: list[Person], text: str) -> int:
    words = set(label.casefold().replace(".", "").split())
    fits = [
        person.id
        for person in people
        if words in [_words(person.name), *(set(form.key.replace(".", "").split()) for form in person.forms)]
    ] or [person.id for person in people if words <= _words(person.name)]
    if len(label) < _LONGEST_INITIALS and label.isupper() and not fits:
        fits = [person.id for person in people if _initials(person.name) == label]  # TB is Tom Bell
    if len(fits) == 1:
        return fits[0]
    name = _proper(label, text)
    first, *rest = (word.strip(".") for word in name.split())
    is_title = bool(rest) and first.lower() in lexicon().title_gender
    form = Form((first.lower(),), tuple(rest), name) if is_title else Form((), (first, *rest), name)
    gender = form_gender(form)
    evidence = f"name: '{name}'" if gender != "unknown" else "nothing tells"
    people.append(Person(id=len(people), name=name, gender=gender, gender_evidence=evidence))
    return people[-1].id


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words).upper() if len(words) > 1 else ""


def _words(name: str) -> set[str]:
    return set(name.casefold().replace(".", "").split())


def _proper(label: str, text: str) -> str:
    """Return ALICE as Alice, but HAL as he is written, unless the text or a list of names has him as Hal."""
    proper = label.title()
    if not label.isupper() or len(label) < 3:
        return label
    if len(label) > _LONGEST_INITIALS:
        return proper
    is_known = proper.split()[0].lower() in lexicon().first_names
    return proper if is_known or re.search(rf"(?<!\w){re.escape(proper)}(?!\w)", text) else label
