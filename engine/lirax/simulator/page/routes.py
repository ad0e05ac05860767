"""The addresses of the page: itself, its changes as they happen, its buttons and its style."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.page.assets import ASSETS
from engine.lirax.simulator.page.buttons import BUTTONS
from engine.lirax.simulator.page.rendering import Pages

LOOK_SECONDS = 0.5
KEEPALIVE_LOOKS = 30  # without a change, until a line is sent that keeps the connection
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Page:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._pages = Pages(exchange)

    def routes(self) -> list[Route]:
        return [
            Route("/_page/live", self._live, methods=["GET"]),
            Route("/_page/{button}", self._press, methods=["POST"]),
            ASSETS,
        ]

    def show(self) -> Response:
        return HTMLResponse(self._pages.whole(), headers=HEADERS)

    async def _live(self, request: Request) -> Response:
        return StreamingResponse(self.changes(), media_type="text/event-stream", headers=HEADERS)

    async def changes(self) -> AsyncIterator[str]:
        """Every part that changed since the last look, as the page's script lays it over."""
        known: dict[str, str] = {}
        still = 0
        while not self._exchange.closing.is_set():
            parts = self._pages.parts()
            changed = [text for name, text in parts.items() if known.get(name) != text]
            known = dict(parts)
            still = 0 if changed else still + 1
            if changed:
                yield _patch("\n".join(changed))
            elif still % KEEPALIVE_LOOKS == 0:
                yield ": still here\n\n"
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._exchange.closing.wait()

    async def _press(self, request: Request) -> Response:
        by_script = "application/json" in request.headers.get("accept", "")
        button = BUTTONS.get(request.path_params["button"])
        if button is None:
            return Response(status_code=404)
        try:
            button(self._exchange, await _fields(request))
        except ValueError as problem:
            return self._refused(str(problem), by_script=by_script)
        return JSONResponse({}) if by_script else RedirectResponse("/", status_code=303)

    def _refused(self, sentence: str, *, by_script: bool) -> Response:
        if by_script:  # it tells the person itself; 400 would be an error of the page
            return JSONResponse({"said": sentence})
        return HTMLResponse(self._pages.refusal(sentence), status_code=400, headers=HEADERS)


async def _fields(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def _patch(html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: patch\n{lines}\n"
