"""Cluster the forms of names into people: "Elizabeth", "Lizzy" and "Elizabeth Bennet" are one.

The rules are cautious: two forms that fit only maybe stay two people, since one voice too many
disturbs less than two people with one voice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from audiobook.model import Gender, KnownCharacter
from audiobook.script.behaviour import Behaviour, Form, NameMention
from audiobook.script.lexicon import lexicon
from audiobook.script.naming import KIN_TITLES, best_name, fold_name, form_gender, is_titled, title_gender

_MARRIED = frozenset({"mrs", "lady", "madame", "mme", "mis", "missus", "countess", "duchess"})
_TOGETHER = 5
"""Times that two names stand side by side from which on they are two people's."""


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
    is_narrator: bool = False


def cluster_people(
    mentions: Sequence[NameMention],
    behaviours: Mapping[Form, Behaviour],
    known: Sequence[KnownCharacter] = (),
) -> tuple[list[Person], dict[Form, int]]:
    """Return the people, and for each form the id of its person (the index in the list)."""
    clusters = _Clusters(behaviours, _count_meetings(mentions))
    if any(character.aliases for character in known):
        plain = _Clusters(behaviours, clusters.meetings)
        plain.link()
        clusters.keep_apart(known, plain)
    clusters.state_known(known)
    clusters.link()
    return clusters.people(known)


def _count_meetings(mentions: Sequence[NameMention]) -> Counter[tuple[Form, Form]]:
    """Count how often two forms stand close together: people are seldom named twice in one breath."""
    meetings: Counter[tuple[Form, Form]] = Counter()
    for one, other in pairwise(mentions):
        if other.first - one.after < 12 and one.form != other.form and one.in_quotation == other.in_quotation:
            meetings[one.form, other.form] += 1
            meetings[other.form, one.form] += 1
    return meetings


def _agree(one: Gender, other: Gender) -> bool:
    return "unknown" in (one, other) or one == other


class _Clusters:
    """Forms joined step by step; each set of forms has one root."""

    def __init__(self, behaviours: Mapping[Form, Behaviour], meetings: Counter[tuple[Form, Form]]) -> None:
        self.meetings = meetings
        self.count = {form: seen.count for form, seen in behaviours.items()}
        self.forms = sorted(self.count, key=lambda f: (-self.count[f], f.key))
        self.root = {form: form for form in self.forms}
        self.group = {form: [form] for form in self.forms}
        self.known: dict[Form, int] = {}
        self.apart: dict[int, set[Form]] = defaultdict(set)
        self.by_last: dict[str, list[Form]] = defaultdict(list)
        self.by_first: dict[str, list[Form]] = defaultdict(list)
        self.by_word: dict[str, list[Form]] = defaultdict(list)
        for form in self.forms:
            if form.words:
                self.by_word[form.words[0]].append(form)
            if len(form.words) > 1:
                self.by_first[form.words[0].lower()].append(form)
            if form.words and (len(form.words) > 1 or form.titles):
                self.by_last[form.words[-1].lower()].append(form)

    def link(self) -> None:
        """Join the forms by all rules, the surest first."""
        self.link_full_names()
        self.link_titles()
        self.link_bare_titles()
        self.link_single_words()
        self.link_short_forms()

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
        if a in self.known and not self.apart[self.known[a]].isdisjoint(self.group[b]):
            return
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

    def keep_apart(self, known: Sequence[KnownCharacter], plain: _Clusters) -> None:
        """Let no alias draw in the titles of somebody else: Lady Catherine is not every "Catherine".

        `plain` are the forms as the rules alone join them.  Who is named whole is meant.
        """
        by_key = {fold_name(form.key): form for form in self.forms}
        for index, character in enumerate(known):
            names = [fold_name(name) for name in (character.name, *character.aliases)]
            roots = list(dict.fromkeys(plain.find(by_key[name]) for name in names if name in by_key))
            for other in roots[1:]:
                forms = plain.group[other]
                whole = best_name(forms, self.count)
                if is_titled(whole) and fold_name(whole) not in names:
                    self.apart[index].update(form for form in forms if form.titles)

    def state_known(self, known: Sequence[KnownCharacter]) -> None:
        """Join what a person has said is one, before any rule."""
        by_key: dict[str, int] = {}
        for index, character in enumerate(known):
            by_key.update(dict.fromkeys(map(fold_name, (character.name, *character.aliases)), index))
        firsts: dict[int, Form] = {}
        for form in self.forms:
            said = by_key.get(fold_name(form.key))
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
            if key in seen and bool(_MARRIED & set(form.titles)) == bool(_MARRIED & set(seen[key].titles)):
                self.join(seen[key], form)
            else:
                seen.setdefault(key, form)

    def link_titles(self) -> None:
        """Join "Miss Bingley" to "Caroline Bingley"; where two fit, to none."""
        for form in self.forms:
            if not form.titles or len(form.words) != 1:
                continue
            last = form.words[0].lower()
            for other in self.by_last[last]:
                if other != form and len(other.words) == 1 and _same_title(form, other):
                    self.join(form, other)
            fits = [f for f in self.by_last[last] if len(f.words) > 1 and self._title_fits(form, f)]
            weight: Counter[Form] = Counter()
            for fit in fits:
                weight[self.find(fit)] += self.count[fit]
            ranked = weight.most_common(2)
            sure = title_gender(form) == "male" and len(ranked) > 1 and ranked[0][1] >= 5 * ranked[1][1]
            # "Mr. Thomas Gradgrind" once or twice is an introduction; more often it tells brothers apart.
            titled = {self.find(f) for f in fits if f.titles == form.titles and self.count[f] < 3}
            if len(ranked) == 1 or sure:
                self.join(form, ranked[0][0])
            elif len(titled) == 1 and title_gender(form) == "male":
                self.join(form, titled.pop())
            if fits:
                continue
            if form.titles[-1] in KIN_TITLES:
                gender = title_gender(form)
                fits = [f for f in self.by_last[last] if f.titles and self.gender(f) == gender and f != form]
            else:
                fits = [f for f in self.by_first[last] if f.titles == form.titles or not f.titles]
            if len({self.find(f) for f in fits}) == 1:
                self.join(form, fits[0])

    def link_bare_titles(self) -> None:
        """Join "Captain" as it is called out to the only Captain, or to one named four times as often."""
        for form in self.forms:
            if form.words or len(form.titles) != 1:
                continue
            title = "aunt" if form.titles[0] in ("auntie", "aunty") else form.titles[0]
            named: Counter[Form] = Counter()
            for fit in self.forms:
                if fit.words and title in fit.titles:
                    named[self.find(fit)] += self.count[fit]
            ranked = named.most_common(2)
            if ranked and (len(ranked) == 1 or ranked[0][1] >= 4 * ranked[1][1]):
                self.join(form, ranked[0][0])

    def _title_fits(self, form: Form, full: Form) -> bool:
        """Tell whether "Mr. Darcy" may be "Fitzwilliam Darcy".

        A full name that is used often, and with the same title as a rule, tells its bearer from the one
        who is called by the title alone: "Mr. John Knightley" is not "Mr. Knightley".
        """
        if any({"sir", "lord"} & set(f.titles) for f in self.members(full)) and full.titles != form.titles:
            return False
        given = [f for f in self.by_word[full.words[0]] if f.titles == form.titles]
        if form.titles[-1] == "miss" and sum(self.count[f] for f in given) >= 3:
            # Where one is "Miss Lucy", "Miss Steele" is her elder sister.
            return False
        married, of_full = _MARRIED & set(form.titles), _MARRIED & set(full.titles)
        if bool(married) != bool(of_full) or (married and married != of_full):
            return False
        if self._are_named_together(form, full):
            return False
        gender, other = title_gender(form), self.gender(full)
        titled = [f for f in self.members(full) if f.titles and len(f.words) > 1]
        often = sum(self.count[f] for f in titled)
        bare = sum(self.count[f] for f in self.members(full)) - often
        if often >= 10 and bare >= 5 and often + bare < self.count[form] <= 12 * often:
            return False
        if gender == "unknown":
            return not full.titles or set(full.titles) == set(form.titles)
        return other in (gender, "unknown")

    def _are_named_together(self, form: Form, full: Form) -> bool:
        """Tell whether "Mr. Vane" is no Peter Vane: "Mr. Vane and Peter" are named in one breath."""
        given = next((f for f in self.by_word[full.words[0]] if len(f.words) == 1 and not f.titles), None)
        return given is not None and self.meetings[form, given] >= _TOGETHER

    def link_single_words(self) -> None:
        """Join "Elizabeth" to the "Elizabeth Bennet" it must mean, "Darcy" to Mr. Darcy."""
        for form in self.forms:
            if form.titles or len(form.words) != 1:
                continue
            word = form.words[0].lower()
            gender = form_gender(form)
            as_first = [f for f in self.by_first[word] if _agree(gender, self.gender(f))]
            as_last = [f for f in self.by_last[word] if f.titles or len(f.words) > 1]
            men = [f for f in as_last if self.gender(f) == "male"]
            weigh = sum(self.count[f] for f in as_first), sum(self.count[f] for f in as_last)
            if as_first and weigh[0] * 3 >= weigh[1]:
                self._join_best(form, as_first, as_given=True)
            elif as_last:
                self._join_best(form, men or as_last, as_given=False)

    def _join_best(self, form: Form, fits: list[Form], *, as_given: bool) -> None:
        """Join to the only person that fits, or to one named far more often than the others.

        Where two full names fit, a given name that is used more than both belongs to neither surely.
        """
        weight: Counter[Form] = Counter()
        for fit in fits:
            weight[self.find(fit)] += self.count[fit]
        ranked = weight.most_common(2)
        best, count = ranked[0]
        if count < 4 and 15 * count < self.count[form]:
            return
        leads = len(ranked) == 1 or count >= (3 if as_given else 1.5) * ranked[1][1]
        if leads and (len(ranked) == 1 or not as_given or 2 * count >= self.count[form]):
            self.join(form, best)

    def link_short_forms(self) -> None:
        """Join "Lizzy" to Elizabeth where they are never seen side by side."""
        full_names = lexicon().full_names
        by_given: dict[str, list[Form]] = defaultdict(list)
        for form in self.forms:
            if form.words and not form.titles:
                by_given[form.words[0].lower()].append(form)
        for form in self.forms:
            if form.titles or not form.words:
                continue
            short = form.words[0].lower()
            longer = full_names.get(short, frozenset()) or _lengthen(short, by_given)
            fits = [
                other
                for given in sorted(longer)
                for other in by_given[given]
                if self.find(other) != self.find(form)
                and (len(form.words) == 1 or len(other.words) == 1 or form.words[-1] == other.words[-1])
                and not self._stand_apart(form, other)
            ]
            if len({self.find(f) for f in fits}) == 1:
                self.join(form, fits[0])

    def _stand_apart(self, form: Form, other: Form) -> bool:
        """Tell whether two forms are seen side by side, or have two surnames or titles of their own."""
        ours, theirs = self.members(form), self.members(other)
        met = sum(self.meetings[a, b] for a in ours for b in theirs)
        if met > 1 and met > 0.02 * min(self.count[form], self.count[other]):
            return True
        last = (
            {f.words[-1] for f in ours if len(f.words) > 1},
            {f.words[-1] for f in theirs if len(f.words) > 1},
        )
        if last[0] and not last[0] & last[1]:
            return True
        if all(sum(self.count[f] for f in own if len(f.words) > 1) >= 5 for own in (ours, theirs)):
            # Nobody has two full names in use: Tom Gradgrind is not Thomas Gradgrind.
            return True
        # Nobody whom the text calls "Mr. Gradgrind" is "Tom" in its next sentence.
        formal = sum(self.count[f] for f in theirs if f.titles)
        return 2 * formal > sum(self.count[f] for f in theirs)

    def people(self, known: Sequence[KnownCharacter]) -> tuple[list[Person], dict[Form, int]]:
        people: list[Person] = []
        of_form: dict[Form, int] = {}
        for root, forms in self.group.items():
            said = self.known.get(root)
            name = known[said].name if said is not None else best_name(forms, self.count)
            mentions = sum(self.count[f] for f in forms)
            person = Person(id=len(people), name=name, forms=forms, mentions=mentions)
            people.append(person)
            of_form.update(dict.fromkeys(forms, person.id))
        return people, of_form


def _lengthen(short: str, given_names: Iterable[str]) -> frozenset[str]:
    """Return the names that may be called by their beginning: "anj" → {"anjali"}; no name of its own may."""
    words = lexicon()
    if len(short) < 3 or short in words.first_names or short in words.world_names:
        return frozenset()
    return frozenset(name for name in given_names if name.startswith(short) and len(name) > len(short))


def _same_title(one: Form, other: Form) -> bool:
    a, b = one.titles[-1] if one.titles else "", other.titles[-1] if other.titles else ""
    same = ({"dr", "doctor"}, {"prof", "professor"}, {"capt", "captain"}, {"col", "colonel"}, {"mis", "mrs"})
    return any({a, b} <= pair for pair in same)
