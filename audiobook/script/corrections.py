"""Apply what a person has said about characters and lines.

Names and the lines that are no speech come before any rule, so that pronouns, turns and scenes are read
with them; whose a line is is told before the rules, which pass over it but see who spoke, and once more
after them.  What matches nothing is noted as unmet, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from audiobook.model import (
    NARRATOR,
    Character,
    Corrections,
    KnownCharacter,
    LineFix,
    Origin,
    Quotation,
    StatedLine,
    UnmetCorrection,
)
from audiobook.script.behaviour import Behaviour, Form, NameMention
from audiobook.script.layout import Tokens, tokenize
from audiobook.script.lexicon import lexicon
from audiobook.script.line_fixes import FoundFix, LineFinder, correct_speech
from audiobook.script.marks import Quoted
from audiobook.script.naming import fold_name, form_gender
from audiobook.script.people import Person
from audiobook.script.roles import RoleBook
from audiobook.script.turns import Turn

SETTLED = "voices.yaml says so"
_BESIDE = "stands beside a line that voices.yaml settles"
_BESIDE_CONFIDENCE = 0.99
"""All speech of a paragraph is one person's in 99 of 100 cases (see `turns.py`)."""
STATED = "stated in the settings"
_ROLE = re.compile(r"(?:the|a|an|his|her|my|their|our) |.*'s |i$")
_ARTICLE = re.compile(r"(?:the|a|an) ")
_NOWHERE = Origin(path="", line=0)


_NUMBERED = re.compile(r" \(\d+\)$")
"""What `roles.py` adds to the name of a role that is somebody else's name already."""


class Corrector:
    """Applies the corrections to one book, step by step in the order of its methods."""

    def __init__(self, text: str, corrections: Corrections) -> None:
        self._text = text
        self._stated = corrections.characters
        self._lines = corrections.lines
        self._fixes: dict[int, LineFix] = {}
        self._speakers: dict[int, int] = {}
        self._seen: set[str] = set()
        self._made: set[str] = set()
        self._unmet: list[UnmetCorrection] = []
        self.stated: tuple[StatedLine, ...] = ()
        """The lines that `correct_speech` found to be stated, in order."""

    @property
    def known(self) -> tuple[KnownCharacter, ...]:
        """The characters that are stated to be characters."""
        return tuple(character for character in self._stated if character.is_character)

    @property
    def _nobodies(self) -> set[str]:
        stated = {fold_name(each.name) for each in self._stated if not each.is_character}
        return stated - {fold_name(name) for character in self.known for name in _names(character)}

    def correct_speech(self, quoted: Sequence[Quoted], speech: Sequence[Quoted]) -> list[Quoted]:
        """Return what is speech, with stretches in quotation marks added and left out as stated."""
        finder = LineFinder(self._text, quoted, {span.start for span in speech})
        for fix in self._lines:
            found = finder.find(fix)
            start = None if found.line is None else quoted[found.line].start
            if start is not None and self._fixes.setdefault(start, fix).speaker != fix.speaker:
                found = FoundFix(
                    problem=f"the same line is {self._fixes[start].speaker}'s by another snippet"
                )
                start = None
            if start is None:
                self._miss(fix.origin, found.problem, is_missing=found.is_missing)
        self.stated = tuple(
            StatedLine(start=span.start, end=span.end, fix=replace(self._fixes[span.start], origin=None))
            for span in quoted
            if span.start in self._fixes
        )
        return correct_speech(quoted, speech, self._fixes)

    def correct_names(
        self,
        tokens: Tokens,
        mentions: Sequence[NameMention],
        behaviours: dict[Form, Behaviour],
        in_speech: bytearray,
    ) -> tuple[list[NameMention], dict[Form, Behaviour]]:
        """Return the mentions of names without those of nobody, and with those of stated characters."""
        stated = list(self._find_stated(tokens, mentions, behaviours, in_speech))
        for mention in stated:
            behaviours.setdefault(mention.form, Behaviour()).count += 1
        kept = sorted([*mentions, *stated], key=lambda mention: mention.first)
        self._seen = {fold_name(form.key) for form in behaviours}
        nobodies = self._nobodies
        struck = {form for form in behaviours if fold_name(form.key) in nobodies}
        return (
            [mention for mention in kept if mention.form not in struck],
            {form: seen for form, seen in behaviours.items() if form not in struck},
        )

    def _find_stated(
        self,
        tokens: Tokens,
        mentions: Sequence[NameMention],
        behaviours: Iterable[Form],
        in_speech: bytearray,
    ) -> Iterator[NameMention]:
        """Find names that a person states and that the rules took for no person's."""
        found = {fold_name(form.key) for form in behaviours}
        by_first: dict[str, list[list[str]]] = {}
        for name in (name for character in self.known for name in _names(character)):
            words = tokenize(name.replace("’", "'")).texts
            if words and fold_name(name) not in found and not _ROLE.match(fold_name(name)):
                by_first.setdefault(words[0], []).append(words)
        taken = (
            {i for mention in mentions for i in range(mention.first, mention.after)} if by_first else set()
        )
        at = 0
        while at < len(tokens.texts) and by_first:
            for words in by_first.get(tokens.texts[at], ()):
                after = at + len(words)
                if [t.replace("’", "'") for t in tokens.texts[at:after]] == words and at not in taken:
                    form = Form((), tuple(words), " ".join(words))
                    yield NameMention(at, after, form, bool(in_speech[at]))
                    at = after - 1
                    break
            at += 1

    def correct_people(self, people: list[Person], roles: RoleBook) -> None:
        """Give people the roles among their aliases ("the bartender", "I"), and roles their gender.

        A role that is stated under its own name stays what the rules make of it.
        """
        ids = {person.name: person.id for person in people}
        roles.stated_genders = {fold_name(c.name): c.gender for c in self.known if c.gender}
        for character in self.known:
            for name in filter(_ROLE.match, map(fold_name, character.aliases)):
                person = ids.get(character.name)
                if person is None:
                    person = ids[character.name] = self._add_person(people, character.name)
                key = _role_key(name, people)
                roles.own[key] = person
                people[person].is_narrator |= key == "I"
        self._state_genders(people)

    def preset_speakers(self, turns: Sequence[Turn], people: list[Person], roles: RoleBook) -> None:
        """Settle the turns whose lines are stated, so that the rules pass over them and see who speaks."""
        ids = {name: person.id for person in reversed(people) for name in _folded_names(person)}
        for character in self.known:
            own = next((ids[name] for name in map(fold_name, _names(character)) if name in ids), None)
            if own is not None:
                ids.update(dict.fromkeys(map(fold_name, _names(character)), own))
        for turn in turns:
            for quoted in turn.quotations:
                fix = self._fixes.get(quoted.start)
                if fix is None or fix.speaker == NARRATOR:
                    continue
                name = fold_name(fix.speaker)
                if name not in ids and _ROLE.match(name):
                    ids[name] = self._find_role(name, fix.speaker, people, roles)
                if name not in ids:
                    # "Elizabeth" is the only one who has the name among others, else somebody new.
                    owners = {id_ for full, id_ in ids.items() if set(name.split()) <= set(full.split())}
                    is_new = len(owners) != 1
                    proper_name = self._proper_name(fix.speaker)
                    ids[name] = self._add_person(people, proper_name) if is_new else owners.pop()
                self._seen.add(name)
                self._speakers[quoted.start] = ids[name]
                if turn.speaker is None:
                    turn.speaker, turn.evidence, turn.confidence = ids[name], _BESIDE, _BESIDE_CONFIDENCE

    def _find_role(self, folded: str, name: str, people: list[Person], roles: RoleBook) -> int:
        """Return who goes by a role, whom the rules then mean by it too, where the text has it in a tag."""
        key = _role_key(folded, people)
        if key not in roles.own:
            person = roles.own[key] = self._add_person(people, self._proper_name(name))
            told = lexicon().noun_gender.get(key.split()[-1], "unknown")
            if people[person].gender == "unknown" != told:
                people[person].gender, people[person].gender_evidence = told, f"role: '{key.split()[-1]}'"
            people[person].is_narrator = key == "I"
        return roles.own[key]

    def confirm_speakers(self, turns: Sequence[Turn], people: Sequence[Person]) -> None:
        """Let no tag overrule what is stated about its line, nor any rule a stated gender."""
        for turn in turns:
            for number, quoted in enumerate(turn.quotations):
                if quoted.start in self._speakers:
                    turn.own_speakers[number] = self._speakers[quoted.start]
        self._state_genders(people)

    def correct_quotations(self, quotations: Sequence[Quotation]) -> tuple[Quotation, ...]:
        """Return the quotations under the stated names, those of stated lines surely so."""
        renamed = {fold_name(name): c.name for c in self.known for name in _names(c)}
        nobodies = self._nobodies
        corrected = []
        for quotation in quotations:
            if quotation.speaker is None:
                corrected.append(quotation)
                continue
            folded = _fold_role(quotation.speaker, renamed)
            self._seen.add(folded)
            if quotation.start in self._speakers:
                quotation = replace(quotation, evidence=SETTLED, confidence=1.0)  # noqa: PLW2901
            if folded in renamed:
                quotation = replace(quotation, speaker=renamed[folded])  # noqa: PLW2901
            elif folded in nobodies:
                evidence = f"voices.yaml says that '{quotation.speaker}' is no character"
                quotation = replace(quotation, speaker=None, evidence=evidence, confidence=0.0)  # noqa: PLW2901
            corrected.append(quotation)
        return tuple(corrected)

    def correct_characters(self, characters: Sequence[Character]) -> tuple[Character, ...]:
        """Return the characters with those of one stated person made one, and without nobodies."""
        owners = {fold_name(name): c.name for c in self.known for name in _names(c)}
        merged: dict[str, Character] = {}
        for character in characters:
            folded = _fold_role(character.name, owners)
            if folded in self._nobodies or (character.name in self._made and not character.quotations):
                continue
            name = owners.get(folded, character.name)
            other = merged.get(name)
            if other is None:
                aliases = tuple(alias for alias in character.aliases if alias != name)
                if folded != fold_name(name):
                    aliases = (character.name, *aliases)
                merged[name] = replace(character, name=name, aliases=aliases)
                continue
            own = () if folded == fold_name(name) else (character.name,)
            names = dict.fromkeys((*other.aliases, *own, *character.aliases))
            names.pop(name, None)
            mentions = other.mentions + character.mentions
            merged[name] = replace(other, aliases=tuple(names), mentions=mentions)
        return tuple(merged.values())

    def list_unmet(self) -> tuple[UnmetCorrection, ...]:
        """Return the corrections that met nothing, in the order in which they are stated."""
        for character in self._stated:
            names = _names(character)
            missing = [name for name in names if not self._is_in_story(name)]
            if len(missing) == len(names):
                what = "nobody of that name" if character.is_character else "no such name"
                self._miss(character.origin, f"the story has {what}")
                continue
            for alias in missing:
                if alias != character.name:
                    self._miss(character.origin, f"the story does not have the alias {alias!r}")
        return tuple(sorted(self._unmet, key=lambda unmet: unmet.origin.line))

    def _is_in_story(self, name: str) -> bool:
        folded = fold_name(name)
        if folded in self._seen or folded == "i":
            return True
        words = _ARTICLE.sub("", folded).split()
        pattern = r"\W+".join(map(re.escape, words)).replace("'", "['’]")
        return re.search(rf"(?<!\w){pattern}(?!\w)", self._text, re.IGNORECASE) is not None

    def _miss(self, origin: Origin | None, message: str, *, is_missing: bool = True) -> None:
        unmet = UnmetCorrection(origin=origin or _NOWHERE, message=message, is_missing=is_missing)
        self._unmet.append(unmet)

    def _proper_name(self, name: str) -> str:
        """Return the name under which a person who is named so is stated, else the name itself."""
        folded = fold_name(name)
        owners = (c.name for c in self.known if folded in map(fold_name, _names(c)))
        return next(owners, name)

    def _add_person(self, people: list[Person], name: str) -> int:
        """Add somebody whom the text does not name."""
        form = Form((), tuple(name.split()), name)
        gender = form_gender(form)
        evidence = f"first name: '{form.words[0]}'" if gender != "unknown" else "nothing tells"
        people.append(Person(id=len(people), name=name, gender=gender, gender_evidence=evidence))
        self._made.add(name)
        self._state_genders(people[-1:])
        return people[-1].id

    def _state_genders(self, people: Iterable[Person]) -> None:
        genders = {fold_name(name): c.gender for c in self.known if c.gender for name in _names(c)}
        for person in people:
            gender = genders.get(fold_name(person.name))
            if gender is not None:
                person.gender, person.gender_evidence = gender, STATED


def _fold_role(name: str, stated: Container[str]) -> str:
    """Return a folded name, without the number of a role whose name is stated."""
    bare = fold_name(_NUMBERED.sub("", name))
    return bare if bare in stated else fold_name(name)


def _role_key(folded: str, people: Sequence[Person]) -> str:
    """Return the key under which `RoleBook.own` has a role: "bartender", "his mother", "3's mother", "I"."""
    owner, _, noun = folded.partition("'s ")
    if noun:
        return f"{next((p.id for p in people if owner in _folded_names(p)), None)}'s {noun}"
    return "I" if folded == "i" else _ARTICLE.sub("", folded)


def _names(character: KnownCharacter) -> tuple[str, ...]:
    return (character.name, *character.aliases)


def _folded_names(person: Person) -> set[str]:
    return {fold_name(person.name), *(fold_name(form.key) for form in person.forms)}
