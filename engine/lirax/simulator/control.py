"""The truth as JSON, and the levers a test in another process may pull."""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.levers import PULLS, Pull


def control_routes(exchange: Exchange) -> list[Route]:
    return [
        Route("/_truth", _truth_of(exchange), methods=["GET"]),
        *(
            Route(f"/_control/{name}", _puller(exchange, pull), methods=["POST"])
            for name, pull in PULLS.items()
        ),
    ]


def _truth_of(exchange: Exchange) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        """Everything, or with ?part=rings&part=posts only those."""
        try:
            shown = exchange.truth.as_json(request.query_params.getlist("part"))
        except KeyError as problem:
            return _problem(f"the truth has no part {problem}")
        return _json(shown)

    return show


def _puller(exchange: Exchange, pull: Pull) -> Callable[[Request], Any]:
    async def pulled(request: Request) -> Response:
        try:
            values = orjson.loads(await request.body() or b"{}")
            if not isinstance(values, dict):
                raise ValueError("the body is a JSON object")
            pull(exchange, values)
        except ValueError as problem:
            return _problem(str(problem))
        return _json({})

    return pulled


def _problem(sentence: str) -> Response:
    return _json({"error": sentence}, code=400)


def _json(content: object, *, code: int = 200) -> Response:
    return Response(orjson.dumps(content), status_code=code, media_type="application/json")
