"""Read `servers`: the speech servers of a project, each an engine by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from audiobook.casting.readers import Reader, choice, misfit, record, table, text
from audiobook.model import Gender, SpeechServer
from audiobook.yamledit.tree import Entry, Misfit, Node, SettingFault

DEFAULT_MODEL = "tts-1"
"""OpenAI's own, which the others take for theirs."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LABEL = r"[A-Za-z0-9_-]{1,63}"
_URL = re.compile(
    rf"(https?://(?:\[[0-9A-Fa-f:.]+\]|{_LABEL}(?:\.{_LABEL})*\.?)(?::\d{{1,5}})?)(/[A-Za-z0-9._~/-]*)?"
)
"""Without a name, a password, a query: what stands here is shown, and a key's place is the environment."""

_ADDRESS = "an address like http://gpu-box:8880/v1"
_GENDER = choice("female", "male", "unknown")


def _read_url(node: Node) -> str:
    """Read what stands before `/audio/speech`: the API's usual place where only the server is told."""
    stated = text(_ADDRESS, longest=500)(node)
    found = _URL.fullmatch(stated)
    if not found or not _has_port(stated):
        raise misfit(node, f"{_ADDRESS}, without a name, a password or a query")
    path = (found[2] or "").rstrip("/").removesuffix("/audio/speech")
    return f"{found[1]}{path or '/v1'}"


def _has_port(url: str) -> bool:
    """Tell whether an address can be asked: its port is one, and so is a host that is a number."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


SERVER_KEYS: Mapping[str, Reader[Any]] = {
    "url": _read_url,
    "model": text("the name of a model"),
    "voices": table(lambda entry: _GENDER(entry.value), "a mapping from voices to female, male or unknown"),
    "key_env": text(
        "the name of an environment variable, like GPU_BOX_KEY", pattern=r"[A-Za-z_][A-Za-z0-9_]*"
    ),
}

_read_record = record(SERVER_KEYS, f"a mapping with {', '.join(SERVER_KEYS)}")


def _read_server(entry: Entry) -> SpeechServer:
    if not _NAME.fullmatch(entry.name):
        what = "a server's name of letters, digits, dots and dashes"
        raise Misfit(SettingFault(mark=entry.mark, message=f"expected {what}, got {entry.name!r}"))
    values = _read_record(entry.value)
    if "url" not in values:
        raise misfit(entry.value, f"the key 'url', {_ADDRESS}", hint=" without it")
    voices: dict[str, Gender] = values.get("voices", {})
    return SpeechServer(
        name=entry.name,
        url=values["url"],
        model=values.get("model", DEFAULT_MODEL),
        voices=tuple(voices.items()),
        key_env=values.get("key_env"),
    )


read_servers: Reader[dict[str, SpeechServer]] = table(
    _read_server, "a mapping from servers' names to settings"
)
