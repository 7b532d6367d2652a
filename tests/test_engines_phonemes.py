"""Phonetic alphabets become eSpeak's mnemonics, and eSpeak says what was asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.engines.base import PhoneticEngine
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.espeak.tables import read_sounds
from audiobook.engines.ipa import from_x_sampa, tidy_ipa
from audiobook.engines.tone import ToneEngine
from audiobook.errors import EngineError, PhonemeError
from audiobook.model import Phonemes, Voice
from benchmarks.phoneme_table import Tracer, ask_all, sounds_of
from tests.conftest import ROOT

CASES = sorted((ROOT / "tests" / "cases" / "phonemes").glob("*.txt"))
ENGINE = EspeakEngine()
US = Voice(engine="pyttsx3", id="en-us")

BEFORE = [
    "",
    "He saw ",
    "(",
    "“",
    "—",
    "“‘",
    '"',
    "… ",
    "$",
    "ex-",
    "3",
    "Mr. ",
    "No, ",
    "[[",
    "*",
    "_",
    "&",
    "<b>",
]
AFTER = [
    "",
    ".",
    ",",
    "!",
    "?",
    "…",
    "”",
    ".”",
    "?”",
    "’s",
    "’ll",
    "-Marie",
    "—no",
    " 5",
    ".5",
    "]]",
    "*",
    "</b>",
    "'",
]
"""What stands around a word; eSpeak drops phonemes that follow some of these without a space."""


@pytest.fixture(name="tracer", scope="module")
def make_tracer() -> Tracer:
    return Tracer()


@pytest.fixture(name="engine")
def make_engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def language_file(voice_id: str) -> str:
    """Return the file of `lang/` that a voice is made by."""
    return ENGINE._catalogue.identifier(voice_id)


def trace_words(tracer: Tracer, notation: str) -> str:
    return tracer.trace(" ".join(f"[[{word}]]" for word in notation.split())).replace("\n", " / ")


def write_for_espeak(text: str, word: str, notation: str, voice_id: str) -> str:
    start = text.index(word)
    phonemes = [Phonemes(start=start, end=start + len(word), notation=notation)]
    return ENGINE._with_phonemes(text, phonemes, voice_id).text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_pronunciations_as_espeak_says_them(tracer: Tracer, case: Path) -> None:
    tracer.take_voice(language_file(case.stem))
    for line in case.read_text(encoding="utf-8").splitlines():
        alphabet, ph, *expected = line.split(" | ")
        try:
            notation = ENGINE.transcribe(ph, alphabet, case.stem)
            found = [notation, trace_words(tracer, notation)]
        except PhonemeError as error:
            found = [f"error: {error}"]
        assert found == expected, line


@pytest.mark.parametrize(
    ("voice_id", "words", "share"),
    [
        ("en-us", "en", 0.97),
        ("en-gb-x-rp", "en", 0.99),
        ("de", "Straße Mädchen schön Bücher Fenster Haus nicht Königin zwanzig Kirche Vogel", 1),
        ("fr-fr", "bonjour lumière garçon oiseau heure vingt chanson peuple fille rouge", 1),
        ("es", "mañana guerra llave corazón niño ciudad perro jamón zapato agua", 1),
        ("it", "pizza famiglia gnocchi ragazzo città scena zucchero notte", 1),
        ("pl", "dziękuję książka miasto człowiek źdźbło wczoraj jabłko", 1),
        ("ru", "спасибо дом мать хорошо улица говорить человек ночь", 1),
    ],
)
def test_what_espeak_says_of_a_word_can_be_asked_for(
    tracer: Tracer, voice_id: str, words: str, share: float
) -> None:
    tracer.take_voice(language_file(voice_id))
    if words == "en":
        words = (ROOT / "texts" / "echo-chamber.txt").read_text(encoding="utf-8")
    distinct = {word.strip(".,!?“”’'\"…-").lower() for word in words.split()}
    spoken = {word: tracer.trace(word) for word in distinct if word.isalpha()}
    again = {
        word: trace_words(tracer, ENGINE.transcribe(ipa, "ipa", voice_id)) for word, ipa in spoken.items()
    }
    # A lone ɔ is taken for the long vowel, as American dictionaries mean it.
    other = {w: (ipa, again[w]) for w, ipa in spoken.items() if again[w] != ipa and "ɔ" not in ipa}
    assert 1 - len(other) / len(spoken) >= share, other


@pytest.mark.slow
@pytest.mark.parametrize("voice_id", ["en-us", "en-gb-x-rp", "de"])
def test_phonemes_are_heard_whatever_stands_around_them(tracer: Tracer, voice_id: str) -> None:
    tracer.take_voice(language_file(voice_id))
    notation = ENGINE.transcribe("zoˈmeba", "ipa", voice_id)
    sound = trace_words(tracer, notation)[:-1]  # a last vowel may change before what follows
    for before, after in product(BEFORE, AFTER):
        given_text = write_for_espeak(f"{before}Xanadu{after}", "Xanadu", notation, voice_id)
        said = tracer.trace(given_text)
        assert sound.replace("ˈ", "") in said.replace("ˈ", "").replace("ˌ", ""), (given_text, said)


@pytest.mark.parametrize(
    ("text", "given_text"),
    [
        ("Xanadu", "[[z'an@du:]]"),
        ("“Xanadu?” he said.", "“ [[z'an@du:]]?” he said."),
        ("Xanadu’s king, Xanadu.", "[[z'an@du:|z]] king, Xanadu."),
        ("XANADU'LL", "[[z'an@du:|@L]]"),
        ("[[b]] Xanadu ]]", "b [[z'an@du:]]"),
        ("*Xanadu*", "[[z'an@du:]]"),
    ],
)
def test_what_espeak_is_given(text: str, given_text: str) -> None:
    word = "XANADU" if "XANADU" in text else "Xanadu"
    assert write_for_espeak(text, word, "z'an@du:", "en-us") == given_text


def test_the_stop_of_an_abbreviation_ends_the_sentence() -> None:
    assert write_for_espeak("It lies N.", "N.", "n'O@T", "en-us") == "It lies [[n'O@T]]."
    assert write_for_espeak("It lies N. of it.", "N.", "n'O@T", "en-us") == "It lies [[n'O@T]] of it."


def test_a_word_sounds_as_its_phonemes(engine: EspeakEngine) -> None:
    assert isinstance(engine, PhoneticEngine)
    plain = engine.synthesize("tomato", US)
    notation = engine.transcribe("təˈmɑːtəʊ", "ipa", "en-us")
    british = engine.synthesize("tomato", US, [Phonemes(start=0, end=6, notation=notation)])
    assert british != plain == engine.synthesize("tomato", US, ())
    assert 0.5 < british.seconds / plain.seconds < 2
    again = engine.synthesize("tomato", US, [Phonemes(start=0, end=6, notation=notation)])
    assert again == british


def test_brackets_in_a_text_are_read_beside_phonemes(engine: EspeakEngine) -> None:
    notation = engine.transcribe("təˈmɑːtəʊ", "ipa", "en-us")
    text = "[[h@l'oU]] tomato"
    start = text.index("tomato")
    with_both = engine.synthesize(text, US, [Phonemes(start=start, end=len(text), notation=notation)])
    assert with_both.seconds > engine.synthesize("tomato", US).seconds + 0.5


@pytest.mark.slow
def test_a_long_text_with_many_phonemes_is_spoken_whole(engine: EspeakEngine) -> None:
    text = "A tomato is no potato, said the old man by the sea. " * 60
    notation = engine.transcribe("təˈmɑːtəʊ", "ipa", "en-us")
    places = [place for place in range(len(text)) if text.startswith("tomato", place)]
    phonemes = [Phonemes(start=place, end=place + 6, notation=notation) for place in places]
    spoken, plain = engine.synthesize(text, US, phonemes), engine.synthesize(text, US)
    assert 0.95 < spoken.seconds / plain.seconds < 1.1


def test_unknown_voice_is_an_error() -> None:
    with pytest.raises(EngineError, match="expected a voice of eSpeak, got 'nope'"):
        ENGINE.transcribe("a", "ipa", "nope")


def test_an_engine_without_phonemes_says_so_by_its_members() -> None:
    assert not isinstance(ToneEngine(), PhoneticEngine)


@pytest.mark.parametrize(
    ("x_sampa", "ipa"),
    [
        ('t@"meI4oU', "təˈmeɪɾoʊ"),
        ('"hEnri', "ˈhɛnri"),
        ("n_=", "n\u0329"),
        ("O~", "ɔ\u0303"),
        ("r\\`", "ɻ"),
        ("s`_w", "ʂʷ"),
        ("<\\x", "ʢx"),
        ("%tS{t.h@n", "ˌtʃæt.hən"),
    ],
)
def test_x_sampa(x_sampa: str, ipa: str) -> None:
    assert from_x_sampa(x_sampa) == ipa


@given(st.text(max_size=20))
def test_any_pronunciation_is_taken_or_refused_in_words(ph: str) -> None:
    tidy_ipa(ph)
    for alphabet in ("ipa", "x-sampa", "espeak"):
        for voice_id in ("en-us", "de"):
            try:
                notation = ENGINE.transcribe(ph, alphabet, voice_id)
            except PhonemeError:
                continue
            assert notation.isprintable()
            assert "[[" not in notation
            assert "]]" not in notation


def test_the_table_holds_what_espeak_says(tracer: Tracer) -> None:
    table = ENGINE._catalogue.phoneme_table("en-us")
    assert sounds_of(tracer, language_file("en-us"), table) == table.sounds != {}


@pytest.mark.slow
def test_all_tables_hold_what_espeak_says() -> None:
    assert read_sounds() == ask_all()


def test_every_sound_of_the_table_is_composed_of_known_marks() -> None:
    for sounds in read_sounds().values():
        for ipa in sounds:
            assert unicodedata.normalize("NFD", ipa) == ipa
