"""The words by which a line is meant lead back to it, in every language that narrate knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audiobook.model import Book, Corrections, LineFix
from audiobook.reading import DEFAULT_CHOICES
from audiobook.reading.text import read_text
from audiobook.script import LineWords, write_script

TEXTS = {
    "en": '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n\n"Yes."\n\nRain.\n\n"Yes."\n',
    "fr": (
        "« Tu es en retard », dit Camille en posant son sac.\n\n— Je sais, répondit-elle. Le tram "
        "n'avançait pas.\n\n« Assieds-toi, dit-il. Le café est chaud. »\n\n« Oui. »\n\nLa pluie.\n\n"
        "« Oui. »\n"
    ),
    "de": (
        "„Du kommst spät“, sagte Anna und stellte die Tasche auf den Tisch.\n\n„Ich weiß“, sagte er. "
        "„Die Bahn stand.“\n\n„Ja.“\n\nDer Regen fiel.\n\n„Ja.“\n"
    ),
    "es": (
        "—Llegas tarde —dijo Juan—. Siéntate.\n\n—Ya lo sé —respondió Ana—, el tranvía no avanzaba.\n\n"
        "—Sí.\n\nLa lluvia caía.\n\n—Sí.\n"
    ),
}


def read(text: str, language: str) -> Book:
    return replace(read_text(Path("story.txt"), text.encode(), DEFAULT_CHOICES), language=language)


@pytest.mark.parametrize("language", TEXTS)
def test_every_line_is_meant_by_words_that_mean_it_alone(language: str) -> None:
    book = read(TEXTS[language], language)
    words, script = LineWords(book), write_script(book)
    assert len(script.quotations) >= 4
    for quotation in script.quotations:
        fix = words.find_fix(quotation, "Zoe")
        assert fix is not None
        assert words.find(fix) == range(quotation.start, quotation.end)
        corrected = write_script(book, Corrections(lines=(fix,)))
        assert corrected.unmet == ()
        assert [(line.start, line.end) for line in corrected.stated] == [(quotation.start, quotation.end)]
        assert {q.start: q.speaker for q in corrected.quotations}[quotation.start] == "Zoe"


def test_where_all_is_the_narrators_no_words_mean_a_line() -> None:
    book = read(TEXTS["en"], "pl")
    fix = LineFix(snippet="Who is there", speaker="Zoe")
    assert LineWords(book).find(fix) is None
    assert write_script(book, Corrections(lines=(fix,))).stated == ()
