"""Answers in JSON, errors too: one sentence for a person, and the status that fits it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from audiobook.errors import ConflictError, NarrateError, StorageError


class StudioError(NarrateError):
    """A request that can't be granted, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def encode(value: object) -> bytes:
    """Write JSON in UTF-8.  File names that are no text lose the letters that can't be shown."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON; bytes are sent as they are."""
    body = value if isinstance(value, bytes) else encode(value)
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def refuse(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with an error."""
    return answer({"error": message}, status, headers)


def refuse_narrate_error(_request: Request, error: Exception) -> Response:
    """Answer what narrate reports itself: what was asked for can't be done with these files."""
    if isinstance(error, StudioError):
        return refuse(error.status, str(error))
    if isinstance(error, ConflictError):
        return refuse(409, str(error))
    return refuse(500 if isinstance(error, StorageError) else 422, str(error))


def refuse_http_error(request: Request, error: Exception) -> Response:
    """Answer for an address or a method that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    messages = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    message = messages.get(error.status_code, error.detail)
    headers = {"Allow": _list_methods(request)} if error.status_code == 405 else error.headers
    return refuse(error.status_code, message, headers)


def _list_methods(request: Request) -> str:
    """List the methods that an address takes; each may have a route of its own."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
    return ", ".join(sorted({method for route in routes for method in route.methods}))


def refuse_fault(_request: Request, _error: Exception) -> Response:
    """Answer for a fault of the program, whose traceback goes to the terminal."""
    return refuse(500, "A fault of narrate itself; the terminal that it was started in shows it.")
