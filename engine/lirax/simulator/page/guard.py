"""No other site's page may use the simulator: neither by a form, nor under a name that leads to us."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OUR_OWN = frozenset({"same-origin", "none"})  # `none`: typed by a person, or a bookmark
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = "This page belongs to another site. Open the simulator by its own address and try again."


def guarded(app: ASGIApp) -> ASGIApp:
    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_foreign(Request(scope)):
            await PlainTextResponse(FOREIGN, status_code=403)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return served


def is_foreign(request: Request) -> bool:
    """Programs that are no browsers send neither header, and are let in."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    if not _is_address(request.headers.get("host", "")):
        return True
    if request.method in SAFE_METHODS:
        return False
    if site is not None:
        return site not in OUR_OWN
    return origin not in (f"http://{request.headers.get('host')}", f"https://{request.headers.get('host')}")


def _is_address(host: str) -> bool:
    """`127.0.0.1:8482`, `[::1]:8482`, `localhost`: no name that somebody else could point at us."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
