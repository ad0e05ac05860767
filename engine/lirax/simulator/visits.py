"""One request from arrival to answer, with what a fault makes of it; each is written into the truth."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
from starlette.requests import Request
from starlette.responses import Response

from engine.lirax.simulator import spoiling
from engine.lirax.simulator.answers import OK
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import DOING, Fault, RequestFault
from engine.lirax.simulator.http import CUT
from engine.lirax.simulator.truth import Post

SECRETS = ("cmd", "token", "USER_HASH")  # not for the truth
PHONE_NAMES = ("to1", "to", "phone", "ani")


@dataclass(frozen=True)
class Done:
    """What a request came to: the honest answer, and the id of the call or message it made."""

    response: Response
    id: str | None = None


class Visit:
    """`do` has the effect of the request at a moment; it is called at most once."""

    def __init__(
        self,
        exchange: Exchange,
        request: Request,
        *,
        command: str,
        fields: Mapping[str, str],
        do: Callable[[datetime], Done],
    ) -> None:
        self._exchange = exchange
        self._request = request
        self._do = do
        self._fault = exchange.faults.of_request(command, phone=_phone_of(fields))
        self._post = Post(
            at=exchange.clock.now(),
            command=command,
            fields={name: value for name, value in fields.items() if name not in SECRETS},
            method=request.method,
            fault=self._fault.kind if self._fault else None,
        )
        exchange.truth.posts.append(self._post)

    async def response(self) -> Response:
        if self._fault is None:
            return self._answer(self._done(self._exchange.clock.now()).response)
        return await self._spoil(self._fault, self._done_despite(self._fault))

    def _done_despite(self, fault: Fault) -> Done:
        if fault.kind not in DOING:
            return Done(Response())
        if fault.kind is not RequestFault.REUSED_ID:
            return self._done(self._exchange.clock.now())
        with self._exchange.last_id_again():
            return self._done(self._exchange.clock.now())

    def _done(self, now: datetime) -> Done:
        done = self._do(now)
        self._post.done = done.response.status_code == OK
        self._post.id = done.id
        return done

    def _answer(self, response: Response) -> Response:
        self._post.code = response.status_code
        return response

    async def _spoil(self, fault: Fault, done: Done) -> Response:
        match fault.kind:
            case RequestFault.LOST_ANSWER | RequestFault.LOST_REQUEST:
                return await self._stay_silent()
            case RequestFault.LATE_REQUEST:
                self._exchange.later(fault.seconds, self._do_late)
                return await self._stay_silent()
            case RequestFault.CLOSED_AFTER_DOING | RequestFault.CLOSED_AFTER_READING:
                return await self._close(otherwise=httpx.RemoteProtocolError("closed without an answer"))
            case RequestFault.ERROR | RequestFault.ERROR_AFTER_DOING:
                return self._answer(spoiling.error(fault))
            case RequestFault.SLOW_ANSWER:
                await self._exchange.after(fault.seconds)
            case RequestFault.ANSWER_AFTER_WEBHOOK:
                await self._wait_for_webhook(done)
        return self._answer(self._spoilt(fault, done.response))

    def _spoilt(self, fault: Fault, answer: Response) -> Response:
        match fault.kind:
            case RequestFault.GARBAGE:
                return spoiling.garbage(fault)
            case RequestFault.DRIP:
                return spoiling.dripping(answer, self._exchange, seconds=fault.seconds)
            case RequestFault.FLOOD:
                return spoiling.flood()
            case RequestFault.GZIP_BOMB:
                return spoiling.gzip_bomb()
            case RequestFault.TRUNCATED:
                return spoiling.truncated(answer)
            case RequestFault.EMPTY:
                return Response()
            case RequestFault.REDIRECTED:
                return spoiling.redirected(fault)
            case _:
                return answer

    def _do_late(self, now: datetime) -> None:
        self._done(now)

    async def _stay_silent(self) -> Response:
        """No answer, ever: until the caller goes away or the simulator stops."""
        if CUT in self._request.scope.get("extensions", {}):
            gone = asyncio.Event()
            going = asyncio.ensure_future(self._request.receive())
            going.add_done_callback(lambda _: gone.set())
            await self._exchange.first_of(gone)
            going.cancel()
        return await self._close(otherwise=httpx.ReadTimeout("no answer comes"))

    async def _close(self, *, otherwise: Exception) -> Response:
        """Closes the connection; in process there is none, and the caller's `otherwise` is raised instead."""
        cut = self._request.scope.get("extensions", {}).get(CUT)
        if cut is None:
            raise otherwise
        cut["close"]()
        await (
            self._request.receive()
        )  # the server says that the connection is gone: what we return is not sent
        return Response()

    async def _wait_for_webhook(self, done: Done) -> None:
        """Delivers the webhook of a call that is over at once; for a longer one time must pass elsewhere."""
        if done.id is not None:
            finished = self._exchange.webhooks.finished(done.id)
            await self._exchange.run_due()
            await self._exchange.first_of(finished)


def _phone_of(fields: Mapping[str, str]) -> str | None:
    """Whom a command concerns."""
    phone = next((fields[name] for name in PHONE_NAMES if name in fields), None)
    return phone.removeprefix("+") if phone is not None else None
