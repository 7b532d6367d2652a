"""What voices.yaml and the book ask of the sound of words reaches the clips, and nothing else changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from audiobook.caching.clips import clip_key
from audiobook.casting import load_settings
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.model import Book, Cast, Phonemes, Pronunciation, Role, Script, Voice
from audiobook.normalizing.heteronyms import read_senses
from audiobook.planning import pronouncing
from audiobook.planning.clip_specs import ClipSpec, specify_clips
from audiobook.planning.pronouncing import Pronouncer, read_places, transcribe
from audiobook.planning.scripting import plan_script
from audiobook.project.shared_engines import known_engines
from audiobook.project.versions import version_of
from audiobook.script import write_script
from tests.books import make_epub, read
from tests.command_line import finished, make

CORPUS = os.environ.get("NARRATE_CORPUS")
US = Voice(engine="pyttsx3", id="en-us")
TONE = Voice(engine="tone", id="tone-low")

LEXICON = (
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en">'
    "<lexeme><grapheme>Augusta</grapheme><phoneme>ɔˈgʌstə</phoneme></lexeme>"
    "<lexeme><grapheme>lead</grapheme><phoneme>lɛd</phoneme></lexeme>"
    "<lexeme><grapheme>W3C</grapheme><alias>World Wide Web Consortium</alias></lexeme></lexicon>"
)


def book_of(body: str, lexicon: str = LEXICON) -> Book:
    manifest = '<item id="pls" href="en.pls" media-type="application/pls+xml"/>'
    return read(make_epub({"a.xhtml": body}, manifest=manifest, files={"OPS/en.pls": lexicon}))


def orders_of(script: Script, pronouncer: Pronouncer, voice: Voice = US) -> tuple[ClipSpec, ...]:
    speakers = {u.speaker for chapter in script.chapters for u in chapter.utterances}
    cast = Cast(roles=tuple(Role(speaker=speaker, voice=voice, why="") for speaker in speakers))
    return tuple(
        spec for chapter in script.chapters for spec in specify_clips(chapter.utterances, cast, pronouncer)
    )


def said(
    body: str, stated: Sequence[Pronunciation] = (), voice: Voice = US
) -> tuple[list[tuple[str, dict[str, str]]], list[str]]:
    """Return each utterance's text with the words spoken by phonemes, and the warnings."""
    book = book_of(body)
    pronouncer = Pronouncer(stated, book)
    specs = orders_of(write_script(book), pronouncer, voice)
    spoken = [(o.text, {o.text[p.start : p.end]: p.notation for p in o.phonemes}) for o in specs]
    return spoken, pronouncer.warnings("voices.yaml")


def test_lexicons_count_wherever_their_words_stand() -> None:
    spoken, warnings = said("<p>Lead from Augusta. Augustan leaders lead the W3C.</p>")
    assert spoken == [
        ("Lead from Augusta.", {"Lead": "l'Ed", "Augusta": "O:g'Vst@"}),
        ("Augustan leaders lead the World Wide Web Consortium.", {"lead": "l'Ed"}),
    ]
    assert warnings == []


def test_a_lexicon_of_a_persons_own_stands_over_the_books() -> None:
    book = book_of("<p>Augusta sang.</p>")
    own = [Pronunciation(words="Augusta", respelling="Gussie")]
    (spec,) = orders_of(write_script(book), Pronouncer((), book, lexicon=own))
    assert spec.text == "Gussie sang."


def test_lexicons_count_in_their_language() -> None:
    spoken, _ = said('<p>Augusta.</p><p xml:lang="de">Augusta.</p><p xml:lang="en-GB">Augusta.</p>')
    assert [bool(phonemes) for _, phonemes in spoken] == [True, False, True]


def test_a_place_counts_where_it_stands_and_over_lexicons() -> None:
    spoken, _ = said(
        '<p>They lead. They <span ssml:ph="liːd">lead</span>, “and\xa0<i ssml:ph="rɛd">read</i>!”'
        " said Ann. Read on.</p>"
    )
    assert spoken == [
        ("They lead.", {"lead": "l'Ed"}),
        ("They lead,", {"lead": "l'i:d"}),
        ("and read!", {"read": "r'Ed"}),
        ("said Ann.", {}),
        ("Read on.", {}),
    ]


def test_voices_yaml_overrules_the_book() -> None:
    stated = [
        Pronunciation(words="Augusta", respelling="aw goo sta"),
        Pronunciation(words="Lead on", ph="l'i:d 0n", alphabet="espeak"),
    ]
    spoken, _ = said('<p>Lead on, Augusta. <span ssml:ph="x">Augusta</span> leads.</p>', stated)
    assert spoken == [
        ("Lead on, aw goo sta.", {"Lead on": "l'i:d 0n"}),
        ("aw goo sta leads.", {}),
    ]


def test_signs_that_stand_for_words_are_spoken() -> None:
    ditto = '<span ssml:ph="ˌdɛməˈkrætɪk">"</span> <span ssml:ph="rɪˈpʌblɪkən">"</span>'
    book = book_of(f"<p>Edward Telfair, 1790-1793, {ditto}</p><p>Next.</p>")
    specs = orders_of(write_script(book), Pronouncer((), book))
    assert [[p.notation for p in spec.phonemes] for spec in specs] == [
        ["d,Em@kr'atIk", "rIp'VblIk@n"],
        [],
    ]
    assert [spec.text.count('"') for spec in specs] == [2, 0]


def test_what_can_not_be_spoken_is_read_as_written_with_one_warning() -> None:
    body = '<p>The <span ssml:ph="t7">tea</span>, Augusta, the tea.</p>'
    spoken, warnings = said(body)
    assert spoken == [("The tea, Augusta, the tea.", {"Augusta": "O:g'Vst@"})]
    assert len(warnings) == 1
    assert warnings[0].endswith(
        "the pronunciation of 'tea', 't7', is not used: this voice has no sound for '7' in 't7'; "
        "the words are read"
    )


def test_engines_without_phonemes_read_respellings() -> None:
    stated = [
        Pronunciation(words="Nguyen", ph="ŋwiən", respelling="nwin"),
        Pronunciation(words="Siobhan", ph="ʃɪˈvɔːn"),
    ]
    spoken, warnings = said("<p>Nguyen met Siobhan.</p>", stated, voice=TONE)
    assert spoken == [("nwin met Siobhan.", {})]
    assert [warning.rpartition("is not used: ")[2] for warning in warnings] == [
        "the engine 'tone' takes no phonemes; 'nwin' is read",
        "the engine 'tone' takes no phonemes; the words are read",
    ]


def test_a_warning_shows_the_line_of_voices_yaml(tmp_path: Path) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text("pronunciations:\n  tea: {ipa: ti}\n  Nguyen: {ipa: ŋ4}\n", encoding="utf-8")
    stated = load_settings(path, engines=known_engines()).general.pronunciations
    _, warnings = said("<p>Nguyen.</p>", stated)
    (warning,) = warnings
    assert warning == (
        "voices.yaml:3: pronunciations.Nguyen: the pronunciation of 'Nguyen', 'ŋ4', is not used: this voice "
        "has no sound for '4' in 'ŋ4'; the words are read"
    )


def test_words_are_said_as_in_another_language() -> None:
    stated = [
        Pronunciation(words="oiseau", ph="oiseau", alphabet="as in fr"),
        Pronunciation(words="Schadenfreude", ph="Schadenfreude", alphabet="as in de"),
        Pronunciation(words="ni hao", ph="你好", alphabet="as in cmn"),
        Pronunciation(words="Klaatu", ph="Klaatu", alphabet="as in xx", respelling="clahtoo"),
    ]
    spoken, warnings = said("<p>Oiseau, Schadenfreude, ni hao, Klaatu.</p>", stated)
    text, phonemes = spoken[0]
    assert text == "Oiseau, Schadenfreude, ni hao, clahtoo."
    assert phonemes == {
        "Oiseau": "as in fr-fr: oiseau",
        "Schadenfreude": "as in de: Schadenfreude",
        "ni hao": "as in cmn: 你好",
    }
    assert [warning.rpartition(": ")[2] for warning in warnings if "xx" in warning] == [
        "eSpeak knows no language 'xx'; 'clahtoo' is read"
    ]
    spoken, _ = said("<p>Klaatu.</p>", stated, voice=TONE)
    assert spoken == [("clahtoo.", {})]


def test_a_word_or_two_of_another_language_are_said_as_in_it() -> None:
    spoken, warnings = said(
        '<p>Her <i lang="fr">raison d’être</i> was <i lang="de-CH">Angst</i>, <b lang="xx">o</b>.</p>'
    )
    assert spoken == [
        (
            "Her raison d’être was Angst, o.",
            {"raison d’être": "as in fr-fr: raison d’être", "Angst": "as in de: Angst"},
        )
    ]
    assert warnings == []
    plain, _ = said('<p>Her <i lang="fr">raison</i> was it.</p>', voice=TONE)
    assert plain == [("Her raison was it.", {})]


def test_words_of_another_language_are_heard_in_the_voices_own_sounds() -> None:
    engine = EspeakEngine()
    text, where = "An oiseau's nest.", (3, 9)
    by_words, by_sounds, by_nothing = (
        engine.synthesize(text, US, (Phonemes(start=where[0], end=where[1], notation=notation),))
        for notation in ("as in fr-fr: oiseau", "waz'oU", "as in cmn: 你好吗你")
    )
    engine.close()
    assert by_words == by_sounds != by_nothing


def test_many_warnings_of_a_book_are_counted() -> None:
    body = " ".join(f'<span ssml:ph="{n}">w{n}</span>' for n in range(9))
    _, warnings = said(f"<p>{body}</p>")
    assert len(warnings) == 6
    assert warnings[-1].endswith("4 more of the book's pronunciations are not used")


def test_keys_stay_where_no_phonemes_are_spoken_and_differ_by_phonemes() -> None:
    book = book_of("<p>Augusta sang. Nobody heard.</p>")
    plain = orders_of(write_script(book), Pronouncer(()))
    by_book = orders_of(write_script(book), Pronouncer((), book))
    stated = [Pronunciation(words="Augusta", ph="ˈaʊgʊsta")]
    by_yaml = orders_of(write_script(book), Pronouncer(stated, book))
    assert plain[0].key == clip_key(version_of("pyttsx3 en-us"), US, "Augusta sang.")
    assert len({plain[0].key, by_book[0].key, by_yaml[0].key}) == 3
    assert plain[1:] == by_book[1:] == by_yaml[1:]
    other_voice = orders_of(write_script(book), Pronouncer((), book), replace(US, id="en-gb-x-rp"))
    assert other_voice[0].key != by_book[0].key


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with books")
def test_a_real_book_is_spoken_as_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(CORPUS or "", "books", "georgia-pls-ssml.epub")
    script, cast = plan_script(path, load_settings(None, engines=known_engines(), engine="pyttsx3").general)
    asked: dict[Pronunciation, str] = {}

    def note(each: Pronunciation, voice: Voice) -> str:
        asked[each] = transcribe(each, voice)
        return asked[each]

    monkeypatch.setattr(pronouncing, "transcribe", note)
    pronouncer = Pronouncer((), script.book)
    specs = [
        spec for chapter in script.chapters for spec in specify_clips(chapter.utterances, cast, pronouncer)
    ]
    assert set(script.book.pronunciations) == asked.keys() - set(read_senses())
    assert (len(script.book.pronunciations), pronouncer.warnings("")) == (173, [])
    spoken = [(each.words.lower(), asked[each]) for each in script.book.pronunciations]
    assert (
        sum((o.text[p.start : p.end].lower(), p.notation) in spoken for o in specs for p in o.phonemes) == 281
    )


@pytest.mark.slow
def test_a_changed_pronunciation_remakes_exactly_the_clips_that_hold_it(
    new_project: Callable[..., Path],
) -> None:
    settings = "narrator: en-us\npronunciations: {tomato: %s, Nguyen: {ipa: ŋwiən}}\n"
    project = new_project(
        settings=settings % "tomahto",
        a="A tomato fell. Nobody saw the tomato. It rolled. Nguyen laughed.",
        b="Nothing here. Nguyen slept.",
    )
    first = make()
    before = finished(project)
    (project / "voices.yaml").write_text(settings % "{ipa: təˈmɑːtəʊ}", encoding="utf-8")
    second = make()
    after = finished(project)
    assert (first["a"]["warnings"], second["a"]["warnings"]) == ([], [])
    assert (second["a"]["clips_made"], second["a"]["clips_reused"]) == (
        2,
        int(str(first["a"]["clips_made"])) - 2,
    )
    assert second["b"]["clips_made"] == 0
    assert [name for name in before if before[name] != after[name]] == ["a/01 - A.mp3"]


def test_what_is_written_short_is_spoken_long_wherever_nothing_else_is_stated() -> None:
    body = "<h1>I</h1><p>Dr. Grant paid £2 to Henry VIII in 1536.</p><p xml:lang='de'>Dr. Kohl, 5 km.</p>"
    stated = [
        Pronunciation(words="1536", respelling="that year"),
        Pronunciation(words="Henry", respelling="Hal"),
    ]
    spoken, _ = said(body, stated, TONE)
    assert [text for text, _ in spoken] == [
        "One",
        "Doctor Grant paid 2 pounds to Hal the eighth in that year.",
        "Doktor Kohl, 5 Kilometer.",
    ]


def test_the_text_that_is_shown_stays_and_normalizing_can_be_turned_off() -> None:
    script = write_script(book_of("<p>Dr. Grant paid £2.</p><p>:-)</p>"))
    utterances = [u for chapter in script.chapters for u in chapter.utterances]
    assert utterances[0].text == "Dr. Grant paid £2."
    plain = orders_of(script, Pronouncer((), script.book, normalizes=False))
    read = orders_of(script, Pronouncer((), script.book))
    assert plain[0].text == "Dr. Grant paid £2."
    assert read[0].text == "Doctor Grant paid 2 pounds."
    assert plain[0].key != read[0].key


def test_numerals_of_headings_are_numbers() -> None:
    for language, said in {"en": "One.", "de": "Eins.", "fr": "Un."}.items():
        (place,) = read_places("I. A Storm", language, is_heading=True)
        assert place.pronunciation.respelling == said
    assert read_places("C. Auguste Dupin", "fr", is_heading=True) == []


@pytest.mark.parametrize(
    ("heading", "said"),
    [("Chapter 01", "1"), ("01. The Start", "1"), ("Part 003: Home", "3"), ("Kapitel 07", "7")],
)
def test_zeros_before_a_chapters_number_are_for_sorting(heading: str, said: str) -> None:
    (place,) = read_places(heading, "en", is_heading=True)
    assert place.pronunciation.respelling == said


@pytest.mark.parametrize("heading", ["Agent 007", "Room 0815", "The 0049 Line"])
def test_other_zeros_of_a_heading_are_said(heading: str) -> None:
    assert read_places(heading, "en", is_heading=True) == []


def test_a_text_that_would_fall_silent_is_spoken_as_it_stands() -> None:
    assert read_places("xD", "en") == []
    assert read_places("ok xD", "en")
