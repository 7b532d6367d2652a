"""A text's language: told, spoken by voices of its own, and never by English ones in silence."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3

from audiobook.casting import StorySettings, VoiceWish, fit_voices, load_settings
from audiobook.engines import open_engine
from audiobook.engines.base import LocalEngine
from audiobook.model import Voice
from audiobook.planning.languages import localize
from audiobook.project.shared_engines import find_cast, known_engines
from audiobook.reading import detect_language, read_book
from audiobook.reading.detecting import guess_language
from audiobook.script.foreign.pack import PACKS, find_pack
from audiobook.script.sentences import split_sentences
from tests.command_line import make, narrate
from tests.test_script import read_aloud

NewProject = Callable[..., Path]
CASES = Path(__file__).with_name("cases")
CORPUS = os.environ.get("NARRATE_CORPUS")
BOOKS = sorted(Path(CORPUS, "quotes", "dev").glob("*.txt")) if CORPUS else []
DEFAULTS = load_settings(None, engines=known_engines(), engine="pyttsx3").general

FRENCH = "« Tu es en retard », dit Camille en posant son sac. Le tramway n'avançait pas, répondit Bastien."
POLISH = "— Spóźniłeś się — powiedziała Anna, kładąc torbę na stole. Na zewnątrz wciąż padał deszcz."
SAMPLES = {
    "fr": FRENCH,
    "pl": POLISH,
    "de": "„Du kommst spät“, sagte Anna und stellte die Tasche auf den Tisch. Draußen regnete es noch.",
    "es": "—Llegas tarde —dijo Juan mientras dejaba la bolsa sobre la mesa. Fuera seguía lloviendo.",
    "it": "«Sei in ritardo», disse Marco posando la borsa sul tavolo. Fuori continuava a piovere.",
    "pt": "— Chegaste tarde — disse o João, pousando o saco na mesa. Lá fora continuava a chover.",
    "nl": "‘Je bent te laat,’ zei Anna terwijl ze haar tas op tafel zette. Buiten regende het nog.",
    "sv": "”Du är sen”, sa Anna och ställde väskan på bordet. Utanför regnade det fortfarande.",
    "cs": "„Jdeš pozdě,“ řekla Anna a položila tašku na stůl. Venku pořád pršelo.",
    "fi": "– Olet myöhässä, Anna sanoi ja laski laukun pöydälle. Ulkona satoi yhä.",
    "ru": "— Ты опоздал, — сказала Анна и поставила сумку на стол. За окном шёл дождь.",
    "zh": "“你迟到了，”安娜说着把包放在桌上。外面还在下雨。",
    "ar": "كان المطر يهطل في الخارج. قالت آنا: «لقد تأخرت». لم يجب أحد.",
    "el": "«Άργησες», είπε η Άννα. Έξω έβρεχε ακόμα.",
    "ja": "「遅いよ」とアンナは言って、かばんを机に置いた。外はまだ雨が降っていた。",
    "en": "Frau Müller met Señor Álvarez at the Café de Flore, which was shut. She smiled at him.",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", SAMPLES)
def test_twenty_words_tell_their_language(language: str) -> None:
    assert guess_language(SAMPLES[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "Rain.",
        "Hello, Max.",
        "Lorem ipsum.",
        "...",
        "12 45 99",
        "",
        "xq zzt pfft wrgl bnmk qwrt plkj hgfd mnbv cxz lkjh gfds dfgh jklm nbvc",
    ],
)
def test_too_few_words_tell_nothing(text: str) -> None:
    assert guess_language(text) is None


def test_english_is_told_without_the_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("She said that the rain would not stop, and he went away with them. " * 2000, "utf-8")
    monkeypatch.setitem(sys.modules, "py3langid", None)  # its import fails
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    assert detect_language(read_book(path)) == "en"


@pytest.mark.slow
@pytest.mark.skipif(not BOOKS, reason="NARRATE_CORPUS names no folder with quotes/dev")
def test_no_english_novel_is_taken_for_another_language() -> None:
    assert {detect_language(read_book(path)) for path in BOOKS[::4]} == {"en"}


def test_what_most_paragraphs_state_is_the_language(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p lang='la'>Gallia est omnis divisa in partes tres.</p><p>So it is.</p>", "utf-8")
    assert detect_language(read_book(path)) == "la"


@pytest.mark.parametrize(
    ("voice", "language", "expected"),
    [
        ("en-us+f2", "fr", "fr-fr+f2"),
        ("en-gb-x-rp", "fr-FR", "fr-fr"),
        ("en-us", "fr-CA", "fr-fr"),
        ("en-us", "fr-CH", "fr-ch"),
        ("en-us+m3", "pt-BR", "pt-br+m3"),
        ("en-us", "pt", "pt"),
        ("en-us", "es-MX", "es-419"),
        ("en-us", "es-ES", "es"),
        ("en-us", "ger", "de"),
        ("en-us", "zh-TW", "cmn"),
        ("en-us", "zh-Hant-HK", "yue"),
        ("en-us", "nn", "nb"),
        ("de+f1", "en", "en-gb+f1"),
        ("gmw/en-US+f2", "en-GB", "gmw/en-US+f2"),
        ("en-gb-scotland", "en-US", "en-gb-scotland"),
        ("en-us", "tlh", None),
    ],
)
def test_espeak_voices_have_counterparts(voice: str, language: str, expected: str | None) -> None:
    engine = open_engine("pyttsx3")
    assert isinstance(engine, LocalEngine)
    found = engine.localize(voice, language)
    assert found == expected
    assert found is None or engine.find_fault(found) is None


def fitted(language: str, settings: StorySettings = DEFAULTS) -> StorySettings:
    return fit_voices(settings, language, localize, find_cast("pyttsx3", language)).settings


def test_english_voices_stay_what_they_are() -> None:
    assert fitted("en") == DEFAULTS
    assert fitted("en-GB") == DEFAULTS


def test_pools_in_another_language_hold_as_many_voices_that_differ() -> None:
    german = fitted("de")
    assert german.narrator == replace(DEFAULTS.narrator, id="de")
    for gender, pool in german.pools.items():
        assert len(set(pool)) == len(DEFAULTS.pools[gender])
        assert {voice.id.partition("+")[0] for voice in pool} == {"de"}


def test_voices_of_the_language_are_preferred_to_counterparts() -> None:
    own = Voice(engine="pyttsx3", id="fr-be+f3", pitch=60)
    mixed = replace(DEFAULTS, stated_pools={"female": (*DEFAULTS.pools["female"], own)})
    assert fitted("fr", mixed).pools["female"] == (own,)
    assert fitted("en", mixed).pools == DEFAULTS.pools


def test_a_language_that_nothing_speaks_is_told() -> None:
    assert not fit_voices(DEFAULTS, "tlh", localize, find_cast("pyttsx3", "tlh")).is_spoken


def test_who_has_no_counterpart_is_replaced_and_named() -> None:
    def only_french_men(engine: str, voice: str, language: str) -> str | None:
        return localize(engine, voice, language) if "+m3" in voice else None

    stated = replace(DEFAULTS, narrator_wish=VoiceWish(id=DEFAULTS.narrator.id), stated_pools=DEFAULTS.pools)
    cast = find_cast("pyttsx3", "fr")
    assert cast is not None
    found = fit_voices(stated, "fr", only_french_men, cast)
    assert found.lacking == (
        "the narrator's en-gb-x-rp",
        "every voice of pools.female",
        "every voice of pools.unknown",
    )
    assert found.settings.narrator.id == "fr-fr+m3"
    assert [voice.id for voice in found.settings.pools["male"]] == ["fr-fr+m3"]
    assert found.settings.pools["female"] == cast.pools["female"]
    alone = fit_voices(stated, "fr", only_french_men, None).settings
    assert {voice.id for pool in alone.pools.values() for voice in pool} == {"fr-fr+m3"}


def test_sentences_by_the_rules_of_their_language() -> None:
    cases: Mapping[str, list[str]] = {
        "de": ["Er wohnt z. B. in Ulm.", "Am 3. Mai kam Dr. Weber an.", "Es war spät."],
        "fr": ["M. Dupont est là.", "Voici Mme Roux.", "« Ah ! » fit-il."],
        "es": ["¿Qué?", "¡No!", "El Sr. Ruiz vino.", "La Sra. Paz no.", "Sta. Ana, n.º 5, s. XIX.", "Fin."],
        "ru": ["Он пришёл.", "Было поздно."],
    }
    for language, sentences in cases.items():
        text = " ".join(sentences)
        assert [text[a:b] for a, b in split_sentences(text, language)] == sentences
    chinese = "“你迟到了。”安娜说。外面还在下雨！"
    assert [chinese[a:b] for a, b in split_sentences(chinese, "zh")] == [
        "“你迟到了。”",
        "安娜说。",
        "外面还在下雨！",
    ]


@pytest.mark.parametrize("language", PACKS)
def test_packs_are_sound(language: str) -> None:
    pack = find_pack(f"{language}-XX")
    assert pack is not None
    assert {"male", "female"} <= set(pack.names.values())
    assert not pack.names.keys() & pack.words["stopwords"]
    assert not pack.speech_verbs & pack.words["stopwords"]
    assert all(word == word.lower() for word in (*pack.names, *pack.titles, *pack.nouns, *pack.speech_verbs))


PIECES = st.sampled_from(
    [
        *'"“”‘’«»„‚›‹—–-.,!?:;() \n',
        *(
            "\n\n",
            "\n\n— ",
            "\n\n« ",
            " —dijo ",
            "» ",
            ", dit-il",
            ", s'écria ",
            " sagte ",
            "“, sagte Anna. ",
        ),
        *(
            "Camille ",
            "M. Roux ",
            "Herr Weber ",
            "doña Inés ",
            "le vieux ",
            "der Mann ",
            "él ",
            "l'homme ",
            "ß",
            "𝔘 ",
        ),
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("language", PACKS)
@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_is_tiled(language: str, text: str) -> None:
    script = read_aloud(text, language=language)
    ends = 0
    for quotation in script.quotations:
        assert ends <= quotation.start < quotation.end
        ends = quotation.end


UNITS = [
    *'"«»„“—‚',
    "« ",
    " —a",
    ", dit-il ",
    "Anna ",
    "se ",
    "s'",
    "a, ",
    "— a, dit Anna. ",
    "“, sagte A. ",
    " » ",
    "    ",
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_much_of_it_does_not_hang(unit: str) -> None:
    for language in PACKS:
        began = time.process_time()
        read_aloud("— x " + unit * (50_000 // len(unit)) + " y", language=language)
        assert time.process_time() - began < 30  # quadratic cost would take minutes


@pytest.mark.slow
def test_a_french_story_is_spoken_by_french_voices(new_project: NewProject) -> None:
    story = (
        (CASES / "french_guillemets.txt").read_text("utf-8").partition("\n=== script")[0].partition("\n")[2]
    )
    project = new_project(settings="casting: full\n", retard=story.strip())
    report = make()["retard"]
    assert any("seem to be French" in warning for warning in report["warnings"])  # type: ignore[attr-defined]
    (path,) = (project / "output" / "retard").glob("*.mp3")
    tags = ID3(path)
    assert (str(tags["TLAN"]), str(tags["TXXX:language"])) == ("fra", "fr")
    script = json.loads(narrate("script", "--json", "retard").stdout)
    voices = {u["speaker"]: u["voice"] for chapter in script["chapters"] for u in chapter["utterances"]}
    assert set(voices) == {"narrator", "Bastien", "Camille Roux", "le barman"}
    assert {voice.partition("+")[0] for voice in voices.values()} == {"fr-fr"}
    assert len(set(voices.values())) == 4


@pytest.mark.slow
def test_a_polish_story_is_read_by_one_polish_voice_and_says_so(new_project: NewProject) -> None:
    new_project(settings="casting: full\n", deszcz=POLISH)
    warnings = make()["deszcz"]["warnings"]
    assert any("can't tell who speaks in Polish" in warning for warning in warnings)  # type: ignore[attr-defined]
    for command in (["cast", "deszcz"], ["make", "deszcz", "--dry-run"]):
        assert "can't tell who speaks in Polish" in narrate(*command).stderr
    shown = narrate("script", "--json", "deszcz")
    assert "can't tell who speaks in Polish" in shown.stderr
    script = json.loads(shown.stdout)
    said = [u for chapter in script["chapters"] for u in chapter["utterances"]]
    assert {(u["speaker"], u["voice"]) for u in said} == {("narrator", "pl")}
    told = json.loads(narrate("cast", "--json", "deszcz").stdout)["warnings"]
    assert any("can't tell who speaks in Polish" in warning for warning in told)


@pytest.mark.slow
def test_a_language_without_a_voice_makes_nothing_unless_a_voice_is_stated(new_project: NewProject) -> None:
    header = "---\nlanguage: tlh\n---\n\n"
    project = new_project(settings="casting: full\n", qo=header + "nuqneH. jIHvaD ghojmoH.")
    done = narrate("make", "qo")
    assert done.returncode == 1
    assert "tlh" in done.stderr
    assert "narrator:" in done.stderr
    assert not list((project / "output").rglob("*.mp3"))
    (project / "voices.yaml").write_text("stories: {qo: {narrator: en-gb, casting: single}}\n")
    make("qo")
    assert list((project / "output").rglob("*.mp3"))


def test_a_voice_that_the_story_states_is_obeyed_and_a_general_one_translated(
    new_project: NewProject,
) -> None:
    new_project(
        settings="""
narrator: en-us+m1
characters: {Camille: en-us+f4, Bastien: en-us+m2}
stories: {retard: {language: fr, characters: {Bastien: en-gb+m2}}}
""",
        retard="« Bonjour », dit Camille.\n\n« Salut », répondit Bastien.",
    )
    script = json.loads(narrate("script", "--json", "retard").stdout)
    voices = {u["speaker"]: u["voice"] for chapter in script["chapters"] for u in chapter["utterances"]}
    assert voices == {"narrator": "fr-fr+m1", "Camille": "fr-fr+f4", "Bastien": "en-gb+m2"}


@pytest.mark.slow
def test_a_paragraph_in_another_language_is_spoken_in_it(new_project: NewProject) -> None:
    project = new_project(settings="casting: full\n", other="Words.")
    (project / "texts" / "verse.html").write_text(
        "<html lang='en'><title>Verse</title><p>She read what the stone said to them.</p>"
        "<p>She said <i lang='fr'>bonjour</i>, then <i lang='fr'>à tout à l’heure</i>, and left.</p>"
        "<p lang='de'>Frisch weht der Wind der Heimat zu.</p><p lang='tlh'>nuqneH.</p></html>",
        encoding="utf-8",
    )
    warnings = make("verse")["verse"]["warnings"]
    assert any("tlh" in warning for warning in warnings)  # type: ignore[attr-defined]
    script = json.loads(narrate("script", "--json", "verse").stdout)
    said = [u for chapter in script["chapters"] for u in chapter["utterances"]]
    assert [u["text"] for u in said[1:4]] == ["She said bonjour, then", "à tout à l’heure", "and left."]
    assert [(u["voice"], u.get("language")) for u in said] == [
        ("en-gb-x-rp", None),
        ("en-gb-x-rp", None),
        ("fr-fr", "fr"),
        ("en-gb-x-rp", None),
        ("de", "de"),
        ("en-gb-x-rp", "tlh"),
    ]
