"""Captions as other programs read them: a WebVTT library, an SRT library, a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from audiobook.cli import main
from audiobook.model import NARRATOR, Book, Cast, Cue, Release, Track, Utterance
from audiobook.publishing import TEXT_FILES
from audiobook.publishing.captions import times_ms, write_lrc, write_srt, write_vtt
from tests.browser import show

LINES = (
    (NARRATOR, "The old house stood on the hill, as it had for a hundred years & more."),
    ("Mr. <Black> & Son", "“Is 2 < 3 --> true?”"),
    (None, "[Nobody] knows."),
    (NARRATOR, "Naïve – ☃ 夜."),
)


def _release(lines: tuple[tuple[str | None, str], ...] = LINES, author: str | None = "A & B") -> Release:
    cues, at = [], 0.9
    for speaker, text in lines:
        kind = "narration" if speaker == NARRATOR else "speech"
        utterance = Utterance(paragraph=1, start=0, end=0, kind=kind, speaker=speaker, text=text)  # type: ignore[arg-type]
        cues.append(Cue(utterance=utterance, start_s=at, end_s=at + 1.2344))
        at += 1.2344 + 0.4
    track = Track(path="out/01 - One.mp3", title="One", chapter=1, seconds=at + 3, cues=tuple(cues))
    book = Book(name="b", source="b.txt", text="", title="The\nBook", author=author, chapters=())
    return Release(book=book, cast=Cast(roles=()), tracks=(track,), voices=())


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _parse_strictly(text: str) -> list[tuple[str, float, float, str]]:
    """Read WebVTT by its syntax (not by the forgiving rules for parsers): id, start, end, payload."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        first, *rest = block.split("\n")
        if first == "NOTE":
            assert "-->" not in block
            continue
        timing = re.fullmatch(r"(\d\d+:\d\d:\d\d\.\d{3}) --> (\d\d+:\d\d:\d\d\.\d{3})", rest[0])
        assert timing, block
        assert "-->" not in first
        assert rest[1:]
        for line in rest[1:]:
            assert line.strip()
            unescaped = re.sub(r"&(amp|lt|gt);", "", re.sub(r"^<v [^<>\n]+>", "", line))
            assert not set(unescaped) & set("<>&\0\r"), line
        cues.append((first, _seconds(timing[1]), _seconds(timing[2]), "\n".join(rest[1:])))
    assert len({cue[0] for cue in cues}) == len(cues)
    assert all(start < end for _, start, end, _ in cues)
    assert all(one[2] <= other[1] for one, other in pairwise(cues))
    return cues


def test_vtt_keeps_its_own_syntax_and_names_who_speaks() -> None:
    release = _release()
    text = write_vtt(release, release.tracks[0])
    cues = _parse_strictly(text)
    assert [cue[0] for cue in cues] == ["1", "2", "3", "4"]
    assert cues[0][3] == (
        "<v Narrator>The old house stood on the hill, as it had\nfor a hundred years &amp; more."
    )
    assert cues[1][3] == "<v Mr. &lt;Black&gt; &amp; Son>“Is 2 &lt; 3 --&gt; true?”"
    assert cues[2][3] == "<v Unknown speaker>[Nobody] knows."
    assert (cues[0][1], cues[0][2]) == (0.9, 2.134)
    assert "NOTE\nThe Book: One\nby A &amp; B\nRead by synthetic voices" in text


def test_a_library_reads_the_vtt_back(tmp_path: Path) -> None:
    release = _release()
    path = tmp_path / "a.vtt"
    path.write_text(write_vtt(release, release.tracks[0]), encoding="utf-8")
    captions = webvtt.read(str(path)).captions
    assert [caption.voice for caption in captions][::3] == ["Narrator", "Narrator"]
    assert [caption.start_in_seconds for caption in captions] == [0, 2, 4, 5]  # the library's are whole
    assert captions[3].text == "Naïve – ☃ 夜."


def test_a_library_reads_the_srt_back() -> None:
    release = _release()
    read = list(srt.parse(write_srt(release, release.tracks[0])))
    assert [s.index for s in read] == [1, 2, 3, 4]
    assert read[0].start == timedelta(milliseconds=900)
    assert read[0].content.replace("\n", " ") == LINES[0][1]
    assert max(len(line) for s in read for line in s.content.split("\n")) <= 42
    assert read[1].content == "“Is 2 < 3 → true?”"


def test_lrc_has_its_heads_and_a_time_for_each_line() -> None:
    release = _release()
    assert write_lrc(release, release.tracks[0]).splitlines() == [
        "[ti:One]",
        "[ar:A & B]",
        "[al:The Book]",
        "[length:00:10]",
        "[by:narrate]",
        f"[00:00.90]{LINES[0][1]}",
        "[00:02.53]“Is 2 < 3 --> true?”",
        "[00:04.16] [Nobody] knows.",
        "[00:05.80]Naïve – ☃ 夜.",
        "[00:07.03]",
    ]


_WORDS = st.text(min_size=1, max_size=90).filter(lambda text: bool(text.strip()))


@given(st.lists(st.tuples(st.one_of(st.none(), _WORDS), _WORDS), max_size=5), st.one_of(st.none(), st.text()))
def test_any_words_make_captions_that_can_be_read(
    lines: list[tuple[str | None, str]], author: str | None
) -> None:
    release = _release(tuple(lines), author)
    assert len(_parse_strictly(write_vtt(release, release.tracks[0]))) == len(lines)
    assert len(list(srt.parse(write_srt(release, release.tracks[0])))) == len(lines)
    for line in write_lrc(release, release.tracks[0]).splitlines():
        assert re.match(r"\[(\d\d+:\d\d\.\d\d|ti:|ar:|al:|length:|by:)", line), line


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0.002, 20)), max_size=30), st.floats(0, 3))
def test_times_never_overlap_nor_pass_the_end(lengths: list[tuple[float, float]], tail: float) -> None:
    cues, at = [], 0.0
    utterance = Utterance(paragraph=1, start=0, end=0, kind="narration", speaker=NARRATOR, text="x")
    for silence, speech in lengths:
        at += silence
        cues.append(Cue(utterance=utterance, start_s=at, end_s=at + speech))
        at += speech
    times = times_ms(Track(path="", title="", chapter=1, seconds=at + tail, cues=tuple(cues)))
    flat = [ms for pair in times for ms in pair]
    assert flat == sorted(flat)
    assert all(start < end for start, end in times)
    assert not times or times[-1][1] <= (at + tail) * 1000
    for cue, (start, end) in zip(cues, times, strict=True):
        assert abs(cue.start_s * 1000 - start) <= 1
        assert abs(cue.end_s * 1000 - end) <= 1.5


@pytest.mark.parametrize("name", ["vtt", "srt", "lrc"])
def test_each_format_names_its_file_after_the_track(name: str) -> None:
    assert set(TEXT_FILES[name](_release(), "")) == {f"01 - One.{name}"}


STORY = 'CHAPTER I\n\nThe rain fell. "Come in," said Anna.\n\nCHAPTER II\n\nHe did. "Thanks," said Bob.\n'

PAGE = """<!doctype html><meta charset="utf-8"><audio id="a"><track id="t" default src="%s"></audio><script>
(async () => {
  const audio = document.getElementById("a"), track = document.getElementById("t").track, seen = [];
  track.mode = "hidden";
  audio.src = URL.createObjectURL(await (await fetch("%s")).blob());
  const until = (target, name) => new Promise(done => target.addEventListener(name, done, {once: true}));
  await until(audio, "canplaythrough");
  while (!track.cues || !track.cues.length) await new Promise(done => setTimeout(done, 20));
  const go = async time => {
    audio.currentTime = time;
    await until(audio, "seeked");
    await new Promise(done => setTimeout(done, 50));
    return [...track.activeCues].map(cue => cue.id);
  };
  for (const cue of [...track.cues]) {
    const shown = cue.getCueAsHTML(), voice = shown.querySelector("span");
    seen.push({id: cue.id, start: cue.startTime, end: cue.endTime, text: shown.textContent,
               voice: voice && voice.title, before: await go(cue.startTime - 0.05),
               inside: await go((cue.startTime + cue.endTime) / 2)});
  }
  await go(track.cues[0].startTime - 0.2);
  const played = until(track, "cuechange").then(() => audio.currentTime);
  await audio.play();
  fetch("/", {method: "POST", body: JSON.stringify({length: audio.duration, seen, first: await played})});
})().catch(error => fetch("/", {method: "POST", body: JSON.stringify({error: String(error)})}));
</script>"""


@pytest.mark.slow  # a browser takes 6 s to start and play
def test_a_browser_shows_each_cue_while_its_words_sound(new_project: object, tmp_path: Path) -> None:
    from click.testing import CliRunner

    project = new_project(story=STORY)  # type: ignore[operator]
    made = CliRunner().invoke(main, ["--format", "mp3", "--format", "vtt", "--quiet"])
    assert made.exit_code == 0, made.output
    folder = project / "output" / "story"
    vtt, _ = sorted(folder.glob("*.vtt"))
    (folder / "page.html").write_text(PAGE % (vtt.name, vtt.with_suffix(".mp3").name), encoding="utf-8")
    said = show(folder, "page.html", tmp_path / "profile")
    assert "error" not in said, said
    cues = _parse_strictly(vtt.read_text(encoding="utf-8"))
    assert [(cue["id"], cue["start"], cue["end"]) for cue in said["seen"]] == [cue[:3] for cue in cues]
    assert [cue["inside"] for cue in said["seen"]] == [[cue[0]] for cue in cues]
    assert [cue["before"] for cue in said["seen"]] == [[]] * len(cues)  # there are pauses between all
    assert {cue["voice"] for cue in said["seen"]} == {"Narrator", "Anna"}
    assert said["length"] >= cues[-1][2]
    # Played, not sought: the event may come a quarter of a second late (HTML, "time marches on").
    assert 0 <= said["first"] - cues[0][1] < 0.5
