"""What counts as heard wrongly, and what is only written in another way."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.dictation import SAMPLE_RATE, Recognizer, Tally, add_tallies, compare
from tests.published import fetch_once, fetch_recognizer, find_shared


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("She adjusted the mic for the bandmates.", "she adjusted the mike for the band mates"),
        (
            "The colour of 1,440 grey mornings, at two o'clock.",
            "The color of 1440 gray mornings at 2 o clock",
        ),
        ("“It’s Mr. Brown’s,” she said.", "It's mister Browns she said"),
        ("Luca Kuznetsova stepped onto the stage.", "Luka Cousinet Sova stepped on to the stage."),
        ("Then Nathaniel's brother laughed.", "Then Nathaniels brother laughed"),
    ],
)
def test_another_way_to_write_it_is_no_error(said: str, heard: str) -> None:
    assert compare(said, heard).mistakes == ()


@pytest.mark.parametrize(
    ("said", "heard", "mistakes"),
    [
        ("Who?", "Who knows?", [("", "knows")]),
        ("Never!", "", [("never", "")]),
        ("He shut the door.", "He shot the door", [("shut", "shot")]),
        ("He went up the hill.", "He went up the hill the hill", [("", "the"), ("", "hill")]),
        ("Then Luca laughed.", "Then Peter laughed.", [("luca", "peter")]),
    ],
)
def test_another_word_is_an_error(said: str, heard: str, mistakes: list[tuple[str, str]]) -> None:
    tally = compare(said, heard)

    assert list(tally.mistakes) == mistakes
    assert tally.errors == len(mistakes)


def test_the_share_is_of_the_words_that_were_said() -> None:
    whole = add_tallies([compare("One two three.", "one two"), compare("Four.", "four")])

    assert whole == Tally(words=4, mistakes=(("three", ""),))
    assert whole.share == 0.25


@pytest.mark.slow
def test_nothing_is_heard_in_silence(tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed: the extra `listen`")
    recognizer = Recognizer(fetch_once(find_shared(tmp_path_factory), "whisper", fetch_recognizer))

    assert len(recognizer.write_down(np.zeros(SAMPLE_RATE, np.float32)).split()) <= 1
