"""Which language a story is in, and which voices speak that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from audiobook.casting import (
    StorySettings,
    assign_voices,
    fit_foreign,
    fit_voices,
    write_scalar,
)
from audiobook.engines.base import LocalEngine
from audiobook.errors import SourceError
from audiobook.languages import is_same_language, name_language, read_tag
from audiobook.model import Book, Cast, Script, VoiceEntry
from audiobook.planning.credits import FALLBACK
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.unread import leave_unread_out
from audiobook.project.shared_engines import find_cast, shared_engine
from audiobook.reading import detect_language, find_contradictions, find_other_parts
from audiobook.script import knows_language

_DEFAULT = "en"
"""Of a text that is too short to tell."""
_MORE_THAN_A_LINE = 80
"""Characters."""


def settle_language(book: Book, own: str | None = None) -> Book:
    """Give a book its language: what a person states (`own`), what the source does, else what its words tell.

    What a source states and its words plainly contradict does not count, which is a warning; so is a guess,
    unless it is English, and so are chapters in another language.
    """
    asked = read_tag(own)
    book = replace(book, language=asked or read_tag(book.language))
    stated = book.language
    found = find_contradictions(book)
    if asked:
        found.pop(asked, None)
    if found:
        book = _correct_parts(book, found)
    if not stated:
        book = _guess(book)
    warnings = [] if is_same_language(stated or book.language, book.language) else _explain(book, stated)
    warnings += [
        f"{book.source}: the chapter {title!r} seems to be {name_language(language)}; "
        f"it is read as {name_language(book.language)}"
        for title, language in ([] if asked else find_other_parts(book))
    ]
    return replace(book, warnings=(*book.warnings, *warnings))


def _guess(book: Book) -> Book:
    found = detect_language(book)
    warnings = book.warnings
    if not is_same_language(found, _DEFAULT) if found else _has_words(book):
        warnings = (*warnings, f"{book.source}: {_advise(book, found)}")
    return replace(book, language=found or _DEFAULT, warnings=warnings)


def _correct_parts(book: Book, found: Mapping[str, str]) -> Book:
    """Put what words tell in the place of statements that they contradict."""
    language = found.get(book.language, book.language)

    def correct(stated: str | None) -> str | None:
        own = found.get(stated or book.language, stated)
        return None if own is None or is_same_language(own, language) else own

    chapters = tuple(
        replace(c, paragraphs=tuple(replace(p, language=correct(p.language)) for p in c.paragraphs))
        for c in book.chapters
    )
    foreign = tuple(
        replace(words, language=own) for words in book.foreign if (own := correct(words.language)) is not None
    )
    return replace(book, language=language, chapters=chapters, foreign=foreign)


def _explain(book: Book, stated: str) -> list[str]:
    """Say that a book is read in another language than it states, unless it states that too."""
    if any(is_same_language(book.language, each) for each in book.languages):
        return []
    claim = f"states {name_language(stated)}, but its words are {name_language(book.language)}"
    advice = f"if not, write under stories: {write_scalar(book.name)}: language: {stated}"
    return [f"{book.source}: {claim}, and it is read so ({advice})"]


def _has_words(book: Book) -> bool:
    """Tell whether a book is more than a line, which may be in any language."""
    return sum(p.end - p.start for c in book.chapters for p in c.paragraphs) >= _MORE_THAN_A_LINE


def _advise(book: Book, language: str | None) -> str:
    guess = f"its words seem to be {name_language(language)}" if language else "its words tell none: English"
    return (
        f"states no language; {guess} (if not, write under "
        f"stories: {write_scalar(book.name)}: language: followed by the right tag, such as en)"
    )


def cast_in_language(script: Script, settings: StorySettings) -> tuple[Script, Cast]:
    """Give everybody a voice of the story's language; what can't be so, becomes a warning of the book.

    Raises `SourceError` where no voice speaks the language.
    """
    book = script.book
    name = name_language(book.language)
    fitted = fit_voices(settings, book.language, localize, find_cast(settings.engine, book.language))
    if not fitted.is_spoken:
        raise SourceError(
            f"{book.source}: is in {name}, which no voice here speaks; write under "
            f"stories: {write_scalar(book.name)}: either narrator: and the voice that shall read it, or "
            "language: and the one it is in"
        )
    chosen = fitted.settings
    warnings = [f"{book.source}: {who} can't speak {name}; another voice does" for who in fitted.lacking]
    if chosen.narrator_wish.id is None and chosen.narrator.engine != settings.engine:
        other = chosen.narrator.engine
        warnings.append(f"{book.source}: no voice of {settings.engine} speaks {name}; those of {other} do")
    if not knows_language(book.language) and chosen.casting != "single":
        chosen = replace(chosen, casting="single")
        warnings.append(
            f"{book.source}: narrate can't tell who speaks in {name}: "
            f"one voice, {chosen.narrator.id}, reads it all"
        )
    earlier = [role for role in chosen.earlier_roles if is_same_language(role.language, book.language)]
    cast = assign_voices(script, replace(chosen, earlier_roles=tuple(earlier)))
    foreign, unspoken = fit_foreign(
        cast, script, localize, also=[] if is_same_language(book.language, FALLBACK) else [FALLBACK]
    )
    warnings += [
        f"{book.source}: the engine {engine!r} does not tell which language {voice} speaks; "
        f"the text is {name}"
        for engine, voice in _find_untold(cast, book.language)
    ]
    warnings += [
        f"{book.source}: holds paragraphs in {name_language(language)}, which no voice here speaks; "
        "they are read as if they were in the book's"
        for language in unspoken
    ]
    cast = replace(cast, foreign=foreign)
    script, unread = leave_unread_out(script, cast, make_pronouncer(settings, script))
    book = replace(book, warnings=(*book.warnings, *warnings, *unread))
    return replace(script, book=book), cast


def _find_untold(cast: Cast, language: str) -> list[tuple[str, str]]:
    """Return engine and id of the voices of which nobody knows whether they speak a language."""
    if is_same_language(language, _DEFAULT):
        return []
    used = dict.fromkeys((role.voice.engine, role.voice.id) for role in cast.roles)
    return [
        each
        for each in used
        if not isinstance(shared_engine(each[0]), LocalEngine) and not _find_entry(*each)
    ]


def localize(engine: str, voice_id: str, language: str) -> str | None:
    """Return a voice's counterpart in a language; the voice itself of an engine that does not tell."""
    opened = shared_engine(engine)
    if isinstance(opened, LocalEngine):
        return opened.localize(voice_id, language)
    return _localize_by_catalogue(engine, voice_id, language)


def _localize_by_catalogue(engine: str, voice_id: str, language: str) -> str | None:
    """Keep a voice whose language the catalogue gives as this one, or does not give."""
    entry = _find_entry(engine, voice_id)
    if entry is None or is_same_language(entry.language, language):
        return voice_id
    return None


def _find_entry(engine: str, voice_id: str) -> VoiceEntry | None:
    return next((entry for entry in shared_engine(engine).voices() if entry.id == voice_id), None)
