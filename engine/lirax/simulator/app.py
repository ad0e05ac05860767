"""The exchange over HTTP: commands at /general and /, the truth at /_truth, tests pull at /_control."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.lirax.simulator.answers import OK, Answer
from engine.lirax.simulator.bodies import write_answer
from engine.lirax.simulator.commands import answer
from engine.lirax.simulator.control import control_routes
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import DOING, Fault, RequestFault
from engine.lirax.simulator.http import CUT
from engine.lirax.simulator.truth import Post

FORM = "application/x-www-form-urlencoded"
PHONE_NAMES = ("to1", "to", "phone", "ani")
BUSY_PAGE = "<html><body>We will be back soon</body></html>"


def create_app(exchange: Exchange) -> Starlette:
    desk = Desk(exchange)
    return Starlette(
        routes=[
            Route("/general", desk.command, methods=["GET", "POST"]),
            Route("/", desk.command, methods=["GET", "POST"]),
            *control_routes(exchange),
        ]
    )


@dataclass
class Visit:
    """One request on its way through the desk."""

    request: Request
    fields: dict[str, str]
    post: Post
    answer: Answer = field(default_factory=Answer)
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # the caller went away


class Desk:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def command(self, request: Request) -> Response:
        fields = await read_fields(request)
        fault = self._exchange.faults.of_request(fields.get("cmd", ""), phone=phone_of(fields))
        visit = Visit(request, fields, self._note(request, fields, fault))
        if fault is None or fault.kind in DOING:
            self._do(visit, now=self._exchange.clock.now())
        if fault is not None:
            return await self._spoil(visit, fault)
        return self._answer(visit)

    def _note(self, request: Request, fields: dict[str, str], fault: Fault | None) -> Post:
        post = Post(
            at=self._exchange.clock.now(),
            command=fields.get("cmd", ""),
            fields={name: value for name, value in fields.items() if name not in ("cmd", "token")},
            method=request.method,
            fault=fault.kind if fault else None,
        )
        self._exchange.truth.posts.append(post)
        return post

    def _do(self, visit: Visit, *, now: datetime) -> None:
        visit.answer = answer(self._exchange, visit.fields, method=visit.request.method, now=now)
        visit.post.done = visit.answer.code == OK
        visit.post.id = visit.answer.id

    async def _spoil(self, visit: Visit, fault: Fault) -> Response:
        exchange = self._exchange
        match fault.kind:
            case RequestFault.LOST_ANSWER | RequestFault.LOST_REQUEST:
                await self._stay_silent(visit)
                return Response()
            case RequestFault.LATE_REQUEST:
                exchange.later(fault.seconds, lambda at: self._do(visit, now=at))
                await self._stay_silent(visit)
                return Response()
            case RequestFault.CLOSED_AFTER_DOING | RequestFault.CLOSED_AFTER_READING:
                self._hang_up(visit)
                return Response()
            case RequestFault.ERROR | RequestFault.ERROR_AFTER_DOING:
                visit.post.code = fault.code
                return Response(status_code=fault.code)
            case RequestFault.GARBAGE:
                visit.post.code = OK
                return Response(BUSY_PAGE, media_type="text/html")
            case RequestFault.SLOW_ANSWER:
                await exchange.after(fault.seconds)
            case RequestFault.ANSWER_AFTER_WEBHOOK:
                await self._wait_for_webhook(visit)
        return self._answer(visit)

    def _answer(self, visit: Visit) -> Response:
        visit.post.code = visit.answer.code
        return write_answer(visit.answer, self._exchange.options)

    async def _stay_silent(self, visit: Visit) -> None:
        """No answer, ever: until the caller goes away or the simulator stops."""
        cut = cutter(visit.request, otherwise=httpx.ReadTimeout("no answer comes"))
        gone = asyncio.ensure_future(visit.request.receive())
        gone.add_done_callback(lambda _: visit.gone.set())
        await self._exchange.first_of(visit.gone)
        gone.cancel()
        cut()

    def _hang_up(self, visit: Visit) -> None:
        cutter(visit.request, otherwise=httpx.RemoteProtocolError("closed without an answer"))()

    async def _wait_for_webhook(self, visit: Visit) -> None:
        """Delivers the webhook of a call that is over at once; for a longer one time must pass elsewhere."""
        if visit.answer.id is not None:
            finished = self._exchange.webhooks.finished(visit.answer.id)
            await self._exchange.run_due()
            await self._exchange.first_of(finished)


def cutter(request: Request, *, otherwise: Exception) -> Callable[[], None]:
    """What closes the caller's connection; in process, where there is none, raises `otherwise` instead."""
    cut: Mapping[str, Callable[[], None]] | None = request.scope.get("extensions", {}).get(CUT)
    if cut is None:
        raise otherwise
    return cut["close"]


async def read_fields(request: Request) -> dict[str, str]:
    """The parameters of a command; none of a body that is not a form (C8: then there is no token either)."""
    if request.method == "GET":
        return first_of_each(request.url.query)
    if request.headers.get("content-type", FORM).split(";")[0].strip().lower() != FORM:
        return {}
    body = await request.body()
    return first_of_each(body.decode("utf-8", errors="replace"))


def first_of_each(form: str) -> dict[str, str]:
    """Names with their first values; blank values are kept."""
    return dict(reversed(parse_qsl(form, keep_blank_values=True)))


def phone_of(fields: dict[str, str]) -> str | None:
    """Whom a command concerns."""
    phone = next((fields[name] for name in PHONE_NAMES if name in fields), None)
    return phone.removeprefix("+") if phone is not None else None
