"""What a test needs of a browser: forms with their token, text as a person reads it, events as they come."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx
from fastapi import FastAPI

from engine.house import House
from web.pages.assets import Assets
from web.pages.desk import Desk
from web.pages.routes import page_routes


def page_app(house: House, desk: Desk) -> FastAPI:
    app = FastAPI()
    app.mount("/static", Assets())
    app.include_router(page_routes(house, desk=desk))
    return app


class Stream:
    """A stream of events that is open: httpx's ASGI transport would wait for its end."""

    def __init__(self) -> None:
        self.headers = httpx.Headers()
        self.began = asyncio.Event()
        self.left = asyncio.Event()
        self._events: asyncio.Queue[str] = asyncio.Queue()

    async def next(self) -> str:
        async with asyncio.timeout(5):
            return await self._events.get()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            self.headers = httpx.Headers(message["headers"])
            self.began.set()
        elif message.get("body"):
            await self._events.put(message["body"].decode())


class Browser(httpx.AsyncClient):
    def __init__(self, app: FastAPI, *, form_token: str = "") -> None:
        self.app = app
        super().__init__(transport=httpx.ASGITransport(app), base_url="http://testserver")
        self.form_token = form_token

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """As a form of the page is sent: with its token, from our own site."""
        return await self.post(
            path, data={"token": self.form_token, **fields}, headers={"Sec-Fetch-Site": "same-origin"}
        )

    async def upload(self, path: str, **files: tuple[str, bytes]) -> httpx.Response:
        token: dict[str, Any] = {"token": (None, self.form_token)}
        return await self.post(path, files={**token, **files}, headers={"Sec-Fetch-Site": "same-origin"})

    @asynccontextmanager
    async def listen(self, path: str) -> AsyncIterator[Stream]:
        request = self.build_request("GET", path)
        stream = Stream()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        answering = asyncio.create_task(self.app(scope, stream.receive, stream.send))  # type: ignore[arg-type]
        async with asyncio.timeout(5):
            await stream.began.wait()
        try:
            yield stream
        finally:
            stream.left.set()
            await asyncio.wait_for(answering, 5)

    async def see(self, path: str) -> str:
        """What stands on the page; fails unless the page is there."""
        response = await self.get(path)
        assert response.status_code == 200, response.text
        return text_of(response)


def text_of(response: httpx.Response) -> str:
    """The words of a page, without tags, spaces made one."""
    bare = re.sub(r"<(title|script)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    bare = unescape(re.sub(r"<[^>]+>", " ", bare))
    return re.sub(r"\s+", " ", bare).strip()
