"""What decides a file's bytes besides its plan: the versions of all that makes it, on any machine."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import audiobook
from audiobook.audio import find_encoder
from audiobook.errors import NarrateError
from audiobook.project.versions import version_of

_PACKAGES = ("numpy", "pydub", "mutagen", "pillow", "pymupdf-fonts")
"""They take part in the samples, the tags and the cover."""
_ENGINE = "engine "


def name_tools(engines: Iterable[str], ffmpeg: str) -> dict[str, str]:
    """Name the version of narrate itself, of these engines, of the encoder and of what else takes part.

    Among the engines may be voices (`versions.name_voice`).  `ffmpeg` is the setting `output.ffmpeg`.
    What is missing has its fault for a version, so that all of a machine's faults show at once.
    """
    tools = {"narrate": f"{audiobook.__version__} (code {_digest_code()})"}
    for name in sorted(set(engines)):
        tools[f"{_ENGINE}{name}"] = _or_fault(version_of, name)
    tools["encoder"] = _or_fault(_encoder_version, ffmpeg)
    return tools | {name: importlib.metadata.version(name) for name in _PACKAGES}


def engines_of(tools: Mapping[str, str]) -> list[str]:
    """List the engines, and voices, that are among the tools."""
    return [name.removeprefix(_ENGINE) for name in tools if name.startswith(_ENGINE)]


def compare_tools(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Say what of another machine's tools differs, or return nothing where all is the same."""
    return "; ".join(
        f"{name} is {theirs.get(name, 'missing')!r} there and {version!r} here"
        for name, version in ours.items()
        if theirs.get(name) != version
    )


@functools.cache
def _encoder_version(ffmpeg: str) -> str:
    return find_encoder(ffmpeg).version


def _or_fault(find_version: Callable[[str], str], name: str) -> str:
    try:
        return find_version(name)
    except NarrateError as error:
        return f"not there ({error})"


@functools.cache
def _digest_code() -> str:
    """Hash the package's own code, since two working copies may have one version number."""
    folder = Path(audiobook.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
