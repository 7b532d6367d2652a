"""What the page sets going: a story made live, stopped, listened to; a new text; files that change."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.errors import StorageError
from audiobook.folders import cache_folder
from audiobook.model import NARRATOR
from audiobook.project import incoming
from audiobook.project.layout import open_project
from audiobook.publishing import read_mark
from audiobook.studio import uploads
from audiobook.studio.hub import Hub
from audiobook.studio.runs import Runs
from tests.conftest import ROOT, TONES
from tests.studio import StudioClient, open_shared_studio, open_studio

NewProject = Callable[..., Path]

STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'
LONG = "\n\n".join(
    f'"This is line {number}," said Nora. The harbour lay still, and nobody came down to the boats.'
    for number in range(150)
)


Shared = tuple[StudioClient, Path]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One studio for all that is refused."""
    with open_shared_studio(tmp_path_factory, TONES, a=STORY) as client_and_project:
        yield client_and_project


def follow(events: Iterator[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the states of a run from its beginning to its end."""
    has_begun = False
    for name, data in events:
        if name == "state":
            has_begun = has_begun or data["running"]
            if has_begun:
                yield data
                if not data["running"]:
                    return


@pytest.mark.slow
def test_a_story_is_made_live_and_can_be_listened_to(new_project: NewProject) -> None:
    project = new_project(settings="narrator: en-us\n")
    for path in (project / "texts").glob("*.txt"):
        if path.stem != "echo-fade":
            path.unlink()
    with open_studio(project) as studio:
        assert studio.wait_for_shelf()["echo-fade"]["state"] == "unmade"
        assert studio.ask(studio.story("echo-fade", "/player")).json["tracks"] == []
        with studio.events() as events:
            assert next(events)[1]["running"] is False
            begun = studio.ask("api/make", "POST", value={"stories": ["echo-fade"]})
            assert (begun.status, begun.json["running"]) == (202, True)
            again = studio.ask("api/make", "POST", value={"stories": ["echo-fade"]})
            assert (again.status, again.json["queue"]) == (202, [])  # nothing is made twice
            states = list(follow(events))
        last = states[-1]
        assert last["message"] == "Done: 1 file made."
        assert (last["clips"], last["files"], last["files_total"]) == (last["clips_total"], 1, 1)
        assert last["clips"] > 10
        assert [s["clips"] for s in states] == sorted(s["clips"] for s in states)
        (file,) = (project / "output" / "echo-fade").glob("*.mp3")
        mark = read_mark(file)
        assert mark is not None
        story = wait_for_state(studio, "echo-fade", "made")
        assert (story["files"], story["reasons"]) == (1, [])
        assert story["seconds"] == pytest.approx(mark.seconds, abs=0.01)
        check_player(studio, "echo-fade", file, mark.seconds)
        with studio.events() as events:
            studio.ask("api/make", "POST", value={"stories": []})
            assert list(follow(events))[-1]["message"] == "Everything is up to date."


def wait_for_state(studio: StudioClient, name: str, state: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        story = studio.wait_for_shelf()[name]
        if story["state"] == state:
            return story
        time.sleep(0.05)
    raise AssertionError(f"{name} is {story['state']}, not {state}")


def check_player(studio: StudioClient, name: str, file: Path, seconds: float) -> None:
    (track,) = studio.ask(studio.story(name, "/player")).json["tracks"]
    assert track["seconds"] == pytest.approx(seconds, abs=0.001)
    cues = track["cues"]
    script = studio.ask(studio.story(name)).json
    utterances = [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
    assert [(cue["text"], cue["speaker"]) for cue in cues] == [(u["text"], u["speaker"]) for u in utterances]
    colours = {each["name"]: each["color"] for each in script["characters"]} | {NARRATOR: None}
    assert all(cue["color"] == colours[cue["speaker"]] for cue in cues)
    assert all(one["start"] < one["end"] <= other["start"] for one, other in itertools.pairwise(cues))
    assert len(track["peaks"]) == 1000
    heights = [height for height, _ in track["peaks"]]
    assert max(heights) == 1
    silent = [h for n, h in enumerate(heights) if (n + 0.5) * seconds / 1000 < cues[0]["start"] - 0.1]
    assert silent
    assert max(silent) < 0.05
    spoken = next(cue for cue in cues if cue["color"] is not None)
    middle = int((spoken["start"] + spoken["end"]) / 2 / seconds * 1000)
    assert track["peaks"][middle][1] == spoken["color"]
    assert studio.ask(studio.story(name, "/tracks/1/peaks")).json["peaks"] == track["peaks"]
    check_ranges(studio, track["audio"], file.read_bytes())
    assert studio.ask(studio.story(name, "/tracks/2")).status == 404


def check_ranges(studio: StudioClient, address: str, data: bytes) -> None:
    whole = studio.ask(address)
    assert (whole.status, whole.headers["content-type"], whole.body) == (200, "audio/mpeg", data)
    assert whole.headers["accept-ranges"] == "bytes"
    for asked, start, end in (("0-0", 0, 1), ("100-199", 100, 200), ("-5", len(data) - 5, len(data))):
        part = studio.ask(address, headers={"Range": f"bytes={asked}"})
        assert (part.status, part.body) == (206, data[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
    assert studio.ask(address, headers={"Range": f"bytes={len(data)}-"}).status == 416
    head = studio.ask(address, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(data)))


@pytest.mark.slow
def test_a_run_that_is_stopped_leaves_only_whole_files(new_project: NewProject) -> None:
    texts = {f"story-{number}": LONG.replace("harbour", f"harbour {number}") for number in range(4)}
    project = new_project(settings="narrator: en-us\n", **texts)
    with open_studio(project) as studio:
        with studio.events() as events:
            studio.ask("api/make", "POST", value={"stories": []})
            states = []
            for state in follow(events):
                states.append(state)
                if state["clips"] > 20:
                    break
            stopped = studio.ask("api/make", "DELETE").json
        assert not stopped["running"]
        assert stopped["message"].startswith("Stopped. What is finished stays")
        assert stopped["files"] < stopped["files_total"] == 4
        assert not (project / "output" / ".partial").exists()
        for file in (project / "output").rglob("*"):
            assert file.is_dir() or read_mark(file) is not None, file
        assert studio.ask("api/make", "DELETE").status == 200  # nothing to stop is no mistake
        again = studio.ask("api/make", "POST", value={"stories": ["story-0"]})
        assert again.status == 202


@pytest.mark.slow
def test_what_is_asked_for_meanwhile_waits_in_a_queue(new_project: NewProject) -> None:
    project = new_project(a=LONG, b=STORY, c=STORY)
    (project / "texts" / "d.md").write_text("# One\n\nWords.\n\n# Two\n\nOther words.\n", encoding="utf-8")
    with open_studio(project) as studio, studio.events() as events:
        studio.ask("api/make", "POST", value={"stories": ["a"]})
        for name in ("b", "c", "b"):
            studio.ask("api/make", "POST", value={"stories": [name]})
        asked = studio.ask("api/make", "POST", value={"stories": ["d"], "chapters": [2]}).json
        waiting = [
            {"name": "b", "chapters": []},
            {"name": "c", "chapters": []},
            {"name": "d", "chapters": [2]},
        ]
        assert asked["queue"] == waiting
        assert studio.ask("api/make/c", "DELETE").json["queue"] == [waiting[0], waiting[2]]
        assert studio.ask("api/make/c", "DELETE").status == 200  # it is not there, as was asked
        states = list(follow(events))
        assert states[-1]["message"] == "Done: 3 files made."
        made = [list(state["stories"]) for state in states if state["stories"]]
        assert [names for names, _ in itertools.groupby(made)] == [["a"], ["b"], ["d"]]
        story = wait_for_state(studio, "d", "part")
        assert (story["chapters"], story["chapters_made"]) == (2, 1)
        chapters = studio.ask(studio.story("d", "/chapters")).json["chapters"]
        assert [(each["number"], each["title"], each["state"]) for each in chapters] == [
            (1, "One", "unmade"),
            (2, "Two", "made"),
        ]
        wait_for_state(studio, "b", "made")
        assert studio.wait_for_shelf()["c"]["state"] == "unmade"


@pytest.mark.slow
def test_the_studio_takes_its_run_along_when_it_ends(new_project: NewProject) -> None:
    project = new_project(settings="narrator: en-us\n", a=LONG)
    with open_studio(project) as studio, studio.events() as events:
        studio.ask("api/make", "POST", value={"stories": []})
        for state in follow(events):
            if state["clips"]:
                break
    assert not (project / "output" / ".partial").exists()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if children.exists():
        commands = [Path(f"/proc/{each}/cmdline").read_bytes() for each in children.read_text().split()]
        assert not any(b"audiobook.studio.maker" in command for command in commands)


@pytest.mark.slow
def test_what_fails_in_a_run_is_said(new_project: NewProject) -> None:
    project = new_project(good=STORY, empty="")
    with open_studio(project) as studio, studio.events() as events:
        studio.ask("api/make", "POST", value={"stories": []})
        assert "is empty" in list(follow(events))[-1]["message"]
        (project / "voices.yaml").write_text("narator: x\n", encoding="utf-8")
        studio.ask("api/make", "POST", value={"stories": []})
        assert "narator" in list(follow(events))[-1]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"stories": ["\\ud800"]}', "application/json", 400),
        (b'{"stories": NaN}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"stories": "a"}', "application/json", 422),
        (b'{"stories": [1]}', "application/json", 422),
        (b'{"stories": ["a"], "force": true}', "application/json", 422),
        (b'{"stories": ["missing"]}', "application/json", 422),
        (b'{"stories": ["a"], "chapters": [0]}', "application/json", 422),
        (b'{"stories": [], "chapters": [1]}', "application/json", 422),
        (b'{"stories": ["' + b"a" * 2_000_000 + b'"]}', "application/json", 413),
        (b'{"stories": []}', "text/plain", 415),
    ],
)
def test_what_is_no_order_is_refused(body: bytes, kind: str, status: int, shared: Shared) -> None:
    studio, project = shared
    refused = studio.ask("api/make", "POST", body=body, headers={"Content-Type": kind})
    assert refused.status == status
    assert refused.json["error"]
    assert not (project / "output").exists()


@pytest.mark.slow
def test_a_new_text_is_read_and_then_on_the_shelf(new_project: NewProject) -> None:
    project = new_project(a=STORY)
    with open_studio(project) as studio:
        studio.wait_for_shelf()
        with studio.events() as events:
            name = "Ärger – “im” Haus.txt"
            brought = studio.ask(f"api/texts/{quote(name)}", "PUT", body=STORY.encode())
            assert (brought.status, brought.json) == (201, {"name": name.removesuffix(".txt")})
            assert next(data for kind, data in events if kind == "shelf") == {}
        assert (project / "texts" / name).read_bytes() == STORY.encode()
        assert studio.wait_for_shelf()[name.removesuffix(".txt")]["state"] == "unmade"
        again = studio.ask(f"api/texts/{quote(name)}", "PUT", body=b"Other words.")
        assert again.status == 409
        assert studio.ask("api/texts/A.md", "PUT", body=b"# Other words").status == 409  # a.txt is that story
        assert (project / "texts" / name).read_bytes() == STORY.encode()
        assert sorted(path.name for path in (project / "texts").iterdir()) == ["a.txt", name]


@pytest.mark.parametrize(
    ("name", "body", "status", "message"),
    [
        ("x.exe", b"MZ", 415, "readable: .txt"),
        ("x", b"words", 415, ""),
        ("x.epub", b"no zip", 422, "x.epub"),
        ("x.txt", b"", 422, "is empty"),
        ("x.txt", bytes(range(256)) * 20, 422, "x.txt"),
        (".x.txt", b"words", 422, "rename"),
        ("README.txt", b"words", 422, "rename"),
        ("con.txt", b"words", 422, "rename"),
        ("a:b.txt", b"words", 422, "rename it, to 'a b.txt'"),
        ("x.txt ", b"words", 422, "rename"),
        ("..", b"words", 422, "rename"),
        ("..\\x.txt", b"words", 422, "rename"),
        ("x\0.txt", b"words", 422, "rename"),
        ("../x.txt", b"words", 404, ""),
        ("/etc/x.txt", b"words", 404, ""),
        (f"{'x' * 300}.txt", b"words", 422, "rename"),
    ],
)
def test_what_is_no_story_is_refused_and_leaves_nothing(
    name: str, body: bytes, status: int, message: str, shared: Shared
) -> None:
    studio, project = shared
    refused = studio.ask(f"api/texts/{quote(name, safe='')}", "PUT", body=body)
    assert refused.status == status, refused.body
    assert message in refused.json["error"]
    assert str(project) not in refused.json["error"]
    assert [path.name for path in (project / "texts").iterdir()] == ["a.txt"]
    assert not (project / "x.txt").exists()


@pytest.mark.slow
def test_a_bomb_is_refused_by_the_reader(new_project: NewProject) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/epub+zip")
        file.writestr("META-INF/container.xml", b" " * 300_000_000)
    with open_studio(new_project(a=STORY)) as studio:
        assert studio.ask("api/texts/bomb.epub", "PUT", body=out.getvalue()).status == 422


def test_too_large_an_upload_is_cut_short(new_project: NewProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000_000)
    project = new_project(a=STORY)
    with open_studio(project) as studio:
        declared = studio.ask("api/texts/x.txt", "PUT", body=b"x", headers={"Content-Length": "100000001"})
        assert declared.status == 413
        chunked = {"Transfer-Encoding": "chunked"}
        body = b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n5\r\nxxxxx\r\n0\r\n\r\n"
        assert studio.ask("api/texts/x.txt", "PUT", body=body, headers=chunked).status == 413
        assert [path.name for path in (project / "texts").iterdir()] == ["a.txt"]


@pytest.mark.slow
def test_changes_of_an_editor_are_noticed(new_project: NewProject) -> None:
    project = new_project(a=STORY)
    make_stories(open_project(project), ["a"], Options(jobs=1), RunListener(), cache_folder=cache_folder())
    with open_studio(project) as studio:
        assert studio.wait_for_shelf()["a"]["state"] == "made"
        before = studio.ask(studio.story("a")).json["revision"]
        with studio.events() as events:
            (project / "voices.yaml").write_text(TONES.replace("tone-low", "tone-deep"), encoding="utf-8")
            told = next(data for kind, data in events if kind == "settings")
        after = studio.ask(studio.story("a", "/cast")).json
        assert told["revision"] == after["revision"] != before
        assert after["characters"][0]["voice"]["id"] == "tone-deep"
        story = wait_for_state(studio, "a", "stale")
        assert "tone-deep" in story["reasons"][0]
        assert studio.ask(studio.story("a", "/player")).json["tracks"][0]["cues"]  # what is made can be heard
        (project / "texts" / "a.txt").write_text(STORY + '\n"Good night," said Nora.\n', encoding="utf-8")
        (project / "texts" / "b.txt").write_text(STORY, encoding="utf-8")
        wait_for_state(studio, "a", "stale")
        assert len(studio.ask(studio.story("a")).json["chapters"][0]["paragraphs"]) == 3
        assert len(studio.ask(studio.story("a", "/player")).json["tracks"][0]["cues"]) == 4
        (project / "texts" / "a.txt").unlink()
        shutil.rmtree(project / "output")
        assert set(studio.wait_for_shelf()) == {"b"}
        assert studio.ask(studio.story("a")).status == 404


@pytest.mark.slow
def test_voices_that_are_installed_and_removed_are_noticed(
    new_project: NewProject, made_voices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, staged = tmp_path / "voices" / "kokoro", tmp_path / "staged"
    shutil.copytree(made_voices / "kokoro", staged)
    (tmp_path / "voices").mkdir()
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    with open_studio(new_project(a=STORY, settings="")) as studio:

        def engines() -> tuple[set[str], set[str]]:
            """Return whose voices are offered, and whose the story is cast with."""
            characters = studio.ask(studio.story("a", "/cast")).json["characters"]
            offered = studio.ask("api/voices").json["engines"]
            return {each["name"] for each in offered}, {each["voice"]["engine"] for each in characters}

        studio.wait_for_shelf()
        before = engines()
        assert "kokoro" not in before[0]
        assert before[1] == {"pyttsx3"}
        with studio.events() as events:
            staged.rename(place)
            assert next(kind for kind, _ in events if kind in {"voices", "settings"}) == "voices"
            assert engines() == ({*before[0], "kokoro"}, {"kokoro"})
            shutil.rmtree(place)
            next(kind for kind, _ in events if kind == "voices")
        assert engines() == before


def test_the_stories_of_the_repository_are_listened_to_as_finished(new_project: NewProject) -> None:
    """A file that its story has outgrown keeps its words; one of another program is no track."""
    project = new_project(a="# One\n\nFirst words.\n\n# Two\n\nSecond words.\n")
    shutil.copy(ROOT / "texts" / "echo-fade.txt", project / "texts")
    with open_studio(project) as studio:
        assert studio.ask(studio.story("a", "/player")).json["tracks"] == []
        folder = project / "output" / "echo-fade"
        folder.mkdir(parents=True)
        (folder / "01 - Echo Fade.mp3").write_bytes(b"no sound")
        assert studio.ask(studio.story("echo-fade", "/player")).json["tracks"] == []


@pytest.mark.slow
def test_what_is_printed_beside_a_run_is_not_taken_for_its_words() -> None:
    noisy = """
import os
from audiobook.studio import maker
maker._keep_lines_apart()
os.write(1, b"noise")
maker.say({"note": ""})
"""
    done = subprocess.run([sys.executable, "-c", noisy], capture_output=True, text=True, check=True)
    assert done.stdout == '{"note": ""}\n'
    assert done.stderr == "noise"


def test_a_run_whose_words_are_no_words_comes_to_an_end() -> None:
    ended: list[list[str]] = []

    async def follow() -> Runs:
        runs = Runs(lambda _name, _data: None, lambda made: ended.append(list(made)))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            """print('noise'); print('{"made": {"a": 2}, "errors": []}')""",
            stdout=subprocess.PIPE,
        )
        await runs._follow(process)
        return runs

    runs = asyncio.run(follow())
    assert (runs.is_running, runs.state.message) == (False, "Done: 2 files made.")
    assert ended == [["a"]]


def test_a_story_that_can_not_be_moved_leaves_nothing_of_its_name(new_project: NewProject) -> None:
    project = open_project(new_project(a=STORY))
    fresh = project.texts / ".incoming" / "b.txt"
    fresh.parent.mkdir()
    fresh.write_text(STORY, encoding="utf-8")
    with pytest.raises(StorageError, match="can't be written"):
        uploads._admit(project, fresh, Path.unlink)  # gone when it is to be moved
    assert not (project.texts / "b.txt").exists()


def test_what_killed_uploads_left_is_swept(new_project: NewProject) -> None:
    project = open_project(new_project(a=STORY))
    left, fresh = project.texts / ".incoming-left", project.texts / ".incoming-fresh"
    for room in (left, fresh):
        room.mkdir()
        (room / "b.txt").write_text(STORY, encoding="utf-8")
    for path in (left / "b.txt", left):
        os.utime(path, (1, 1))
    os.utime(fresh, (1, 1))  # something came just now
    incoming.sweep(project)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_what_is_told_after_the_end_is_told_to_nobody() -> None:
    hub = Hub()

    async def live() -> None:
        hub.open()

    asyncio.run(live())
    hub.tell_soon("note", {})
