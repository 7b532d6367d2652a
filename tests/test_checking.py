"""A check passes what is as planned, and fails each figure of a file that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.id3 import APIC, ID3, TALB, TIT2, TLAN, TPE1, TRCK

from audiobook.audio import find_encoder
from audiobook.checking import (
    PACE,
    PROFILES,
    CheckedFile,
    FileToCheck,
    Finding,
    PlannedFile,
    ShownTags,
    check_file,
    judge_source,
    judge_spread,
    judge_titles,
    measure_pace,
)
from audiobook.model import Book, Break, Chapter, Cue, Paragraph, Skip, Track, Utterance
from tests.sounds import MP3, RATE, Samples, babble, noise, write

TEXT = "Nobody came down to the boats. She waited by the lamp all night. The harbour lay still."
LABEL = ShownTags(title="The Boats", album="Harbour", author="A. Writer", track="1/2", language="eng")
HEAD_S, PAUSE_S, TAIL_S = 0.9, 0.4, 3.0


def lines() -> tuple[Utterance, ...]:
    found, start = [], 0
    for sentence in TEXT.split(". "):
        text = sentence.rstrip(".") + "."
        follows: Break = "sentence" if start else "none"
        found.append(
            Utterance(
                paragraph=1,
                start=start,
                end=start + len(text),
                kind="narration",
                speaker="narrator",
                text=text,
                follows=follows,
            )
        )
        start += len(text) + 1
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Take:
    """A finished track made to measure: samples, and where its three lines sound in them."""

    samples: Samples
    cues: tuple[Cue, ...]


def record(*, db: float = -19.0, floor_db: float = -70.5, spoken_s: float = 2.0) -> Take:
    """Three lines of babble between pauses of room tone, as mastering makes them."""
    parts = [np.zeros(round(HEAD_S * RATE), dtype=np.float32)]
    cues, position = [], HEAD_S
    for number, line in enumerate(lines()):
        if number:
            parts.append(np.zeros(round(PAUSE_S * RATE), dtype=np.float32))
            position += PAUSE_S
        cues.append(Cue(utterance=line, start_s=position, end_s=position + spoken_s))
        parts.append(babble(spoken_s, db))
        position += spoken_s
    parts.append(np.zeros(round(TAIL_S * RATE), dtype=np.float32))
    samples = np.concatenate(parts)
    if floor_db > -120:
        samples += noise(len(samples) / RATE + 1, floor_db)[: len(samples)]
    limit = 10 ** (-4 / 20)
    return Take(samples=np.clip(samples, -limit, limit), cues=tuple(cues))


def tag(path: Path, label: ShownTags = LABEL) -> Path:
    id3 = ID3()
    for frame, value in ((TIT2, label.title), (TALB, label.album), (TPE1, label.author), (TRCK, label.track)):
        id3.add(frame(encoding=1, text=[value]))
    id3.add(TLAN(encoding=1, text=[label.language]))
    id3.update_to_v23()
    id3.save(path, v2_version=3)
    return path


def planned() -> PlannedFile:
    return PlannedFile(
        utterances=lines(),
        leads_s=(HEAD_S, PAUSE_S, PAUSE_S),
        expected_s=(2.0, 2.0, 2.0),
        tail_s=TAIL_S,
    )


def order(path: Path, take: Take) -> FileToCheck:
    seconds = len(take.samples) / RATE
    track = Track(path=str(path), title=LABEL.title, chapter=1, seconds=seconds, cues=take.cues)
    return FileToCheck(path=path, planned=planned(), label=LABEL, track=track)


def check(wanted: FileToCheck, profile: str = "acx") -> CheckedFile:
    return check_file(wanted, PROFILES[profile], find_encoder())


def failures(checked: CheckedFile) -> dict[str, Finding]:
    return {finding.figure: finding for finding in checked.findings if not finding.passed}


def test_a_file_as_it_should_be_passes_everything(tmp_path: Path) -> None:
    take = record()
    checked = check(order(tag(write(tmp_path / "a.mp3", take.samples, *MP3)), take))
    assert failures(checked) == {}
    assert len(checked.findings) >= 18


LOUD = 10 ** (4 / 20)
SOUNDS: dict[str, tuple[Callable[[Samples], Samples], tuple[str, ...], set[str]]] = {
    "too loud": (lambda s: s * 1.6, MP3, {"rms", "peak"}),
    "too quiet": (lambda s: s * 0.5, MP3, {"rms"}),
    "clipped": (lambda s: np.clip(s * LOUD, -1, 1) * 0.99, MP3, {"peak", "rms"}),
    "variable": (lambda s: s, ("-c:a", "libmp3lame", "-q:a", "2"), {"bitrate", "bit rate mode"}),
    "low rate": (lambda s: s, ("-c:a", "libmp3lame", "-b:a", "128k"), {"bitrate"}),
    "48 kHz": (lambda s: s, (*MP3, "-ar", "48000"), {"sample rate"}),
    "hum": (lambda s: s + noise(len(s) / RATE, -55)[: len(s)], MP3, {"floor", "sound in pauses"}),
    "no head": (lambda s: s[round(0.8 * RATE) :], MP3, {"head", "decoded length", "sound in pauses"}),
    "long head": (
        lambda s: np.concatenate([s[: RATE // 2], s]),
        MP3,
        {"head", "decoded length", "speech at its cues", "sound in pauses"},
    ),
    "no tail": (lambda s: s[: -round(2.5 * RATE)], MP3, {"tail", "decoded length"}),
    "long tail": (lambda s: np.concatenate([s, noise(4, -70)]), MP3, {"tail", "decoded length"}),
    "a sample short": (lambda s: s[:-2], MP3, {"decoded length"}),
    "a word lost": (
        lambda s: np.concatenate([s[: 3 * RATE], noise(1, -70), s[4 * RATE :]]),
        MP3,
        {"speech at its cues"},
    ),
    "a noise in a pause": (
        lambda s: s + np.where(np.abs(np.arange(len(s)) / RATE - 3.1) < 0.05, noise(len(s) / RATE, -40), 0),
        MP3,
        {"sound in pauses"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SOUNDS)
def test_each_figure_of_the_sound_can_fail(name: str, tmp_path: Path) -> None:
    change, options, wanted = SOUNDS[name]
    take = record()
    samples = np.asarray(change(take.samples), dtype=np.float32)
    path = tag(write(tmp_path / "a.mp3", samples, *options))
    found = failures(check(order(path, take)))
    assert set(found) >= wanted
    # A change may show in other figures too, but never in what it leaves alone.
    assert not set(found) & {"tags", "lines", "pace", "planned silences", "decodes", "up to date"}


def test_digital_silence_fails_though_nothing_is_quieter(tmp_path: Path) -> None:
    take = record(floor_db=-200)
    found = failures(check(order(tag(write(tmp_path / "a.mp3", take.samples, *MP3)), take)))
    assert "digital silence" in found["floor"].remark


def test_two_hours_are_the_most() -> None:
    (limit,) = (limit for limit in PROFILES["acx"].limits if limit.figure == "length")
    assert limit.holds(120)
    assert not limit.holds(120.1)
    assert str(limit) == "at most 120.0 min"


Change = Callable[[FileToCheck], FileToCheck]


def with_cues(change: Callable[[list[Cue]], list[Cue]]) -> Change:
    def apply(wanted: FileToCheck) -> FileToCheck:
        assert wanted.track is not None
        return replace(wanted, track=replace(wanted.track, cues=tuple(change([*wanted.track.cues]))))

    return apply


def shift(number: int, start_s: float, end_s: float) -> Change:
    def change(cues: list[Cue]) -> list[Cue]:
        cue = cues[number]
        cues[number] = replace(cue, start_s=cue.start_s + start_s, end_s=cue.end_s + end_s)
        return cues

    return with_cues(change)


OTHER = replace(lines()[0], text="Words of another book.")
CUES: dict[str, tuple[Change, str, str]] = {
    "a cue is missing": (
        with_cues(lambda cues: [cues[0], cues[2]]),
        "lines",
        "“She waited by the lamp all night.”",
    ),
    "a cue too many": (with_cues(lambda cues: [*cues, cues[0]]), "lines", "said again at 0.9 s"),
    "cues in another order": (with_cues(lambda cues: [cues[1], cues[0], cues[2]]), "lines", "out of order"),
    "other words": (
        with_cues(lambda cues: [replace(cues[0], utterance=OTHER), *cues[1:]]),
        "lines",
        "is in no cue",
    ),
    "a cue before its sound": (shift(1, -0.2, 0), "speech at its cues", "sets in 200 ms late"),
    "a cue after its sound": (shift(1, 0.2, 0), "sound in pauses", "3.30 s"),
    "a cue that outlasts its sound": (shift(2, 0, 0.3), "speech at its cues", "early"),
    "a misplaced silence": (shift(1, 0.1, 0.1), "planned silences", "before “She waited"),
    "a cue too short for its words": (shift(2, 0, -1.8), "pace", "words a minute"),
    "a cue too long for its words": (shift(2, 0, 4), "pace", "words a minute"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CUES)
def test_each_figure_of_the_cues_can_fail(name: str, tmp_path: Path) -> None:
    change, figure, remark = CUES[name]
    take = record()
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3))
    found = failures(check(change(order(path, take))))
    assert remark in found[figure].remark


def test_a_last_sound_may_fade(tmp_path: Path) -> None:
    take = record()
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3))
    assert "speech at its cues" not in failures(check(shift(2, 0, 0.1)(order(path, take))))


def test_nothing_that_is_over_soon_is_too_long() -> None:
    def measure(spoken_s: float) -> float:
        return measure_pace(Cue(utterance=lines()[0], start_s=1.0, end_s=1.0 + spoken_s), 0.3)

    assert measure(1.4) <= PACE[1] < measure(1.6)


def test_a_long_silence_amid_a_line_fails(tmp_path: Path) -> None:
    take = record()
    samples, half_s = take.samples.copy(), HEAD_S + PAUSE_S + 3.0
    for seconds, passed in ((0.8, True), (1.2, False)):
        hole = slice(round((half_s - seconds / 2) * RATE), round((half_s + seconds / 2) * RATE))
        samples[hole] = noise(seconds + 1, -70.5)[: hole.stop - hole.start]
        path = tag(write(tmp_path / "a.mp3", samples, *MP3))
        found = {each.figure: each for each in check(order(path, take)).findings}["silence in lines"]
        assert found.passed is passed
    assert found.value == pytest.approx(1.2, abs=0.1)
    assert "“She waited by the lamp all night.” at 3.3 s" in found.remark


def test_a_file_without_cues_says_so(tmp_path: Path) -> None:
    take = record()
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3))
    found = failures(check(replace(order(path, take), track=None)))
    assert "run narrate" in found["lines"].remark


@pytest.mark.parametrize("field", ["title", "album", "author", "track", "language"])
def test_each_tag_can_fail(field: str, tmp_path: Path) -> None:
    take = record(spoken_s=0.5)
    changes: dict[str, Any] = {field: "2/3" if field == "track" else "fra"}
    wrong = replace(LABEL, **changes)
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3), wrong)
    found = failures(check(order(path, take)))
    assert f"{field} is" in found["tags"].remark
    assert str(getattr(LABEL, field)) in found["tags"].remark


def test_a_cover_that_should_be_there_is_missed(tmp_path: Path) -> None:
    take = record(spoken_s=0.5)
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3))
    wanted = replace(order(path, take), label=replace(LABEL, cover=True))
    assert "no cover" in failures(check(wanted))["tags"].remark
    id3 = ID3(path)
    id3.add(APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=b"\xff\xd8\xff"))
    id3.save(path)
    assert "tags" not in failures(check(wanted))


def test_titles_must_differ(tmp_path: Path) -> None:
    paths = [tag(write(tmp_path / f"{n}.mp3", babble(0.2), *MP3)) for n in (1, 2)]
    (finding,) = judge_titles(paths)
    assert not finding.passed
    tag(paths[1], replace(LABEL, title="Another"))
    (finding,) = judge_titles(paths)
    assert finding.passed


BOOK = Book(
    name="a",
    source="a.txt",
    text=TEXT + " 1815 *",
    title="A",
    chapters=(Chapter(number=1, title="A", paragraphs=(Paragraph(start=0, end=len(TEXT)),)),),
)
SKIP = Skip(start=len(TEXT), end=len(TEXT) + 5, reason="a year")


def test_every_letter_of_the_source_is_said_once_or_skipped_with_a_reason() -> None:
    assert judge_source(BOOK, lines(), (SKIP,)).passed
    lost = judge_source(BOOK, lines(), ())
    assert "lost: line 1: “1815 *”" in lost.remark
    assert "lost" in judge_source(BOOK, lines(), (replace(SKIP, reason=""),)).remark
    assert "lost" in judge_source(BOOK, lines()[1:], (SKIP,)).remark
    assert "said twice" in judge_source(BOOK, [*lines(), lines()[1]], (SKIP,)).remark
    assert "not what the source says" in judge_source(BOOK, [OTHER, *lines()[1:]], (SKIP,)).remark


def test_files_of_a_book_must_not_lie_apart() -> None:
    a, b = Path("a.mp3"), Path("b.mp3")
    alike = {"rms": -20.5, "loudness": -20.0, "channels": 1.0}
    assert all(f.passed for f in judge_spread([(a, alike), (b, alike)], PROFILES["acx"]))
    loud = alike | {"rms": -19.4, "loudness": -18.9, "channels": 2.0}
    found = {f.figure: f for f in judge_spread([(a, alike), (b, loud)], PROFILES["acx"])}
    assert {figure for figure, f in found.items() if not f.passed} == set(found)
    assert found["rms spread"].remark == "from -20.5 (a.mp3) to -19.4 (b.mp3)"
    assert found["channels of all files"].value == "mono and stereo"


@pytest.mark.slow
def test_other_profiles_ask_for_other_things(tmp_path: Path) -> None:
    take = record()
    path = tag(
        write(tmp_path / "boats_01_writer_128kb.mp3", take.samples, "-c:a", "libmp3lame", "-b:a", "128k")
    )
    assert failures(check(order(path, take), "librivox")) == {}
    assert set(failures(check(order(path, take), "acx"))) == {"bitrate"}
    assert set(failures(check(order(path, take), "podcast"))) == {"loudness"}
    louder = Take(samples=take.samples * 10 ** (2.6 / 20), cues=take.cues)
    named = tag(write(tmp_path / "01 - The Boats.mp3", louder.samples, *MP3))
    assert set(failures(check(order(named, louder), "librivox"))) >= {"bitrate", "file name"}
    assert "loudness" not in failures(check(order(named, louder), "podcast"))


def test_stereo_and_other_formats(tmp_path: Path) -> None:
    take = record()
    both = np.stack([take.samples, take.samples], axis=1)
    stereo = tag(write(tmp_path / "a.mp3", both, *MP3))
    assert "channels" in failures(check(order(stereo, take), "librivox"))
    # Of a lossless file no bit rate is asked; its tags are its own.
    flac = write(tmp_path / "a.flac", take.samples, "-c:a", "flac")
    assert set(failures(check(order(flac, take)))) == {"tags"}


@pytest.mark.parametrize("damage", ["text", "empty", "gone sound", "cut", "overwritten"])
def test_broken_files_are_rows_and_no_tracebacks(damage: str, tmp_path: Path) -> None:
    take = record()
    path = tag(write(tmp_path / "a.mp3", take.samples, *MP3))
    data = path.read_bytes()
    tags = 10 + int.from_bytes(data[6:10])  # near enough: what follows is a header of zeros
    made = {
        "text": b"This is no sound.\n" * 500,
        "empty": b"",
        "gone sound": data[:tags],
        "cut": data[: len(data) // 2],
        "overwritten": data[:60_000] + bytes(7 * i % 251 for i in range(30_000)) + data[90_000:],
    }
    path.write_bytes(made[damage])
    found = failures(check(order(path, take)))
    assert found
    expected = {"cut": "decoded length"}.get(damage, "decodes")
    assert expected in found
    assert found[expected].remark
