"""How an exchange can treat a request, and what watches the client meanwhile."""

import asyncio

import pytest

from engine.lirax.client import BeforeSend, LiraxClient
from engine.lirax.errors import LiraxError, Unavailable
from tests.lirax.exchange import A_CALL, Behaviour, Visit, answer, answering

SHORT = 0.4  # seconds a whole command may take where the exchange never answers
LONG = 10.0  # where it answers, on however busy a machine


class Fence:
    """Counts how often `before_send` was run; refuses when told to."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.passed = 0
        self.refuses = refuses

    async def __call__(self) -> None:
        self.passed += 1
        if self.refuses:
            raise Unavailable("The campaign was paused.", kind="aborted")


async def failure_of(client: LiraxClient, fence: BeforeSend) -> LiraxError:
    with pytest.raises(LiraxError) as caught:
        await client.make_two_calls(A_CALL, before_send=fence)
    return caught.value


async def hang_up_at_once(visit: Visit) -> None:
    visit.reset()


async def say_nothing(visit: Visit) -> None:
    await asyncio.Event().wait()


async def speak_plainly(visit: Visit) -> None:
    await visit.say(answer(b"this is http"))


def close_after(raw: bytes) -> Behaviour:
    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(raw)
        visit.writer.close()
        await visit.writer.wait_closed()

    return behave


def reset_after(raw: bytes) -> Behaviour:
    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(raw)
        visit.reset()

    return behave


def stay_silent_after(raw: bytes) -> Behaviour:
    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(raw)
        await asyncio.Event().wait()

    return behave


def drip(raw: bytes, *, after: bytes = b"") -> Behaviour:
    """A byte every few milliseconds: no single read times out, only the whole does."""

    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(after)
        for byte in raw:
            await visit.say(bytes([byte]))
            await asyncio.sleep(0.02)

    return behave


def says(status: str, body: bytes = b"", **headers: str) -> Behaviour:
    """A whole answer; `Content_Type` stands for the header Content-Type."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return answering(answer(body, status=status, headers=lines))
