"""Reads the body of a request: kind, size, JSON; answers 415, 413, 400 or 422 where that fails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel
from starlette.requests import Request

from campaigns.problems import Problem, WrongInput
from web.errors import TurnedAway

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

JSON = frozenset({"application/json"})
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
CSV = frozenset({"text/csv"})

SMALL = 256 * 1024  # of one call, one key, one number
LARGE = 64 * 1024 * 1024  # of a definition or of people in JSON; a CSV has no limit


def kind_of(request: Request, *, among: frozenset[str]) -> str:
    """The media type of the body; JSON when the request names none. Raises TurnedAway (415) for another."""
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = named or "application/json"
    if kind not in among:
        expected = " or ".join(sorted(among & (JSON | {"application/yaml"} | CSV)))
        raise TurnedAway(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            code="wrong_content_type",
            detail=f"the body comes as `{kind}`; expected `Content-Type: {expected}`",
        )
    return kind


async def chunks_of(request: Request, *, limit: int | None) -> AsyncIterator[bytes]:
    """The body as it comes. Raises TurnedAway (413) as soon as it is longer than `limit`."""
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if limit is not None and read > limit:
            raise TurnedAway(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                code="too_large",
                detail=f"the body is longer than {limit // 1024:,} KB",
            )
        yield chunk


async def whole_body(request: Request, *, limit: int) -> bytes:
    return b"".join([chunk async for chunk in chunks_of(request, limit=limit)])


async def read_json(request: Request, *, limit: int = SMALL) -> dict[str, Any]:
    """The JSON object of the body."""
    return await _read(request, _object, limit=limit)


async def read_model(request: Request, model: type[M], *, limit: int = SMALL) -> M:
    """The body as this model; every problem of it at once."""
    return await _read(request, lambda body: model.model_validate(_object(body)), limit=limit)


async def _read(request: Request, make: Callable[[bytes], T], *, limit: int) -> T:
    """What `make` makes of the body; in a thread where that takes so long that webhooks would wait."""
    kind_of(request, among=JSON)
    body = await whole_body(request, limit=limit)
    return await asyncio.to_thread(make, body) if len(body) > SMALL else make(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        detail = f"the body is not JSON: {error}"
        raise TurnedAway(HTTPStatus.BAD_REQUEST, code="not_json", detail=detail) from error
    if not isinstance(document, dict):
        raise WrongInput(Problem("expected a JSON object as the body"))
    if rb"\u0000" in body and _has_nul(document):
        raise WrongInput(Problem("a text holds the character NUL, which no database keeps"))
    return document


def described(model: type[BaseModel], *, kind: str = "application/json") -> dict[str, Any]:
    """How OpenAPI is told of a body that we read ourselves."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": model.model_json_schema()}}}}


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(_has_nul(each) for each in value)
