"""Everything that comes before saying who speaks, in a text of another language than English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.model import Book
from audiobook.script.corrections import Corrector
from audiobook.script.foreign.naming import NameFinder
from audiobook.script.foreign.pack import Pack
from audiobook.script.foreign.people import cluster_forms, tell_genders
from audiobook.script.foreign.phrases import ForeignPhraseReader
from audiobook.script.foreign.quoting import find_speech
from audiobook.script.foreign.roles import ForeignRoleBook
from audiobook.script.foreign.scene import ForeignScene
from audiobook.script.foreign.tagging import ForeignTagFinder
from audiobook.script.label_speakers import settle_labelled
from audiobook.script.layout import Passage, Tokens
from audiobook.script.marks import mark_tokens
from audiobook.script.roles import names_by_token
from audiobook.script.sieve import Sieve
from audiobook.script.speaker_labels import find_labels, hide_labelled, quote_lines
from audiobook.script.turns import find_turns


def prepare_foreign_sieve(book: Book, passages: Sequence[Passage], corrector: Corrector, pack: Pack) -> Sieve:
    """Find speech, people and tags by a language's pack; see `writing.prepare_sieve`."""
    text = book.text
    tokens = tokenize(text, pack)
    labels = find_labels(book)
    quoted, spoken = find_speech(text, hide_labelled(passages, labels), pack)
    said = list(quote_lines(text, passages, labels))
    quoted, spoken = (sorted([*each, *said], key=lambda span: span.start) for each in (quoted, spoken))
    speech = corrector.correct_speech(quoted, spoken)
    in_speech = mark_tokens(tokens, speech)
    names = NameFinder(tokens, passages, in_speech, pack).find()
    mentions, behaviours = corrector.correct_names(tokens, *names, in_speech)
    people, of_form = cluster_forms(behaviours, pack, corrector.known)
    of_mention = [of_form[mention.form] for mention in mentions]
    reader = ForeignPhraseReader(tokens, names_by_token(mentions, of_mention), pack)
    roles = ForeignRoleBook(people, pack)
    tell_genders(people, pack, corrector.known)
    corrector.correct_people(people, roles)
    turns = find_turns(text, tokens, passages, speech, ForeignTagFinder(tokens, reader, pack))
    settle_labelled(text, turns, passages, labels, people)
    corrector.preset_speakers(turns, people, roles)
    spans = [tokens.between(passage.start, passage.end) for passage in passages]
    return Sieve(turns, people, ForeignScene(tokens, mentions, of_mention, in_speech, pack), roles, spans)


_HYPHENS = re.compile(r"^-(?:t-)?(?=\w)")


def tokenize(text: str, pack: Pack) -> Tokens:
    """Cut a text into tokens; French "-t-elle" is "elle" in small letters."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in pack.token.finditer(text):
        texts.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    lowers = [word.lower().replace("’", "'") for word in texts]
    lowers = [_HYPHENS.sub("", low) if low[0] == "-" else low for low in lowers]
    return Tokens(texts, lowers, starts, ends)
