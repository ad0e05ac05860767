"""Servers of call history that no simulator option describes: their cookies, packing, sizes and slips."""

import gzip
import logging
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from starlette.types import Receive, Scope, Send

from engine.clock import MovedClock
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.history import HistoryClient
from engine.lirax.history.receiving import MAX_BYTES
from engine.lirax.simulator.http import HttpServer
from tests.lirax.history.visiting import NOON, a_client
from tests.lirax.history.writing import OTHER, ROW, page, written

pytestmark = pytest.mark.anyio

Headers = list[tuple[bytes, bytes]]


@dataclass
class Office:
    """A server that gives these cookies at login and these answers to exports, the last one for ever."""

    answers: list[tuple[int, Headers, bytes]]
    cookies: list[bytes] = field(default_factory=lambda: [b"SID=abc; path=/; HttpOnly"])
    login: tuple[int, bytes] = (200, b"ok")
    seen: list[tuple[str, bytes, bytes]] = field(default_factory=list)  # path, query, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        self.seen.append((scope["path"], scope["query_string"], headers.get(b"cookie", b"")))
        if scope["method"] == "POST":
            await receive()
            given: Headers = [(b"set-cookie", cookie) for cookie in self.cookies]
            return await self._say(send, self.login[0], given, self.login[1])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await self._say(send, *answer)

    async def _say(self, send: Send, status: int, headers: Headers, body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def an_office(office: Office) -> AsyncIterator[HistoryClient]:
    server = HttpServer(office, host="127.0.0.1", port=0)
    await server.start()
    client = a_client(server.url, MovedClock(NOON))
    try:
        yield client
    finally:
        await client.close()
        await server.stop()


async def ids(client: HistoryClient, *, days: int = 1) -> list[str | None]:
    found = client.calls(since=NOON - timedelta(days=days) + timedelta(seconds=1), until=NOON)
    return [call.call_id async for call in found]


def says(body: bytes, **headers: str) -> tuple[int, Headers, bytes]:
    return 200, [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()], body


GOOD = says(written(ROW))


async def test_every_cookie_of_the_login_comes_back_whatever_path_it_names() -> None:
    cookies = [
        b"SID=abc; path=/api/private/api; HttpOnly",
        b"user=7==",
        b"old=x; Max-Age=0",
        b"t=a b; secure",
    ]
    office = Office([GOOD], cookies=cookies)
    async with an_office(office) as client:
        assert await ids(client) == ["D1-1"]
    assert office.seen[-1][2] == b"SID=abc; user=7==; t=a b"


async def test_a_cookie_changed_by_an_export_is_kept() -> None:
    office = Office([says(written(ROW), Set_Cookie="SID=def")])
    async with an_office(office) as client:
        await ids(client)
        await ids(client)
    assert [cookies for path, _, cookies in office.seen if "show" in path] == [b"SID=abc", b"SID=def"]


async def test_the_request_is_the_one_of_the_reference() -> None:
    office = Office([GOOD])
    async with an_office(office) as client:
        await ids(client)
    assert [path for path, _, _ in office.seen] == ["/api/private/api/auth.php", "/services/call_show.php"]
    assert office.seen[1][1] == (
        b"action=show&date_start=2026-01-14+12%3A00%3A01&date_finish=2026-01-15+12%3A00%3A00"
        b"&filter=call_ani_dnis&filter_value=&call_type=&call_connect=&call_export=1"
    )


PACKINGS: list[Callable[[bytes], tuple[int, Headers, bytes]]] = [
    lambda body: says(gzip.compress(body), Content_Encoding="gzip"),
    lambda body: says(zlib.compress(body), Content_Encoding="deflate"),
    lambda body: says(gzip.compress(body), Content_Type="application/gzip"),  # a packed file
    lambda body: says(gzip.compress(body) + b"\0" * 9, Content_Encoding="x-gzip"),
]


@pytest.mark.parametrize("packed", PACKINGS)
async def test_a_packed_export_is_unpacked(packed: Callable[[bytes], tuple[int, Headers, bytes]]) -> None:
    async with an_office(Office([packed(written(ROW))])) as client:
        assert await ids(client) == ["D1-1"]


BAD = [
    (says(gzip.compress(written(ROW))[:-9], Content_Encoding="gzip"), "cut off"),
    (says(b"not packed", Content_Encoding="gzip"), "cannot be unpacked"),
    (says(b"?", Content_Encoding="br"), "nobody asked for"),
    (says(gzip.compress(b"0" * (MAX_BYTES + 1), 1), Content_Encoding="gzip"), "more than 32 MB"),
    (says(b"0" * (MAX_BYTES + 1)), "more than 32 MB"),
    (says(written(ROW)[:-18]), "cut off"),
    (says(b""), "empty"),
    (says(b'{"error": "not allowed"}'), "no header"),
    (says(page(("Name", "Ext")).encode()), "without a table of calls"),
]


@pytest.mark.parametrize(("answer", "says_why"), BAD)
async def test_what_is_no_whole_export_is_unavailable(
    answer: tuple[int, Headers, bytes], says_why: str
) -> None:
    async with an_office(Office([answer])) as client:
        with pytest.raises(Unavailable, match=says_why) as caught:
            await ids(client)
    assert caught.value.kind == "protocol"


async def test_after_an_answer_that_is_no_export_the_next_request_logs_in_anew() -> None:
    office = Office([says(b""), GOOD])
    async with an_office(office) as client:
        with pytest.raises(Unavailable):
            await ids(client)
        assert await ids(client) == ["D1-1"]
    assert [path[-8:] for path, _, _ in office.seen] == ["auth.php", "show.php"] * 2


async def test_a_server_that_once_ended_its_lines_is_held_to_it() -> None:
    office = Office([GOOD, says(written(ROW).rstrip(b"\n"))])
    async with an_office(office) as client:
        await ids(client)
        with pytest.raises(Unavailable, match="cut off"):
            await ids(client)


async def test_a_server_that_never_ends_its_last_line_is_believed() -> None:
    async with an_office(Office([says(written(ROW, OTHER).rstrip(b"\n"))])) as client:
        assert await ids(client) == ["D1-2", "D1-1"]
        assert await ids(client) == ["D1-2", "D1-1"]


async def test_the_readable_rows_of_a_bad_export_are_given_before_it_is_told() -> None:
    found = []
    async with an_office(Office([says(written(ROW, ("?",) * 9))])) as client:
        with pytest.raises(Unavailable, match="call 2 of it cannot be read"):
            async for call in client.calls(since=NOON - timedelta(hours=1), until=NOON):
                found.append(call.call_id)
    assert found == ["D1-1"]


async def test_rows_that_come_in_two_slices_come_out_once_and_legs_of_one_call_stay_apart() -> None:
    leg = (*ROW[:4], "380509998877", *ROW[5:])
    async with an_office(Office([says(written(ROW, ROW, leg))])) as client:
        assert await ids(client, days=3) == ["D1-1", "D1-1"]


LOGINS = [
    (Office([GOOD], cookies=[]), "invalid_login"),
    (Office([GOOD], login=(302, b"")), None),  # sent on to its pages, with a cookie
    (Office([GOOD], login=(302, b""), cookies=[]), "invalid_login"),
    (Office([GOOD], login=(403, b"")), "invalid_login"),
    (Office([GOOD], login=(400, b"")), "invalid_login"),
    (Office([(302, [(b"location", b"/login")], b"")]), "invalid_login"),  # a cookie for everybody
    (Office([says(b"<html><form action=login></form></html>")]), "invalid_login"),
]


@pytest.mark.parametrize(("office", "kind"), LOGINS)
async def test_whether_a_login_was_taken_is_found_out_by_cookie_code_and_export(
    office: Office, kind: str | None
) -> None:
    async with an_office(office) as client:
        if kind is None:
            assert await ids(client) == ["D1-1"]
            return
        with pytest.raises(Refused) as caught:
            await ids(client)
    assert caught.value.kind == kind


async def test_neither_password_nor_cookie_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    told: list[str] = []
    for answer in (GOOD, says(b"<form>"), says(b""), (500, [], b"abc secret"), (302, [], b"")):
        async with an_office(Office([answer], cookies=[b"SID=cookie-canary"])) as client:
            told.append(repr(client))
            try:
                await ids(client)
            except LiraxError as error:
                told += [repr(error), str(error), error.body]
    assert not any(word in text for text in [*told, caplog.text] for word in ("secret", "canary", "abc"))
