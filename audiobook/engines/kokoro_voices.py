"""Kokoro's published model: its voices and files, and how they are installed."""

from __future__ import annotations

import json
import os

from audiobook.engines.neural.fetching import PublishedFile, fetch_index
from audiobook.engines.neural.installing import Kit
from audiobook.errors import EngineError
from audiobook.model import Gender

MODEL = "v1.0"

LANGUAGES = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br",
    "z": "cmn",
}  # fmt: skip
"""A voice's first letter → what eSpeak calls its language
(https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md).  The model learnt Japanese and Chinese from
another phonemizer than eSpeak, so these two are read worse than they could be."""

VOICES = tuple(
    f"{group}_{name}"
    for group, names in {
        "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
        "am": "adam echo eric fenrir liam michael onyx puck santa",
        "bf": "alice emma isabella lily",
        "bm": "daniel fable george lewis",
        "ef": "dora",
        "em": "alex santa",
        "ff": "siwis",
        "hf": "alpha beta",
        "hm": "omega psi",
        "if": "sara",
        "im": "nicola",
        "jf": "alpha gongitsune nezumi tebukuro",
        "jm": "kumo",
        "pf": "dora",
        "pm": "alex santa",
        "zf": "xiaobei xiaoni xiaoxiao xiaoyi",
        "zm": "yunjian yunxi yunxia yunyang",
    }.items()
    for name in names.split()
)
"""The 54 voices of Kokoro 1.0 (the same page)."""

_GENDERS: dict[str, Gender] = {"f": "female", "m": "male"}

MIRROR = "NARRATE_KOKORO_URL"
"""The environment variable that names another place with the same files, or with others and an `index.json`
that tells of each `{"name": {"size_bytes": …, "sha256": …}}`."""

_PUBLISHER = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
_FILES = {
    "kokoro-v1.0.onnx": (325_532_387, "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5"),
    "voices-v1.0.bin": (28_214_398, "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d"),
}
"""Sizes and SHA-256 of the release.  The release itself states none; these are what several projects that pin
the files agree on, among them a Nix derivation, whose builds fail where they are wrong."""

_ENDINGS = ((".onnx",), (".bin", ".npz"))


def language_of(voice_id: str) -> str:
    """Return what eSpeak calls the language of a voice, or of a blend's first one."""
    return LANGUAGES.get(voice_id[:1], "en-us")


def gender_of(name: str) -> Gender:
    """Return a voice's gender, as the second letter of its name tells it."""
    return _GENDERS.get(name[1:2], "unknown")


def choose_kit(*, is_local: bool) -> Kit:
    """Return what is to be installed: the release's files, or those that a mirror's index tells of.

    Files from elsewhere (`is_local`) are compared with nothing, since there are several releases.
    Raises `EngineError` where the mirror's index is none.
    """
    address = os.environ.get(MIRROR, _PUBLISHER).rstrip("/")
    known = _FILES
    if not is_local and address != _PUBLISHER:
        known = _read_mirror(f"{address}/index.json") or _FILES
    files = [
        PublishedFile(url=f"{address}/{name}", size=size, algorithm="sha256", digest=digest)
        for name, (size, digest) in known.items()
    ]
    return Kit(name=MODEL, files=None if is_local else files, endings=_ENDINGS, companion="voices.bin")


def _read_mirror(url: str) -> dict[str, tuple[int, str]]:
    """Return what a mirror's index tells of the two files; nothing where it has none."""
    try:
        data = fetch_index(url)
    except EngineError:
        return {}
    try:
        index = json.loads(data)
        return {name: (int(index[name]["size_bytes"]), str(index[name]["sha256"])) for name in _FILES}
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{url}: is no index of Kokoro's files: {error!r}") from error
