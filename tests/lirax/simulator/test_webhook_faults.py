"""What can happen to a webhook on its way to us."""

from typing import Any

import pytest

from engine.clock import MovedClock
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import Fault, WebhookFault
from engine.lirax.simulator.people import Behaviour
from tests.lirax.simulator.building import ANNA, BORYS, MODEM, NOON, World, a_world

pytestmark = pytest.mark.anyio

FINISHED = "make2calls_finished"
# answered after 5 s, joined 1 s later, hung up after 20 s more: the finished webhook is due at second 26
END = 26


async def one_call(world: World, phone: str = ANNA) -> None:
    world.exchange.people.script(phone, Behaviour(ring_seconds=5, talk_seconds=20))
    await world.call(phone)
    await world.pass_until_quiet()


def arrivals(world: World) -> list[float]:
    return [
        (sent.at - NOON).total_seconds() for sent in world.exchange.truth.webhooks_of(FINISHED) if sent.answer
    ]


FAULTS = [
    (Fault(WebhookFault.DUPLICATED, command=FINISHED, seconds=3), [END, END + 3]),
    (Fault(WebhookFault.DUPLICATED, command=FINISHED, seconds=3, copies=3), [END, END + 3, END + 6, END + 9]),
    (Fault(WebhookFault.DELAYED, command=FINISHED, seconds=90), [END + 90]),
    (Fault(WebhookFault.CONTRADICTED, command=FINISHED, seconds=4), [END, END + 4]),
    (Fault(WebhookFault.STRANGER, command=FINISHED), [END]),
    (Fault(WebhookFault.GARBLED, command=FINISHED), [END]),
    (Fault(WebhookFault.DROPPED, command=FINISHED), []),
]


@pytest.mark.parametrize(("fault", "seconds"), FAULTS)
async def test_a_webhook_comes_twice_late_or_never(fault: Fault, seconds: list[float]) -> None:
    async with a_world() as world:
        world.exchange.faults.inject(fault)
        await one_call(world)
    assert arrivals(world) == seconds
    assert len(world.ear.named(FINISHED)) == len(seconds)


async def test_a_dropped_webhook_is_known_to_the_truth() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command=FINISHED))
        await one_call(world)
    [sent] = world.exchange.truth.webhooks_of(FINISHED)
    assert (sent.fault, sent.answer, sent.phone) == ("dropped", None, ANNA)


async def test_a_webhook_delayed_long_enough_overtakes_the_order_of_its_call() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.DELAYED, command="event", phone=ANNA, seconds=500))
        await one_call(world)
    assert world.ear.heard[-1]["event"] == "INCOMING"


async def test_a_webhook_may_come_with_a_key_that_is_not_ours() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.WRONG_TOKEN, command=FINISHED))
        await one_call(world)
        await one_call(world, BORYS)
    keys = [told["from_LiraX_token"] for told in world.ear.named(FINISHED)]
    assert keys == ["not-the-key", "303cb962ac59075b964b07152d234b70"]


GENERAL = [("duplicate", 10), ("delay", 5), ("reorder", 5), ("none", 5)]


@pytest.mark.parametrize(("option", "count"), GENERAL)
async def test_the_option_strikes_all_webhooks(option: str, count: int) -> None:
    async with a_world(options={"webhook_faults": option}) as world:
        await one_call(world)
    assert len(world.ear.heard) == count


async def test_reordered_webhooks_come_in_another_order() -> None:
    async def order(**options: Any) -> list[str]:
        async with a_world(options=options) as world:
            world.exchange.people.script(ANNA, Behaviour(ring_seconds=1, talk_seconds=1))
            await world.call()
            await world.pass_until_quiet()
            return [told.get("event", told["cmd"]) for told in world.ear.heard]

    straight, shuffled = await order(), await order(webhook_faults="reorder")
    assert sorted(shuffled) == sorted(straight)
    assert shuffled != straight


async def test_the_option_drop_loses_some_webhooks_and_not_all() -> None:
    async with a_world(options={"webhook_faults": "drop"}) as world:
        for number in range(20):
            await one_call(world, f"38067000{number:04d}")
        dropped = [sent for sent in world.exchange.truth.webhooks if sent.fault == "dropped"]
    assert 10 <= len(dropped) <= 30  # one in five of 100


@pytest.mark.parametrize(("attempts", "times"), [(1, [END]), (3, [END, END + 5, END + 35])])
async def test_a_refused_webhook_is_repeated_as_often_as_options_say(
    attempts: int, times: list[float]
) -> None:
    async with a_world(options={"webhook_attempts": attempts}) as world:
        world.exchange.people.script(ANNA, Behaviour(ring_seconds=5, talk_seconds=20, events=False))
        world.ear.codes = [500, 503]
        await world.call()
        await world.pass_until_quiet()
        sent = world.exchange.truth.webhooks_of(FINISHED)
    assert [(one.at - NOON).total_seconds() for one in sent] == times
    assert [one.answer for one in sent] == [500, 503, 200][: len(times)]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:1/lirax", "ConnectError"),
        ("nonsense://nobody", "UnsupportedProtocol"),
        ("http://a:b:c", "InvalidURL"),
    ],
)
async def test_a_receiver_that_is_not_there_is_noted_and_nothing_breaks(url: str, problem: str) -> None:
    exchange = Exchange(clock=MovedClock(NOON), webhook_url=url)
    exchange.modems.receive(ANNA, modem=MODEM, text="STOP", now=NOON)
    await exchange.run_due()
    await exchange.close()
    [sent] = exchange.truth.webhooks
    assert (sent.answer, sent.problem) == (None, problem)


async def test_without_an_address_no_webhook_leaves() -> None:
    async with a_world() as world:
        world.exchange.webhooks.url = None
        await one_call(world)
    assert (world.ear.heard, world.exchange.truth.calls_now) == ([], 0)


async def test_a_webhook_may_be_contradicted() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.CONTRADICTED, command=FINISHED))
        await one_call(world)
    assert [told["success"] for told in world.ear.named(FINISHED)] == ["1", "0"]


async def test_a_webhook_may_tell_of_a_call_nobody_knows() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.STRANGER, command=FINISHED))
        world.exchange.people.script(ANNA, Behaviour())
        task = await world.call()
        await world.pass_until_quiet()
    [told] = world.ear.named(FINISHED)
    assert told["id_make2calls"] not in ("", task)


async def test_a_webhook_may_come_with_bytes_that_are_no_text() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(WebhookFault.GARBLED, command="staton"))
        await world.send("initStatuses")
        await world.pass_time(0)
    assert b"%FF" in world.ear.bodies[0]
    assert b"%FF" not in world.ear.bodies[1]
