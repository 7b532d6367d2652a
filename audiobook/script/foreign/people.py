"""Make people of the forms of their names, and tell their genders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from audiobook.model import Gender, KnownCharacter
from audiobook.script.behaviour import Behaviour, Form
from audiobook.script.foreign.naming import first_name
from audiobook.script.foreign.pack import Pack
from audiobook.script.naming import fold_name
from audiobook.script.people import Person

_SPANISH_ENDINGS: Mapping[str, Gender] = {"o": "male", "a": "female"}


def cluster_forms(
    behaviours: Mapping[Form, Behaviour], pack: Pack, known: Sequence[KnownCharacter]
) -> tuple[list[Person], dict[Form, int]]:
    """Return the people, and for each form the id of its person.

    What a person has said is one comes first; then "Anna" and "Frau Weber" join the only "Anna Weber".
    """
    count = {form: seen.count for form, seen in behaviours.items()}
    forms = sorted(count, key=lambda form: (-len(form.words), not form.titles, -count[form], form.key))
    stated = {fold_name(name): c.name for c in known for name in (c.name, *c.aliases)}
    stated_names = {character.name for character in known}
    groups: dict[str, list[Form]] = {}
    owners: dict[Form, str] = {}
    by_word: defaultdict[tuple[str, int], list[Form]] = defaultdict(list)
    for form in forms:
        name = stated.get(fold_name(form.key))
        owner = name or _find_owner(form, by_word, owners, pack) or form.key
        owners[form] = owner
        groups.setdefault(owner, []).append(form)
        if len(form.words) > 1 or form.titles:
            by_word[form.words[-1].lower(), -1].append(form)
            if len(form.words) > 1:
                by_word[form.words[0].lower(), 0].append(form)
    people: list[Person] = []
    of_form: dict[Form, int] = {}
    for owner, own in groups.items():
        name = owner if owner in stated_names else _best_name(own, count)
        mentions = sum(count[form] for form in own)
        people.append(Person(id=len(people), name=name, forms=own, mentions=mentions))
        of_form.update(dict.fromkeys(own, people[-1].id))
    return people, of_form


def _find_owner(
    form: Form,
    by_word: Mapping[tuple[str, int], Sequence[Form]],
    owners: Mapping[Form, str],
    pack: Pack,
) -> str:
    """Return whom a shorter form must mean, or nothing where nobody or several fit."""
    first, last = form.words[0].lower(), form.words[-1].lower()
    if len(form.words) > 1:
        fits = [f for f in by_word.get((last, -1), ()) if len(f.words) > 1 and f.words[0].lower() == first]
    elif form.titles:
        fits = list(by_word.get((last, -1), ())) or list(by_word.get((first, 0), ()))
    else:
        fits = list(by_word.get((first, 0), ())) or list(by_word.get((last, -1), ()))
    gender = form_gender(form, pack)
    fits = [f for f in fits if "unknown" in (gender, form_gender(f, pack)) or gender == form_gender(f, pack)]
    found = {owners[f] for f in fits}
    return found.pop() if len(found) == 1 else ""


def form_gender(form: Form, pack: Pack) -> Gender:
    """Return the gender that a form's titles, else its first name, tell."""
    for title in form.titles:
        if (told := pack.titles.get(title, "unknown")) != "unknown":
            return told
    if form.titles and len(form.words) == 1:
        return "unknown"
    return first_name(form.words[0].lower(), pack) or "unknown"


def _best_name(forms: Sequence[Form], count: Mapping[Form, int]) -> str:
    full = [form for form in forms if len(form.words) > 1 and not form.titles]
    titled = [form for form in forms if form.titles]
    single = [form for form in forms if not form.titles]
    if not full and titled and single and max(count[f] for f in single) > max(count[f] for f in titled):
        titled = []
    return max(full or titled or forms, key=lambda form: (len(form.words), count[form])).written


def tell_genders(people: Sequence[Person], pack: Pack, known: Sequence[KnownCharacter]) -> None:
    """Set each person's gender and its evidence, as far as names and titles tell."""
    stated = {character.name: character.gender for character in known if character.gender}
    for person in people:
        if said := stated.get(person.name):
            person.gender, person.gender_evidence = said, "stated in the settings"
            continue
        person.gender_evidence = "nothing tells"
        votes: Counter[Gender] = Counter()
        for form in person.forms:
            told = form_gender(form, pack)
            if told != "unknown":
                votes[told] += 2 if form.titles else 1
        if votes:
            person.gender = max(votes, key=lambda gender: votes[gender])
            telling = next(f for f in person.forms if form_gender(f, pack) == person.gender)
            kind = "title" if telling.titles else "first name"
            person.gender_evidence = f"{kind}: '{telling.written if telling.titles else telling.words[0]}'"
        elif pack.language == "es" and (ending := _SPANISH_ENDINGS.get(person.forms[0].words[0][-1])):
            # Names that are on no list: -o and -a tell the gender of nearly all Spanish ones.
            person.gender, person.gender_evidence = ending, f"ending of '{person.forms[0].words[0]}'"
