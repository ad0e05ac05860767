"""Failures before the first byte, played by real sockets: the number may be called again."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from engine.lirax.errors import Refused, Unavailable
from tests.lirax.bad_manners import (
    SHORT,
    Fence,
    close_after,
    failure_of,
    hang_up_at_once,
    say_nothing,
    speak_plainly,
)
from tests.lirax.certificates import server_tls
from tests.lirax.exchange import A_CALL, ID_BODY, Behaviour, a_client, an_exchange, answer, answering

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


async def test_a_refused_connection_was_never_sent() -> None:
    fence = Fence()
    async with a_client(f"http://127.0.0.1:{free_port()}/general") as client:
        error = await failure_of(client, fence)
    assert isinstance(error, Unavailable)
    assert (error.kind, fence.passed) == ("network", 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://no-such-host.invalid/general",
        "http://" + "a" * 64 + ".example/general",  # a label longer than a name may have
        "http://xn--\ud800.example/general",
        "http:///general",
        "gopher://localhost/general",
    ],
    ids=["unknown", "label", "surrogate", "no host", "scheme"],
)
async def test_a_name_that_cannot_be_resolved_was_never_sent(url: str) -> None:
    fence = Fence()
    async with a_client(url) as client:
        error = await failure_of(client, fence)
    assert isinstance(error, Unavailable)
    assert (error.kind, fence.passed) == ("network", 0)


async def test_a_certificate_that_nobody_trusts_was_never_sent(tmp_path: Path) -> None:
    tls, _ = server_tls(tmp_path)
    fence = Fence()
    async with (
        an_exchange(answering(answer(ID_BODY)), tls=tls) as exchange,
        a_client(exchange.url) as client,
    ):
        error = await failure_of(client, fence)
    assert isinstance(error, Unavailable)
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert (error.kind, fence.passed, exchange.requests) == ("network", 0, [])


async def test_a_certificate_of_another_host_was_never_sent(tmp_path: Path) -> None:
    tls, certificate = server_tls(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    fence = Fence()
    async with (
        an_exchange(answering(answer(ID_BODY)), tls=tls) as exchange,
        a_client(exchange.url.replace("localhost", "127.0.0.1"), tls=trusting) as client,
    ):
        error = await failure_of(client, fence)
    assert isinstance(error, Unavailable)
    assert (error.kind, fence.passed, exchange.requests) == ("network", 0, [])


@pytest.mark.parametrize("behave", [hang_up_at_once, say_nothing, speak_plainly])
async def test_a_broken_handshake_was_never_sent(behave: Behaviour) -> None:
    fence = Fence()
    async with (
        an_exchange(behave) as exchange,
        a_client(exchange.url.replace("http:", "https:"), seconds=SHORT) as client,
    ):
        error = await failure_of(client, fence)
    assert isinstance(error, Unavailable)
    assert (error.kind, fence.passed) == ("network", 0)


async def test_waiting_too_long_for_a_free_connection_was_never_sent() -> None:
    fence = Fence()
    async with an_exchange(say_nothing) as exchange:
        url = exchange.url.replace("http:", "https:")  # the handshakes hang: nobody gets as far as sending
        async with a_client(url, seconds=SHORT) as client:
            errors = await asyncio.gather(*(failure_of(client, fence) for _ in range(6)))  # there are four
    assert {(type(error), error.kind) for error in errors} == {(Unavailable, "network")}
    assert fence.passed == 0


async def test_what_the_fence_stops_was_never_sent_and_leaves_the_line_usable() -> None:
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        error = await failure_of(client, Fence(refuses=True))
        assert isinstance(error, Unavailable)
        assert error.kind == "aborted"
        assert exchange.requests == []
        for _ in range(6):  # each connection of the client is tried, warm ones too
            await failure_of(client, Fence(refuses=True))
            assert await client.make_two_calls(A_CALL, before_send=Fence()) == "ef232234feb12"
    assert len(exchange.requests) == 6


async def test_any_other_error_of_the_fence_comes_out_as_it_is() -> None:
    async def broken() -> None:
        raise LookupError("the attempt is gone")

    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        with pytest.raises(LookupError, match="the attempt is gone"):
            await client.make_two_calls(A_CALL, before_send=broken)
        assert exchange.requests == []


async def test_a_fence_that_never_answers_has_let_nothing_through_and_blames_nobody() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    async with (
        an_exchange(answering(answer(ID_BODY))) as exchange,
        a_client(exchange.url, seconds=SHORT) as client,
    ):
        error = await failure_of(client, hangs)
        assert (type(error), error.kind, str(error)) == (
            Unavailable,
            "aborted",  # not "network": LiraX could be reached
            "not sent: it was held back too long",
        )
        assert exchange.requests == []


async def test_the_fence_is_passed_once_right_before_the_bytes() -> None:
    seen: list[int] = []
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:

        async def look() -> None:
            seen.append(exchange.connections * 10 + len(exchange.requests))

        await client.make_two_calls(A_CALL, before_send=look)
    assert seen in ([0], [10])  # connected, perhaps already noticed by the server; nothing read


async def test_the_account_that_refuses_is_a_certain_no_even_if_the_answer_is_cut() -> None:
    for status in ("400 Bad Request", "401 Unauthorized"):
        cut = f"HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\nhal".encode()
        async with an_exchange(close_after(cut)) as exchange, a_client(exchange.url) as client:
            assert isinstance(await failure_of(client, Fence()), Refused)


async def test_the_error_says_what_happened_in_a_sentence() -> None:
    async with a_client(f"http://127.0.0.1:{free_port()}/general") as client:
        error = await failure_of(client, Fence())
    assert str(error) == "LiraX cannot be reached: All connection attempts failed."
