"""What is written short is spoken as a narrator says it, and nothing else changes.

A golden case is a line of tests/cases/readings/LANGUAGE-*.txt: `written => spoken`, or `written => =` where
it is spoken as it stands.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.casting import spell_out
from audiobook.normalizing import find_readings
from audiobook.planning.pronouncing import read_places

CASES = sorted((Path(__file__).parent / "cases" / "readings").glob("*.txt"))


def said(text: str, language: str = "en") -> str:
    return spell_out(text, read_places(text, language))[0]


def cases_of(path: Path) -> list[tuple[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "/"]
    return [(written, spoken) for written, _, spoken in (line.partition(" => ") for line in lines)]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden_cases(path: Path) -> None:
    language = path.stem.partition("-")[0]
    wrong = []
    for written, spoken in cases_of(path):
        assert spoken, f"{path.name}: {written!r} has no ' => '"
        is_said = said(written, language)
        if is_said != (written if spoken == "=" else spoken):
            wrong.append(f"{written} => {is_said}")
    assert not wrong, "\n".join(wrong)


PIECES = st.sampled_from(
    [written for path in CASES for written, _ in cases_of(path)]
    + list("0123456789.,:;-–—…'’\"()$£€¥%°/&+=#@*_xXIVLCADabst ½️😀❤\u00a0\n")
    + ["Dr.", "St.", "No.", " a.m.", "1984", "III", "W-", "ooo", "www.", "1/2", "'90s", "5'", "J. "]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))
LANGUAGES = st.sampled_from(["en", "en-GB", "de", "fr", "es-MX", "it", "", "zh-Hant"])


@given(text=TEXTS, language=LANGUAGES)
def test_readings_stand_in_order_apart_and_within_the_text(text: str, language: str) -> None:
    readings = find_readings(text, language)
    ends = [0, *(reading.end for reading in readings)]
    starts = [*(reading.start for reading in readings), len(text)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert all(reading.start < reading.end for reading in readings)
    assert readings == find_readings(text, language)


@given(text=TEXTS, language=LANGUAGES)
def test_what_is_not_read_otherwise_stays(text: str, language: str) -> None:
    spoken = said(text, language)
    at = done = 0
    for place in read_places(text, language):
        between = text[done : place.start]
        at = spoken.index(between, at) + len(between)
        done = place.end
    assert spoken[at:].endswith(text[done:])
    if any(map(str.isalnum, text)):
        assert any(map(str.isalnum, spoken))


@given(text=TEXTS, language=LANGUAGES)
def test_what_is_spoken_comes_to_rest(text: str, language: str) -> None:
    """Read again, what is spoken may find more (signs that came together), but soon no more."""
    for _ in range(6):
        spoken = said(text, language)
        if spoken == text:
            return
        text = spoken
    assert said(text, language) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "a",
        "A",
        ".",
        "-",
        "W-",
        "1/",
        "1,",
        "$",
        "IV ",
        "o",
        "😀",
        "www.",
        "@",
        "m",
        "Dr. ",
        "1984 ",
        ":-)",
        ":-) ",
    ],
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    def took_s(letters: int) -> float:
        start = time.process_time()
        find_readings(piece * (letters // len(piece)), "en")
        return time.process_time() - start

    took_s(1_000)  # tables are read, patterns compiled
    # A busy machine takes longer; of a text five times as long quadratic time would be 25 times as much.
    long_s = took_s(100_000)
    assert long_s < 1 or long_s < 12 * took_s(20_000)


@pytest.mark.slow
def test_a_novel_costs_about_a_second_at_most() -> None:
    """100,000 words, of which one sentence in four holds something."""
    sentences = [
        "My dear Mr. Bennet, have you heard that Netherfield Park is let at last to a man from the north?",
        "She was a woman of mean understanding, little information, and uncertain temper, as he well knew.",
        "When she was discontented, she fancied herself nervous, and the business of her life was talk.",
        "He came down on Monday in a chaise and four to see the place, and was so much delighted with it.",
    ] * (100_000 // 68)
    find_readings("In 1984", "en")  # loads the words of numbers
    start = time.process_time()
    found = sum(len(find_readings(sentence, "en")) for sentence in sentences)
    assert time.process_time() - start < 5  # 0.3 to 0.7 s, by what else the machine does
    assert found == len(sentences) // 4
