"""Call history: logging in, and an export that agrees with the calls."""

import csv
import io
from typing import Any

import httpx
import pytest

from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, BORYS, World, a_world

pytestmark = pytest.mark.anyio

AUTH = "/api/private/api/auth.php"
EXPORT = "/services/call_show.php"
DAY = {"date_start": "2026-01-15 00:00:00", "date_finish": "2026-01-15 23:59:59"}
GOOD = {"USER_LOGIN": "api@example.com", "USER_HASH": "secret"}


async def log_in(world: World, **changes: str) -> int:
    return (await world.http.post(AUTH, data={**GOOD, **changes})).status_code


async def export(world: World, **more: str) -> httpx.Response:
    return await world.http.get(EXPORT, params={"action": "show", "call_export": "1", **DAY, **more})


async def rows(world: World, **more: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await export(world, **more)).text), delimiter=";"))


async def two_calls(world: World) -> None:
    world.exchange.people.script(ANNA, Behaviour(ring_seconds=5, talk_seconds=20))
    world.exchange.people.script(BORYS, Behaviour(pickup=Pickup.BUSY))
    await world.call(ANNA, "https://files.example.com/a.mp3")
    await world.pass_until_quiet()
    await world.call(BORYS)
    await world.pass_until_quiet()


async def test_the_export_lists_every_call_that_has_ended() -> None:
    async with a_world() as world:
        await two_calls(world)
        await log_in(world)
        exported = await rows(world)
    assert [
        (row["call_dnis"], row["call_ani"], row["call_start"], row["call_connect"], row["call_duration"])
        for row in exported
    ] == [
        (ANNA, "101", "2026-01-15 12:00:00", "1", "20"),
        (BORYS, "101", "2026-01-15 12:00:25", "0", "0"),
    ]
    assert [row["call_id"] for row in exported] == [ring.callid for ring in world.exchange.truth.rings]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"filter": "call_dnis", "filter_value": BORYS}, [BORYS]),
        ({"filter": "call_ani_dnis", "filter_value": "101"}, [ANNA, BORYS]),
        ({"filter": "call_ani", "filter_value": ANNA}, []),
        ({"filter_value": "", "call_type": "", "call_connect": ""}, [ANNA, BORYS]),
        ({"call_connect": "1"}, [ANNA]),
        ({"call_type": "0"}, []),
        ({"date_start": "2026-01-15 12:00:01"}, [BORYS]),
        ({"date_finish": "2026-01-15 12:00:00"}, [ANNA]),
    ],
)
async def test_the_export_is_filtered(more: dict[str, str], found: list[str]) -> None:
    async with a_world() as world:
        await two_calls(world)
        await log_in(world)
        assert [row["call_dnis"] for row in await rows(world, **more)] == found


async def test_a_call_still_going_on_is_not_in_the_history() -> None:
    async with a_world() as world:
        await world.call()
        await log_in(world)
        assert await rows(world) == []


async def test_history_may_lag_behind() -> None:
    async with a_world(options={"history_lag_seconds": 60}) as world:
        await two_calls(world)
        await log_in(world)
        assert await rows(world) == []
        await world.pass_time(60)
        assert len(await rows(world)) == 2


@pytest.mark.parametrize(
    ("option", "content_type", "begins"),
    [
        ("csv_semicolon_utf8", "text/csv; charset=utf-8", b"call_id;call_start"),
        ("csv_comma_utf8", "text/csv; charset=utf-8", b"call_id,call_start"),
        ("csv_semicolon_cp1251", "text/csv; charset=windows-1251", b"call_id;call_start"),
        ("html", "text/html; charset=utf-8", b"<html><body><table>"),
    ],
)
async def test_the_export_has_the_form_of_its_option(option: str, content_type: str, begins: bytes) -> None:
    async with a_world(options={"history_format": option}) as world:
        await two_calls(world)
        await log_in(world)
        answer = await export(world)
    assert (answer.headers["content-type"], answer.content[: len(begins)]) == (content_type, begins)
    assert ANNA.encode() in answer.content


@pytest.mark.parametrize(("option", "code"), [(401, 401), (302, 302), (200, 200)])
async def test_a_stranger_gets_no_history(option: int, code: int) -> None:
    async with a_world(options={"history_unauthorised": option}) as world:
        answer = await export(world)
    assert answer.status_code == code
    assert b"call_id" not in answer.content


@pytest.mark.parametrize("code", [401, 200])
async def test_a_wrong_password_opens_no_session(code: int) -> None:
    async with a_world(options={"history_bad_login": code}) as world:
        assert await log_in(world, USER_HASH="guess") == code
        assert (await export(world)).status_code == 401
    assert all("USER_HASH" not in post.fields for post in world.exchange.truth.posts)


# option, minutes between looks, answers
SESSIONS: list[tuple[str, list[float], list[int]]] = [
    ("sliding_15min", [14, 14, 14], [200, 200, 200]),
    ("absolute_15min", [14, 2], [200, 401]),
    ("sliding_15min", [15], [401]),
]


@pytest.mark.parametrize(("option", "minutes", "codes"), SESSIONS)
async def test_a_session_lives_fifteen_minutes(option: str, minutes: list[float], codes: list[int]) -> None:
    answered = []
    async with a_world(options={"history_session": option, "history_cookie_name": "SID"}) as world:
        await log_in(world)
        assert "SID" in world.http.cookies
        for minute in minutes:
            await world.pass_time(minute * 60)
            answered.append((await export(world)).status_code)
    assert answered == codes


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delete"},
        {"call_export": "0"},
        {"date_start": "2016-12-0600:00:00"},
        {"filter": "call_colour"},
    ],
)
async def test_a_query_not_understood_is_refused(changes: dict[str, Any]) -> None:
    async with a_world() as world:
        await log_in(world)
        assert (await export(world, **changes)).status_code == 400


async def test_history_can_be_out_of_order() -> None:
    async with a_world() as world:
        await log_in(world)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=503, command="historyExport"))
        assert [(await export(world)).status_code for _ in range(2)] == [503, 200]
