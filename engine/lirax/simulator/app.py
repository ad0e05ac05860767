"""The exchange over HTTP: commands at /general and /, its page at /, call history, /_truth and /_control."""

from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.lirax.simulator.bodies import write_answer
from engine.lirax.simulator.commands import answer
from engine.lirax.simulator.control import control_routes
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.history_routes import history_routes
from engine.lirax.simulator.page.guard import guarded
from engine.lirax.simulator.page.routes import Page
from engine.lirax.simulator.recordings import recording_route
from engine.lirax.simulator.visits import Done, Visit

FORM = "application/x-www-form-urlencoded"


def create_app(exchange: Exchange) -> ASGIApp:
    page = Page(exchange)

    async def command(request: Request) -> Response:
        fields = await read_fields(request)
        if request.method == "GET" and request.url.path == "/" and not fields:
            return page.show()

        def do(now: datetime) -> Done:
            told = answer(exchange, fields, method=request.method, now=now)
            return Done(write_answer(told, exchange.options), id=told.id)

        return await Visit(exchange, request, command=fields.get("cmd", ""), fields=fields, do=do).response()

    routes = Starlette(
        routes=[
            Route("/general", command, methods=["GET", "POST"]),
            Route("/", command, methods=["GET", "POST"]),
            *history_routes(exchange),
            recording_route(exchange),
            *page.routes(),
            *control_routes(exchange),
        ]
    )
    return dated(guarded(routes), exchange)


def dated(app: ASGIApp, exchange: Exchange) -> ASGIApp:
    """Every answer says what LiraX's clock shows."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                shown = exchange.options.wall(exchange.clock.now()).astimezone(UTC)
                MutableHeaders(scope=message)["Date"] = format_datetime(shown, usegmt=True)
            await send(message)

        await app(scope, receive, send_dated)

    return served


async def read_fields(request: Request) -> dict[str, str]:
    """The parameters of a command; none of a body that is not a form: then there is no token either."""
    if request.method == "GET":
        return first_of_each(request.url.query)
    if request.headers.get("content-type", FORM).split(";")[0].strip().lower() != FORM:
        return {}
    body = await request.body()
    return first_of_each(body.decode("utf-8", errors="replace"))


def first_of_each(form: str) -> dict[str, str]:
    """Names with their first values; blank values are kept."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        fields.setdefault(name, value)
    return fields
