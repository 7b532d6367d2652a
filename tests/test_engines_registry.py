"""Engines are found by name, built in or from another package's entry point."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiobook.engines import engine_names, open_engine
from audiobook.engines.registry import GROUP
from audiobook.engines.tone import ToneEngine
from audiobook.errors import EngineError

ROOT = Path(__file__).parent.parent


def install(folder: Path, entry_point: str) -> None:
    """Write the metadata that an installed package would have."""
    metadata = folder / "other-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{entry_point}\n")


def test_built_in_engines_come_first() -> None:
    assert engine_names()[:2] == ("pyttsx3", "tone")
    assert isinstance(open_engine("tone"), ToneEngine)


def test_unknown_engine_is_named_with_a_suggestion() -> None:
    with pytest.raises(EngineError, match=r"no engine 'pytsx3' \(did you mean 'pyttsx3'\?\); installed are "):
        open_engine("pytsx3")


def test_another_package_adds_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "beeper = audiobook.engines.tone:ToneEngine")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "beeper" in engine_names()
    assert isinstance(open_engine("beeper"), ToneEngine)


def test_engine_that_can_not_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "broken = no_such_module:Engine")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EngineError, match=r"engine 'broken' \(no_such_module:Engine\) can't be loaded"):
        open_engine("broken")


def test_opening_an_engine_loads_nothing_heavy() -> None:
    program = (
        "import sys; from audiobook.engines import open_engine; open_engine('pyttsx3');"
        "print([m for m in ('numpy', 'pyttsx3', 'espeakng_loader') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
