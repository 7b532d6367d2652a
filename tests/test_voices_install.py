"""`narrate voices install`: whole or not at all, whatever breaks; from a real server on this machine."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError
from io import BytesIO
from pathlib import Path
from urllib.request import Request

import numpy as np
import onnx
import pytest
from click.testing import CliRunner, Result

from audiobook.building.cluster.toolchain import compare_tools, name_tools
from audiobook.cli import main
from audiobook.engines import open_engine
from audiobook.engines.base import VersionedEngine
from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.neural import archives, packages
from audiobook.engines.neural.fetching import Redirects
from audiobook.engines.neural.pace import find_pace
from audiobook.errors import EngineError
from audiobook.model import Voice
from tests.mirror import Mirror, open_mirror
from tests.tiny_voices import KOKORO_VOICES, PIPER, SPEAKERS, make_piper

NAME = f"piper:{PIPER}"


@pytest.fixture(name="mirror")
def open_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    monkeypatch.chdir(tmp_path)
    with open_mirror(tmp_path / "mirror") as mirror:
        monkeypatch.setenv("NARRATE_PIPER_URL", f"{mirror.address}/")
        monkeypatch.setenv("NARRATE_KOKORO_URL", mirror.address)
        yield mirror


def narrate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["voices", *map(str, arguments)], catch_exceptions=False)


def installed(engine: str = "piper") -> list[str]:
    return [entry.id for entry in open_engine(engine).voices()]


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_voice_is_fetched_proven_and_speaks(mirror: Mirror, tmp_path: Path) -> None:
    engine = open_engine("piper")
    assert mirror.address
    assert engine.find_fault(PIPER) == (
        f"a voice of piper that is installed, got '{PIPER}'; narrate voices install piper:{PIPER}"
    )
    done = narrate("install", NAME)
    place = f"{mirror.address}/en/en_US/tiny/low"
    assert (done.exit_code, done.stderr) == (
        0,
        f"{PIPER}.onnx: 0.0 MB from {place}\n{PIPER}.onnx.json: 0.0 MB from {place}\n",
    )
    assert done.stdout.startswith(f"installed {NAME} in {tmp_path / 'voices' / 'piper' / PIPER}: ")
    assert installed() == [f"{PIPER}#{name}" for name in SPEAKERS]
    assert files_of(tmp_path / "voices" / "piper" / PIPER) == [
        "installed.json", "model.onnx", "pace/0.json", "speakers.json", "voice.json",
    ]  # fmt: skip
    assert files_of(tmp_path / "voices" / ".partial") == ["piper/lock"]
    assert engine.synthesize("Hello.", Voice(engine="piper", id=f"{PIPER}#bob")).seconds > 0.2
    assert engine.find_fault("en_US-tinny-low") == (
        f"a voice of piper, got 'en_US-tinny-low' (did you mean '{PIPER}'?); "
        "narrate voices --available piper lists them"
    )


def test_kokoro_comes_with_all_its_voices(mirror: Mirror) -> None:
    assert mirror.address
    fault = open_engine("kokoro").find_fault("af_bella*0.7+af_sky*0.3")
    assert fault == (
        "a voice of kokoro that is installed, got 'af_bella*0.7+af_sky*0.3'; "
        "narrate voices install kokoro:af_bella"
    )
    assert narrate("install", "kokoro:af_bella", "-q").exit_code == 0
    assert installed("kokoro") == sorted(KOKORO_VOICES)
    first = (open_engine("kokoro").voices(), mirror.asked.copy())
    again = narrate("install", "kokoro:af_sky")
    assert (again.exit_code, "which is kept" in again.stderr) == (0, True)
    assert (open_engine("kokoro").voices(), mirror.asked) == first
    wrong = narrate("install", "kokoro:af_bela")
    assert (wrong.exit_code, "did you mean 'kokoro:af_bella'" in wrong.stderr) == (1, True)


def test_what_can_be_installed_is_listed(mirror: Mirror) -> None:
    assert mirror.address
    shown = narrate("--available", "piper", "--json")
    (entry,) = json.loads(shown.stdout)["voices"]
    assert (entry["id"], entry["name"], entry["language"]) == (PIPER, "tiny, low, 0 MB, 6 speakers", "en-us")
    assert len(json.loads(narrate("--available", "kokoro", "--json").stdout)["voices"]) == 54
    assert narrate("list", "--available", "kokoro", "--language", "fr").stdout.count("ff_siwis") == 1


def test_a_broken_download_goes_on_where_it_stopped(mirror: Mirror, tmp_path: Path) -> None:
    mirror.breaks_after, mirror.breaks_left = 100, 99
    done = narrate("install", NAME)
    assert done.exit_code == 1
    assert "the connection ended after 400 of" in done.stderr
    assert done.stderr.rstrip().endswith("the next try goes on where this one stopped")
    assert installed() == []
    assert files_of(tmp_path / "voices" / ".partial") == [f"piper/{PIPER}/{PIPER}.onnx.part", "piper/lock"]
    mirror.breaks_left = 0
    mirror.asked.clear()
    assert narrate("install", NAME).exit_code == 0
    assert [asked for path, asked in mirror.asked if path.endswith(".onnx")] == ["bytes=400-"]
    assert len(installed()) == 6


def test_a_server_that_knows_no_ranges_begins_anew(mirror: Mirror) -> None:
    mirror.knows_ranges = False
    mirror.breaks_after, mirror.breaks_left = 1000, 2
    assert narrate("install", NAME).exit_code == 0
    assert [a for path, a in mirror.asked if path.endswith(".onnx")] == ["", "bytes=1000-", "bytes=1000-"]
    assert len(installed()) == 6


@pytest.mark.slow
@pytest.mark.parametrize("change", ["another byte", "cut", "longer"])
def test_a_file_that_is_not_the_published_one_is_refused(mirror: Mirror, tmp_path: Path, change: str) -> None:
    data = mirror.model.read_bytes()
    changed = {"another byte": b"?" + data[1:], "cut": data[:-1], "longer": data + b"!"}[change]
    mirror.model.write_bytes(changed)
    done = narrate("install", NAME)
    assert done.exit_code == 1
    assert installed() == []
    assert "is not the file that was published" in done.stderr
    assert files_of(tmp_path / "voices" / ".partial") == ["piper/lock"]
    mirror.model.write_bytes(data)
    assert narrate("install", NAME).exit_code == 0


@pytest.mark.slow
def test_an_interrupt_leaves_what_has_come(mirror: Mirror, tmp_path: Path) -> None:
    mirror.slowly = threading.Event()
    process = subprocess.Popen(
        [sys.executable, "-m", "audiobook", "voices", "install", NAME],
        stderr=subprocess.PIPE,
        text=True,
    )
    part = tmp_path / "voices" / ".partial" / "piper" / PIPER / f"{PIPER}.onnx.part"
    half = mirror.model.stat().st_size // 2
    for _ in range(400):
        if part.exists() and part.stat().st_size == half:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert part.stat().st_size == half
    assert installed() == []
    mirror.slowly.set()
    mirror.slowly = None
    assert narrate("install", NAME).exit_code == 0
    assert mirror.asked[-2][1] == f"bytes={half}-"


@pytest.mark.slow
def test_one_installation_waits_for_another(mirror: Mirror) -> None:
    mirror.slowly = threading.Event()
    command = [sys.executable, "-m", "audiobook", "voices", "install", NAME]
    first, second = (subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2))
    said: list[str] = []
    for process in (first, second):
        assert process.stderr is not None
        said.append(process.stderr.readline())
    assert "another installation of piper is going on; waiting for its end\n" in said
    mirror.slowly.set()
    mirror.slowly = None
    assert [process.wait(20) for process in (first, second)] == [0, 0]
    for process in (first, second):
        process.communicate()
    assert len(installed()) == 6


@pytest.mark.slow
def test_a_full_disk_is_a_clear_error(mirror: Mirror, tmp_path: Path) -> None:
    size = mirror.model.stat().st_size
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size // 2}, {size // 2}))"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    program = f"{limit}; from audiobook.cli import main; main(['voices', 'install', {NAME!r}])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        f"{tmp_path / 'voices' / '.partial' / 'piper' / PIPER / PIPER}.onnx.part: can't be written: "
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert installed() == []
    assert narrate("install", NAME).exit_code == 0


def test_too_little_room_is_seen_before_the_download(mirror: Mirror) -> None:
    index = mirror.folder / "voices.json"
    size = f'"size_bytes": {mirror.model.stat().st_size}'
    index.write_text(index.read_text().replace(size, '"size_bytes": 1' + "0" * 17))
    done = narrate("install", NAME)
    assert done.exit_code == 1
    assert "MB are free; free some space, or set NARRATE_VOICES to another folder" in done.stderr
    assert [path for path, _ in mirror.asked] == ["/voices.json"]


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("NARRATE_PIPER_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path))
    done = narrate("install", NAME)
    assert done.exit_code == 1
    assert done.stderr == (
        f"error: http://127.0.0.1:{port}/voices.json: can't be fetched: Connection refused; without a "
        "network, install from a file: narrate voices install ENGINE:VOICE --from FILE\n"
    )
    monkeypatch.setenv("NARRATE_PIPER_URL", "file:///etc")
    assert "no web address" in narrate("--available", "piper").stderr


@pytest.mark.parametrize(
    ("start", "target", "is_followed"),
    [
        ("https://a.org/x", "https://b.org/x", True),
        ("http://a.org/x", "https://b.org/x", True),
        ("http://a.org/x", "http://b.org/x", True),
        ("https://a.org/x", "http://b.org/x", False),
        ("http://a.org/x", "ftp://b.org/x", False),
    ],
)
def test_a_server_may_not_lead_to_what_is_less_safe(start: str, target: str, *, is_followed: bool) -> None:
    def follow() -> str:
        request = Request(start, headers={"Range": "bytes=5-"})  # noqa: S310 - nothing is opened
        led = Redirects().redirect_request(request, BytesIO(), 302, "Found", Message(), target)
        return f"{led.full_url} {led.get_header('Range')}" if led else ""

    if is_followed:
        assert follow() == f"{target} bytes=5-"
    else:
        with pytest.raises(ValueError, match="which is less safe"):
            follow()


def test_a_server_that_leads_astray_is_told(mirror: Mirror) -> None:
    mirror.leads_to = "ftp://127.0.0.1/voices.json"
    done = narrate("install", NAME)
    assert done.exit_code == 1
    assert "the server leads to ftp://127.0.0.1/voices.json, which is less safe" in done.stderr
    mirror.leads_to = f"{mirror.address}/voices.json?"
    assert narrate("install", NAME).exit_code == 0


def test_voices_are_listed_by_engine_and_none_is_said(mirror: Mirror) -> None:
    assert narrate("install", NAME, "-q").exit_code == 0
    assert narrate("install", "kokoro", "-q").exit_code == 0
    assert mirror.address

    def listed(*names: str) -> list[str]:
        return [entry["id"] for entry in json.loads(narrate(*names, "--json").stdout)["voices"]]

    assert listed("piper") == [f"{PIPER}#{name}" for name in SPEAKERS]
    assert listed("piper", "bob") == [f"{PIPER}#bob"]
    assert listed("kokoro", "piper", "sky", "#bob") == [f"{PIPER}#bob", "af_sky"]
    none = narrate("no-such")
    assert (none.exit_code, none.stdout) == (0, "")
    assert none.stderr == "no such voice is here (narrate voices --available lists others)\n"
    done = narrate("--audition", "Hello.", "kokoro:nobody", "piper:nobody")
    assert (done.exit_code, done.stderr.count("expected a voice of")) == (1, 2)


@pytest.mark.slow
def test_from_files_and_archives(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_PIPER_URL", "http://127.0.0.1:9")
    config = Path(f"{mirror.model}.json")
    with zipfile.ZipFile(tmp_path / "voice.zip", "w") as packed:
        for path in (mirror.model, config):
            packed.write(path, f"voices/{path.name}")
            packed.writestr(f"__MACOSX/voices/._{path.name}", b"?")
    with tarfile.open(tmp_path / "voice.tar.gz", "w:gz") as archive:
        for path in (mirror.model, config):
            archive.add(path, f"../{path.name}")
    for source in (mirror.model, tmp_path / "voice.zip", tmp_path / "voice.tar.gz"):
        assert narrate("install", NAME, "--from", source, "-q").exit_code == 0
        assert len(installed()) == 6
        shutil.rmtree(tmp_path / "voices")
    assert narrate("install", "kokoro", "--from", mirror.folder / "kokoro-v1.0.onnx", "-q").exit_code == 0
    assert installed("kokoro") == sorted(KOKORO_VOICES)


def test_from_files_that_are_no_voice(mirror: Mirror, tmp_path: Path) -> None:
    def refuse(*arguments: str | Path) -> str:
        done = narrate("install", *arguments)
        assert done.exit_code == 1, done.stderr
        assert not (tmp_path / "voices" / "piper" / "mine").exists()
        return done.stderr

    assert "there is no such file" in refuse("piper:mine", "--from", tmp_path / "none.onnx")
    lone = shutil.copy(mirror.model, tmp_path / "lone.onnx")
    assert "expected one file *.onnx.json beside it, found no" in refuse("piper:mine", "--from", lone)
    (tmp_path / "lone.onnx.json").write_text("{}")
    assert "does not speak" in refuse("piper:mine", "--from", lone)
    (tmp_path / "lone.onnx").write_bytes(b"no model at all")
    assert "is no ONNX model" in refuse("piper:mine", "--from", lone)
    config = json.loads(Path(f"{mirror.model}.json").read_text())
    (tmp_path / "lone.onnx.json").write_text(json.dumps({**config, "phoneme_type": "pinyin"}))
    shutil.copy(mirror.model, lone)
    assert "its phonemes are of the type 'pinyin'" in refuse("piper:mine", "--from", lone)
    shutil.copy(mirror.folder / "kokoro-v1.0.onnx", lone)
    (tmp_path / "lone.onnx.json").write_text(json.dumps(config))
    assert "does not speak" in refuse("piper:mine", "--from", lone)
    assert "a voice's name is made of" in refuse("piper:../mine", "--from", mirror.model)


def test_a_broken_archive_is_told_and_nothing_beside_it_is_taken(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    files = (mirror.model, Path(f"{mirror.model}.json"))
    with zipfile.ZipFile(folder / "voice.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            packed.write(path, path.name)
    with tarfile.open(folder / "voice.tar.gz", "w:gz") as archive:
        for path in files:
            archive.add(path, path.name)
    for path in files:
        shutil.copy(path, folder)

    def refuse(name: str, data: bytes) -> str:
        (folder / name).write_bytes(data)
        done = narrate("install", "piper:mine", "--from", folder / name)
        assert (done.exit_code, installed()) == (1, [])
        return done.stderr

    whole = (folder / "voice.zip").read_bytes()
    assert "expected a file *.onnx, or a whole ZIP or TAR" in refuse("cut.zip", whole[: len(whole) // 2])
    at = whole.index(b".onnx") + 8
    turned = bytes(255 - byte for byte in whole[at : at + 200])
    assert "it is damaged" in refuse("wrong.zip", whole[:at] + turned + whole[at + 200 :])
    cut = (folder / "voice.tar.gz").read_bytes()[:-500]
    assert "it is damaged" in refuse("cut.tar.gz", cut)
    assert files_of(tmp_path / "voices") == [".partial/piper/lock"]
    done = narrate("install", "piper:mine", "--from", folder)
    assert (done.exit_code, "is a folder; name the file in it" in done.stderr) == (1, True)


def test_an_archive_that_unpacks_to_more_than_a_model_has_is_stopped(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_LARGEST", 5_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("v.onnx", bytes(50_000_000))
        packed.write(f"{mirror.model}.json", "v.onnx.json")
    done = narrate("install", "piper:mine", "--from", tmp_path / "bomb.zip")
    assert (done.exit_code, "is larger than a model can be" in done.stderr) == (1, True)
    assert files_of(tmp_path / "voices") == [".partial/piper/lock"]


def test_kokoros_model_that_was_prepared_otherwise_speaks_and_doctor_says_so(mirror: Mirror) -> None:
    assert narrate("install", "kokoro", "-q").exit_code == 0
    path = mirror.folder.parent / "voices" / "kokoro" / "v1.0" / "installed.json"
    engine = open_engine("kokoro")
    assert isinstance(engine, KokoroEngine)
    now = engine.voice_fingerprint("af_sky")
    origin = json.loads(path.read_text())
    del origin["recipe"]  # as versions before wrote it
    path.write_text(json.dumps(origin))
    otherwise = engine.voice_fingerprint("af_sky")
    assert otherwise != now
    assert "prepared by another version of narrate" in otherwise
    assert engine.synthesize("Hello.", Voice(engine="kokoro", id="af_sky")).seconds > 0
    doctor = CliRunner().invoke(main, ["doctor"]).stdout
    assert "narrate voices install kokoro prepares it anew" in " ".join(doctor.split())
    assert narrate("install", "kokoro", "-q").exit_code == 0
    assert engine.voice_fingerprint("af_sky") == now


def test_a_kokoro_that_is_silent_is_said_to_be_that(mirror: Mirror) -> None:
    path = mirror.folder / "kokoro-v1.0.onnx"
    model = onnx.load(str(path))
    last = next(node for node in model.graph.node if node.output[0] == "output")
    last.CopyFrom(onnx.helper.make_node("Sub", [last.input[0], last.input[0]], ["output"]))
    onnx.save(model, str(path))
    done = narrate("install", "kokoro", "--from", path)
    assert (done.exit_code, "does not speak" in done.stderr) == (1, False)
    assert "af_bella is silent" in done.stderr


@pytest.mark.slow
def test_a_model_without_the_voice_that_was_asked_for(mirror: Mirror) -> None:
    model = mirror.folder / "kokoro-v1.0.onnx"
    for name, source in (("kokoro:zz_mine", model), ("piper:mine#nobody", mirror.model)):
        done = narrate("install", name, "--from", source)
        assert (done.exit_code, f"{name}: the model is installed in" in done.stderr) == (1, True)
    assert narrate("install", "piper:mine#bob", "--from", mirror.model).exit_code == 0
    assert narrate("install", "kokoro:af_sky*0.5+af_bella*0.5", "--from", model).exit_code == 0


def test_among_several_files_that_of_the_models_name_is_taken(mirror: Mirror, tmp_path: Path) -> None:
    for name in ("amy", "amy2"):
        shutil.copy(mirror.model, tmp_path / f"{name}.onnx")
        shutil.copy(f"{mirror.model}.json", tmp_path / f"{name}.onnx.json")
    assert narrate("install", "piper:amy", "--from", tmp_path / "amy.onnx", "-q").exit_code == 0
    (mirror.folder / "firmware.bin").write_bytes(b"?")
    assert narrate("install", "kokoro", "--from", mirror.folder / "kokoro-v1.0.onnx", "-q").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ["voice.json", "installed.json", "model.onnx"])
def test_a_damaged_voice_can_be_installed_anew(mirror: Mirror, tmp_path: Path, damaged: str) -> None:
    assert narrate("install", "piper:other", "--from", mirror.model, "-q").exit_code == 0
    assert narrate("install", NAME, "-q").exit_code == 0
    (tmp_path / "voices" / "piper" / PIPER / damaged).write_text("{")
    # What an installation that was killed left behind is no hindrance, and goes.
    remains = tmp_path / "voices" / ".partial" / "piper"
    for name in (f"{PIPER}.former", f"{PIPER}.99999"):
        (remains / name).mkdir()
        (remains / name / "model.onnx").write_bytes(b"?")
    done = narrate("install", NAME)
    assert done.exit_code == 0, done.stderr
    assert f": {PIPER}#ann, {PIPER}#bob, {PIPER}#cat and 3 more" in done.stdout
    assert files_of(remains) == ["lock"]
    assert open_engine("piper").synthesize("Hello.", Voice(engine="piper", id=PIPER)).seconds > 0.2


def test_what_can_be_installed_is_told_without_the_engines_package(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(packages, "version", find_none)
    packages.name_versions.cache_clear()  # it looks once in a process's life
    assert mirror.address
    assert PIPER in narrate("--available", "piper", "--json").stdout
    assert "af_bella" in narrate("--available", "kokoro", "--json").stdout
    for name, package in ((NAME, "piper"), ("kokoro", "kokoro")):
        done = narrate("install", name)
        assert (done.exit_code, f"pip install 'narrate-audiobook[{package}]'" in done.stderr) == (1, True)
    done = CliRunner().invoke(main, ["doctor"])
    assert "ok   engine piper: no voices installed" in done.stdout
    assert "ok   engine kokoro: no voices installed" in done.stdout
    done = CliRunner().invoke(main, ["doctor", "--engine", "piper"])
    assert (done.exit_code, "has no voices yet" in done.stderr) == (1, True)


def test_a_file_is_compared_with_the_index_where_that_is_known(mirror: Mirror, tmp_path: Path) -> None:
    narrate("--available", "piper")
    other = make_piper(tmp_path / "other", base_hz=99.0)
    done = narrate("install", NAME, "--from", str(other))
    assert done.exit_code == 1
    assert "is not the published" in done.stderr
    assert narrate("install", "piper:my-own", "--from", str(other)).exit_code == 0
    assert narrate("install", NAME, "--from", str(mirror.model)).exit_code == 0
    assert len(installed()) == 12


@pytest.mark.slow
def test_another_model_of_the_same_name_is_another_version_of_its_voices(
    mirror: Mirror, tmp_path: Path
) -> None:
    engine = open_engine("piper")
    assert isinstance(engine, VersionedEngine)
    first = make_piper(tmp_path / "first")
    assert mirror.address
    assert narrate("install", "piper:mine", "--from", first, "-q").exit_code == 0
    assert narrate("install", "piper:mine2", "--from", first, "-q").exit_code == 0
    names = ["piper", "piper mine#bob", "piper mine2#bob"]
    before = name_tools(names, "bundled")
    assert engine.voice_fingerprint("mine#ann") == engine.voice_fingerprint("mine2") != ""
    voice = Voice(engine="piper", id="mine#bob")
    first_clip = engine.synthesize("Hello.", voice)
    assert narrate("install", "piper:mine", "--from", first, "-q").exit_code == 0
    assert name_tools(names, "bundled") == before
    other = make_piper(tmp_path / "second", base_hz=99.0)
    assert narrate("install", "piper:mine", "--from", other, "-q").exit_code == 0
    assert compare_tools(before, name_tools(names, "bundled")).startswith("engine piper mine#bob is ")
    assert "; " not in compare_tools(
        before, name_tools(names, "bundled")
    )  # mine2 and the engine are as before
    after = engine.synthesize("Hello.", voice)
    assert after != first_clip
    assert after == open_engine("piper").synthesize("Hello.", voice)
    shutil.rmtree(tmp_path / "voices" / "piper" / "mine")
    with pytest.raises(EngineError, match="expected a voice of piper"):
        engine.voice_fingerprint(voice.id)


def test_other_styles_are_another_version_of_kokoros_voices(mirror: Mirror) -> None:
    engine = open_engine("kokoro")
    assert isinstance(engine, VersionedEngine)
    model = mirror.folder / "kokoro-v1.0.onnx"
    assert narrate("install", "kokoro", "--from", model, "-q").exit_code == 0
    before, version = engine.voice_fingerprint("af_bella"), engine.fingerprint
    np.savez(mirror.folder / "voices-v1.0.npz", af_bella=np.full((510, 1, 256), 99.0, dtype=np.float32))
    (mirror.folder / "voices-v1.0.npz").replace(mirror.folder / "voices-v1.0.bin")
    assert narrate("install", "kokoro", "--from", model, "-q").exit_code == 0
    assert engine.voice_fingerprint("af_bella") != before
    assert engine.fingerprint == version


def test_a_pace_that_another_version_measured_is_measured_anew(tmp_path: Path) -> None:
    tone = np.sin(np.arange(22050, dtype=np.float32))

    def find(made_by: str, seconds: int) -> float:
        pace = find_pace(tmp_path, "ann", made_by, "en-us", lambda _: (np.tile(tone, seconds), 22050))
        return pace.seconds

    assert find("one", 1) == find("one", 2) == pytest.approx(find("two", 2) / 2, rel=0.01)


def test_names_that_are_no_voices(mirror: Mirror) -> None:
    assert mirror.address
    wrong = narrate("install", "piper:en_US-tinny-low")
    assert (wrong.exit_code, f"(did you mean '{NAME}'?)" in wrong.stderr) == (1, True)
    assert narrate("install", "espeak:en").exit_code == 2
    assert narrate("install", NAME, "kokoro", "--from", "x").exit_code == 2
