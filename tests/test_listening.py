"""What is held against a line that was heard, and what is not: by transcripts, without a recognizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.listening.alignment import align_words
from audiobook.listening.endings import STOPS_DB, measure_ending_db
from audiobook.listening.hearing import SAMPLE_RATE, LineToHear, Listener, cut_long
from audiobook.listening.sounds import Sounds, count_changes
from audiobook.listening.spelling import list_words
from audiobook.listening.verdicts import MACHINE, NATURAL, Heard, HearingLimits, judge_lines
from audiobook.listening.windows import find_edges, group_lines

AFTER = "And then they went home."


@pytest.fixture(scope="module", name="sounds")
def open_sounds() -> Sounds:
    return Sounds(sound_in_ipa)


def judge(
    sounds: Sounds,
    said: str,
    heard: str,
    limits: HearingLimits = NATURAL,
    names: frozenset[str] = frozenset(),
) -> Heard:
    """Judge a line that another one follows, which is heard as it is."""
    expected = frozenset(list_words(heard))
    lines = [(list_words(line, expected), limits) for line in (said, AFTER)]
    first, second = judge_lines(lines, f"{heard} {AFTER}", sounds, names)
    assert second.is_clear
    return first


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("She adjusted the mic for the bandmates.", "She adjusted the mike for the band mates."),
        ("The colour of grey mornings, in the theatre.", "The color of gray mornings in the theater"),
        ("It's Mr. Brown's.", "Its mister Browns."),
        ("One thousand four hundred and forty men.", "1,440 men"),
        ("In eighteen thirteen she was born.", "In 1813, she was born."),
        ("Born in 1813.", "Born in eighteen thirteen."),
        ("Room one oh one.", "Room 101."),
        ("It was half past ten, the twenty-first of May.", "It was half past 10, the 21st of May."),
        ("At ten thirty.", "At 10:30."),
        ("It cost five dollars and fifty cents, and one pound.", "It cost $5.50 and £1."),
        ("He is to-morrow's man.", "He is tomorrow's man."),
        ("Nine per cent of them.", "9% of them"),
        ("They knew their way there.", "They new there way their."),
        ("Luca Kuznetsova stepped onto the stage.", "Luka Cousinet Sova stepped on to the stage."),
        ("Yes.", "Yes."),
        ("Right.", "write"),
        ("He went to the door.", "He went to a door."),
        ("“Ready?” she asked.", "Ready, she asked."),
        ("The whole of it.", "The hole of it"),
    ],
)
def test_another_way_to_write_it_says_nothing(sounds: Sounds, said: str, heard: str) -> None:
    assert judge(sounds, said, heard).is_clear


@pytest.mark.parametrize(
    ("said", "heard", "changes"),
    [
        ("She told Rachel everything about the boat.", "She told everything about the boat.", "rachel"),
        ("He looked at the sea for a long while.", "He looked at the sea a long while.", "for"),
        ("She went with her brother to the sea.", "She went to the sea.", "with her brother"),
        ("Of all the men in the town he was best.", "Of all the men he was best.", "in the town"),
        ("I am sure that it is here.", "Sure that it is here.", "i am"),
    ],
)
def test_words_that_are_not_there_are_lost(sounds: Sounds, said: str, heard: str, changes: str) -> None:
    found = judge(sounds, said, heard)

    assert (found.verdict, found.changes) == ("words lost", ((changes, ""),))
    assert found.is_loss


def test_one_small_word_alone_is_no_loss(sounds: Sounds) -> None:
    assert judge(sounds, "He gave it to the man.", "He gave it to man.").is_clear


@pytest.mark.parametrize("heard", ["", "Yesterday it rained on Tuesday."])
def test_a_line_of_which_nothing_is_heard_is_not_heard(sounds: Sounds, heard: str) -> None:
    found = judge(sounds, "Nobody came down to the boats.", heard)

    assert (found.verdict, found.is_loss) == ("not heard", True)


def test_a_line_of_one_word_is_not_heard_where_its_neighbours_are(sounds: Sounds) -> None:
    assert judge(sounds, "Never.", "").verdict == "not heard"
    assert judge(sounds, "Never.", "never").is_clear


@pytest.mark.parametrize(
    ("heard", "extra"),
    [
        ("Nobody came down. Nobody came down.", "nobody came down"),
        ("Nobody came down to the boats there.", "to the boats there"),
    ],
)
def test_what_nobody_was_to_say_belongs_to_no_line(sounds: Sounds, heard: str, extra: str) -> None:
    found = judge(sounds, "Nobody came down.", heard)

    assert sorted(found.extra.split()) == sorted(extra.split())
    assert found.is_loss


def test_a_stray_sound_is_not_held_against_a_line(sounds: Sounds) -> None:
    assert judge(sounds, "Nobody came down.", "Nobody came down a").is_clear


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Her eyes scanned the room with confidence.", "Her eyes scanned the room with conff"),
        ("Already looking forward to the next performance.", "Already looking forward to the next perform"),
        ("She sang in small clubs, barely above a whisper.", "She sang in small clubs barely above a with"),
    ],
)
def test_a_last_word_without_its_end_is_cut(sounds: Sounds, said: str, heard: str) -> None:
    found = judge(sounds, said, heard)

    assert (found.verdict, found.is_cut) == ("words lost", True)


def test_a_last_word_that_is_heard_as_another_is_not_cut(sounds: Sounds) -> None:
    assert not judge(sounds, "They saw the lights.", "They saw the light").is_cut
    assert not judge(sounds, "They saw the harbour.", "They saw the barber").is_cut


def test_a_word_that_sounds_quite_otherwise_is_told_and_no_loss(sounds: Sounds) -> None:
    found = judge(sounds, "She saw the old gardener there.", "She saw the old carpet there.")

    assert (found.verdict, found.is_loss) == ("heard otherwise", False)
    assert found.changes == (("gardener", "carpet"),)


def test_names_and_invented_words_are_compared_more_kindly(sounds: Sounds) -> None:
    said, heard = "Then Maximiliana laughed.", "Then Maxim Aileen laughed."
    strict = HearingLimits(
        unlike=0.1, unlike_name=0.6, lost=0.7, run_sounds=3, lost_share=0.6, extra_sounds=4, fades=True
    )

    assert judge(sounds, said, heard, strict, frozenset({"maximiliana"})).verdict == "heard"


def test_what_a_recognizer_makes_of_a_machine_voice_is_no_loss(sounds: Sounds) -> None:
    said = "The critics were already scribbling down notes on her performance."
    heard = "The critics were already critically powdered somper performance."

    assert not judge(sounds, said, heard, NATURAL).is_clear
    assert judge(sounds, said, heard, MACHINE).is_clear


def test_two_words_left_out_are_a_loss_in_a_machine_voice_too(sounds: Sounds) -> None:
    said, heard = "In small clubs, her voice barely above it.", "In small clubs barely above it."
    found = judge(sounds, said, heard, MACHINE)

    assert found.changes == (("her voice", ""),)
    assert found.is_loss


def test_a_line_in_another_language_is_not_judged(sounds: Sounds) -> None:
    (found,) = judge_lines([(["je", "ne", "sais", "quoi"], None)], "something else", sounds)

    assert (found.verdict, found.is_clear, found.is_loss) == ("not judged", True, False)


def test_all_words_of_either_are_in_one_pair_in_order(sounds: Sounds) -> None:
    said, heard = list_words("the red boat went over the sea"), list_words("read boats the over see")
    sounds.learn({*said, *heard})
    pairs = align_words(said, heard, sounds)

    assert [n for pair in pairs for n in range(pair.start, pair.end)] == list(range(len(said)))
    assert [word for pair in pairs for word in pair.heard] == heard


def test_near_sounds_count_for_half() -> None:
    assert count_changes("pat", "bat") == 0.5
    assert count_changes("pat", "pæt") == 0.5
    assert count_changes("pat", "sat") == 1.0
    assert count_changes("", "pat") == 3.0


def test_lines_are_grouped_as_they_fit() -> None:
    times = [(0.0, 10.0), (11.0, 20.0), (21.0, 31.0), (32.0, 80.0), (81.0, 82.0)]

    assert list(group_lines(times, range(5))) == [range(2), range(2, 3), range(3, 4), range(4, 5)]
    assert find_edges(times, range(2), 90.0) == (0.0, 20.3)
    assert find_edges([(0.0, 1.0), (1.2, 2.0)], range(1, 2), 2.1) == (1.1, 2.05)
    assert list(group_lines(times, range(1, 2))) == [range(1, 2)]
    assert list(group_lines([], range(0))) == []


def test_a_long_sound_is_cut_where_it_is_quiet() -> None:
    wave = np.full(round(60 * SAMPLE_RATE), 0.3, np.float32)
    wave[24 * SAMPLE_RATE : 25 * SAMPLE_RATE] = 0
    parts = list(cut_long(wave))

    assert 24 <= len(parts[0]) / SAMPLE_RATE <= 25
    assert sum(map(len, parts)) == len(wave)
    assert all(len(part) <= 28 * SAMPLE_RATE for part in parts)


@dataclass(slots=True)
class Script:
    """An ear that hears what it is told, in order; the last again and again."""

    texts: list[str]
    asked: list[tuple[float, bool]] = field(default_factory=list)

    def hear(self, wave: Any, *, carefully: bool = False) -> str:
        self.asked.append((len(wave) / SAMPLE_RATE, carefully))
        return self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]


def sound(seconds: float, *, fades: bool = True) -> Any:
    """Return noise that fades at its end, or stops."""
    wave = np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE)).astype(np.float32) * 0.1
    count = SAMPLE_RATE // 8
    if fades:
        wave[-count:] *= np.geomspace(1, 0.001, count, dtype=np.float32)
    return wave


def lines_of(texts: Sequence[str], limits: HearingLimits = NATURAL) -> list[LineToHear]:
    return [
        LineToHear(said=text, written=text, start_s=3.0 * n + 0.5, end_s=3.0 * n + 3.0, limits=limits)
        for n, text in enumerate(texts)
    ]


def scene(count: int, *, stops_at: int = -1) -> Any:
    pause = np.zeros(SAMPLE_RATE // 2, np.float32)
    parts = [part for n in range(count) for part in (pause, sound(2.5, fades=n != stops_at))]
    return np.concatenate([*parts, pause])


TEXTS = ("Nobody came down to the boats.", "She waited by the lamp.", "The harbour lay still.")


def test_what_is_in_doubt_is_heard_again_in_other_company(sounds: Sounds) -> None:
    ear = Script(["nobody came down to the boats the harbour lay still", " ".join(TEXTS)])
    found = Listener(ear=ear, sounds=sounds).hear_lines(scene(3), lines_of(TEXTS))

    assert [heard.verdict for heard in found] == ["heard"] * 3
    assert [carefully for _, carefully in ear.asked] == [False, True]


def test_the_best_hearing_is_one_without_a_loss(sounds: Sounds) -> None:
    """A word that is heard otherwise in one hearing is better than too many in the next."""
    heard = "nobody came down to the goats she waited by the lamp the harbour lay still"
    ear = Script([heard, "", f"{TEXTS[0]} {TEXTS[0]}"])
    lines = [replace(line, limits=replace(NATURAL, unlike=0.1, unlike_name=0.1)) for line in lines_of(TEXTS)]
    first, *_ = Listener(ear=ear, sounds=sounds).hear_lines(scene(3), lines)

    assert (first.verdict, first.is_loss) == ("heard otherwise", False)


def test_a_line_that_is_said_twice_and_heard_once_is_heard_by_halves(sounds: Sounds) -> None:
    """A recognizer writes down but once what is said twice in a row."""
    said_twice = replace(lines_of(TEXTS)[2], end_s=11.5)
    ear = Script([" ".join(TEXTS), TEXTS[2], TEXTS[2]])
    wave = np.concatenate([scene(2), sound(5)])
    found = Listener(ear=ear, sounds=sounds).hear_lines(wave, [*lines_of(TEXTS[:2]), said_twice])

    assert [heard.is_loss for heard in found] == [False, False, True]
    assert sorted(found[2].extra.split()) == ["harbour", "lay", "still", "the"]


def test_a_line_that_is_merely_slow_is_no_loss(sounds: Sounds) -> None:
    slow = replace(lines_of(TEXTS)[2], end_s=11.5)
    ear = Script([" ".join(TEXTS), "the harbour", "lay still"])
    wave = np.concatenate([scene(2), sound(5)])

    assert not Listener(ear=ear, sounds=sounds).hear_lines(wave, [*lines_of(TEXTS[:2]), slow])[2].is_loss


def test_what_is_never_heard_is_not_heard(sounds: Sounds) -> None:
    ear = Script(["nobody came down to the boats the harbour lay still"] * 2 + [""])
    found = Listener(ear=ear, sounds=sounds).hear_lines(scene(3), lines_of(TEXTS))

    assert [heard.verdict for heard in found] == ["heard", "not heard", "heard"]
    assert len(ear.asked) == 3


def test_a_line_may_be_said_as_it_is_written(sounds: Sounds) -> None:
    line = LineToHear(said="Kuh THOO loo rose.", written="Cthulhu rose.", start_s=0.5, end_s=3.0)
    ear = Script(["Cthulhu rose."])

    assert Listener(ear=ear, sounds=sounds).hear_lines(scene(1), [line])[0].is_clear


def test_a_line_that_stops_in_full_voice_is_cut_whatever_was_heard(sounds: Sounds) -> None:
    ear = Script([" ".join(TEXTS)])
    for limits, expected in ((NATURAL, [False, True, False]), (MACHINE, [False] * 3)):
        found = Listener(ear=ear, sounds=sounds).hear_lines(scene(3, stops_at=1), lines_of(TEXTS, limits))
        assert [heard.is_cut for heard in found] == expected


def test_endings() -> None:
    assert measure_ending_db(sound(1), SAMPLE_RATE) < STOPS_DB
    assert measure_ending_db(sound(1, fades=False), SAMPLE_RATE) > STOPS_DB
    assert measure_ending_db(np.zeros(10, np.float32), SAMPLE_RATE) == float("-inf")
