"""What runs in a process of its own for `engine.py`: pyttsx3 and its event loop, for one text or the voices.

Reads a JSON object from standard input, and writes one to standard output, last line.  It imports
nothing of narrate, since it is run as a file.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from typing import Any

WAIT_S = 2.0
"""How long the file may take to appear after the event loop has ended, which may be before it is written."""

SETTLE_S = 0.05
"""How long the driver gets to take a voice's properties."""


def main() -> None:
    """Answer the one request."""
    request = json.load(sys.stdin)
    try:
        answer = _list(request) if "text" not in request else _speak(request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    # pyttsx3 and what it loads print remarks of their own.
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # some drivers hang or crash when they are taken down


def _open(request: dict[str, Any]) -> Any:
    sys.path.insert(0, request["packages"])
    if request.get("library"):
        os.environ["ESPEAK_DATA_PATH"] = request["data"]
        ctypes.CDLL(request["library"], mode=ctypes.RTLD_GLOBAL)
    import pyttsx3

    return pyttsx3.init(request["driver"])


def _list(request: dict[str, Any]) -> dict[str, Any]:
    voices = []
    for voice in _open(request).getProperty("voices"):
        languages = [
            tag.decode("utf-8", "ignore") if isinstance(tag, bytes) else str(tag)
            for tag in voice.languages or []
        ]
        voices.append(
            {
                "id": voice.id,
                "name": voice.name or voice.id,
                "language": languages[0] if languages else "",
                "gender": str(voice.gender or ""),
            }
        )
    return {"voices": voices}


def _speak(request: dict[str, Any]) -> dict[str, Any]:
    engine = _open(request)
    ended: list[bool] = []
    failed: list[str] = []
    engine.connect("finished-utterance", lambda name, completed: ended.append(bool(completed)))  # noqa: ARG005
    engine.connect("error", lambda name, exception: failed.append(repr(exception)))  # noqa: ARG005
    try:
        voice = _set(
            engine, {key: request[key] for key in ("voice", "rate", "volume", "pitch") if key in request}
        )
    except RuntimeError as error:
        return {"ended": [], "failed": [str(error)], "voice": request["voice"]}
    engine.save_to_file(request["text"], request["out"])
    engine.runAndWait()
    deadline = time.monotonic() + WAIT_S
    size = -1
    while time.monotonic() < deadline:
        now = os.path.getsize(request["out"]) if os.path.exists(request["out"]) else 0  # noqa: PTH110, PTH202
        if now and now == size:
            break
        size = now
        time.sleep(0.02)
    return {"ended": ended, "failed": failed, "voice": voice}


def _set(engine: Any, wanted: dict[str, Any]) -> str:
    """Set a voice's properties before there is a text, and return the voice that was taken.

    The drivers keep them back until an event loop runs, and eSpeak's takes them in a thread of its own, where
    one in a hundred is overtaken by the driver's default.  Raises `RuntimeError` then: setting them again
    hangs one time in five, a fresh process doesn't.
    """
    for key, value in wanted.items():
        engine.setProperty(key, value)
    engine.runAndWait()
    time.sleep(SETTLE_S)
    for key, taken in _ask_espeak().items():
        if taken != wanted.get(key, taken):
            raise RuntimeError(f"the driver speaks at {key} {taken}, not {wanted[key]}")
    return str(engine.getProperty("voice"))


def _ask_espeak() -> dict[str, float]:
    """Return what eSpeak has taken, which `getProperty` doesn't tell (it tells defaults); else nothing."""
    espeak = sys.modules.get("pyttsx3.drivers._espeak")
    if espeak is None:
        return {}
    ask = espeak.dll.espeak_GetParameter
    return {
        "rate": ask(espeak.RATE, 1),
        "volume": ask(espeak.VOLUME, 1) / 100,
        "pitch": ask(espeak.PITCH, 1),
    }


if __name__ == "__main__":
    main()
