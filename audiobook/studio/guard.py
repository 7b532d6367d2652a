"""Who may talk to the studio: this machine's own page, and nobody else.

A page of another site, open in the same browser, can send requests to any address of this machine
(cross-site requests), and can make its own name point here (DNS rebinding).  So every request must
name one of our hosts, know the token, and come from our own page where it says from where it comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audiobook.studio.answers import refuse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Only files of our own are run or shown, so that words of a story can never become a script."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_LONGEST_PATH = 4000
"""Letters; longer numbers than this Python refuses to read."""

_OWN_SITES = {"same-origin", "none"}
"""Of Sec-Fetch-Site (W3C Fetch Metadata): *none* is an address that was typed or opened from a terminal.
*same-site* is another port of this machine, which is another program's page."""


class Guard:
    """Lets a request through to `app` only with our host, the token and no foreign origin.

    The token is the first part of every path, so that what `app` answers can use relative addresses.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request here; give any other on, without the token in its path."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._examine(scope)
        if answer is not None:
            await answer(scope, receive, send_guarded)
            return
        await self._app({**scope, "root_path": f"/{self._token}"}, receive, send_guarded)

    def _examine(self, scope: Scope) -> Response | None:
        """Return the answer to a request that goes no further, None for one that may."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return refuse(421, "This is not the address of this narrate studio.")
        path: str = scope["path"]
        if len(path) > _LONGEST_PATH:
            return refuse(414, "The address is too long.")
        first = path.removeprefix("/").partition("/")[0]
        if not secrets.compare_digest(first.encode("utf-8", "surrogatepass"), self._token.encode()):
            return refuse(403, "The address lacks the studio's token; open the one that it printed.")
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        is_foreign = origin is not None and origin.lower() != f"http://{hosts[0].lower()}"
        # To follow a link to the page itself, from a terminal in a browser say, tells the other page nothing.
        is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        is_page = scope["method"] == "GET" and path == f"/{self._token}/"
        if is_foreign or (site not in _OWN_SITES and not (is_link and is_page)):
            return refuse(403, "The request comes from another page.")
        if path == f"/{self._token}":
            return RedirectResponse(f"/{self._token}/")
        return None
