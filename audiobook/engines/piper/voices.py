"""Piper's published voices: their names, their index, and how one is installed."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Collection, Mapping
from typing import Any

from audiobook.engines.neural.fetching import PublishedFile, WebSource, fetch_index
from audiobook.engines.neural.installing import Kit
from audiobook.engines.neural.store import VoiceStore, storing
from audiobook.errors import EngineError
from audiobook.files import write_whole
from audiobook.model import VoiceEntry
from audiobook.suggesting import did_you_mean

FORM = r"(?P<language>[a-z]{2,3}_[A-Z]{2})-(?P<name>\w+)-(?P<quality>x_low|low|medium|high)"
"""How a published voice is named (https://huggingface.co/rhasspy/piper-voices)."""

MIRROR = "NARRATE_PIPER_URL"
"""The environment variable that names another place with the same files: `voices.json`, and what it lists."""

_PUBLISHER = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
_INDEX = "index.json"
_OWN_NAME = re.compile(r"[A-Za-z0-9]\w*(?:[.-]\w+)*", re.ASCII)
_ENDINGS = ((".onnx",), (".onnx.json",))
_TYPES = ("espeak", "text")


def known_names(store: VoiceStore) -> tuple[str, ...]:
    """List the published voices as the index said that was fetched last; none before it was."""
    return tuple(_read_index(store))


def is_published(name: str, known: Collection[str]) -> bool:
    """Tell whether there is such a voice; without an index, whether there may be."""
    return name in known if known else re.fullmatch(FORM, name) is not None


def list_published(store: VoiceStore) -> tuple[VoiceEntry, ...]:
    """Fetch the index, keep it, and list its voices with the size of each.  Raises `EngineError`."""
    found = []
    for name, entry in _fetch_index(store).items():
        size = sum(file["size_bytes"] for file in entry["files"].values()) / 1e6
        speakers = f", {entry['num_speakers']} speakers" if entry.get("num_speakers", 1) > 1 else ""
        match = re.fullmatch(FORM, name)
        language = match["language"] if match else name.partition("-")[0]
        label = f"{match['name'].replace('_', ' ')}, {match['quality'].replace('_', ' ')}" if match else name
        found.append(
            VoiceEntry(
                engine="piper",
                id=name,
                name=f"{label}, {size:.0f} MB{speakers}",
                language=language.replace("_", "-").lower(),
            )
        )
    return tuple(found)


def choose_kit(store: VoiceStore, name: str, *, is_local: bool) -> Kit:
    """Return what is to be installed as the voice `name`, by the index, or `is_local` by what is known of it.

    Raises `EngineError` for a name that is none.
    """
    if not name:
        raise EngineError(
            "piper: name a voice, like piper:en_US-lessac-medium; narrate voices --available piper"
        )
    if not _OWN_NAME.fullmatch(name):
        raise EngineError(
            f"piper:{name}: a voice's name is made of letters, digits, and single - . _ between them"
        )
    if is_local:
        entry = _read_index(store).get(name)
    else:
        index = _fetch_index(store)
        entry = index.get(name)
        if entry is None:
            hint = did_you_mean(name, index, show="'piper:{}'".format)
            raise EngineError(
                f"piper:{name}: there is no such voice{hint}; narrate voices --available piper lists them"
            )
    return Kit(
        name=name, files=_files(name, entry) if entry else None, endings=_ENDINGS, companion="voice.json"
    )


def check_type(config: Mapping[str, Any], name: str) -> None:
    """Raise `EngineError` for a voice whose phonemes need programs or models that Piper would download."""
    kind = config.get("phoneme_type", "espeak")
    if kind not in _TYPES:
        raise EngineError(
            f"piper:{name}: its phonemes are of the type {kind!r}, which needs more than piper-tts brings; "
            f"narrate reads voices of the types {', '.join(_TYPES)}"
        )


def _address() -> str:
    return os.environ.get(MIRROR, _PUBLISHER).rstrip("/")


def _files(name: str, entry: Mapping[str, Any]) -> tuple[PublishedFile, ...]:
    """Return the model and its description, in this order."""
    found = []
    for (ending,) in _ENDINGS:
        paths = [path for path in entry["files"] if path.endswith(f"{name}{ending}")]
        if len(paths) != 1:
            raise EngineError(f"piper:{name}: the index names {len(paths)} files {name}{ending}, not one")
        about = entry["files"][paths[0]]
        found.append(
            PublishedFile(
                name=f"{name}{ending}",
                sources=(WebSource(f"{_address()}/{paths[0]}"),),
                size=about["size_bytes"],
                algorithm="md5",
                digest=about["md5_digest"],
            )
        )
    return tuple(found)


def _fetch_index(store: VoiceStore) -> dict[str, Any]:
    url = f"{_address()}/voices.json"
    data = fetch_index(url)
    try:
        index = {name: _checked(entry) for name, entry in json.loads(data).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"{url}: is no index of Piper's voices: {error!r}") from error
    with storing(store.folder):
        write_whole(store.folder / _INDEX, json.dumps(index).encode())
    return index


def _checked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of an index's entry what is used, each of its type."""
    files = {
        str(path): {"size_bytes": int(about["size_bytes"]), "md5_digest": str(about["md5_digest"])}
        for path, about in entry["files"].items()
    }
    return {"files": files, "num_speakers": int(entry.get("num_speakers", 1))}


def _read_index(store: VoiceStore) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads((store.folder / _INDEX).read_text(encoding="utf-8")))
    return {}
