"""What goes around every answer: a request id, headers that make browsers careful, and the last catch."""

import secrets

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import Trouble, problem_answer, trouble_of
from web.metrics import Requests

log = structlog.get_logger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Where an answer sets one of these itself, that holds."""

NUL = Trouble(400, "bad_request", "the address holds a NUL character, which nothing here is named with")
HSTS = "max-age=31536000"


class Envelope:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, https: bool, requests: Requests) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, {**self._headers, "X-Request-Id": request_id})
        await self._handle(scope, receive, answer)
        self._requests.count(scope["method"], answer.status)

    async def _handle(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        request = Request(scope, receive)
        try:
            if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
                await problem_answer(request, NUL)(scope, receive, answer)
                return
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            log.info("client_left", route=_route(scope))
        except Exception as error:
            log.exception("request_failed", request_id=request.state.request_id, route=_route(scope))
            if answer.status is None:
                await problem_answer(request, trouble_of(error))(scope, receive, answer)


def _route(scope: Scope) -> str:
    """The pattern of the address: the address itself may hold a phone number or a name."""
    return str(getattr(scope.get("route"), "path", "unknown"))


class _Answer:
    """Passes an answer on with our headers, and remembers its status."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)
