"""The history client against the simulator over real HTTP, under every option that touches history."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest

from engine.clock import MovedClock
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.history import Direction
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.options import KINDS
from tests.lirax.history.visiting import ANNA, BORYS, NOON, Place, a_client, a_place

pytestmark = pytest.mark.anyio

FORMATS = get_args(KINDS["history_format"])
UNAUTHORISED = get_args(KINDS["history_unauthorised"])
BAD_LOGIN = get_args(KINDS["history_bad_login"])
SESSIONS = get_args(KINDS["history_session"])


async def failure_of(place: Place) -> LiraxError:
    with pytest.raises(LiraxError) as caught:
        await place.calls()
    return caught.value


@pytest.mark.parametrize("history_format", FORMATS)
async def test_calls_come_in_every_form(history_format: str) -> None:
    async with a_place(history_format=history_format) as place:
        place.call(ANNA, seconds=20)
        place.call(BORYS, seconds=0, at=NOON - timedelta(minutes=5))
        anna, borys = await place.calls()
    assert (anna.dnis, anna.ani, anna.connected, anna.duration) == (ANNA, "101", True, 20)
    assert (borys.dnis, borys.connected, borys.started_at) == (BORYS, False, NOON - timedelta(minutes=5))
    assert anna.direction is Direction.OUT


@pytest.mark.parametrize("history_format", FORMATS)
async def test_no_calls_are_no_calls_in_every_form(history_format: str) -> None:
    async with a_place(history_format=history_format) as place:
        assert await place.calls() == []


@pytest.mark.parametrize("history_cookie_name", ["PHPSESSID", "SID", "lirax_session"])
async def test_the_cookie_may_have_any_name(history_cookie_name: str) -> None:
    async with a_place(history_cookie_name=history_cookie_name) as place:
        place.call()
        assert (await place.ids(), await place.ids()) == (["D0-1"], ["D0-1"])
        assert place.logins == 1


@pytest.mark.parametrize(("history_session", "history_unauthorised"), list(product(SESSIONS, UNAUTHORISED)))
async def test_a_session_is_renewed_before_it_ends(history_session: str, history_unauthorised: int) -> None:
    async with a_place(history_session=history_session, history_unauthorised=history_unauthorised) as place:
        place.call()
        for _ in range(6):
            assert await place.ids() == ["D0-1"]
            place.clock.advance(timedelta(minutes=5))
        assert (place.logins, place.exports) == (2, 6)  # at 0 and 15 minutes: no export was lost to it


@pytest.mark.parametrize(("history_format", "history_unauthorised"), list(product(FORMATS, UNAUTHORISED)))
async def test_who_is_thrown_out_logs_in_again_once(history_format: str, history_unauthorised: int) -> None:
    async with a_place(history_format=history_format, history_unauthorised=history_unauthorised) as place:
        place.call()
        await place.ids()
        place.exchange.sessions._used_at.clear()  # the exchange was started anew
        assert await place.ids() == ["D0-1"]
        assert (place.logins, place.exports) == (2, 3)


@pytest.mark.parametrize(
    ("history_bad_login", "history_unauthorised"), list(product(BAD_LOGIN, UNAUTHORISED))
)
async def test_a_wrong_password_is_refused(history_bad_login: int, history_unauthorised: int) -> None:
    options: dict[str, Any] = {
        "history_bad_login": history_bad_login,
        "history_unauthorised": history_unauthorised,
    }
    async with a_place(password="a wrong secret", **options) as place:
        refused = await failure_of(place)
        with pytest.raises(Refused):
            await place.client.log_in()
    assert (type(refused), refused.kind) == (Refused, "invalid_login")
    assert "check its address, login and password" in str(refused)
    assert "secret" not in repr(refused)


@pytest.mark.parametrize("history_unauthorised", UNAUTHORISED)
async def test_a_password_changed_meanwhile_is_refused_after_one_more_login(
    history_unauthorised: int,
) -> None:
    async with a_place(history_unauthorised=history_unauthorised) as place:
        await place.ids()
        place.exchange.sessions.password = "another"
        place.exchange.sessions._used_at.clear()
        assert (await failure_of(place)).kind == "invalid_login"
        assert place.logins == 2


OUTAGES = [
    (Fault(RequestFault.ERROR, code=503, command="historyExport", times=None), Unavailable, "server"),
    (Fault(RequestFault.ERROR, code=429, command="historyAuth", times=None), Unavailable, "server"),
    (Fault(RequestFault.ERROR, code=404, command="historyAuth", times=None), Refused, "not_supported"),
    (Fault(RequestFault.ERROR, code=400, command="historyExport", times=None), Refused, "invalid_parameters"),
    (Fault(RequestFault.ERROR, code=200, command="historyExport", times=None), Unavailable, "protocol"),
    (Fault(RequestFault.ERROR, code=204, command="historyExport", times=None), Unavailable, "protocol"),
    (Fault(RequestFault.GARBAGE, command="historyExport", times=None), Unavailable, "protocol"),
    (Fault(RequestFault.GARBAGE, command="historyExport", body="oops", times=None), Unavailable, "protocol"),
    (Fault(RequestFault.LOST_ANSWER, command="historyExport", times=None), Unavailable, "network"),
    (Fault(RequestFault.LOST_ANSWER, command="historyAuth", times=None), Unavailable, "network"),
    (Fault(RequestFault.CLOSED_AFTER_READING, command="historyExport", times=None), Unavailable, "network"),
]


@pytest.mark.parametrize(("fault", "error", "kind"), OUTAGES)
async def test_an_outage_is_never_no_calls_and_ends_by_itself(
    fault: Fault, error: type[LiraxError], kind: str
) -> None:
    async with a_place(seconds=0.2) as place:
        place.call()
        place.exchange.faults.inject(fault)
        failure = await failure_of(place)
        assert (type(failure), failure.kind) == (error, kind)
        assert place.logins <= 2
        place.exchange.faults.clear()
        assert await place.ids() == ["D0-1"]


async def test_nobody_at_the_address_is_an_outage() -> None:
    client = a_client("http://127.0.0.1:1", MovedClock(NOON))
    with pytest.raises(Unavailable) as caught:
        await client.log_in()
    assert caught.value.kind == "network"
    await client.close()


@pytest.mark.parametrize("url", ["http://lira.example.com", "ftp://127.0.0.1", "lira.example.com", ""])
async def test_a_password_goes_nowhere_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        a_client(url, MovedClock(NOON))


async def test_a_long_span_is_asked_for_by_the_day_and_comes_in_order() -> None:
    async with a_place() as place:
        ids = [place.call(at=NOON - timedelta(days=day, hours=1)) for day in (0, 3, 1, 2)]
        assert await place.ids(days=4) == [ids[1], ids[3], ids[2], ids[0]]
        assert (place.logins, place.exports) == (1, 5)


async def test_only_what_lies_in_the_span_is_given() -> None:
    async with a_place() as place:
        place.call(at=NOON - timedelta(hours=2))
        wanted = place.call(at=NOON - timedelta(hours=1))
        since = NOON - timedelta(hours=1) + timedelta(milliseconds=300)  # in the very second it began
        found = place.client.calls(since=since, until=NOON)
        assert [call.call_id async for call in found] == [wanted]
        assert [call async for call in place.client.calls(since=NOON, until=since)] == []


FILTERS = [
    ({"phone": ANNA}, ["D0-1"]),
    ({"phone": "+38 (050) 222-33-44"}, ["D1-1"]),
    ({"direction": Direction.OUT}, ["D0-1", "D1-1"]),
    ({"direction": Direction.IN}, []),
    ({"connected": True}, ["D0-1"]),
    ({"connected": False}, ["D1-1"]),
    ({"phone": BORYS, "direction": Direction.OUT, "connected": False}, ["D1-1"]),
]


@pytest.mark.parametrize(("filters", "ids"), FILTERS)
async def test_calls_are_filtered(filters: dict[str, Any], ids: list[str]) -> None:
    async with a_place() as place:
        place.call(ANNA)
        place.call(BORYS, seconds=0)
        assert await place.ids(**filters) == ids


AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # in Kyiv 04:00 becomes 03:00


async def test_the_hour_that_comes_twice_is_asked_for_whole_and_each_call_comes_once() -> None:
    async with a_place(at=AUTUMN + timedelta(hours=3)) as place:
        before, after = AUTUMN - timedelta(minutes=20), AUTUMN + timedelta(minutes=40)  # both show 03:40
        place.call(ANNA, at=before)
        place.call(BORYS, at=after)
        found = await place.calls(days=2)
        assert {call.call_id: call.moments for call in found} == {
            "D0-1": (before, after),
            "D1-1": (before, after),
        }
        narrow = place.client.calls(since=before, until=AUTUMN + timedelta(minutes=5))
        assert {call.call_id async for call in narrow} == {"D0-1", "D1-1"}


async def test_what_has_not_come_yet_is_no_second_moment() -> None:
    async with a_place(at=AUTUMN - timedelta(minutes=10)) as place:
        place.call(at=AUTUMN - timedelta(minutes=20))
        [call] = await place.calls()
        assert call.moments == (AUTUMN - timedelta(minutes=20), None)


async def test_an_export_tells_its_form_and_the_time_at_lirax() -> None:
    async with a_place(history_format="csv_semicolon_cp1251") as place:
        place.call()
        export = await place.client.export(since=NOON - timedelta(hours=1), until=NOON)
    assert (export.form.kind, export.form.delimiter, export.form.columns[0]) == ("csv", ";", "call_id")
    assert (len(export.calls), export.trouble) == (1, None)
