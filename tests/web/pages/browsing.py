"""What a test needs of a browser: forms with their token, text as a person reads it, events as they come."""

import re
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


class Browser(httpx.AsyncClient):
    def __init__(self, app: FastAPI, *, form_token: str = "") -> None:
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
