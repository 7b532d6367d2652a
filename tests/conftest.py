"""What the tests share: the four stories, a project folder, and the cache kept away from the user's."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from audiobook.engines import allowing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no fault of the code, and the same code gives the same answer each time;
# `NARRATE_EXPLORE=1` looks for cases that nobody has seen yet.
hypothesis.settings.register_profile(
    "narrate",
    deadline=None,
    derandomize="NARRATE_EXPLORE" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("narrate")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a script: children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # for tests that import onnxruntime themselves
ROOT = Path(__file__).resolve().parent.parent
STORIES = ("echo-chamber", "echo-fade", "lost-in-the-haze", "starlight-serenade")

MADE_WITH = (
    "PIL.ImageDraw", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "mutagen.id3", "numpy.random",
    "pymupdf_fonts.FiraGO_Bold",
)  # fmt: skip
"""What a run's processes load to make a file: loaded here once, each that is forked from here has it."""

TONES = """\
engine: tone
narrator: {voice: tone-low}
pools:
  female: [tone-high, tone-bright]
  male: [tone-deep]
  unknown: [tone-flat]
"""
"""Settings that speak in tones: fast, and every voice has its own frequency."""


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return folders that are not there yet; `mktemp` looks through all that there are, each time."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_cache(_caches: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a clip cache of its own, and a terminal of one width."""
    cache = next(_caches)
    cache.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture(autouse=True, scope="session")
def _own_voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the voices that this machine's user has installed away from the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NARRATE_VOICES", str(tmp_path_factory.mktemp("no-voices")))
        yield


@pytest.fixture(scope="session")
def made_voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the tiny voices of Piper and Kokoro once; return the folder that they lie in."""
    from audiobook.building.installing import install_voice
    from tests.tiny_voices import PIPER, make_kokoro, make_piper

    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("voices")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NARRATE_VOICES", str(folder))
        install_voice(f"piper:{PIPER}", make_piper(made), lambda *_: None)
        install_voice("kokoro", make_kokoro(made), lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def tiny_voices(made_voices: Path) -> Iterator[Path]:
    """Let a module's tests speak in the tiny voices; return the folder that they lie in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NARRATE_VOICES", str(made_voices))
        patch.delenv("NARRATE_WHISPER", raising=False)  # which would hear no word of what they say
        yield made_voices


@pytest.fixture
def allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a list of allowed programs of its own, as long as it stays in this process."""
    path = tmp_path / "config" / "allowed-programs.txt"
    monkeypatch.setattr(allowing, "list_path", lambda: path)
    return path


@pytest.fixture
def own_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the system's bin lie in the test's folder; return where it keeps files."""
    if sys.platform != "linux":
        pytest.skip("only Linux's bin can be put elsewhere for a test")
    from send2trash import plat_other

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(plat_other, "XDG_DATA_HOME", os.fsencode(home))
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(home / "Trash"))
    return home / "Trash" / "files"


@pytest.fixture
def new_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that makes a project folder with stories (text by name) and goes there."""
    for name in MADE_WITH:
        import_module(name)

    def make(settings: str = TONES, folder: str = "project", **stories: str) -> Path:
        project = tmp_path / folder
        (project / "texts").mkdir(parents=True)
        (project / "voices.yaml").write_text(settings, encoding="utf-8")
        for name, text in stories.items():
            (project / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
        if not stories:
            for name in STORIES:
                shutil.copy(ROOT / "texts" / f"{name}.txt", project / "texts")
        monkeypatch.chdir(project)
        return project

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium once for a module; without one its tests are skipped."""
    from playwright.sync_api import expect

    from tests.pages import open_browser

    expect.set_options(timeout=60_000)  # a busy machine is no fault of the page
    with open_browser() as browser:
        yield browser
