"""What a source states of its language: a tag made in one place, overruled where words contradict it."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.languages import is_same_language, primary_language, read_tag, read_tags
from audiobook.model import Book
from audiobook.planning.languages import settle_language
from audiobook.reading import read_book


@pytest.mark.parametrize(
    ("stated", "tags"),
    [
        ("eng", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("fre", "fr"),
        ("fra", "fr"),
        ("rum", "ro"),
        ("jpn", "ja"),
        ("fr_CA", "fr-CA"),
        ("de_DE.UTF-8", "de-DE"),
        ("nl@euro", "nl"),
        (" de ", "de"),
        ("EN-us", "en-US"),
        ("en-UK", "en-GB"),
        ("en-US-x", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("de-1996", "de-1996"),
        ("English", "en"),
        ("Deutsch", "de"),
        ("Englisch", "en"),
        ("Español (México)", "es"),
        ("Brazilian Portuguese", "pt"),
        ("日本語", "ja"),
        ("en fr", "en fr"),
        ("eng; fre", "en fr"),
        ("English and German", "en de"),
        ("yue", "yue"),
        ("nob", "nb"),
        ("tlh", "tlh"),
        *((words, "") for words in ("und", "mul", "zxx", "x-default", "unknown", "n/a", "", "-")),
    ],
)
def test_whatever_is_stated_becomes_a_tag(stated: str, tags: str) -> None:
    assert read_tags(stated) == tuple(tags.split())
    assert all(read_tags(tag) == (tag,) for tag in read_tags(stated))


def test_tags_are_compared() -> None:
    assert read_tag(None) == ""
    assert [primary_language(tag) for tag in ("EN-gb", "eng", "ger", "nb-NO", "iw")] == [
        *("en", "en", "de", "no", "he")
    ]
    assert is_same_language("pt-BR", "por")
    assert not is_same_language("pt", "es")


RAIN = {
    "de": "Der Regen hatte die ganze Nacht nicht aufgehört, und am Morgen stand das Wasser im Hof so hoch, "
    "dass niemand mehr trockenen Fußes zum Brunnen kam. Die Kinder fanden das wunderbar. Ihre Mutter "
    "dagegen sah lange aus dem Fenster und dachte an die Kartoffeln, die noch draußen auf dem Feld lagen.",
    "en": "The rain had not stopped all night, and in the morning the water in the yard was so high that "
    "nobody could get to the well with dry feet. The children thought that this was wonderful. Their mother "
    "looked out of the window for a long time, and thought of the potatoes which were still in the field.",
    "fr": "La pluie n'avait pas cessé de la nuit, et le matin l'eau était si haute dans la cour que personne "
    "ne pouvait plus aller au puits à pied sec. Les enfants trouvaient cela merveilleux. Leur mère regarda "
    "longtemps par la fenêtre en pensant aux pommes de terre qui étaient encore dans le champ.",
    "ro": "Ploaia nu se oprise toată noaptea, iar dimineața apa din curte era atât de mare, încât nimeni nu "
    "mai putea ajunge la fântână fără să se ude. Copiii erau foarte bucuroși. Mama lor se uita pe fereastră "
    "și se gândea la cartofii care rămăseseră încă pe câmp, sub apă.",
    "ru": "Дождь не переставал всю ночь, и утром вода во дворе стояла так высоко, что никто уже не мог дойти "
    "до колодца, не промочив ног.",
}


def settled(tmp_path: Path, html: str, own: str | None = None) -> Book:
    path = tmp_path / "rain.html"
    path.write_text(html, encoding="utf-8")
    return settle_language(read_book(path), own)


def languages_of(book: Book) -> set[str]:
    parts = (p.language or book.language for chapter in book.chapters for p in chapter.paragraphs)
    return {*parts, *(words.language for words in book.foreign)}


@pytest.mark.parametrize(
    ("stated", "truth"), [("en-US", "de"), ("de", "en"), ("fra", "ro"), ("English", "ru"), ("it", "fr")]
)
def test_words_overrule_what_a_book_states(stated: str, truth: str, tmp_path: Path) -> None:
    head = f"<meta name='dc.language' content='{stated}'><title>Rain</title>"
    book = settled(tmp_path, f"<html><head>{head}</head><body><p>{RAIN[truth]}</p></body></html>")
    assert languages_of(book) == {truth}
    assert [warning for warning in book.warnings if "but its words are" in warning]
    asked = settled(tmp_path, f"<html><head>{head}</head><body><p>{RAIN[truth]}</p></body></html>", stated)
    assert languages_of(asked) == {read_tag(stated)}


@pytest.mark.parametrize(("stated", "text"), [("de", "en"), ("en", "fr"), ("sv", "ro")])
def test_paragraphs_and_words_that_a_program_called_another_language(
    stated: str, text: str, tmp_path: Path
) -> None:
    words = f"</span> <span lang='{stated}'>".join(RAIN[text].split(", "))
    for body in (f"<p lang='{stated}'>{RAIN[text]}</p>", f"<p><span lang='{stated}'>{words}</span></p>"):
        book = settled(tmp_path, f"<html lang='{text}'><title>Rain</title>{body * 3}</html>")
        assert languages_of(book) == {text}
        assert not book.warnings


def test_a_passage_in_a_language_that_it_states_keeps_it(tmp_path: Path) -> None:
    page = f"<html lang='en'><title>Rain</title><p>{RAIN['en']}</p><p lang='deu'>{RAIN['de']}</p></html>"
    assert languages_of(settled(tmp_path, page)) == {"en", "de"}


@pytest.mark.parametrize("order", [("eng", "rum"), ("ro", "en")])
def test_of_several_languages_the_words_choose(order: tuple[str, str], tmp_path: Path) -> None:
    page = f"<html><meta name='dc.language' content='{'; '.join(order)}'><p>{RAIN['ro']}</p></html>"
    book = settled(tmp_path, page)
    assert (book.language, book.languages, book.warnings) == ("ro", tuple(map(read_tag, order)), ())


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("no", "Hun kom for sent hjem den dag, og regnen faldt stadig over de mørke gader. " * 4),
        ("sco", RAIN["en"]),
        ("en", "Oui."),
        ("de", "Lorem ipsum dolor sit amet."),
        ("en", "Whan that Aprille with his shoures soote the droghte of March hath perced to the roote " * 3),
    ],
)
def test_near_languages_and_few_words_contradict_nothing(stated: str, text: str, tmp_path: Path) -> None:
    book = settled(tmp_path, f"<html lang='{stated}'><title>Rain</title><p>{text}</p></html>")
    assert languages_of(book) == {stated}


def test_a_chapter_in_another_language_is_named(tmp_path: Path) -> None:
    chapters = "".join(f"<h2>Chapter {n}</h2><p>{RAIN[x]}</p>" for n, x in enumerate(("en", "en", "fr"), 1))
    book = settled(tmp_path, f"<html lang='en'><title>Rain</title>{chapters}</html>")
    assert [w.partition(": ")[2] for w in book.warnings] == [
        "the chapter 'Chapter 3' seems to be French; it is read as English"
    ]
