"""What comes in as JSON: looked at key by key, so that what goes on has the kind that it should have."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from starlette.requests import Request

from audiobook.casting import VoiceWish
from audiobook.studio.answers import StudioError
from audiobook.studio.views import RANGES

_MOST_BYTES = 1_000_000
"""The longest line's words, each letter of them escaped, and a name or two."""

_VOICE = ("engine", "id", "rate", "pitch", "volume", "range")


class JsonFields:
    """A JSON object's values, of which only `keys` may be there.  Everything raises `StudioError`."""

    def __init__(self, value: object, keys: Collection[str]) -> None:
        if not isinstance(value, dict):
            raise StudioError(422, "Expected a JSON object.")
        self._values: Mapping[str, object] = value
        for key in value:
            if key not in keys:
                raise StudioError(422, f"Expected one of the keys {', '.join(keys)}, got {key[:80]!r}.")

    def __contains__(self, key: str) -> bool:
        """Tell whether a key is there."""
        return key in self._values

    def text(self, key: str) -> str:
        """Return a string."""
        value = self._get(key)
        if not isinstance(value, str):
            raise StudioError(422, f"{key}: expected a text.")
        return value

    def text_or_nothing(self, key: str) -> str | None:
        """Return a string, or None where null is said."""
        return None if self._get(key) is None else self.text(key)

    def whole(self, key: str) -> int:
        """Return an integer."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise StudioError(422, f"{key}: expected a whole number.")
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self._get(key)
        if not isinstance(value, bool):
            raise StudioError(422, f"{key}: expected true or false.")
        return value

    def number(self, key: str) -> float:
        """Return a number."""
        value = self._get(key)
        return value if isinstance(value, float) else self.whole(key)

    def texts(self, key: str) -> list[str]:
        """Return a list of strings."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise StudioError(422, f"{key}: expected a list of texts.")
        return value

    def texts_or_nothing(self, key: str) -> list[str] | None:
        """Return a list of strings, or None where null is said."""
        return None if self._get(key) is None else self.texts(key)

    def wholes(self, key: str) -> list[int]:
        """Return a list of integers from 1 on."""
        value = self._get(key)
        if not isinstance(value, list) or not all(type(each) is int and each > 0 for each in value):
            raise StudioError(422, f"{key}: expected a list of whole numbers from 1 on.")
        return value

    def voice(self, key: str) -> VoiceWish:
        """Return what of a voice is named, at least one thing, in the ranges that voices have."""
        own = JsonFields(self._get(key), _VOICE)
        wish = VoiceWish(
            engine=own.text("engine") if "engine" in own else None,
            id=own.text("id") if "id" in own else None,
            rate=own.whole("rate") if "rate" in own else None,
            pitch=own.whole("pitch") if "pitch" in own else None,
            volume=own.number("volume") if "volume" in own else None,
            range=own.whole("range") if "range" in own else None,
        )
        if wish == VoiceWish():
            raise StudioError(422, f"{key}: expected at least one of {', '.join(_VOICE)}.")
        for name, (low, high) in RANGES.items():
            if name in own and not low <= own.number(name) <= high:
                raise StudioError(422, f"{key}.{name}: expected a number from {low} to {high}.")
        return wish

    def _get(self, key: str) -> object:
        if key not in self._values:
            raise StudioError(422, f"Expected the key {key!r}.")
        return self._values[key]


async def read_fields(request: Request, *keys: str) -> JsonFields:
    """Read a request's JSON object.  Raises `StudioError`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A form of another page could not send this kind without being asked first (CORS).
        raise StudioError(415, "Expected JSON (Content-Type: application/json).")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise StudioError(413, f"Expected at most {_MOST_BYTES} bytes.")
    try:
        value = json.loads(body)
        # Half a letter (a lone surrogate) could not be written anywhere, and NaN is no JSON.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise StudioError(400, "Expected JSON in UTF-8.") from error
    return JsonFields(value, keys)
