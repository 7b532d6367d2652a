"""Cluster the forms of names into people: "Elizabeth", "Lizzy" and "Elizabeth Bennet" are one.

The rules are cautious: two forms that fit only maybe stay two people, since one voice too many
disturbs less than two people with one voice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from audiobook.model import Gender, KnownCharacter
from audiobook.script.lexicon import lexicon
from audiobook.script.names import Behaviour, Form, NameMention

_MARRIED = frozenset({"mrs", "lady", "madame", "mme", "mis", "missus", "countess", "duchess"})
_UNMARRIED = frozenset({"miss", "mademoiselle", "mlle", "fraulein", "signorina", "senorita"})


@dataclass(slots=True)
class Person:
    """Someone of the story, while the evidence gathers."""

    id: int
    name: str
    forms: list[Form] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    gender: Gender = "unknown"
    gender_evidence: str = ""
    mentions: int = 0
    is_group: bool = False
    is_narrator: bool = False


def cluster_people(
    mentions: Sequence[NameMention],
    behaviours: Mapping[Form, Behaviour],
    known: Sequence[KnownCharacter] = (),
) -> tuple[list[Person], dict[Form, int]]:
    """Return the people, and for each form the id of its person (the index in the list)."""
    clusters = _Clusters(behaviours)
    clusters.state_known(known)
    clusters.link_full_names()
    clusters.link_titles()
    clusters.link_single_words()
    clusters.link_short_forms(_count_meetings(mentions))
    return clusters.people(known)


def _count_meetings(mentions: Sequence[NameMention]) -> Counter[tuple[Form, Form]]:
    """Count how often two forms stand close together: people are seldom named twice in one breath."""
    meetings: Counter[tuple[Form, Form]] = Counter()
    for one, other in pairwise(mentions):
        if other.first - one.after < 12 and one.form != other.form and one.in_quotation == other.in_quotation:
            meetings[one.form, other.form] += 1
            meetings[other.form, one.form] += 1
    return meetings


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


def _agree(one: Gender, other: Gender) -> bool:
    return "unknown" in (one, other) or one == other


class _Clusters:
    """Forms joined step by step; each set of forms has one root."""

    def __init__(self, behaviours: Mapping[Form, Behaviour]) -> None:
        self.count = {form: seen.count for form, seen in behaviours.items()}
        self.forms = sorted(self.count, key=lambda f: (-self.count[f], f.key))
        self.root = {form: form for form in self.forms}
        self.group = {form: [form] for form in self.forms}
        self.known: dict[Form, int] = {}
        self.by_last: dict[str, list[Form]] = defaultdict(list)
        self.by_first: dict[str, list[Form]] = defaultdict(list)
        for form in self.forms:
            if len(form.words) > 1:
                self.by_first[form.words[0].lower()].append(form)
            if form.words and (len(form.words) > 1 or form.titles):
                self.by_last[form.words[-1].lower()].append(form)

    def find(self, form: Form) -> Form:
        while self.root[form] != form:
            self.root[form] = self.root[self.root[form]]
            form = self.root[form]
        return form

    def join(self, one: Form, other: Form) -> None:
        a, b = self.find(one), self.find(other)
        if a == b or (a in self.known and b in self.known and self.known[a] != self.known[b]):
            return
        if not _agree(self.gender(a), self.gender(b)):
            return
        if (b in self.known, self.count[b]) > (a in self.known, self.count[a]):
            a, b = b, a
        self._unite(a, b)

    def _unite(self, root: Form, joining: Form) -> None:
        self.root[joining] = root
        self.group[root].extend(self.group.pop(joining))

    def members(self, form: Form) -> list[Form]:
        return self.group[self.find(form)]

    def gender(self, form: Form) -> Gender:
        genders = Counter({"unknown": 0})
        for member in self.members(form):
            told = title_gender(member)
            if told != "unknown":
                return told
            genders[form_gender(member)] += self.count[member]
        genders["unknown"] = 0
        best: Gender = "female" if genders["female"] > genders["male"] else "male"
        return best if genders[best] else "unknown"

    def state_known(self, known: Sequence[KnownCharacter]) -> None:
        """Join what a person has said is one, before any rule."""
        by_key: dict[str, int] = {}
        for index, character in enumerate(known):
            for name in (character.name, *character.aliases):
                by_key[" ".join(name.replace(".", "").lower().split())] = index
        firsts: dict[int, Form] = {}
        for form in self.forms:
            said = by_key.get(form.key.replace(".", ""))
            if said is None:
                continue
            if said in firsts:
                self._unite(firsts[said], form)
            else:
                firsts[said] = form
                self.known[form] = said

    def link_full_names(self) -> None:
        """Join "Mr. John Thorpe", "John Thorpe" and "John E. Thorpe"."""
        seen: dict[tuple[str, str], Form] = {}
        for form in self.forms:
            if len(form.words) < 2:
                continue
            key = (form.words[0].lower(), form.words[-1].lower())
            if key in seen:
                self.join(seen[key], form)
            else:
                seen[key] = form

    def link_titles(self) -> None:
        """Join "Miss Bingley" to "Caroline Bingley"; where two fit, to none."""
        for form in self.forms:
            if not form.titles or len(form.words) != 1:
                continue
            last = form.words[0].lower()
            title = form.titles[-1]
            same = [
                f for f in self.by_last[last] if f != form and len(f.words) == 1 and self._one_title(form, f)
            ]
            for other in same:
                self.join(form, other)
            if title in _MARRIED:
                fits = [f for f in self.by_last[last] if len(f.words) > 1 and _MARRIED & set(f.titles)]
            else:
                fits = [f for f in self.by_last[last] if len(f.words) > 1 and self._title_fits(form, f)]
            roots = {self.find(f) for f in fits}
            if len(roots) == 1:
                self.join(form, fits[0])
            first = [f for f in self.by_first[last] if f.titles == form.titles or not f.titles]
            if not roots and len({self.find(f) for f in first}) == 1:
                self.join(form, first[0])

    def _one_title(self, one: Form, other: Form) -> bool:
        a, b = one.titles[-1] if one.titles else "", other.titles[-1] if other.titles else ""
        same = (
            {"dr", "doctor"},
            {"prof", "professor"},
            {"capt", "captain"},
            {"col", "colonel"},
            {"mis", "mrs"},
        )
        return any({a, b} <= pair for pair in same)

    def _title_fits(self, form: Form, full: Form) -> bool:
        if set(full.titles) & _MARRIED:
            return False
        gender, other = title_gender(form), self.gender(full)
        if gender == "unknown":
            return not full.titles or set(full.titles) == set(form.titles)
        return gender == other or (other == "unknown" and not self._contradicts(form, full))

    def _contradicts(self, form: Form, full: Form) -> bool:
        return any(set(f.titles) & _MARRIED for f in self.members(full)) and form.titles[-1] in _UNMARRIED

    def link_single_words(self) -> None:
        """Join "Elizabeth" to the "Elizabeth Bennet" it must mean, "Darcy" to Mr. Darcy."""
        for form in self.forms:
            if form.titles or len(form.words) != 1:
                continue
            word = form.words[0].lower()
            gender = form_gender(form)
            as_first = [f for f in self.by_first[word] if _agree(gender, self.gender(f))]
            as_last = list(self.by_last[word])
            if self._join_best(form, as_first) or not as_last:
                continue
            men = [f for f in as_last if self.gender(f) == "male"]
            if not self._join_best(form, men):
                self._join_best(form, as_last)

    def _join_best(self, form: Form, fits: list[Form]) -> bool:
        """Join to the only person that fits, or to one named far more often than the others."""
        weight: Counter[Form] = Counter()
        for fit in fits:
            weight[self.find(fit)] += self.count[fit]
        ranked = weight.most_common(2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] < 3 * ranked[1][1]):
            return bool(ranked)
        self.join(form, ranked[0][0])
        return True

    def link_short_forms(self, meetings: Counter[tuple[Form, Form]]) -> None:
        """Join "Lizzy" to Elizabeth where they are never seen side by side."""
        full_names = lexicon().full_names
        for form in self.forms:
            if form.titles or not form.words:
                continue
            longer = full_names.get(form.words[0].lower(), frozenset())
            fits = [
                other
                for other in self.forms
                if other.words
                and other.words[0].lower() in longer
                and (len(other.words) > 1 or not other.titles)
                and self.find(other) != self.find(form)
                and (len(form.words) == 1 or len(other.words) == 1 or form.words[-1] == other.words[-1])
                and not self._stand_apart(form, other, meetings)
            ]
            roots = {self.find(f) for f in fits}
            if len(roots) == 1:
                self.join(form, fits[0])

    def _stand_apart(self, form: Form, other: Form, meetings: Counter[tuple[Form, Form]]) -> bool:
        met = sum(meetings[a, b] for a in self.members(form) for b in self.members(other))
        return met > 0.02 * min(self.count[form], self.count[other]) and met > 1

    def people(self, known: Sequence[KnownCharacter]) -> tuple[list[Person], dict[Form, int]]:
        people: list[Person] = []
        of_form: dict[Form, int] = {}
        for root, forms in self.group.items():
            said = self.known.get(root)
            name = known[said].name if said is not None else _best_name(forms, self.count)
            mentions = sum(self.count[f] for f in forms)
            person = Person(id=len(people), name=name, forms=forms, mentions=mentions)
            people.append(person)
            of_form.update(dict.fromkeys(forms, person.id))
        return people, of_form


def _best_name(forms: Sequence[Form], count: Mapping[Form, int]) -> str:
    """Return the fullest name in use: given name and surname before title and surname before one word."""

    def fullness(form: Form) -> tuple[int, int, int]:
        return (min(len(form.words), 2) if len(form.words) > 1 else 0, len(form.titles) > 0, count[form])

    return max(forms, key=fullness).written
