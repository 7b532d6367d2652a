"""The stage as a whole: a book in, a script out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from audiobook.languages import primary_language
from audiobook.model import Book, Character, Corrections, Quotation, Script
from audiobook.script.beats import BeatReader
from audiobook.script.corrections import Corrector
from audiobook.script.delivery import find_manners, list_ordinary_words
from audiobook.script.foreign.pack import find_pack
from audiobook.script.foreign.preparing import prepare_foreign_sieve
from audiobook.script.gender import tell_genders
from audiobook.script.introductions import learn_introductions
from audiobook.script.label_speakers import settle_labelled
from audiobook.script.layout import Passage, list_passages, tokenize
from audiobook.script.marks import mark_tokens
from audiobook.script.misgivings import find_misgivings
from audiobook.script.names import find_names
from audiobook.script.people import Person, cluster_people
from audiobook.script.phrases import PhraseReader
from audiobook.script.ranker import LearnedWeights, learned_weights
from audiobook.script.roles import RoleBook, names_by_token
from audiobook.script.scene import Scene
from audiobook.script.sieve import Sieve
from audiobook.script.speaker_labels import divide_labels, find_labels, quote_all
from audiobook.script.speech import select_speech
from audiobook.script.tags import TagFinder
from audiobook.script.turns import find_turns
from audiobook.script.utterances import cut_utterances

_ENGLISH = "en"
"""Also what a book without a language counts as."""


def knows_language(language: str) -> bool:
    """Tell whether speech and speakers are found in texts of a language (a BCP 47 tag)."""
    return primary_language(language or _ENGLISH) == _ENGLISH or find_pack(language) is not None


def write_script(
    book: Book, corrections: Corrections | None = None, *, weights: LearnedWeights = learned_weights
) -> Script:
    """Turn a book into a script: who says what, in order.

    `corrections` are what a person has said about characters and lines; they overrule what the text
    suggests; `weights` say what clues are worth.  Pure and deterministic; takes any text, and time linear in
    its length.
    """
    book = divide_labels(book)
    corrector = Corrector(book.text, corrections or Corrections())
    if not knows_language(book.language):
        return _write_narration(book, corrector)
    passages = list_passages(book)
    sieve = prepare_sieve(book, passages, corrector)
    sieve.attribute(weights)
    corrector.confirm_speakers(sieve.turns, sieve.people)
    quotations = corrector.correct_quotations(_list_quotations(book, passages, sieve))
    characters = corrector.correct_characters(_list_characters(sieve.people, quotations))
    misgivings = find_misgivings(book, passages, quotations, characters)
    return Script(
        book=replace(book, warnings=(*book.warnings, *misgivings)) if misgivings else book,
        characters=characters,
        quotations=quotations,
        chapters=cut_utterances(book, quotations, list_ordinary_words(sieve.scene.tokens)),
        skipped=book.skipped,
        unmet=corrector.list_unmet(),
        stated=corrector.stated,
    )


def _write_narration(book: Book, corrector: Corrector) -> Script:
    """Leave all of a book to the narrator."""
    return Script(
        book=book,
        characters=(),
        quotations=(),
        chapters=cut_utterances(book, ()),
        skipped=book.skipped,
        unmet=corrector.list_unmet(),
    )


def prepare_sieve(book: Book, passages: Sequence[Passage], corrector: Corrector | None = None) -> Sieve:
    """Find speech, people and tags: everything that comes before saying who speaks."""
    text = book.text
    corrector = corrector or Corrector(text, Corrections())
    pack = find_pack(book.language)
    if pack is not None:
        return prepare_foreign_sieve(book, passages, corrector, pack)
    tokens = tokenize(text)
    labels = find_labels(book)
    quoted = quote_all(text, passages, labels)
    speech = corrector.correct_speech(quoted, select_speech(text, tokens, passages, quoted))
    in_speech = mark_tokens(tokens, speech)
    spoken = {quotation.start for quotation in speech}
    in_title = mark_tokens(tokens, [q for q in quoted if q.start not in spoken])
    mentions, behaviours = corrector.correct_names(
        tokens, *find_names(text, tokens, passages, in_speech, in_title), in_speech
    )
    people, of_form = cluster_people(mentions, behaviours, corrector.known)
    of_mention = [of_form[mention.form] for mention in mentions]
    reader = PhraseReader(tokens, names_by_token(mentions, of_mention))
    roles = RoleBook(people)
    roles.learn(tokens, mentions, of_mention, reader)
    tell_genders(people, mentions, of_mention, tokens, in_speech=in_speech, known=corrector.known)
    corrector.correct_people(people, roles)
    turns = find_turns(text, tokens, passages, speech, TagFinder(tokens, reader))
    learn_introductions(turns, tokens, mentions, of_mention, roles)
    settle_labelled(text, turns, passages, labels, people)
    corrector.preset_speakers(turns, people, roles)
    spans = [tokens.between(passage.start, passage.end) for passage in passages]
    BeatReader(tokens, reader).read(turns)
    return Sieve(turns, people, Scene(tokens, mentions, of_mention, in_speech), roles, spans)


def _list_quotations(book: Book, passages: Sequence[Passage], sieve: Sieve) -> tuple[Quotation, ...]:
    numbers = [number for chapter in book.chapters for number in range(1, len(chapter.paragraphs) + 1)]
    listed: list[Quotation] = []
    language = primary_language(book.language or _ENGLISH)
    for turn in sieve.turns:
        current = turn.speaker
        manners = find_manners(sieve.scene.tokens, turn, language)
        sure = {place: tag for tag, place in reversed(turn.tags) if tag.is_sure}  # the first of each
        first = turn.tag
        for number, quoted in enumerate(turn.quotations):
            own = turn.own_speakers.get(number)
            if own is not None:
                current = own
            tag = sure.get(number, first)
            to = tag.addressee.person if tag and tag.addressee else None
            listed.append(
                Quotation(
                    start=quoted.start,
                    end=quoted.end,
                    paragraph=numbers[passages[quoted.passage].index],
                    speaker=sieve.people[current].name if current is not None else None,
                    type=turn.type,
                    evidence=turn.evidence,
                    confidence=round(turn.confidence, 3) if current is not None else 0.0,
                    delivery=manners[number],
                    tag_gender=tag.subject.gender if tag and tag.is_sure else "unknown",
                    addressee=sieve.people[to].name if to is not None else None,
                )
            )
    return tuple(listed)


def _list_characters(people: Sequence[Person], quotations: Sequence[Quotation]) -> tuple[Character, ...]:
    lines = Counter(quotation.speaker for quotation in quotations)
    characters = [
        Character(
            name=person.name,
            aliases=_aliases(person),
            gender=person.gender,
            gender_evidence=person.gender_evidence,
            quotations=lines[person.name],
            mentions=person.mentions,
        )
        for person in people
        if person.mentions or lines[person.name]
    ]
    return tuple(sorted(characters, key=lambda c: (-c.quotations, -c.mentions, c.name)))


def _aliases(person: Person) -> tuple[str, ...]:
    names = dict.fromkeys(form.written for form in person.forms)
    names.pop(person.name, None)
    return tuple(names)
