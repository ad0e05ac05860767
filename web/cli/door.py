"""How a command reaches what is remembered: always through the HTTP application, so there is one way in.

On SQLite the process that holds the file's lock is spoken to at the address it left there; where nobody holds
it, this process takes it and calls the same application without a network. On PostgreSQL it always does that.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from campaigns.problems import Problem, WrongInput
from engine.errors import AlreadyRunning, CannotDo, Conflict, NotFound
from engine.settings import Settings
from web.cli.calling import local_client
from web.cli.holding import serving_holder

PATIENCE_SECONDS = 12.0  # a holder that is starting, or another command, gets this long
LOOK_SECONDS = 0.1
PAGE = 500  # the most a list gives at once (contract, section 6)


class Door:
    """JSON in, JSON out; an error of the application comes out as the exception it was made of."""

    def __init__(self, client: httpx.AsyncClient, *, place: str) -> None:
        self._client = client
        self._place = place

    async def get(self, path: str, **params: Any) -> Any:
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self._ask("POST", path, json=body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask("PATCH", path, json=body)

    async def delete(self, path: str) -> Any:
        return await self._ask("DELETE", path)

    async def every(self, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """All items of a list, page after page."""
        cursor = None
        while True:
            asked = {**params, "limit": PAGE, **({"cursor": cursor} if cursor else {})}
            page = await self.get(path, **asked)
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def campaign(self, name: str) -> dict[str, Any]:
        """The campaign of that name, or else of that id; raises NotFound."""
        by_id = None
        async for campaign in self.every("/api/v1/campaigns"):
            if campaign["name"] == name:
                return campaign
            if str(campaign["id"]) == name:
                by_id = campaign
        if by_id is None:
            raise NotFound(f"there is no campaign “{name}”; `dzvin campaigns list` shows them all")
        return by_id

    async def chunks(self, path: str) -> AsyncIterator[bytes]:
        """The body of an answer, as it comes."""
        try:
            async with self._client.stream("GET", path) as answer:
                if answer.is_error:
                    await answer.aread()
                    raise error_of(answer)
                async for chunk in answer.aiter_bytes():
                    yield chunk
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **more)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        if answer.is_error:
            raise error_of(answer)
        return answer.json() if answer.content else None

    def _unreachable(self, error: httpx.TransportError) -> CannotDo:
        return CannotDo(f"the server at {self._place} does not answer: {error or type(error).__name__}")


@asynccontextmanager
async def open_door(settings: Settings) -> AsyncIterator[Door]:
    async with AsyncExitStack() as stack:
        client, place = await _enter(settings, stack)
        yield Door(client, place=place)


async def _enter(settings: Settings, stack: AsyncExitStack) -> tuple[httpx.AsyncClient, str]:
    """Raises AlreadyRunning when who has the file tells no address: a command at work, or a hung server."""
    waited = 0.0
    while True:
        holder = serving_holder(settings)
        if holder is not None and holder.url is not None:
            return await stack.enter_async_context(local_client(holder.url, key=holder.key)), holder.url
        from web.cli.inside import client_inside  # heavy, and not needed beside a running server

        try:
            return await stack.enter_async_context(client_inside(settings)), "this very process"
        except AlreadyRunning:
            if waited >= PATIENCE_SECONDS:
                raise
        waited += LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)


def error_of(answer: httpx.Response) -> Exception:
    said = _problem_of(answer)
    sentence = str(said.get("detail") or said.get("title") or f"the server answered {answer.status_code}")
    if "kind" in said:  # of LiraX's errors
        return CannotDo(f"{said['kind']}: {sentence}")
    match answer.status_code:
        case 404:
            return NotFound(sentence)
        case 409:
            return Conflict(sentence)
        case 400 | 413 | 415 | 422:
            return WrongInput(*_problems(said, sentence=sentence))
        case _:
            asked = (
                f" It is {said['request_id']}." if answer.status_code == 500 and "request_id" in said else ""
            )
            return CannotDo(sentence + asked)


def _problem_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _problems(said: Mapping[str, Any], *, sentence: str) -> list[Problem]:
    errors = [error for error in said.get("errors") or [] if isinstance(error, dict)]
    if not errors:
        return [Problem(sentence)]
    return [
        Problem(
            str(error.get("message")),
            field=error.get("field"),
            file=error.get("file"),
            line=error.get("line"),
        )
        for error in errors
    ]
