"""What a written form of a name tells by itself: a gender, a title, and which form to list a person under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiobook.model import Gender
from audiobook.script.behaviour import Form
from audiobook.script.lexicon import fold_accents, lexicon

KIN_TITLES = ("uncle", "aunt", "auntie", "aunty", "cousin", "sister", "brother", "mother", "father")


_BY_SOUND: Mapping[str, Gender] = {"a": "female", "o": "male"}


def fold_name(name: str) -> str:
    """Return a name as names are compared: small letters, no full stops, straight apostrophes."""
    return " ".join(name.replace(".", "").replace("’", "'").lower().split())


def is_titled(name: str) -> bool:
    """Tell whether a written name opens with a title: "Lady Catherine", "Mr. Darcy"."""
    first, _, rest = name.partition(" ")
    return bool(rest) and first.lower().rstrip(".") in lexicon().title_gender


def title_gender(form: Form) -> Gender:
    """Return the gender that a form's titles tell."""
    for title in form.titles:
        told = lexicon().title_gender.get(title, "unknown")
        if told != "unknown":
            return told
    return "unknown"


def form_gender(form: Form) -> Gender:
    """Return the gender that a form's titles, else its first name, tell."""
    told = title_gender(form)
    if told != "unknown" or not form.words:
        return told
    first = form.words[0].lower()
    words = lexicon()
    if len(form.words) > 1 or not form.titles:
        named = words.first_names.get(first)
        if named is None and "-" in first:
            named = words.first_names.get(first.split("-")[0])
        return named or "unknown"
    return "unknown"


def listed_gender(form: Form) -> Gender:
    """Return the gender of a first name in the lists of the world's names."""
    if not form.words or (form.titles and len(form.words) < 2) or form.words[0].isupper():
        return "unknown"  # ORION is no baby
    first, names = fold_accents(form.words[0]), lexicon().world_names
    return names.get(first) or names.get(first.split("-")[0]) or "unknown"


def sound_gender(form: Form) -> Gender:
    """Return the gender that the end of a name suggests; of names in a list it is right for 4 of 5."""
    last = fold_accents(form.words[0]) if form.words and not form.titles else ""
    return "unknown" if len(last) < 4 else _BY_SOUND.get(last[-1], "unknown")


def has_personal_name(forms: Sequence[Form]) -> bool:
    """Tell whether one of the forms has a title or a known first name."""
    words = lexicon()
    firsts = [form.words[0].lower() for form in forms if form.words]
    listed = any(first in words.first_names or fold_accents(first) in words.world_names for first in firsts)
    return listed or any(form.titles and form.words for form in forms)


def best_name(forms: Sequence[Form], count: Mapping[Form, int]) -> str:
    """Return the name to list a person under: given name and surname where the text has them.

    A knight stays "Sir Walter"; who has no given name goes by the title or the one name most used.
    """
    total = sum(count[form] for form in forms)
    bare = [f for f in forms if not f.words and f.titles]
    if 5 * sum(count[f] for f in bare) > 4 * total:
        return (
            f"the {bare[0].written}"
            if bare[0].titles[0] not in lexicon().section("kin names")
            else bare[0].written
        )
    titled = [f for f in forms if f.titles and f.words and not set(f.titles) & set(KIN_TITLES)]
    single = [f for f in forms if len(f.words) == 1 and not f.titles]
    given = max(single, key=lambda f: count[f]).words[0] if single else ""
    full = [
        form
        for form in forms
        if len(form.words) > 1
        and not form.titles
        and (100 * count[form] >= total or (count[form] > 1 and form.words[0] == given))
    ]
    knighted = [f for f in titled if "sir" in f.titles]
    if 2 * sum(count[f] for f in knighted) > total:
        full, titled = [], knighted
    if not full and titled and single:
        # "Marianne" is listed before the "Miss Dashwood" that her sister is called too, "Edmund" before
        # "Mr. Bertram"; but "Mr. Darcy" before "Darcy".
        most = max(single, key=lambda f: count[f])
        by_title = max(titled, key=lambda f: count[f])
        if most.words[-1] != by_title.words[-1] and count[most] > count[by_title]:
            titled = single
    return max(full or titled or forms, key=lambda f: (bool(f.words), count[f])).written
