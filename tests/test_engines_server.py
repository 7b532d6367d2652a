"""Speech servers as engines: only allowed ones are sent anything, and only whole sound comes of it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audiobook.casting import load_servers
from audiobook.engines.conformance import CHECKS, run_checks
from audiobook.engines.server import asking, hosts
from audiobook.engines.server.engine import ServerEngine
from audiobook.engines.server.listing import read_listing
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import SpeechServer, Voice
from audiobook.project.shared_engines import introduce
from tests.command_line import narrate
from tests.conftest import TONES
from tests.speech_server import ToneServer, serve_speech
from tests.studio import open_studio
from tests.test_engines_conformance import LONG_CHECKS
from tests.tiny_voices import PIPER, make_piper

STORY = """\
The harbour

"Where have you been?" asked Rachel.

"Out there," said Max. "Where the water has no floor."
"""
TEXT = "A sentence that takes about three seconds, it is said."


@pytest.fixture(autouse=True)
def _forget_servers() -> Iterator[None]:
    """Leave other tests no server that this one's project has stated."""
    yield
    introduce(())


@pytest.fixture(scope="module")
def running() -> Iterator[ToneServer]:
    with serve_speech() as server:
        yield server


@pytest.fixture
def server(running: ToneServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToneServer:
    """Return a server that has forgotten what it was told, and whose voices nobody has listed yet."""
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    monkeypatch.setattr(asking, "WAITS_S", (0.01, 0.02))
    running.tell()
    return running


@pytest.fixture
def engine(server: ToneServer, allowed: Path) -> Callable[..., ServerEngine]:  # noqa: ARG001 - its list
    """Return a function that opens the server as an engine, once it is allowed."""

    def open_it(**stated: Any) -> ServerEngine:
        hosts.write_allowed({server.url: frozenset({"BOX_KEY"})})
        own = {"name": "gpu-box", "url": f"{server.url}/v1", "model": "kokoro"} | stated
        limit = own.pop("time_limit_s", 120.0)
        return ServerEngine(SpeechServer(**own), time_limit_s=limit)

    return open_it


def voice(id_: str = "af_heart", **changes: Any) -> Voice:
    return Voice(engine="gpu-box", id=id_, **changes)


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_a_story_is_told_by_a_server(
    server: ToneServer,
    new_project: Callable[..., Path],
) -> None:
    project = new_project(f"engine: server\nservers:\n  gpu-box: {{url: {server.url}}}\n", harbour=STORY)
    hosts.write_allowed({server.url: frozenset()})
    foreseen = json.loads(narrate("--dry-run", "--json").stdout)["stories"][0]["sent"]
    assert server.told.asked == []
    done = narrate()
    assert done.returncode == 0, done.stderr
    assert len(list((project / "output").glob("*/*.mp3"))) == 1
    told = server.told
    assert {asked["voice"] for asked in told.asked} == {"af_heart", "am_adam", "bf_emma"}
    sent = {"server": "gpu-box", "destination": server.url, "clips": len(told.asked)}
    assert foreseen == [sent | {"characters": sum(len(asked["input"]) for asked in told.asked)}]
    assert f"of {len(told.asked)} clips go over the network to {server.url} (gpu-box)" in done.stderr
    again = narrate("--json")
    assert json.loads(again.stdout)["stories"][0]["clips_made"] == 0
    assert server.told.paths == told.paths


LONG_STORY = "The harbour\n\n" + "\n\n".join(
    f'"This is line {word}, and it is read," said {who}.'
    for word, who in zip(
        "one two three four five six seven eight nine ten".split(), ["Max", "Rachel"] * 5, strict=True
    )
)


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_a_server_that_stumbles_costs_nothing(
    server: ToneServer,
    new_project: Callable[..., Path],
) -> None:
    new_project(f"engine: server\nservers:\n  gpu-box: {{url: {server.url}}}\n", harbour=LONG_STORY)
    hosts.write_allowed({server.url: frozenset()})
    server.tell(faults=["gone", "starting", "busy", "cut", "error"], fails_on={"line": "late"})
    done = narrate("--json")
    assert done.returncode == 0, done.stderr
    (story,) = json.loads(done.stdout)["stories"]
    told = server.told
    assert len(told.asked) == story["clips_made"] + 5
    assert told.most_at_once >= 3


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_a_server_that_dies_costs_only_what_was_not_spoken(
    new_project: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    monkeypatch.setattr(asking, "WAITS_S", (0.01,))
    with serve_speech() as dying:
        project = new_project(
            f"engine: server\nservers:\n  gpu-box: {{url: {dying.url}}}\n", harbour=LONG_STORY
        )
        (project / "texts" / "quiet.txt").write_text("A quiet story\n\nNobody speaks in it.\n")
        hosts.write_allowed({dying.url: frozenset()})
        dying.tell(fails_on={"said Rachel": "die"})
        done = narrate("--jobs", "2")
        assert done.returncode == 1
        assert f"gpu-box ({dying.url}): can't be reached" in done.stderr
    foreseen = {each["name"]: each for each in json.loads(narrate("--dry-run", "--json").stdout)["stories"]}
    missing = sum(each["clips_to_speak"] for each in foreseen.values())
    kept = sum(each["clips_cached"] for each in foreseen.values())
    assert kept >= 5
    assert missing >= 1
    with serve_speech(int(dying.url.rpartition(":")[2])) as server:
        done = narrate("--json")
        assert done.returncode == 0, done.stderr
        assert len(server.told.asked) == missing
    assert len(list((project / "output").glob("*/*.mp3"))) == 2
    # Nobody is asked where nothing is to be made: the server is away again.
    assert "Nothing to make." in narrate("--dry-run").stdout


@pytest.mark.slow
def test_neither_key_nor_address_is_left_anywhere(
    server: ToneServer,
    new_project: Callable[..., Path],
    allowed: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("BOX_KEY", "sk-quite-secret")
    project = new_project(
        f"engine: server\nservers:\n  gpu-box: {{url: {server.url}, key_env: BOX_KEY}}\n", harbour=STORY
    )
    hosts.write_allowed({server.url: frozenset({"BOX_KEY"})})
    said = []
    for arguments in (
        (),
        ("-v", "--force"),
        ("cast", "harbour", "--json"),
        ("voices", "gpu-box"),
        ("doctor",),
    ):
        done = narrate(*arguments)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout + done.stderr)
    assert set(server.told.keys) == {"Bearer sk-quite-secret"}
    assert "sk-quite-secret" not in "".join(said)
    folders = (project, allowed.parent, tmp_path / "voices", Path(os.environ["XDG_CACHE_HOME"]))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if b"sk-quite" in path.read_bytes()] == []
    at = server.url.removeprefix("http://").encode()
    made = [path for path in (project / "output").rglob("*") if path.is_file() and at in path.read_bytes()]
    assert made == []


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_a_strangers_project_sends_nothing(
    server: ToneServer,
    new_project: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOX_KEY", "sk-secret")
    settings = f"servers:\n  box: {{url: {server.url}, key_env: BOX_KEY, voices: {{anna: female}}}}\n"
    for engine in ("engine: server\n", "narrator: {engine: box, voice: anna}\n", "narrator: box:anna\n"):
        new_project(engine + settings, folder=engine[:12].strip(), harbour=STORY)
        for arguments in (
            (),
            ("--dry-run",),
            ("cast", "harbour"),
            ("voices",),
            ("--engine", "box"),
            ("doctor",),
        ):
            done = narrate(*arguments)
            assert f"narrate allow {server.url} --key BOX_KEY" in done.stderr + done.stdout, arguments
    assert server.told.keys == []


@pytest.mark.usefixtures("allowed")
def test_servers_stand_beside_other_engines(
    server: ToneServer,
    new_project: Callable[..., Path],
) -> None:
    box = f"{{url: {server.url}, model: kokoro, voices: {{anna: female}}}}"
    new_project(
        TONES + f"servers:\n  box: {box}\n  other: {box}\ncharacters:\n  Rachel: box:anna\n"
        "  Max: {engine: other, voice: am_adam}\n",
        harbour=STORY,
    )
    hosts.write_allowed({server.url: frozenset()})
    cast = json.loads(narrate("cast", "harbour", "--json").stdout)["cast"]
    assert {each["speaker"]: (each["voice"]["engine"], each["voice"]["id"]) for each in cast} == {
        "narrator": ("tone", "tone-low"), "Rachel": ("box", "anna"), "Max": ("other", "am_adam")
    }  # fmt: skip
    assert "box:anna" in narrate("cast", "harbour").stdout
    done = narrate("cast", "harbour", "--pin")
    assert done.returncode == 0, done.stderr
    assert narrate("cast", "harbour", "--json").stdout.count("names it") == 2
    heard = narrate("voices", "--audition", "Hello there.", "box:anna", "tone:tone-low")
    assert heard.returncode == 0, heard.stderr
    assert f"12 characters of 1 clip go over the network to {server.url} (box)" in heard.stderr
    listed = narrate("voices", "box").stdout
    assert [word in listed for word in ("anna", "af_heart", "female", "tone")] == [True, True, True, False]
    done = narrate("--dry-run", "--engine", "server")
    assert "a server by its name (box or other), since there are several" in done.stderr


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("servers: {a b: {url: http://x}}", "servers.a b: expected a server's name of letters"),
        ("servers: {box: {model: m}}", "servers.box: expected the key 'url'"),
        ("servers: {box: {url: ftp://x}}", "servers.box.url: expected an address like http://gpu-box:8880"),
        ("servers: {box: {url: 'http://me:pw@x'}}", "without a name, a password or a query"),
        ("servers: {box: {url: 'http://x/v1?key=1'}}", "without a name, a password or a query"),
        ("servers: {box: {url: 'http://x:99999'}}", "servers.box.url: expected an address like"),
        ("servers: {box: {url: 'http://gpu..box:8880'}}", "servers.box.url: expected an address like"),
        ("servers: {box: {url: http://x, voices: [a]}}", "servers.box.voices: expected a mapping"),
        (
            "servers: {box: {url: http://x, voices: {a: girl}}}",
            "expected female, male or unknown, got 'girl'",
        ),
        (
            "servers: {box: {url: http://x, key_env: sk-12}}",
            "servers.box.key_env: expected the name of an env",
        ),
        ("servers: {box: {url: http://x, key: k}}", "servers.box.key: expected a known key, got 'key' (did"),
        ("servers: {kokoro: {url: http://x}}", "servers.kokoro: expected a name that no engine has"),
        ("engine: server", "engine: expected a server under the key servers, got 'server'"),
        ("{engine: server, servers: {box: {}}}", "servers.box: expected the key 'url'"),
    ],
)
def test_what_is_wrong_with_servers_is_told(
    new_project: Callable[..., Path],
    settings: str,
    message: str,
) -> None:
    new_project(settings, harbour=STORY)
    assert message in narrate("--dry-run").stderr


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("http://gpu-box:8880", "http://gpu-box:8880/v1"),
        ("http://gpu-box:8880/v1/", "http://gpu-box:8880/v1"),
        ("https://api.example.org/v1/audio/speech", "https://api.example.org/v1"),
        ("http://[::1]:5050/openai/v1", "http://[::1]:5050/openai/v1"),
        ("http://gpu_box.my-lan.:8880", "http://gpu_box.my-lan.:8880/v1"),
    ],
)
def test_an_address_is_the_servers_or_the_interfaces(tmp_path: Path, stated: str, url: str) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text(f"servers: {{box: {{url: '{stated}'}}}}\n")
    assert [(server.url, server.model) for server in load_servers(path)] == [(url, "tts-1")]


def test_servers_are_allowed_by_their_origin(allowed: Path) -> None:
    assert "no server is allowed" in narrate("allow").stderr
    done = narrate("allow", "HTTP://GPU-Box:8880/v1/audio/speech")
    assert "allowed: http://gpu-box:8880, any text, for every voices.yaml" in done.stdout
    assert "texts go there unencrypted" in done.stderr
    done = narrate("allow", "https://api.example.org:443", "--key", "EXAMPLE_KEY")
    assert done.stderr == ""
    narrate("allow", "http://127.0.0.1:5050")
    path = allowed.with_name("allowed-servers.txt")
    assert path.stat().st_mode & 0o777 == 0o600
    assert narrate("allow").stdout.splitlines() == [
        "http://gpu-box:8880",
        "https://api.example.org, with the key in EXAMPLE_KEY",
        "http://127.0.0.1:5050",
    ]
    assert (
        "no longer allowed: http://gpu-box:8880" in narrate("allow", "--remove", "http://gpu-box:8880").stdout
    )
    assert "is not among the allowed" in narrate("allow", "--remove", "http://gpu-box").stderr
    wrong = ("http://me:pw@x", "http://", "http://x:99999", "https://bücher.example", "http://a b")
    for address in (*wrong, "http://gpu..box", "http://a..b", "http://.box", f"http://{64 * 'x'}.example"):
        assert "expected a server's address" in narrate("allow", address).stderr
    for arguments in (("--key", "A"), ("http://a", "http://b", "--key", "A"), ("flite", "--key", "A")):
        assert narrate("allow", *arguments).returncode == 2
    assert "not what is in it" in narrate("allow", "http://a", "--key", "sk-123").stderr
    assert "sk-123" not in path.read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_the_studio_has_a_servers_voices(server: ToneServer, new_project: Callable[..., Path]) -> None:
    box = f"servers: {{box: {{url: {server.url}, voices: {{anna: female}}}}}}\n"
    project = new_project(f"engine: server\n{box}", harbour=STORY)
    hosts.write_allowed({server.url: frozenset()})
    with open_studio(project) as studio:
        engines = {each["name"]: each["voices"] for each in studio.ask("api/voices").json["engines"]}
        assert [each["id"] for each in engines["box"]] == ["anna", "af_heart", "am_adam", "bf_emma"]
        (project / "voices.yaml").write_text(f"engine: crate\n{box.replace('box', 'crate')}")
        names = {each["name"] for each in studio.ask("api/voices").json["engines"]}
        assert "crate" in names
        assert "box" not in names
        # To open the page sends nothing; a line that is heard goes there.
        assert server.told.asked == []
        assert studio.ask(studio.story("harbour", "/utterances/1/audio")).status == 200
    assert [asked["input"] for asked in server.told.asked] == ["Where have you been?"]


def test_what_is_sent(server: ToneServer, engine: Callable[..., ServerEngine]) -> None:
    speaker = engine()
    plain = speaker.synthesize(TEXT, voice(pitch=80))
    quick = speaker.synthesize(f"{TEXT}\n", voice(rate=310, volume=0.5))
    body = {"model": "kokoro", "voice": "af_heart", "input": TEXT, "response_format": "wav"}
    assert server.told.asked == [body, body | {"speed": 2.0}]
    assert server.told.keys == [None] * 3
    assert quick.seconds == pytest.approx(plain.seconds / 2, rel=0.01)
    assert max(memoryview(quick.samples).cast("h")) == pytest.approx(8000, rel=0.01)


@pytest.mark.parametrize("fault", ["cut", "gone", "busy", "error", "starting", "lying_length", "cut_stream"])
def test_what_may_go_well_the_next_time_is_asked_again(
    server: ToneServer, engine: Callable[..., ServerEngine], fault: str
) -> None:
    server.tell(faults=[fault, fault])
    assert engine().synthesize(TEXT, voice()).seconds == pytest.approx(3.5, abs=0.1)
    assert len(server.told.asked) == 3


@pytest.mark.parametrize(
    ("fault", "attempts", "message"),
    [
        ("cut", 3, "cut its answer"),
        ("gone", 3, "cut the connection (Remote end closed connection without response)"),
        ("cut_stream", 3, "cut the connection (IncompleteRead(8000 bytes read"),
        ("lying_length", 3, "bytes came"),
        ("error", 3, "failed with status 500: CUDA out of memory for Bearer …"),
        ("starting", 3, "failed with status 503: loading"),
        ("spent", 1, "asks to come again in 3,600 s (status 429): quota"),
        ("refused", 1, "refused with status 422: Input should be at least 1"),
        ("key", 1, "refused with status 401: the key was not taken"),
        ("moved", 1, "has moved to http://localhost:"),
        ("page", 2, "it is a web page, no sound: is http://127.0.0.1:"),
        ("mp3", 2, "it is no WAV: it begins with b'ID3"),
        ("empty", 2, "it is empty"),
        ("silent", 2, "it gave nothing but silence"),
        ("short", 2, "it is cut"),
        ("lying_header", 2, "it is cut: "),
        ("slow", 3, "did not answer within"),
        ("endless", 1, "answered with more than"),
    ],
)
def test_what_a_server_does_wrong_is_told(
    server: ToneServer,
    engine: Callable[..., ServerEngine],
    monkeypatch: pytest.MonkeyPatch,
    *,
    fault: str,
    attempts: int,
    message: str,
) -> None:
    monkeypatch.setenv("BOX_KEY", "sk-secret")
    monkeypatch.setattr("audiobook.engines.server.engine._LIMIT_S_PER_CHARACTER", 0.0)
    monkeypatch.setattr("audiobook.engines.server.engine._ANSWER_BYTES", 1_000_000)
    monkeypatch.setattr("audiobook.engines.server.engine._ANSWER_BYTES_PER_CHARACTER", 0)
    server.tell(fails_on={TEXT: fault})
    speaker = engine(key_env="BOX_KEY", time_limit_s=0.3 if fault == "slow" else 60.0)
    with pytest.raises(SynthesisError) as caught:
        speaker.synthesize(TEXT, voice())
    assert message in str(caught.value)
    assert f"gpu-box ({server.url}): " in str(caught.value)
    assert "secr" not in str(caught.value)
    told = server.told
    assert len(told.asked) == attempts
    assert set(told.keys) == {"Bearer sk-secret"}


@pytest.mark.parametrize("fault", ["starting", "busy", "slow"])
def test_one_that_never_gets_to_it_is_waited_for_once(
    server: ToneServer, engine: Callable[..., ServerEngine], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("audiobook.engines.server.engine._LIMIT_S_PER_CHARACTER", 0.0)
    server.tell(fails_on={TEXT: fault})
    speaker = engine(time_limit_s=0.2 if fault == "slow" else 60.0)
    for asked in (3, 4, 5):
        with pytest.raises(SynthesisError):
            speaker.synthesize(TEXT, voice())
        assert len(server.told.asked) == asked
    # Once it answers, it is waited for as before.
    server.tell(faults=["late", "starting", "starting"])
    speaker = engine()
    for _ in range(2):
        speaker.synthesize(TEXT, voice())
    assert len(server.told.asked) == 4


def test_a_stream_without_a_length_is_whole(server: ToneServer, engine: Callable[..., ServerEngine]) -> None:
    speaker = engine()
    whole = speaker.synthesize(TEXT, voice())
    server.tell(faults=["stream"])
    assert speaker.synthesize(TEXT, voice()) == whole


def test_a_server_that_writes_no_wav_is_asked_for_samples(
    server: ToneServer, engine: Callable[..., ServerEngine]
) -> None:
    server.tell(takes_wav=False)
    speaker = engine()
    for _ in range(2):
        clip = speaker.synthesize(TEXT, voice())
    assert clip.sample_rate == 24_000
    server.tell(takes_wav=False, pcm_kind="audio/pcm;rate=22050")
    assert engine().synthesize(TEXT, voice()).seconds == pytest.approx(3.5, abs=0.1)
    assert [asked["response_format"] for asked in server.told.asked] == ["wav", "pcm"]


@pytest.mark.usefixtures("engine")
def test_nobody_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_speech() as gone:
        url = gone.url
    hosts.write_allowed({url: frozenset()}, tmp_path / "allowed")
    stated = SpeechServer(name="gpu-box", url=f"{url}/v1", model="m", voices=(("anna", "female"),))
    speaker = ServerEngine(stated, allowed=tmp_path / "allowed")
    assert [entry.gender for entry in speaker.voices()] == ["female"]
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    for _ in range(2):  # after all attempts the next line tries it once
        with pytest.raises(SynthesisError, match=r"can't be reached \(Connection refused\); is it running\?"):
            speaker.synthesize(TEXT, voice("anna"))
    assert len(waited) == 2
    nobody = ServerEngine(
        SpeechServer(name="gpu-box", url=f"{url}/v1", model="m"), allowed=tmp_path / "allowed"
    )
    with pytest.raises(EngineError, match=r"start it, or state its voices: servers: \{gpu-box: "):
        nobody.voices()


def test_who_answers_without_https_is_sent_nothing(server: ToneServer, tmp_path: Path) -> None:
    url = server.url.replace("http:", "https:")
    hosts.write_allowed({url: frozenset()}, tmp_path / "allowed")
    stated = SpeechServer(name="gpu-box", url=f"{url}/v1", model="m", voices=(("anna", "female"),))
    speaker = ServerEngine(stated, allowed=tmp_path / "allowed")
    with pytest.raises(SynthesisError, match=r"can't be asked by https \(.*\): is it http:// instead\?"):
        speaker.synthesize(TEXT, voice("anna"))
    assert server.told.paths == {}


def test_long_texts_are_sent_in_pieces(server: ToneServer, engine: Callable[..., ServerEngine]) -> None:
    clip = engine().synthesize(" ".join([TEXT] * 100), voice())
    assert [len(asked["input"]) < 2000 for asked in server.told.asked] == [True, True, True]
    assert clip.seconds == pytest.approx(355, abs=2)


def test_nothing_is_sent_to_whom_nobody_allowed(
    server: ToneServer, engine: Callable[..., ServerEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOX_KEY", "sk-secret")
    monkeypatch.setenv("OTHER_KEY", "sk-other")
    speaker = engine(key_env="OTHER_KEY")
    for _ in range(2):
        fault = speaker.find_fault("af_heart")
        assert fault is not None
        assert f"type: narrate allow {server.url} --key OTHER_KEY" in fault
        for call in (speaker.voices, speaker.refresh_voices, lambda: speaker.synthesize(TEXT, voice())):
            with pytest.raises(EngineError, match="nobody has allowed"):
                call()
        hosts.write_allowed({server.url.replace("127.0.0.1", "127.0.0.2"): frozenset({"OTHER_KEY"})})
    assert server.told.keys == []


def test_a_key_comes_from_the_environment(
    server: ToneServer, engine: Callable[..., ServerEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = engine(key_env="BOX_KEY", voices=(("anna", "female"),))
    for value, message in ((None, "BOX_KEY, which holds its key, is not set"), ("sk secret\x07", "no key")):
        monkeypatch.delenv("BOX_KEY", raising=False)
        if value:
            monkeypatch.setenv("BOX_KEY", value)
        with pytest.raises(EngineError, match=message) as caught:
            speaker.synthesize(TEXT, voice("anna"))
        assert "secret" not in str(caught.value)
    assert server.told.keys == []


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (["af_heart", "alloy"], ["af_heart en-us female", "alloy  unknown"]),
        ({"voices": [{"id": "bm_x", "name": "Mr. X"}, "bm_x"]}, ["bm_x en-gb male"]),
        ({"voices": [{"name": "Anna", "gender": "Female", "language": "de_DE"}]}, ["Anna de-DE female"]),
        ({"data": [{"voice_id": "v1", "locale": "fr", "gender": "M"}]}, ["v1 fr male"]),
        ({"voices": {"zoe": {"languages": 1}, "al": {"lang": ["it"]}}}, ["zoe  unknown", "al it unknown"]),
        ([{"id": "a\nb"}, {"id": "x" * 201}, {"id": 7}, 7, None, [], " "], []),
        ({"object": "error"}, []),
    ],
)
def test_voices_are_read_in_whatever_form_they_come(listing: object, expected: list[str]) -> None:
    voices = read_listing(json.dumps(listing).encode())
    assert [f"{each.id} {each.language} {each.gender}" for each in voices] == expected
    assert read_listing(b"<html>") == ()


def test_voices_are_listed_once_and_kept(server: ToneServer, engine: Callable[..., ServerEngine]) -> None:
    stated = (("am_adam", "female"), ("anna", "male"))
    ids = [f"{entry.id} {entry.gender} {entry.language}" for entry in engine(voices=stated).voices()]
    assert ids == ["am_adam female en-us", "anna male ", "af_heart female en-us", "bf_emma female en-gb"]
    assert server.told.paths == {"/v1/audio/voices": 1}
    server.tell(listing={"voices": ["af_heart", "new"]})
    speaker = engine()
    assert [entry.id for entry in speaker.voices()] == ["af_heart", "am_adam", "bf_emma"]
    assert "did you mean 'af_heart'" in (speaker.find_fault("af_hearts") or "")
    assert speaker.find_fault("new") is None
    assert [entry.id for entry in engine().voices()] == ["af_heart", "new"]
    assert server.told.asked == []


def test_one_that_lists_nothing_wants_its_voices_stated(
    server: ToneServer, engine: Callable[..., ServerEngine]
) -> None:
    server.tell(listing=None)
    assert "servers: {gpu-box: {voices: {anna: female}}}" in (engine().find_fault("anna") or "")
    assert engine(voices=(("anna", "female"),)).find_fault("anna") is None
    assert server.told.paths == {"/v1/audio/voices": 1, "/v1/voices": 1}


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_one_that_will_not_list_its_voices_is_asked_once(
    server: ToneServer, engine: Callable[..., ServerEngine], status: int
) -> None:
    server.tell(listing_status=status)
    speaker, nameless = engine(voices=(("anna", "female"),)), engine()
    for _ in range(4):
        assert [entry.id for entry in speaker.voices()] == ["anna"]
        assert "got 'annie' (did you mean 'anna'?)" in (speaker.find_fault("annie") or "")
        assert speaker.localize("anna", "en") == "anna"
        with pytest.raises(EngineError, match=rf"status {status}.* state its voices"):
            nameless.voices()
    assert server.told.paths == {"/v1/audio/voices": 2}
    # Who asks for them gets an answer.
    server.tell()
    assert len(speaker.refresh_voices()) == 4


def test_stated_voices_want_no_key_to_be_listed(
    server: ToneServer, engine: Callable[..., ServerEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOX_KEY", raising=False)
    speaker = engine(key_env="BOX_KEY", voices=(("anna", "female"),))
    assert [entry.id for entry in speaker.voices()] == ["anna"]
    assert speaker.localize("anna", "en") == "anna"
    with pytest.raises(EngineError, match="BOX_KEY, which holds its key, is not set"):
        engine(key_env="BOX_KEY").voices()
    assert server.told.keys == []


def test_a_cast_of_a_server_is_of_its_voices(server: ToneServer, engine: Callable[..., ServerEngine]) -> None:
    cast = engine(voices=(("anna", "unknown"),)).built_in_cast("en")
    assert cast is not None
    assert cast.narrator.id == "anna"
    assert [each.id for each in cast.pools["female"]] == ["af_heart", "bf_emma"]
    assert cast.pitch_shifts == (0,)
    assert engine().built_in_cast("fr") is None
    assert engine().localize("af_heart", "fr") is None
    assert engine(voices=(("anna", "unknown"),)).localize("anna", "fr") == "anna"
    del server


def test_another_place_or_model_is_another_version(engine: Callable[..., ServerEngine]) -> None:
    first = engine().voice_fingerprint("af_heart")
    others = [engine(model="tts-1"), engine(url="http://elsewhere/v1")]
    assert first == engine(voices=(("x", "male"),)).voice_fingerprint("af_heart")
    assert first not in [other.voice_fingerprint("af_heart") for other in others]
    assert "127.0.0.1" not in first


@pytest.mark.parametrize(
    "check",
    [pytest.param(c, marks=pytest.mark.slow if c.__name__ in LONG_CHECKS else ()) for c in CHECKS],
    ids=lambda check: check.__name__,
)
def test_it_is_an_engine(
    server: ToneServer, engine: Callable[..., ServerEngine], allowed: Path, check: Callable[..., str]
) -> None:
    engine()
    stated = SpeechServer(name="gpu-box", url=f"{server.url}/v1", model="kokoro")
    path = allowed.with_name("allowed-servers.txt")
    open_it = functools.partial(ServerEngine, stated, allowed=path)
    (result,) = (each for each in run_checks(open_it, voice(), [check]))
    assert result.passed, result.found


@contextlib.contextmanager
def run_piper_server(folder: Path) -> Iterator[str]:
    """Run the package local-tts-studio with a tiny voice of Piper's; yield its address."""
    make_piper(folder)
    settings = {"voices_dir": str(folder), "api_default_voice": PIPER, "api_speaker_id": 0}
    (folder / "settings.json").write_text(json.dumps(settings))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "local_tts.cli", "--port", str(port)]
    variables = {**os.environ, "LOCAL_TTS_DATA_DIR": str(folder)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, env=variables, stdout=log, stderr=log) as server,
    ):
        try:
            deadline = time.monotonic() + 120
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.mark.slow
@pytest.mark.usefixtures("allowed")
def test_a_published_server_tells_a_story(
    new_project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It lists no voices, and speaks in one whatever is asked for: what it sends is what is looked at."""
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    piper = tmp_path / "piper"
    piper.mkdir()
    with run_piper_server(piper) as url:
        voices = "voices: {joe: male, jane: female}"
        project = new_project(
            f"engine: server\nservers: {{studio: {{url: '{url}', {voices}}}}}\n", harbour=STORY
        )
        hosts.write_allowed({url: frozenset()})
        done = narrate("--json")
        assert done.returncode == 0, done.stderr
        assert narrate("check").returncode == 0
    assert len(list((project / "output").glob("*/*.mp3"))) == 1
