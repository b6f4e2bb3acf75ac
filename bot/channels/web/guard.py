"""What stands before every request: who may ask, how much is read, and what the browser is told.

The chat has no sign-in, so a page of another site that the person has open must not be able to use it. Such a
page can get a request here in two ways: by a form or script of its own (its `Origin` gives it away), or by a
name of its own that it lets point to this machine (the `Host` gives it away).
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Bytes of a request that are read. A question of 2000 characters fits in any script.
MAX_BODY = 64 * 1024

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not `no-referrer`: with that, a browser hides the origin of our own forms too.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_READING = {"GET", "HEAD"}


class TooLong(Exception):
    """The body is longer than MAX_BODY; the rest of it was not read."""


class Guard:
    """ASGI middleware that refuses strangers and adds the headers."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        """`host` is the address that the server is bound to."""
        self._app = app
        self._host = host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # What a child's case is about has no place in a browser's cache.
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: Headers) -> JSONResponse | None:
        host = headers.get("host", "")
        if not is_own(host, self._host):
            message = "This address is not the one that the assistant listens on. Open the address that it printed."
            return JSONResponse({"message": message}, 421)
        if method not in _READING and not _is_from_here(headers, host):
            return JSONResponse({"message": "This request comes from another site, so it is refused."}, 403)
        return None


def is_own(header: str, bound: str) -> bool:
    """Whether a `Host` header names this machine.

    A number is no danger, since only a name can be made to point elsewhere later. Numbers other than this
    machine's own are accepted only when the configuration opened the chat to the network.
    """
    try:
        name = (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return False
    if name in {"localhost", bound}:
        return True
    try:
        address = ip_address(name)
        return address.is_loopback or ip_address(bound).is_unspecified
    except ValueError:
        return False


def _is_from_here(headers: Headers, host: str) -> bool:
    """Whether a page of ours sent the request, or no browser did: browsers say where a POST comes from."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


async def read_body(request: Request) -> bytes:
    """The body of a request. Raises TooLong as soon as it is known to exceed MAX_BODY."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BODY:
        raise TooLong
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLong
    return bytes(body)
