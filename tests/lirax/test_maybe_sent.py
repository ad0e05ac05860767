"""Failures after the first byte, played by real sockets: nobody touches that number until evidence speaks."""

import asyncio
import gzip
import tracemalloc

import pytest

from engine.lirax.errors import Unavailable, Unclear
from engine.lirax.requests import GetShops, SendSms
from tests.lirax.bad_manners import (
    LONG,
    SHORT,
    Fence,
    close_after,
    drip,
    failure_of,
    hang_up_at_once,
    reset_after,
    says,
    stay_silent_after,
)
from tests.lirax.exchange import A_CALL, ID_BODY, Behaviour, Visit, a_client, an_exchange, answer, answering

pytestmark = pytest.mark.anyio


async def flood(visit: Visit) -> None:
    await visit.read_request()
    await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
    for _ in range(800):
        await visit.say(b" " * 65_536)


async def endless_headers(visit: Visit) -> None:
    await visit.read_request()
    await visit.say(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        await visit.say(b"X-%d: %s\r\n" % (number, b"x" * 100))


OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: 34\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HALF = ID_BODY[:20]
BOMB = gzip.compress(b'{"id_make2calls": "a1"}' + b" " * 50_000_000)  # some 49 KB
SQUEEZED = gzip.compress(ID_BODY)  # we asked for no compression

MAYBE_SENT: list[tuple[str, Behaviour, str]] = [
    ("closes before reading", hang_up_at_once, "network"),
    ("reads, then closes", close_after(b""), "network"),
    ("reads, then resets", reset_after(b""), "network"),
    ("reads, then says nothing", stay_silent_after(b""), "network"),
    ("half a status line", close_after(b"HTTP/1.1 20"), "network"),
    ("half the headers", close_after(OK + b"Content-Le"), "network"),
    ("half the body", close_after(SIZED + HALF), "network"),
    ("half the body, then a reset", reset_after(SIZED + HALF), "network"),
    ("half the body, then silence", stay_silent_after(SIZED + HALF), "network"),
    ("half the body, to the end of the connection", close_after(OK + b"\r\n" + HALF), "protocol"),
    ("chunks without their end", close_after(CHUNKED + b"22\r\n" + ID_BODY + b"\r\n"), "network"),
    ("chunks of no size", close_after(CHUNKED + b"zz\r\n"), "network"),
    ("garbage for a status line", close_after(b"\x00\x01\x02 SIP/2.0 200 OK\r\n\r\n"), "network"),
    ("another protocol", close_after(b"SSH-2.0-OpenSSH_9.2\r\n"), "network"),
    ("a length that is no number", close_after(OK + b"Content-Length: many\r\n\r\n" + ID_BODY), "network"),
    ("headers without end", endless_headers, "network"),
    ("headers that drip", drip(answer(ID_BODY)), "network"),
    ("a body that drips", drip(ID_BODY, after=SIZED), "network"),
    ("fifty megabytes", flood, "protocol"),
    ("a gzip bomb", says("200 OK", BOMB, Content_Encoding="gzip"), "protocol"),
    ("an answer compressed unasked", says("200 OK", SQUEEZED, Content_Encoding="gzip"), "protocol"),
    ("an informational answer only", close_after(b"HTTP/1.1 100 Continue\r\n\r\n"), "network"),
    ("a page for people", says("200 OK", b"<html>Log in</html>", Content_Type="text/html"), "protocol"),
    ("no id", says("200 OK", b'{"result": "ok"}'), "protocol"),
    ("nothing at all", says("200 OK"), "protocol"),
    ("no content", answering(b"HTTP/1.1 204 No Content\r\n\r\n"), "protocol"),
    ("a redirect", says("302 Found", Location="/elsewhere"), "protocol"),
    ("a redirect that asks to post again", says("307 Temporary Redirect", Location="/general"), "protocol"),
    ("a redirect to nowhere", says("308 Permanent Redirect", Location="http://["), "protocol"),
    ("not found", says("404 Not Found"), "protocol"),
    ("not allowed", says("405 Method Not Allowed"), "protocol"),
    ("too many requests", says("429 Too Many Requests", Retry_After="1"), "protocol"),
    ("a server error", says("500 Internal Server Error"), "server"),
    ("a bad gateway", says("502 Bad Gateway", b"<html>Bad gateway</html>"), "server"),
    ("unavailable", says("503 Service Unavailable"), "server"),
    (
        "a server error that is cut",
        close_after(b"HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nhal"),
        "server",
    ),
]


@pytest.mark.parametrize(
    ("behave", "kind"), [row[1:] for row in MAYBE_SENT], ids=[row[0] for row in MAYBE_SENT]
)
async def test_a_call_whose_answer_is_not_understood_may_ring(behave: Behaviour, kind: str) -> None:
    fence = Fence()
    seconds = SHORT if kind == "network" else LONG  # an answer that comes is no question of time
    async with an_exchange(behave) as exchange, a_client(exchange.url, seconds=seconds) as client:
        error = await failure_of(client, fence)
    assert isinstance(error, Unclear)
    assert (error.kind, fence.passed) == (kind, 1)
    assert len(exchange.requests) <= 1, "sent twice"
    assert len(error.body) <= 65_536


async def test_a_connection_that_dies_under_the_second_request_leaves_it_unclear() -> None:
    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(answer(ID_BODY))
        await visit.read_request()
        visit.reset()

    async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
        await client.make_two_calls(A_CALL, before_send=Fence())
        assert isinstance(await failure_of(client, Fence()), Unclear)
        assert (exchange.connections, len(exchange.requests)) == (1, 2), "sent again over a fresh connection"
        assert await client.make_two_calls(A_CALL, before_send=Fence()) == "ef232234feb12"


async def test_a_connection_that_died_while_idle_is_noticed_before_anything_is_sent() -> None:
    closed = asyncio.Event()

    async def behave(visit: Visit) -> None:
        await visit.read_request()
        await visit.say(answer(ID_BODY))
        visit.writer.close()
        await visit.writer.wait_closed()
        closed.set()

    async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
        for _ in range(3):
            closed.clear()
            await client.make_two_calls(A_CALL, before_send=Fence())
            await closed.wait()
            await asyncio.sleep(0.01)  # until the FIN has crossed loopback
    assert exchange.connections == 3


async def test_a_cancelled_call_has_left_exactly_if_the_fence_was_passed() -> None:
    reading = asyncio.Event()

    async def behave(visit: Visit) -> None:
        await visit.read_request()
        reading.set()
        await asyncio.Event().wait()

    fence = Fence()
    async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
        call = asyncio.create_task(client.make_two_calls(A_CALL, before_send=fence))
        await reading.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (fence.passed, len(exchange.requests)) == (1, 1)
        early = asyncio.create_task(client.make_two_calls(A_CALL, before_send=fence))
        await asyncio.sleep(0)
        early.cancel()
        with pytest.raises(asyncio.CancelledError):
            await early
        assert (fence.passed, len(exchange.requests)) == (1, 1)


@pytest.mark.parametrize("turns", range(12))
async def test_a_call_cancelled_at_any_moment_leaves_every_line_usable(turns: int) -> None:
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        for _ in range(4):  # a line and the spares
            call = asyncio.create_task(client.make_two_calls(A_CALL, before_send=Fence()))
            for _ in range(turns):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        calls = [client.make_two_calls(A_CALL, before_send=Fence()) for _ in range(8)]
        assert await asyncio.gather(*calls) == ["ef232234feb12"] * 8


async def test_a_flood_is_cut_at_64_kilobytes() -> None:
    said = 0

    async def behave(visit: Visit) -> None:
        nonlocal said
        await visit.read_request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
        for _ in range(800):
            await visit.say(b" " * 65_536)
            said += 65_536

    tracemalloc.start()
    try:
        async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
            await failure_of(client, Fence())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said < 20_000_000, "the rest was read to its end"
    assert peak < 8_000_000


async def test_a_read_that_fails_may_simply_be_done_again() -> None:
    for behave in (close_after(b""), answering(answer(b"<html>"))):
        async with an_exchange(behave) as exchange, a_client(exchange.url, seconds=SHORT) as client:
            with pytest.raises(Unavailable):
                await client.send(GetShops())


async def test_an_sms_whose_answer_is_lost_may_have_gone() -> None:
    async with an_exchange(close_after(b"")) as exchange, a_client(exchange.url) as client:
        with pytest.raises(Unclear):
            await client.send(SendSms(ext="101", provider="380123456789", phone="380671234567", text="Hi"))


async def test_the_error_says_what_happened_in_a_sentence() -> None:
    async with (
        an_exchange(stay_silent_after(b"")) as exchange,
        a_client(exchange.url, seconds=SHORT) as client,
    ):
        error = await failure_of(client, Fence())
    assert str(error) == "make2Calls was sent, but no whole answer came from LiraX: it took too long."
