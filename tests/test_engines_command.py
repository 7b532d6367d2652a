"""Programs as engines: only allowed ones, whole sound or a clear error, and nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.audio import find_encoder
from audiobook.casting import VoiceWish, load_settings
from audiobook.cli import main
from audiobook.editing.edits import Editor
from audiobook.editing.pins import pin_cast
from audiobook.engines import allowing
from audiobook.engines.command import CommandEngine
from audiobook.engines.command_line import join, parse, to_ascii
from audiobook.engines.program_output import cut_to_size
from audiobook.engines.sound_files import SoundFileFault, read_sound
from audiobook.errors import EngineError, SettingsError, SynthesisError
from audiobook.model import Voice
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import known_engines
from audiobook.project.versions import version_of
from tests.conftest import ROOT, TONES

needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
FLITE = ["flite", "-voice", "slt", "-t", "{ascii}", "-o", "{out}"]
SCRIPT = f"#!{sys.executable}\nimport os, signal, subprocess, sys, time, wave\n"
TONE = (
    "def write(path, seconds=1.0, rate=16000):\n"
    "    with wave.open(path, 'wb') as file:\n"
    "        file.setnchannels(1); file.setsampwidth(2); file.setframerate(rate)\n"
    "        file.writeframes(b'\\x00\\x10\\x00\\xf0' * int(seconds * rate / 2))\n"
)

Program = Callable[..., Path]


@pytest.fixture
def program(tmp_path: Path, allowed: Path) -> Program:  # noqa: ARG001 - the list it writes to
    """Return a function that writes a Python program and allows it."""

    def write(body: str, name: str = "speaker", *, is_allowed: bool = True) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SCRIPT + TONE + body)
        path.chmod(0o755)
        if is_allowed:
            allowing.write_allowed((*allowing.read_allowed(), path))
        return path

    return write


def voice(*words: str | Path, rate: int = 155, volume: float = 1.0, pitch: int = 50) -> Voice:
    return Voice(engine="command", id=join(list(map(str, words))), rate=rate, volume=volume, pitch=pitch)


def test_text_and_settings_arrive_as_they_are(program: Program, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    path = program(
        f"seen = repr(sys.argv[1:] + [os.listdir('.'), sys.stdin.read()])\n"
        f"open({str(seen)!r}, 'w').write(seen); write(sys.argv[1])"
    )
    engine = CommandEngine()
    words = (
        "{out}",
        "x={rate}",
        "{speed}",
        "{stretch}",
        "{pitch}",
        "{pitch:90-250}",
        "{volume:0-100}",
        "{{}}",
        "{text}",
    )
    clip = engine.synthesize(
        "$(id) `id` ; 'q' \"x\" — é", voice(path, *words, rate=310, volume=0.5, pitch=25)
    )
    assert (clip.seconds, clip.sample_rate) == (1.0, 16000)
    out, *rest = eval(seen.read_text())  # noqa: S307 - written by the program above
    assert rest == ["x=310", "2.000", "0.500", "25", "130", "50", "{}", "$(id) `id` ; 'q' \"x\" — é", [], ""]
    assert not Path(out).parent.exists()


def test_text_by_standard_input_and_sound_by_standard_output(program: Program) -> None:
    path = program(
        "write('x.wav', len(sys.stdin.read()) / 10)\nsys.stdout.buffer.write(open('x.wav', 'rb').read())"
    )
    assert CommandEngine().synthesize("Twenty-nine characters, here.", voice(path)).seconds == 3.0


def test_no_story_can_set_options(program: Program, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    path = program(f"open({str(seen)!r}, 'w').write(sys.argv[1]); write(sys.argv[2])")
    CommandEngine().synthesize("-o /etc/passwd", voice(path, "{text}", "{out}"))
    assert seen.read_text() == " -o /etc/passwd"


def test_volume_is_scaled_where_there_is_no_place_for_it(program: Program) -> None:
    engine, path = CommandEngine(), program("write(sys.argv[1])")
    peaks = [
        max(array("h", engine.synthesize("Hello", voice(path, "{out}", volume=v)).samples))
        for v in (1, 0.5, 0)
    ]
    assert peaks == [4096, 2048, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit('first\\nno voice of that name\\n')", "failed with status 1: no voice of that name"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended by signal 11"),
        ("", "wrote no file to {out}"),
        ("open(sys.argv[1], 'w')", "is empty"),
        ("open(sys.argv[1], 'w').write('sorry')", "no WAV: it begins with b'sorry'"),
        (
            "write(sys.argv[1]); os.truncate(sys.argv[1], os.path.getsize(sys.argv[1]) - 1000)",
            "is cut",
        ),
        ("write(sys.argv[1], 0.0)", "nothing but silence"),
        ("write(sys.argv[1], 0.1)", "it is cut"),
        ("write(sys.argv[1], 60)", "it gave 60.0 s"),
        ("write(sys.argv[1], rate=100)", "says 100 Hz"),
        ("os.symlink('/etc/hostname', sys.argv[1])", "wrote no file to {out}"),
    ],
)
def test_what_a_program_does_wrong_is_told(program: Program, body: str, message: str) -> None:
    path = program(body)
    with pytest.raises(SynthesisError) as caught:
        CommandEngine().synthesize(
            "A sentence that takes about three seconds, it is said.", voice(path, "{out}")
        )
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.slow
def test_a_program_that_hangs_is_ended_with_all_that_it_started(program: Program, tmp_path: Path) -> None:
    seen = tmp_path / "pid"
    path = program(
        "child = subprocess.Popen(['sleep', '100'])\n"
        f"open({str(seen)!r}, 'w').write(str(child.pid)); time.sleep(100)"
    )
    with pytest.raises(SynthesisError, match="did not end within 5 s"):
        CommandEngine(time_limit_s=5).synthesize("Hello", voice(path, "{out}"))
    deadline = time.monotonic() + 20
    while is_running(seen.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(seen.read_text())


def is_running(pid: str) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "zombie" not in status.read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_program_ends_with_the_run_that_started_it(
    program: Program, tmp_path: Path, how: signal.Signals
) -> None:
    seen = tmp_path / "seen"
    path = program(
        "child = subprocess.Popen(['sleep', '100'])\n"
        f"open({str(seen)!r}, 'w').write(f'{{child.pid}} {{os.getpid()}} {{os.getcwd()}}'); time.sleep(100)"
    )
    speak = (
        "from pathlib import Path; from audiobook.engines.command import CommandEngine\n"
        "from audiobook.model import Voice\n"
        f"engine = CommandEngine(allowed=Path({str(allowing.list_path())!r}))\n"
        f"engine.synthesize('Hello', Voice(engine='command', id={join([str(path), '{out}'])!r}))"
    )
    run = subprocess.Popen([sys.executable, "-c", speak], cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (seen.exists() and seen.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(how)
    run.wait(60)
    *pids, work = seen.read_text().split(maxsplit=2)
    while (any(map(is_running, pids)) or Path(work).parent.exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_running, pids))
    assert not Path(work).parent.exists()


def test_a_program_that_writes_without_end_is_stopped(program: Program) -> None:
    path = program("while True: sys.stdout.buffer.write(bytes(1 << 20))")
    with pytest.raises(SynthesisError, match=r"stopped|ended by signal|File too large"):
        CommandEngine().synthesize("Hello", voice(path))


def test_an_updated_program_has_another_version(program: Program, tmp_path: Path) -> None:
    path, model = program("write(sys.argv[1])"), tmp_path / "model"
    model.write_text("1")
    engine, id_ = CommandEngine(), voice(path, "{out}", model).id
    seen = [engine.voice_fingerprint(id_)]
    os.utime(path, (1, 1))
    seen.append(engine.voice_fingerprint(id_))
    model.write_text("22")
    seen.append(engine.voice_fingerprint(id_))
    assert len(set(seen)) == 3
    assert seen[-1] == engine.voice_fingerprint(id_)
    assert seen[-1] in version_of(f"command {id_}")
    assert version_of("tone tone-low") == version_of("tone")


def test_only_what_was_allowed_starts(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program("write(sys.argv[1])", is_allowed=False)
    engine = CommandEngine()
    fault = engine.find_fault(voice(path, "{out}").id)
    assert fault is not None
    assert f"narrate allow {path}" in fault
    with pytest.raises(EngineError, match="nobody has allowed"):
        engine.synthesize("Hello", voice(path, "{out}"))
    assert "another folder" in (engine.find_fault(voice("bin/speaker").id) or "")
    assert "nowhere in PATH" in (engine.find_fault(voice("speaker").id) or "")
    # Another program of an allowed one's name, before it in PATH, is not the allowed one.
    allowing.write_allowed((path,))
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    assert engine.find_fault(voice("speaker").id) is None
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(path, project / "speaker")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(project), prepend=os.pathsep)
    assert f"({project / 'speaker'}), which nobody has allowed" in (
        engine.find_fault(voice("speaker").id) or ""
    )
    for relative in ("", "."):
        monkeypatch.setenv("PATH", f"{relative}{os.pathsep}{path.parent}")
        assert engine.find_fault(voice("speaker").id) is None
        assert allowing.find_program("speaker") == path
    # A link is what it leads to.
    (project / "link").symlink_to(path)
    assert engine.find_fault(voice(project / "link").id) is None


def test_no_variable_leads_to_another_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = allowing.list_path()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    assert allowing.list_path() == before
    assert tmp_path not in before.parents


def test_allow_lists_adds_and_removes(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program("", is_allowed=False)
    run = CliRunner().invoke
    assert run(main, ["allow"]).stdout == ""
    done = run(main, ["allow", str(path)])
    assert (done.exit_code, f"allowed: {path}" in done.output) == (0, True)
    assert run(main, ["allow"]).stdout == f"{path}\n"
    assert allowing.list_path().stat().st_mode & 0o777 == 0o600
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    assert "in the current folder" in run(main, ["allow", "speaker"]).output
    assert "whoever changes that" in run(main, ["allow", "./speaker"]).output
    assert run(main, ["allow", "--remove", "speaker"]).exit_code == 0
    assert run(main, ["allow"]).stdout == ""
    assert "no such program" in run(main, ["allow", "no-such-program"]).output
    assert "not among" in run(main, ["allow", "--remove", "speaker"]).output
    assert run(main, ["allow", "--remove"]).exit_code == 2


@pytest.mark.parametrize(
    "name", ["festival", "text2wave", "sox", "snap", "uv", "git", "ld-linux-x86-64.so.2"]
)
def test_programs_that_start_others_are_known(program: Program, name: str) -> None:
    assert allowing.consider(str(program("", name)), Path("/")).runs_anything
    assert not allowing.consider(str(program("", f"{name}-speaks")), Path("/")).runs_anything


@pytest.mark.parametrize("name", ["sh", "bash", "env", "python3", sys.executable])
def test_a_shell_is_allowed_only_with_a_warning(allowed: Path, name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    done = CliRunner().invoke(main, ["allow", name])
    assert "any voices.yaml can do anything" in done.output
    assert done.exit_code == 1
    assert not allowed.exists()
    done = CliRunner().invoke(main, ["allow", "--yes", name])
    assert done.exit_code == 0
    assert "any voices.yaml can do anything" in done.output
    assert allowed.exists()


def test_commands_in_settings(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = program("")
    faults = {"pyttsx3": lambda _: None, "command": CommandEngine().find_fault}
    engines = replace(known_engines(), faults=faults, best="pyttsx3")

    def load(text: str) -> str:
        Path("voices.yaml").write_text(text.replace("SPEAKER", str(path)))
        try:
            settings = load_settings(Path("voices.yaml"), engines=engines)
        except SettingsError as error:
            return str(error).replace(str(path), "SPEAKER")
        general = settings.general
        found: list[Voice | VoiceWish] = [general.narrator, *general.pools["female"]]
        found += [character.voice for character in general.characters]
        return " | ".join(f"{each.engine} {each.id}" for each in found if each.engine == "command").replace(
            str(path), "SPEAKER"
        )

    assert load("narrator: {engine: command, command: [SPEAKER, -n, 5, '{text}', 'a  b']}") == (
        "command SPEAKER -n 5 '{text}' 'a  b'"
    )
    assert load("pools: {female: [{engine: command, command: [SPEAKER], rate: 120}]}") == "command SPEAKER"
    assert load("characters: {Max: {engine: command, voice: 'SPEAKER {text}'}}") == "command SPEAKER {text}"
    assert load("narrator: {engine: command}") == (
        "voices.yaml:1:12: narrator.engine: expected 'command' too, got none"
    )
    for beside in ("engine: pyttsx3, ", ""):
        assert "expected 'engine: command' beside it" in load("narrator: {" + beside + "command: [SPEAKER]}")
    assert "got the key 'voice' too" in load(
        "characters: {Max: {engine: command, voice: x, command: [SPEAKER]}}"
    )
    assert load("narrator: {engine: command, command: []}").startswith(
        "voices.yaml:1:29: narrator.command: expected a list of words, like [flite"
    )
    assert "narrator.command[1]: expected a word of a command" in load(
        "narrator: {engine: command, command: [SPEAKER, [x]]}"
    )
    assert "(did you mean '{text}'?)" in load("narrator: {engine: command, command: [SPEAKER, '{tex}']}")
    assert "(did you mean 'command'?)" in load("narrator: {engine: command, comand: [SPEAKER]}")
    fault = load("characters:\n  Max:\n    engine: command\n    command: [/bin/cat, '{text}']\n")
    assert fault.startswith(
        "voices.yaml:4:5: characters.Max.command: expected a program that may be started here"
    )


STORY = "“I am here,” said Max Miller.\n\n“So am I,” said Rachel Green.\n\nThey talked on.\n"


def write_settings(path: Path) -> str:
    command = f"{{engine: command, command: [{path}, '{{out}}', '{{text}}']}}"
    other = command.replace("'{text}'", "'{text}', other")
    pools = f"{{female: [{other}], male: [tone-low], unknown: [tone-flat]}}"
    return f"engine: tone\nnarrator: {command}\npools: {pools}\n"


def test_pins_and_the_page_keep_commands(program: Program, new_project: Callable[..., Path]) -> None:
    path = program("write(sys.argv[1], len(sys.argv[2]) / 15)")
    folder = new_project(write_settings(path).replace("narrator: {", "narrator: {rate: 150, "), talk=STORY)
    before = read_settings(open_project(Path()))
    pin_cast(open_project(Path()), "talk")
    after = read_settings(open_project(Path())).for_story("talk")
    pinned = {each.name: (each.voice.engine, each.voice.id) for each in after.characters}
    assert pinned["Rachel Green"] == ("command", before.general.pools["female"][0].id)
    editor = Editor(open_project(Path()))
    wish = after.characters[0].voice
    editor.set_voice("talk", "narrator", type(wish)(engine="tone", id="tone-deep"), editor.revision)
    assert read_settings(open_project(Path())).for_story("talk").narrator.id == "tone-deep"
    editor.set_voice(
        "talk", "narrator", type(wish)(engine="command", id=before.general.narrator.id), editor.revision
    )
    assert read_settings(open_project(Path())).for_story("talk").narrator == before.general.narrator
    assert (folder / "voices.yaml").read_text().count("command:") == 2


@pytest.mark.slow
def test_a_run_refuses_what_nobody_allowed_and_makes_the_rest(
    program: Program, new_project: Callable[..., Path], allowed: Path
) -> None:
    path = program("write(sys.argv[1], len(sys.argv[2]) / 15)")
    listed = allowed.read_text()
    allowed.unlink()
    folder = new_project(write_settings(path), talk=STORY)
    for command in (
        [],
        ["cast", "talk"],
        ["--dry-run"],
        ["voices", "--audition", "Hello"],
        ["--preview", "1"],
        ["check"],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1, command
        assert f"narrate allow {path}" in " ".join(done.output.split()), command
    assert not (folder / "output").exists()
    allowed.write_text(listed)
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 0, done.output
    assert len(list((folder / "output" / "talk").glob("*.mp3"))) == 1
    os.utime(path, (1, 1))
    done = CliRunner().invoke(main, ["--dry-run"])
    assert f"{path} '{{out}}' '{{text}}' changed" in " ".join(done.output.split())


@pytest.mark.slow
@pytest.mark.parametrize("named", ["./mine", "{folder}/mine", "mine"])
def test_no_ffmpeg_of_a_projects_own_is_started(
    new_project: Callable[..., Path], allowed: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    folder = new_project("", talk=STORY)
    mine = folder / "mine"
    mine.write_text(f'#!/bin/sh\ntouch "{folder}/started"\nexec "{find_encoder().program}" "$@"\n')
    mine.chmod(0o755)
    monkeypatch.setenv("PATH", "." if named == "mine" else "", prepend=os.pathsep)
    setting = named.format(folder=folder)
    (folder / "voices.yaml").write_text(f"{TONES}output: {{ffmpeg: {setting}}}\n")
    for command in ([], ["check"], ["voices", "--audition", "Hello"], ["doctor"], ["cast", "talk"]):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1, command
        assert f"narrate allow {mine}" in " ".join(done.output.split()), command
    assert not (folder / "started").exists()
    assert not (folder / "output").exists()
    allowing.write_allowed((mine,), allowed)
    assert CliRunner().invoke(main, []).exit_code == 0
    assert (folder / "started").exists()


@needs_flite
def test_flite_speaks_all_letters_in_ascii(allowed: Path) -> None:  # noqa: ARG001
    allowing.write_allowed((Path(os.path.realpath(str(shutil.which("flite")))),))
    engine, id_ = CommandEngine(), join(FLITE)
    curly = engine.synthesize("“Don’t go,” said José…", Voice(engine="command", id=id_))
    plain = engine.synthesize('"Don\'t go," said Jose...', Voice(engine="command", id=id_))
    assert curly == plain
    with pytest.raises(SynthesisError, match="silence"):
        engine.synthesize("Привет", Voice(engine="command", id=id_.replace("ascii", "text")))


def test_ascii_loses_no_letter() -> None:
    assert to_ascii("Straße — naïve “Łódź”… Ⅻ ½") == 'Strasse - naive "Lodz"... 12 1 over 2'
    assert to_ascii("plain") == "plain"
    assert to_ascii("Привет").isascii()


def test_long_texts_are_cut_between_sentences() -> None:
    text = "One two three. Four five six! " * 50
    pieces = list(cut_to_size(text.strip(), 100))
    assert " ".join(pieces) == text.strip()
    assert all(len(piece) <= 100 and piece[-1] in ".!" for piece in pieces)
    assert list(cut_to_size("x" * 250, 100)) == ["x" * 100, "x" * 100, "x" * 50]


@pytest.mark.parametrize("id_", ["", "'", "  "])
def test_no_command_line(id_: str) -> None:
    assert parse(id_) is None
    assert (CommandEngine().find_fault(id_) or "").startswith("a command like")


def wav(kind: int, bits: int, data: bytes, *, channels: int = 1, size: int | None = None) -> bytes:
    form = struct.pack(
        "<HHIIHH", kind, channels, 16000, 16000 * channels * bits // 8, channels * bits // 8, bits
    )
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return (
        head
        + b"LIST\x03\x00\x00\x00abc\x00"
        + b"data"
        + struct.pack("<I", len(data) if size is None else size)
        + data
    )


@pytest.mark.parametrize(
    ("kind", "bits", "data"),
    [
        (1, 8, bytes([128, 192, 64])),
        (1, 16, struct.pack("<3h", 0, 16384, -16384)),
        (1, 24, b"\0\0\0\0\0\x40\0\0\xc0"),
        (1, 32, struct.pack("<3i", 0, 1 << 30, -(1 << 30))),
        (3, 32, struct.pack("<3f", 0, 0.5, -0.5)),
        (3, 64, struct.pack("<3d", 0, 0.5, -0.5)),
    ],
)
def test_every_kind_of_wav(kind: int, bits: int, data: bytes) -> None:
    expected = struct.pack("<3h", 0, 16384, -16384)
    assert read_sound(wav(kind, bits, data)).samples == expected
    for unknown in (0, 0xFFFFFFFF):  # as programs that write to a pipe leave it
        assert read_sound(wav(kind, bits, data, size=unknown)).samples == expected
    size = bits // 8
    stereo = b"".join(data[at : at + size] * 2 for at in range(0, len(data), size))
    assert read_sound(wav(kind, bits, stereo, channels=2)).samples == expected
    with pytest.raises(SoundFileFault, match="cut"):
        read_sound(wav(kind, bits, data)[:-1])


def test_aiff_as_macos_writes_it() -> None:
    rate = struct.pack(">HQ", 16383 + 14, 22050 << 49)
    for form, order in ((b"AIFF", ">"), (b"AIFC", "<")):
        coding = b"sowt\0\0" if form == b"AIFC" else b""
        comm = struct.pack(">hIh", 1, 3, 16) + rate + coding
        samples = struct.pack(f"{order}3h", 1, 2, -3)
        sound = struct.pack(">II", 0, 0) + samples
        data = (
            form
            + b"COMM"
            + struct.pack(">I", len(comm))
            + comm
            + b"SSND"
            + struct.pack(">I", len(sound))
            + sound
        )
        clip = read_sound(b"FORM" + struct.pack(">I", len(data)) + data)
        assert (clip.sample_rate, clip.samples) == (22050, struct.pack("<3h", 1, 2, -3))
