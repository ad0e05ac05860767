"""What can happen to a request, each over a real socket: what the caller sees, and what was really done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from engine.clock import MovedClock
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, Exchange
from engine.lirax.simulator.faults import Fault, RequestFault, read_fault
from engine.lirax.simulator.people import Behaviour
from engine.lirax.simulator.server import SimulatorServer
from tests.lirax.simulator.building import ANNA, BORYS, NOON, a_world

pytestmark = pytest.mark.anyio

PATIENCE = 0.2  # seconds the caller waits for an answer
ORDER = {"cmd": "make2Calls", "from": "101", "to1": ANNA, "to2": "5001", "token": SAMPLE_TOKEN}


@asynccontextmanager
async def over_sockets() -> AsyncIterator[tuple[Exchange, str, MovedClock]]:
    clock = MovedClock(NOON)
    async with SimulatorServer(Exchange(clock=clock)) as simulator:
        yield simulator.exchange, simulator.url, clock


async def seen(url: str) -> str:
    """The code that came, or the error in its place."""
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        try:
            return str((await http.post(url, data=ORDER)).status_code)
        except httpx.TransportError as problem:
            return type(problem).__name__


# fault, what the caller sees, calls that were really placed
FAULTS = [
    (Fault(RequestFault.LOST_ANSWER), "ReadTimeout", 1),
    (Fault(RequestFault.LOST_REQUEST), "ReadTimeout", 0),
    (Fault(RequestFault.CLOSED_AFTER_DOING), "RemoteProtocolError", 1),
    (Fault(RequestFault.CLOSED_AFTER_READING), "RemoteProtocolError", 0),
    (Fault(RequestFault.ERROR_AFTER_DOING, code=502), "502", 1),
    (Fault(RequestFault.ERROR, code=503), "503", 0),
    (Fault(RequestFault.ERROR, code=401), "401", 0),
    (Fault(RequestFault.GARBAGE), "200", 1),
    (Fault(RequestFault.SLOW_ANSWER, seconds=30), "ReadTimeout", 1),
    (Fault(RequestFault.DRIP, seconds=30), "ReadTimeout", 1),
    (Fault(RequestFault.TRUNCATED), "200", 1),
    (Fault(RequestFault.EMPTY), "200", 1),
    (Fault(RequestFault.REDIRECTED), "302", 0),
    (Fault(RequestFault.REUSED_ID), "200", 1),
]


@pytest.mark.parametrize(
    ("fault", "answer", "placed"), FAULTS, ids=[f"{row[0].kind} {row[1]}" for row in FAULTS]
)
async def test_a_fault_shows_one_thing_and_does_another(fault: Fault, answer: str, placed: int) -> None:
    async with over_sockets() as (exchange, url, _):
        exchange.faults.inject(fault)
        assert await seen(url) == answer
        assert len(exchange.truth.rings_of(ANNA)) == placed
        [post] = exchange.truth.posts
        assert (post.fault, post.done) == (fault.kind, bool(placed))
        assert await seen(url) == "200"  # only the first request was struck


async def test_a_request_that_comes_late_rings_although_its_caller_has_gone() -> None:
    async with over_sockets() as (exchange, url, clock):
        exchange.faults.inject(Fault(RequestFault.LATE_REQUEST, seconds=60))
        assert await seen(url) == "ReadTimeout"
        assert exchange.truth.rings == []
        moment = exchange.next_at()
        assert moment is not None
        clock.move_to(moment)
        await exchange.run_due()
        [ring] = exchange.truth.rings_of(ANNA)
    assert (ring.started_at - NOON).total_seconds() == 60


async def test_a_slow_answer_comes_when_its_time_has_passed() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(RequestFault.SLOW_ANSWER, seconds=30))
        calling = asyncio.create_task(world.call())
        while not world.exchange.truth.posts:
            await asyncio.sleep(0)
        await world.pass_time(29)
        assert not calling.done()
        await world.pass_time(1)
        assert await calling


async def test_the_webhook_of_a_call_over_at_once_may_come_before_the_answer() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(ring_seconds=0, talk_seconds=0))
        world.exchange.faults.inject(Fault(RequestFault.ANSWER_AFTER_WEBHOOK))
        task = await world.call(ANNA, "https://files.example.com/a.mp3")
    assert [told["id_make2calls"] for told in world.ear.named("make2calls_finished")] == [task]


async def test_the_webhook_of_a_longer_call_may_come_before_the_answer() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(talk_seconds=20))
        world.exchange.faults.inject(Fault(RequestFault.ANSWER_AFTER_WEBHOOK))
        calling = asyncio.create_task(world.call())
        while not world.exchange.truth.posts:
            await asyncio.sleep(0)
        await world.pass_until_quiet()
        task = await calling
    assert world.ear.named("make2calls_finished")[0]["id_make2calls"] == task


async def test_a_key_no_longer_valid_stays_so_until_it_is_mended() -> None:
    async with over_sockets() as (exchange, url, _):
        exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command="*", times=None))
        assert [await seen(url) for _ in range(3)] == ["401"] * 3
        exchange.faults.clear()
        assert await seen(url) == "200"


async def test_an_overload_may_say_when_to_come_again() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(
            Fault(RequestFault.ERROR, code=429, retry_after_seconds=7, command="getShops")
        )
        answer = await world.send("getShops")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


async def test_a_fault_may_wait_for_one_number_and_strike_several_times() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, phone=BORYS, times=2))
        order = {"from": "101", "to2": "5001"}
        codes = [
            (await world.send("make2Calls", to1=phone, **order)).status_code for phone in (ANNA, BORYS) * 3
        ]
    assert codes == [200, 500, 200, 500, 200, 200]


async def test_a_fault_of_some_chance_strikes_the_same_requests_in_every_run() -> None:
    async def struck() -> list[int]:
        async with a_world(seed=5) as world:
            world.exchange.faults.inject(
                Fault(RequestFault.ERROR, command="getShops", times=None, chance=0.3)
            )
            return [(await world.send("getShops")).status_code for _ in range(40)]

    first = await struck()
    assert first == await struck()
    assert 5 <= first.count(500) <= 20


async def test_a_caller_left_without_an_answer_does_not_hold_up_the_end() -> None:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        async with over_sockets() as (exchange, url, _):
            exchange.faults.inject(Fault(RequestFault.LOST_ANSWER))
            waiting = asyncio.create_task(http.post(url, data=ORDER))
            while not exchange.truth.posts:
                await asyncio.sleep(0.001)
        with pytest.raises(httpx.RemoteProtocolError):
            await waiting


async def test_an_answer_may_come_byte_by_byte_or_by_half_or_empty() -> None:
    async with a_world() as world:
        whole = await world.send("getShops")
        for kind in (RequestFault.TRUNCATED, RequestFault.EMPTY):
            world.exchange.faults.inject(Fault(kind, command="getShops"))
        half, nothing = await world.send("getShops"), await world.send("getShops")
        world.exchange.faults.inject(Fault(RequestFault.DRIP, command="getShops", seconds=2))
        asked = asyncio.create_task(world.send("getShops"))
        await asyncio.sleep(0)
        while not asked.done():
            await world.pass_time(2)
            await asyncio.sleep(0)
        slow = await asked
    assert (len(half.content), nothing.content) == (len(whole.content) // 2, b"")
    assert slow.json() == whole.json()
    assert (world.clock.now() - NOON).total_seconds() >= 2 * len(whole.content)


@pytest.mark.parametrize("kind", [RequestFault.FLOOD, RequestFault.GZIP_BOMB])
async def test_an_answer_may_be_far_too_large(kind: RequestFault) -> None:
    async with over_sockets() as (exchange, url, _):
        exchange.faults.inject(Fault(kind))
        size = 0
        async with (
            httpx.AsyncClient(trust_env=False) as http,
            http.stream("POST", url, data=ORDER) as answer,
        ):
            async for piece in answer.aiter_bytes():
                size += len(piece)
    assert size == 50 * 2**20


async def test_a_second_call_may_be_given_the_id_of_the_first() -> None:
    async with a_world() as world:
        first = await world.call(ANNA)
        world.exchange.faults.inject(Fault(RequestFault.REUSED_ID))
        again = await world.call(BORYS)
        third = await world.call(BORYS)
        await world.pass_until_quiet()
    assert (again == first, third == first) == (True, False)
    told = [told["id_make2calls"] for told in world.ear.named("make2calls_finished")]
    assert sorted(told) == sorted([first, first, third])


async def test_for_a_while_nobody_may_be_there_at_all() -> None:
    async with over_sockets() as (exchange, url, clock):
        assert await seen(url) == "200"
        exchange.outage(60)
        await exchange.run_due()
        assert await seen(url) == "ConnectError"
        clock.advance(timedelta(seconds=60))
        await exchange.run_due()
        assert await seen(url) == "200"


def test_a_simulator_without_a_server_cannot_be_away() -> None:
    with pytest.raises(ValueError, match="no server to stop"):
        Exchange(clock=MovedClock(NOON)).outage(5)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "error", "code": "500"},
        {"kind": "error", "code": 99},
        {"kind": "error", "times": 0},
        {"kind": "error", "chance": 2},
        {"kind": "drip", "seconds": -1},
        {"kind": "drip", "seconds": True},
        {"kind": "error", "phone": 5},
        {"kind": "error", "times": 1.5},
    ],
)
def test_a_fault_there_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="of a fault cannot be"):
        read_fault(values)
