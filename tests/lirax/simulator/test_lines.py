"""The account's lines: calls beyond them wait."""

import pytest

from engine.lirax.simulator.people import Behaviour
from tests.lirax.simulator.building import ANNA, BORYS, IVR, OLENA, a_world

pytestmark = pytest.mark.anyio

A_MINUTE = Behaviour(ring_seconds=0, talk_seconds=60)


async def test_a_call_beyond_the_lines_waits_its_turn() -> None:
    async with a_world(lines=1) as world:
        world.exchange.people.everyone(A_MINUTE)
        for phone in (ANNA, BORYS, OLENA):
            await world.call(phone, "https://files.example.com/a.mp3")
        await world.pass_until_quiet()
        truth = world.exchange.truth
        assert [world.seconds(ring.started_at) for ring in truth.rings] == [0, 60, 120]
        assert [(world.seconds(wait.since), world.seconds(wait.until)) for wait in truth.waits] == [
            (0, 60),
            (0, 120),
        ]
    assert (truth.most_calls, truth.calls_now) == (1, 0)


async def test_the_truth_knows_how_many_calls_were_up_at_once() -> None:
    async with a_world() as world:
        world.exchange.people.everyone(A_MINUTE)
        for phone in (ANNA, BORYS, OLENA):
            await world.call(phone)
        await world.pass_until_quiet()
    assert world.exchange.truth.most_calls == 3


async def test_more_lines_let_waiting_calls_begin_at_once() -> None:
    async with a_world(lines=1) as world:
        world.exchange.people.everyone(A_MINUTE)
        for phone in (ANNA, BORYS, OLENA):
            await world.call(phone)
        world.exchange.set_options({"lines": 3})
        assert world.exchange.truth.calls_now == 3


@pytest.mark.parametrize(
    ("full", "code", "told"), [("wait", 200, 0), ("busy", 200, 1), (429, 429, 0), (503, 503, 0)]
)
async def test_a_call_beyond_the_lines_may_be_refused_or_fail(full: object, code: int, told: int) -> None:
    async with a_world(lines=1, options={"when_full": full}) as world:
        world.exchange.people.everyone(Behaviour())
        await world.call()
        answer = await world.send("make2Calls", **{"from": "101", "to1": BORYS, "to2": IVR})
        await world.pass_time(0)
    assert (answer.status_code, len(world.ear.named("make2calls_finished"))) == (code, told)
