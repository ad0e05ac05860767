"""LiraX at its worst, over real HTTP, to every command: whatever may have been done is never called undone.

`tests/lirax/test_never_sent.py` and `test_maybe_sent.py` tell the finer story of one call.
"""

import asyncio
from typing import Any

import pytest

from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear
from engine.lirax.requests import Repeat, Request
from tests.lirax.bad_manners import SHORT, close_after, hang_up_at_once, says, stay_silent_after
from tests.lirax.conformance.coverage import covers
from tests.lirax.conformance.examples import KINDS, example_of
from tests.lirax.exchange import Behaviour, a_client, an_exchange

pytestmark = pytest.mark.anyio

LONG = 5.0  # seconds
HTML = b"<html><body>Please log in</body></html>"

# how it answers, kind of the error
MANNERS: dict[str, tuple[Behaviour, str]] = {
    "hangs up on the request": (hang_up_at_once, "network"),
    "says nothing and hangs up": (close_after(b""), "network"),
    "stays silent": (stay_silent_after(b""), "network"),
    "stops in the middle": (close_after(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"), "network"),
    "speaks no HTTP": (close_after(b"SSH-2.0-OpenSSH_9.6\r\n"), "network"),
    "shows a page": (says("200 OK", HTML, Content_Type="text/html"), "protocol"),
    "says an error in words of its own": (says("200 OK", b'{"error": "database is away"}'), "protocol"),
    "answers without end": (says("200 OK", b'{"users": [' + b" " * 70_000), "protocol"),
    "redirects": (says("302 Found", Location="http://127.0.0.1:1/login"), "protocol"),
    "wants to be asked less": (says("429 Too Many Requests", Retry_After="60"), "protocol"),
    "breaks": (says("500 Internal Server Error", HTML), "server"),
    "is away": (says("503 Service Unavailable"), "server"),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def failure_of(request: Request[Any], behave: Behaviour, *, seconds: float = 10.0) -> LiraxError:
    if behave is MANNERS["stays silent"][0] and seconds > LONG:
        seconds = SHORT
    async with an_exchange(behave) as exchange, a_client(exchange.url, seconds=seconds) as client:
        with pytest.raises(LiraxError) as caught:
            await client.send(request)
    if seconds == SHORT and not exchange.requests:  # a busy machine had no time to write the request
        return await failure_of(request, behave, seconds=LONG)
    return caught.value


@covers("C7", "C54")
@pytest.mark.parametrize("manner", MANNERS)
async def test_what_may_have_been_done_is_unclear_where_doing_it_twice_would_harm(manner: str) -> None:
    behave, kind = MANNERS[manner]
    errors = await asyncio.gather(*(failure_of(example_of(command), behave) for command in KINDS))
    for requested, error in zip(KINDS.values(), errors, strict=True):
        if manner == "hangs up on the request" and isinstance(error, Unavailable):
            continue  # it hung up before a byte had left
        wanted = Unavailable if requested.repeat is Repeat.SAFE else Unclear
        assert type(error) is wanted, f"{requested.cmd}: {error!r}"
        assert error.kind == kind
        assert error.ambiguous == (requested.repeat is Repeat.UNSAFE)


@covers("C8")
@pytest.mark.parametrize("code", [404, 405])
async def test_a_command_that_this_lirax_does_not_have_is_refused_where_that_is_certain(code: int) -> None:
    for command, requested in KINDS.items():
        error = await failure_of(example_of(command), says(f"{code} No"))
        if requested.repeat is Repeat.SAFE:
            assert isinstance(error, Refused)
            assert error.kind == "not_supported"
        else:  # any proxy on the way may have said so
            assert isinstance(error, Unclear)


@covers("C35")
@pytest.mark.parametrize("code", [402, 403])
async def test_a_modem_that_is_off_or_busy_did_nothing_for_either_command(code: int) -> None:
    for command, requested in KINDS.items():
        error = await failure_of(example_of(command), says(f"{code} Modem"))
        assert (error.kind in {"modem_not_connected", "modem_busy"}) == requested.over_modem
        assert isinstance(error, Unavailable) or not requested.over_modem
