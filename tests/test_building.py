"""From stories to audiobooks, as a person runs it: whole, reproducible, and only what changed is made."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from mutagen.id3 import ID3

from audiobook.checking.sound import find_edges_s
from audiobook.cli import main
from audiobook.engines.allowing import write_allowed
from audiobook.folders import cache_folder
from audiobook.project.layout import list_texts, open_project
from tests.books import make_epub, nav
from tests.command_line import environment, finished, make, make_apart, narrate, narrate_apart
from tests.conftest import ROOT, STORIES, TONES
from tests.sounds import listen

NewProject = Callable[..., Path]


def test_four_stories_become_four_mastered_tagged_files_and_an_edit_remakes_only_what_it_touches(
    new_project: NewProject,
) -> None:
    project = new_project(settings=(ROOT / "voices.yaml").read_text(encoding="utf-8"))
    first = make()
    loudness = {}
    for name in STORIES:
        title = {"lost-in-the-haze": "Lost in the Haze"}.get(name, name.replace("-", " ").title())
        assert first[name]["files"] == [f"output/{name}/01 - {title}.mp3"]
        assert first[name]["errors"] == []
        assert 140 <= float(str(first[name]["words_per_minute"])) <= 170
        path = project / "output" / name / f"01 - {title}.mp3"
        heard = listen(path)
        assert -23 <= heard.rms_db <= -18
        assert heard.peak_db <= -3
        assert -90 < heard.floor_db <= -60
        head, tail = find_edges_s(heard)
        assert 0.5 <= head <= 1
        assert 1 <= tail <= 5
        assert heard.seconds == pytest.approx(first[name]["seconds"], abs=0.001)
        loudness[name] = (heard.rms_db, heard.lufs)
        assert str(ID3(path)["TALB"]) == title
        source = (project / "texts" / f"{name}.txt").read_text(encoding="utf-8")
        assert ID3(path).getall("USLT")[0].text.split() == source.split()
    for measure in zip(*loudness.values(), strict=True):
        assert max(measure) - min(measure) <= 1

    before = finished(project)
    again = make()
    assert finished(project) == before
    assert all(story["clips_made"] == 0 for story in again.values())

    settings = project / "voices.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "# Rachel: {voice: en-us+f4" in text
    settings.write_text(
        text.replace("# Rachel: {voice: en-us+f4", "Rachel: {voice: en-us+f5"), encoding="utf-8"
    )
    edited = make()
    after = finished(project)
    changed = [name for name in after if after[name] != before.get(name)]
    assert changed == ["echo-fade/01 - Echo Fade.mp3"]
    assert {name: story["clips_made"] for name, story in edited.items()} == {
        name: 2 if name == "echo-fade" else 0 for name in STORIES
    }

    (project / "output" / "echo-chamber" / "01 - Echo Chamber.mp3").unlink()
    assert {name: story["clips_made"] for name, story in make().items()} == dict.fromkeys(STORIES, 0)
    assert finished(project) == after


@pytest.mark.slow
def test_an_unchanged_run_starts_nothing(new_project: NewProject) -> None:
    new_project(a="All is well.", b="So it is.")
    make()
    watch = """
import re, sys
started = []
HEAVY = re.compile("libespeak|pyttsx3[.]|pydub|numpy")
def watch(event, arguments):
    if event in {"subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn", "os.system"}:
        started.append(event)
    if event in {"ctypes.dlopen", "import"} and arguments[0] and HEAVY.search(str(arguments[0])):
        started.append((event, arguments[0]))
sys.addaudithook(watch)
from audiobook.cli import main
try:
    main(["--quiet"])
except SystemExit as end:
    assert not end.code, end.code
print(started)
"""
    done = subprocess.run(
        [sys.executable, "-c", watch], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_cold_run_gives_equal_bytes_whatever_the_workers_and_the_folder(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = (ROOT / "voices.yaml").read_text(encoding="utf-8")
    made = []
    for jobs, folder in (("1", "one"), ("2", "somewhere/else")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / f"cache-{jobs}"))
        texts = {name: (ROOT / "texts" / f"{name}.txt").read_text(encoding="utf-8") for name in STORIES[:2]}
        project = new_project(settings=settings, folder=folder, **texts)
        make("--jobs", jobs)
        made.append(finished(project))
    assert made[0] == made[1]
    assert len(made[0]) == 2


LONG = "\n\n".join(
    f'"This is line {number}," said Nora. The harbour lay still, and nobody came down to the boats.'
    for number in range(40)
)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_whole_files_and_the_next_one_finishes(
    how: signal.Signals, new_project: NewProject
) -> None:
    project = new_project(a=LONG, b=LONG.replace("harbour", "river"), c="A short one.")
    undisturbed = new_project(
        folder="undisturbed", a=LONG, b=LONG.replace("harbour", "river"), c="A short one."
    )
    make()
    wanted = finished(undisturbed)
    shutil.rmtree(cache_folder())
    chance = random.Random(how)
    for is_at_work in (False, True):
        said = project.with_name("said.txt")
        with said.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "audiobook", "--jobs", "2"],
                cwd=project,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                process_group=0,
            )
        # Its first words say that it runs; before that, Ctrl-C is Python's own business.
        while not said.stat().st_size and process.poll() is None:
            time.sleep(0.01)
        while is_at_work and process.poll() is None and not any(cache_folder().glob("clips/??/*.clip")):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.3))
        if how == signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does
        else:
            process.send_signal(how)
        process.wait(timeout=60)
        assert "Traceback" not in said.read_text()
        if how == signal.SIGINT:
            assert process.returncode in {0, 130}
        for name, data in finished(project).items():
            if not name.startswith(".partial"):
                assert data == wanted[name]
        assert_alone(process.pid)
    done = narrate("--json", cwd=project)
    assert done.returncode == 0, done.stderr
    assert finished(project) == wanted
    assert sum(story["clips_reused"] for story in json.loads(done.stdout)["stories"]) > 0


def assert_alone(group: int) -> None:
    """No process of the run outlives it by more than a moment."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("processes were left behind")


def test_what_can_not_be_read_is_named_and_the_others_are_made(new_project: NewProject) -> None:
    project = new_project(good="All is well.", empty="", marks="* * *\n\n---\n")
    (project / "texts" / "picture.txt").write_bytes(bytes(range(256)) * 20)
    (project / "texts" / "gone.txt").symlink_to(project / "nowhere.txt")
    stories = make(status=1)
    errors = {name: " ".join(map(str, story["errors"])) for name, story in stories.items()}  # type: ignore[call-overload]
    assert errors["good"] == ""
    assert "is empty" in errors["empty"]
    assert "nothing to speak" in errors["marks"]
    assert "not text" in errors["picture"]
    assert "no such file" in errors["gone"]
    assert list(finished(project)) == ["good/01 - Good.mp3"]
    done = narrate()
    assert done.returncode == 1
    assert done.stderr.count("error:") == 4


def test_an_output_that_can_not_be_written_is_one_message(new_project: NewProject, tmp_path: Path) -> None:
    new_project(a="All is well.")
    (tmp_path / "file").write_text("in the way")
    done = narrate("--output", str(tmp_path / "file" / "out"))
    assert done.returncode == 1
    assert "can't be made" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("script", "message"), [(None, "no ffmpeg found"), ("exit 3", "exit status 3")])
def test_a_missing_or_broken_ffmpeg_is_one_message(
    script: str | None, message: str, new_project: NewProject, tmp_path: Path, allowed: Path
) -> None:
    program = tmp_path / "my-ffmpeg"
    if script:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    write_allowed((program,), allowed)
    project = new_project(settings=f"{TONES}output: {{ffmpeg: {program}}}\n", a="All is well.")
    done = CliRunner().invoke(main, [])  # in this process, whose list of allowed programs is the test's
    assert done.exit_code == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not finished(project)


def test_an_ffmpeg_that_dies_half_way_leaves_no_file(
    new_project: NewProject, tmp_path: Path, allowed: Path
) -> None:
    from audiobook.audio import find_encoder

    program = tmp_path / "my-ffmpeg"
    real = find_encoder().program
    # It answers the checks, and dies on the work.
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *.mp3*) exec head -c 1000 >/dev/null; esac\nexec "{real}" "$@"\n'
    )
    program.chmod(0o755)
    write_allowed((program,), allowed)
    project = new_project(settings=f"{TONES}output: {{ffmpeg: {program}}}\n", a="All is well.", b="So it is.")
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 1
    assert "nobody has allowed" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not finished(project)


@pytest.mark.skipif(os.name != "posix", reason="mounting a small disk is for POSIX")
def test_a_full_disk_is_one_message_and_leaves_no_file(new_project: NewProject, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        project = new_project(a=LONG)
        done = narrate("--output", str(disk / "output"))
        assert done.returncode == 1
        assert "disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert not [path for path in disk.rglob("*") if path.is_file()]
        assert not finished(project)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_damaged_clip_is_spoken_again(new_project: NewProject) -> None:
    project = new_project(a=LONG)
    make()
    before = finished(project)
    for clip in list(cache_folder().rglob("*.clip"))[::3]:
        data = bytearray(clip.read_bytes())
        data[len(data) // 2] ^= 255
        clip.write_bytes(data)
    shutil.rmtree(project / "output")
    assert int(str(make()["a"]["clips_made"])) > 12
    assert finished(project) == before


@pytest.mark.slow
def test_a_cut_file_is_made_again(new_project: NewProject) -> None:
    project = new_project(a="All is well.")
    make()
    before = finished(project)
    path = project / "output" / "a" / "01 - A.mp3"
    path.write_bytes(path.read_bytes()[:5000])
    make()
    assert finished(project) == before


@pytest.mark.slow
def test_leftovers_are_listed_and_only_they_are_cleaned(new_project: NewProject) -> None:
    project = new_project(old="All is well.", kept="So it is.")
    make()
    mine = project / "output" / "old" / "my own.mp3"
    shutil.copy(project / "output" / "old" / "01 - Old.mp3", mine)
    ID3(mine).delete()
    (project / "texts" / "old.txt").rename(project / "texts" / "new.txt")
    done = narrate()
    assert "output/old/01 - Old.mp3" in done.stdout
    assert "my own" not in done.stdout
    assert "output/old/01 - Old.mp3" in narrate("clean", "--dry-run").stdout
    narrate("clean", "--cache")
    assert sorted(finished(project)) == ["kept/01 - Kept.mp3", "new/01 - New.mp3", "old/my own.mp3"]
    assert not list(cache_folder().rglob("*.clip"))


@pytest.mark.slow
def test_cleaning_leaves_what_was_made_of_files_elsewhere_and_what_is_not_ours(
    new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project(a="All is well.", previews="So it is.")
    (tmp_path / "night.txt").write_text("The night was long.")
    make()
    make(str(tmp_path / "night.txt"))
    make("--preview", "1")
    (project / "output" / "previews" / "mine.mp3").write_bytes(b"mine")
    assert "night" not in narrate().stdout
    narrate("clean")
    kept = ["_previews/01 - Previews.mp3", "a/01 - A.mp3", "night/01 - Night.mp3", "previews/mine.mp3"]
    assert sorted(finished(project)) == kept
    shutil.rmtree(project / "texts")
    narrate("clean")
    assert "night/01 - Night.mp3" in finished(project)


@pytest.mark.slow
def test_cleaning_goes_by_the_settings_and_leaves_what_an_option_made(new_project: NewProject) -> None:
    project = new_project(a="All is well.")
    (project / "texts" / "README.md").write_text("# About these texts")
    pages = {"One": "<p>All is well.</p>", "Two": "<p>So it is.</p>", "Index": "<p>well, 1</p>"}
    toc = nav(("Index.xhtml", "Index"), ("One.xhtml", "One"), ("Two.xhtml", "Two"))
    data = make_epub({f"{name}.xhtml": pages[name] for name in ("Index", "One", "Two")}, toc=toc)
    (project / "texts" / "seas.epub").write_bytes(data)
    stays = ["a/01 - A.mp3", "seas/playlist.m3u8"]
    as_set = ["seas/01 - One.mp3", "seas/02 - Two.mp3"]
    with_matter = ["seas/01 - Index.mp3", "seas/02 - One.mp3", "seas/03 - Two.mp3"]
    make()
    assert sorted(finished(project)) == sorted(stays + as_set)
    done = narrate("--matter")
    assert "matter: true" in done.stdout + done.stderr
    assert sorted(finished(project)) == sorted(stays + as_set + with_matter)
    again = json.loads(narrate("--json").stdout)
    assert (again["leftovers"], [story["clips_made"] for story in again["stories"]]) == ([], [0, 0])
    narrate("clean")
    assert sorted(finished(project)) == sorted(stays + as_set + with_matter)
    (project / "voices.yaml").write_text(TONES + "stories: {seas: {reading: {matter: true}}}\n")
    assert sorted(json.loads(narrate("--json").stdout)["leftovers"]) == [
        str(Path("output", name)) for name in as_set
    ]
    narrate("clean")
    assert sorted(finished(project)) == sorted(stays + with_matter)


def test_what_is_read_of_a_book_is_a_setting_and_options_stand_over_it(new_project: NewProject) -> None:
    project = new_project(TONES + "reading: {footnotes: paragraph}\n", a="All is well.")
    body = '<p>It rained.<a epub:type="noteref" href="#n">1</a></p><aside id="n"><p>In May.</p></aside>'
    (project / "texts" / "seas.epub").write_bytes(make_epub({"a.xhtml": body}))

    def spoken(*options: str) -> str:
        script = json.loads(narrate("script", "seas", "--json", *options).stdout)
        return " ".join(u["text"] for c in script["chapters"] for u in c["utterances"])

    assert "In May." in spoken()
    assert "In May." not in spoken("--footnotes", "skip")


@pytest.mark.parametrize("name", ["README.md", "readme.txt", "README_de.txt", "LICENSE.md", ".hidden.txt"])
def test_what_a_folder_says_of_itself_is_no_story(name: str, new_project: NewProject) -> None:
    project = new_project(a="All is well.", readmes="They read.", license="To kill.")
    (project / "texts" / name).write_text("All of this is free.")
    found = [path.name for path in list_texts(open_project(project))]
    assert found == ["a.txt", "license.txt", "readmes.txt"]


@pytest.mark.slow
def test_only_the_pauses_that_a_story_has_count(new_project: NewProject) -> None:
    project = new_project(a="One.\n\nTwo.", b="One.\n\n***\n\nTwo.")
    make()
    before = finished(project)
    (project / "voices.yaml").write_text(f"{TONES}pauses: {{scene_ms: 1500}}\n")
    make()
    assert [name for name, data in finished(project).items() if data != before[name]] == ["b/01 - B.mp3"]


MISBEHAVING = """
import os, signal
from audiobook.engines.tone import ToneEngine
class Engine(ToneEngine):
    fingerprint = "misbehaving 1"
    def synthesize(self, text, voice):
        if "kill" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "raise" in text:
            raise RuntimeError("no")
        return super().synthesize(text, voice)
"""


@pytest.mark.slow
def test_a_story_that_kills_its_worker_or_breaks_its_engine_fails_alone(
    new_project: NewProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    metadata = package / "misbehaving-1.dist-info"
    metadata.mkdir(parents=True)
    (package / "misbehaving.py").write_text(MISBEHAVING)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1\n")
    entries = "misbehaving = misbehaving:Engine\nbroken = no_such_module:Engine\n"
    (metadata / "entry_points.txt").write_text(f"[narrate.engines]\n{entries}")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{package}")
    project = new_project(
        settings=TONES.replace("engine: tone", "engine: misbehaving"),
        a="All is well.",
        b="They kill it.",
        c="They raise it.",
        d="So it is.",
    )
    stories = make_apart("--jobs", "2", status=1)
    assert [name for name, story in stories.items() if story["errors"]] == ["b", "c"]
    assert "killed each time" in str(stories["b"]["errors"])
    assert "RuntimeError" in str(stories["c"]["errors"])
    assert sorted(finished(project)) == ["a/01 - A.mp3", "d/01 - D.mp3"]
    listed = narrate_apart("voices", "scotland")
    assert listed.returncode == 0
    assert "'broken'" in listed.stderr


@pytest.mark.slow
def test_an_unreadable_story_keeps_its_files(new_project: NewProject) -> None:
    project = new_project(a="All is well.", b="So it is.")
    make()
    (project / "texts" / "a.txt").write_text("")
    assert narrate().returncode == 1
    narrate("clean")
    assert sorted(finished(project)) == ["a/01 - A.mp3", "b/01 - B.mp3"]


@pytest.mark.slow
def test_previews_and_auditions_have_a_folder_of_their_own(new_project: NewProject) -> None:
    project = new_project(a="One.\n\nTwo.\n\nThree.")
    stories = make("a", "--preview", "2")
    assert stories["a"]["files"] == ["output/previews/a - 01 - A.mp3"]
    assert stories["a"]["words"] == 2
    done = narrate("voices", "--audition", "Hello there", "--json")
    files = [audition["file"] for audition in json.loads(done.stdout)["auditions"]]
    assert len(files) == 5
    assert sorted(finished(project)) == sorted(
        f.removeprefix("output/") for f in [*files, *stories["a"]["files"]]
    )


@pytest.mark.slow
def test_two_runs_at_once_wait_for_each_other(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(a=LONG, b=LONG.replace("harbour", "river"))
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "audiobook"],
            cwd=project,
            env=environment(XDG_CACHE_HOME=str(tmp_path / cache)),
            stderr=subprocess.PIPE,
            text=True,
        )
        for cache in ("one-cache", "another-cache")
    ]
    said = [run.communicate(timeout=180)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("waiting for it to finish" in text for text in said) == 1
    assert len(finished(project)) == 2


@pytest.mark.slow
def test_a_long_shelf_is_read_a_lot_at_a_time(new_project: NewProject) -> None:
    names = [f"s{number:02}" for number in range(18)]
    stories = dict.fromkeys(names, "It began.") | {"s17": '"It ended," said Nora.'}
    project = new_project(f"{TONES}characters: {{Nora: {{rate: 200}}, Nobody: {{rate: 200}}}}\n", **stories)
    done = narrate()
    assert done.returncode == 0
    assert "Stories 1 to 16 of 18:" in done.stderr
    assert "Stories 17 to 18 of 18:" in done.stderr
    assert "characters.Nobody" in done.stderr
    assert "characters.Nora" not in done.stderr  # the last lot has her
    assert len(finished(project)) == 18
    assert "no story" not in narrate().stdout
    assert not (project / "output" / ".partial").exists()


@pytest.mark.slow
def test_a_file_outside_any_project_is_narrated_with_the_built_in_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "somewhere" / "night.txt").write_text("The night was long.")
    monkeypatch.chdir(tmp_path / "here")
    assert make("../somewhere/night.txt")["night"]["files"] == ["output/night/01 - Night.mp3"]
    assert list(finished(tmp_path / "here")) == ["night/01 - Night.mp3"]
