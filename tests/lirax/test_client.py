"""The client against an exchange that works: what goes over the wire and what comes back."""

import asyncio
import contextlib
import logging
import os
import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from engine.lirax.answers import Shop, SmsDelivery
from engine.lirax.client import SPARE_CONNECTIONS, LiraxClient
from engine.lirax.commands import UnknownWord
from engine.lirax.errors import Refused
from engine.lirax.requests import CheckSms, GetShops, SendSms
from tests.lirax.certificates import server_tls
from tests.lirax.exchange import A_CALL, ID_BODY, Visit, a_client, an_exchange, answer, answering
from tests.lirax.recorded import TOKEN

pytestmark = pytest.mark.anyio


async def nothing() -> None:
    """Nothing stands against sending."""


async def test_a_call_goes_as_one_form_and_brings_its_id() -> None:
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        assert await client.make_two_calls(A_CALL, before_send=nothing) == "ef232234feb12"
    assert exchange.request_lines == ["POST /general HTTP/1.1"]
    assert exchange.requests == [
        {
            "cmd": "make2Calls",
            "from": "101",
            "to1": "380671234567",
            "to2": "https://files.example.com/reminder.mp3",
            "timeout": "0",
            "successtime": "15",
            "notbefore": "09",
            "notafter": "20",
            "vmoney": "1250.00",
            "token": TOKEN,
        }
    ]


async def test_an_sms_is_sent_and_its_delivery_asked_for() -> None:
    async with (
        an_exchange(answering(answer(b'{"id_sms": 1910123, "sms_status": "3"}'))) as exchange,
        a_client(exchange.url) as client,
    ):
        message = SendSms(ext="101", provider="+380123456789", phone="+380 67 1", text="Дякуємо, 5 + 5!")
        sms_id = (await client.send(message)).id_sms
        asked = await client.send(CheckSms(ext="101", provider="380123456789", id_sms=sms_id))
    assert (sms_id, asked.delivery) == ("1910123", SmsDelivery.DELIVERED)
    sent, checked = exchange.requests
    assert sent == {
        "cmd": "sendSMS",
        "ext": "101",
        "provider": "380123456789",
        "phone": "380671",
        "text": "Дякуємо, 5 + 5!",
        "token": TOKEN,
    }
    assert checked["id_sms"] == "1910123"


async def test_shops_are_listed() -> None:
    async with (
        an_exchange(answering(answer(b'{"shops": [{"id": "7", "name": "Main"}]}'))) as exchange,
        a_client(exchange.url) as client,
    ):
        assert (await client.send(GetShops())).shops == [Shop(id=7, name="Main")]


async def test_any_command_goes_with_its_values_as_they_are() -> None:
    async with an_exchange(answering(answer(b""))) as exchange, a_client(exchange.url) as client:
        assert await client.command("addBlackIP", {"IP": "100.111.000.101"}) == {}
    assert exchange.requests == [{"cmd": "addBlackIP", "IP": "100.111.000.101", "token": TOKEN}]


async def test_an_unknown_command_or_parameter_sends_nothing() -> None:
    async with an_exchange(answering(answer(b""))) as exchange, a_client(exchange.url) as client:
        with pytest.raises(UnknownWord):
            await client.command("killcall", {})
        with pytest.raises(UnknownWord):
            await client.command("killCall", {"CALL_ID": "1"})
    assert exchange.connections == 0


async def test_one_line_keeps_one_connection() -> None:
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        for _ in range(20):
            await client.make_two_calls(A_CALL, before_send=nothing)
    assert exchange.connections == 1


async def test_over_tls_the_handshake_is_made_once(tmp_path: Path) -> None:
    tls, certificate = server_tls(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with (
        an_exchange(answering(answer(ID_BODY)), tls=tls) as exchange,
        a_client(exchange.url, tls=trusting) as client,
    ):
        for _ in range(5):
            await client.make_two_calls(A_CALL, before_send=nothing)
    assert exchange.connections == 1


async def test_there_are_never_more_connections_than_lines_and_spare_ones() -> None:
    async with (
        an_exchange(answering(answer(ID_BODY))) as exchange,
        a_client(exchange.url, lines=2, seconds=10) as client,
    ):
        calls = [client.make_two_calls(A_CALL, before_send=nothing) for _ in range(60)]
        await asyncio.gather(*calls)
    assert len(exchange.requests) == 60
    assert exchange.connections <= 2 + SPARE_CONNECTIONS


async def test_the_kernel_gives_up_unacknowledged_bytes_after_ten_seconds() -> None:
    taken = asyncio.Event()

    async def behave(visit: Visit) -> None:
        await visit.read_request()
        taken.set()
        await visit.reader.read()

    async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
        call = asyncio.create_task(client.make_two_calls(A_CALL, before_send=nothing))
        await taken.wait()
        assert user_timeouts_towards(exchange.port) == [10_000]
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


def user_timeouts_towards(port: int) -> list[int]:
    """TCP_USER_TIMEOUT of our own sockets that are connected to that port."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if not str(link.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(link.name))) as sock:
                if sock.family == socket.AF_INET and sock.getpeername()[1] == port:
                    found.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
    return found


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with an_exchange(answering(answer(ID_BODY))) as exchange, a_client(exchange.url) as client:
        assert await client.make_two_calls(A_CALL, before_send=nothing)


async def test_cookies_of_lirax_are_not_sent_back() -> None:
    heads: list[bytes] = []

    async def behave(visit: Visit) -> None:
        while True:
            heads.append(await visit.reader.readuntil(b"\r\n\r\n"))
            length = int(heads[-1].lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await visit.reader.readexactly(length)
            await visit.say(answer(ID_BODY, headers="Set-Cookie: PHPSESSID=1\r\n"))

    async with an_exchange(behave) as exchange, a_client(exchange.url) as client:
        for _ in range(2):
            await client.make_two_calls(A_CALL, before_send=nothing)
    assert len(heads) == 2
    assert b"cookie" not in heads[1].lower()


async def test_the_key_stands_in_no_log_and_in_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = answer(f"bad token={TOKEN}".encode(), status="400 Bad Request")
    async with an_exchange(answering(echo)) as exchange, a_client(exchange.url) as client:
        with pytest.raises(Refused) as caught:
            await client.make_two_calls(A_CALL, before_send=nothing)
    assert caught.value.body == "bad token=[token]"
    assert "request" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(client)


async def test_a_client_can_be_made_in_any_thread() -> None:
    client = await asyncio.to_thread(
        LiraxClient, "https://localhost:1/general", token="k", timeout=timedelta(seconds=1), lines=200
    )
    await client.close()
