"""The key of an account stands in no address, log, error or answer, whatever LiraX does with it."""

import logging
import traceback
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest

from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError
from engine.lirax.requests import GetShops, MakeCall, Request
from tests.lirax.bad_manners import close_after, hang_up_at_once, says
from tests.lirax.exchange import Behaviour, Visit, an_exchange, answer

pytestmark = pytest.mark.anyio

CANARY = "canary /+ключ=202cb962"
ECHO = f"cmd=makeCall&token={quote_plus(CANARY)} token={CANARY}".encode()

MANNERS: dict[str, Behaviour] = {
    "hangs up": hang_up_at_once,
    "repeats the request in a refusal": says("400 Bad Request", ECHO),
    "repeats the request and refuses the key": says("401 Unauthorized", ECHO),
    "repeats the request in a page": says("200 OK", b"<html>" + ECHO),
    "repeats the request in an error": says("200 OK", b'{"error": "' + ECHO + b'"}'),
    "repeats the request and breaks": says("500 Oh", ECHO),
    "repeats the request, cut": close_after(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ECHO),
    "speaks no HTTP": close_after(ECHO + b"\r\n"),
    "redirects with the request": says("302 Found", ECHO, Location="/login"),
    "repeats the request beside what was promised": says(
        "200 OK", b'{"shops": [{"id": "7", "name": "' + ECHO + b'"}], "id_makecall": "' + ECHO + b'"}'
    ),
}


def leaks(said: str) -> list[str]:
    return [spelling for spelling in (CANARY, quote_plus(CANARY), "202cb962") if spelling in said]


@pytest.mark.parametrize("manner", MANNERS)
async def test_the_key_is_told_to_nobody(manner: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    async with an_exchange(MANNERS[manner]) as exchange:
        client = LiraxClient(exchange.url, token=CANARY, timeout=timedelta(seconds=2), lines=1)
        requests: tuple[Request[Any], ...] = (GetShops(), MakeCall(from_ext="101", to="380671112233"))
        for request in requests:
            try:
                told += repr(await client.send(request))
            except LiraxError as error:
                told += "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error)
        await client.close()
    assert leaks(told + repr(client) + str(vars(exchange)["request_lines"])) == []
    assert leaks(caplog.text) == []
    assert told


async def test_the_key_goes_in_the_body_alone() -> None:
    heads: list[bytes] = []

    async def listen(visit: Visit) -> None:
        heads.append(await visit.reader.readuntil(b"\r\n\r\n"))
        await visit.say(answer(b'{"shops": []}'))

    async with an_exchange(listen) as exchange:
        client = LiraxClient(exchange.url, token="canary202cb962", timeout=timedelta(seconds=2), lines=1)
        await client.send(GetShops())
        await client.close()
    assert heads[0].startswith(b"POST /general HTTP/1.1\r\n")
    assert b"canary" not in heads[0]
