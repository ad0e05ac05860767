"""Messages follow from rules, once, at the modem's pace, within their hours."""

from itertools import pairwise
from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.people import Behaviour
from tests.scenarios.people import AWAY, LISTENS, OLENA, number, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

MODEM = "380671112233"
THANKS = f"""
rules:
  - when: {{result: answered_full}}
    sms: "Дякуємо, {{{{ name }}}}! Сума {{{{ amount | money }}}} грн."
sms: {{modem: "{MODEM}", ext: "102"}}
"""


def spacing(world: World) -> list[float]:
    times = sorted(request.at for request in world.exchange.truth.modem_requests)
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]


async def test_a_rule_sends_its_text_to_the_person(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(
            THANKS, people=[{"phone": OLENA, "name": "Олена", "amount": "1 250,5"}]
        )
        await world.pass_time(minutes=1)
        [message] = world.exchange.truth.messages
        assert (message.phone, message.modem) == (OLENA, MODEM)
        assert message.text == "Дякуємо, Олена! Сума 1250.50 грн."
        [kept] = await world.messages()
        assert (kept.state, kept.parts) == ("delivered", 1)
        assert await world.state(campaign) == "finished"


async def test_one_modem_takes_one_request_in_five_seconds(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=10) as world:
        people = [{"phone": number(index), "name": "A", "amount": "1"} for index in range(10)]
        for person in people:
            world.script(person["phone"], LISTENS)
        campaign = await world.campaign(THANKS, people=people)
        await world.pass_time(minutes=5)
        assert len(world.exchange.truth.messages) == 10
        assert min(spacing(world)) >= 5
        assert {message.state for message in await world.messages()} == {"delivered"}
        assert await world.state(campaign) == "finished"


async def test_a_campaign_is_not_finished_while_a_message_waits(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 21:00") as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(
            """
            rules: [{when: {result: answered_full}, sms: "Thank you"}]
            sms: {modem: "380671112233", ext: "102", hours: "09:00-20:00"}
            """,
            people=[OLENA],
        )
        await world.pass_time(hours=1)
        assert (await world.people(campaign))[OLENA].state == "done"
        assert await world.state(campaign) == "running"
        await world.until("2026-12-02 09:01")
        assert len(world.exchange.truth.messages) == 1
        assert await world.state(campaign) == "finished"


async def test_a_busy_modem_is_tried_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=403, command="sendSMS", times=2))
        await world.campaign(THANKS, people=[{"phone": OLENA, "name": "A", "amount": "1"}])
        await world.pass_time(minutes=2)
        assert [message.state for message in await world.messages()] == ["delivered"]
        assert len(world.posts("sendSMS")) == 3


async def test_a_modem_that_is_off_is_tried_every_half_minute(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=402, command="sendSMS", times=3))
        await world.campaign(THANKS, people=[{"phone": OLENA, "name": "A", "amount": "1"}])
        await world.pass_time(minutes=4)
        times = [post.at for post in world.exchange.truth.posts_of("sendSMS")]
        assert [(later - earlier).total_seconds() for earlier, later in pairwise(times)] == [30, 30, 30]
        assert [message.state for message in await world.messages()] == ["delivered"]


async def test_a_message_of_which_nobody_knows_is_not_sent_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, command="sendSMS"))
        campaign = await world.campaign(THANKS, people=[{"phone": OLENA, "name": "A", "amount": "1"}])
        await world.pass_time(hours=2)
        assert [message.state for message in await world.messages()] == ["unknown"]
        assert len(world.posts("sendSMS")) == 1
        assert await world.state(campaign) == "finished"


async def test_delivery_is_asked_for_where_nothing_told_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, Behaviour(ring_seconds=5, talk_seconds=20, sms_delivered_seconds=None))
        await world.campaign(THANKS, people=[{"phone": OLENA, "name": "A", "amount": "1"}])
        await world.pass_time(minutes=30)
        assert [message.state for message in await world.messages()] == ["sent"]
        assert len(world.posts("checkSMS")) == 1  # two minutes after sending, then hourly
        await world.pass_time(hours=2)
        assert [message.state for message in await world.messages()] == ["expired"]


async def test_the_last_word_is_sent_when_the_attempts_are_used_up(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, AWAY)
        await world.campaign(
            """
            retry: {attempts: 2, delay: 1h}
            rules: [{when: {state: exhausted}, sms: "We could not reach you"}]
            sms: {modem: "380671112233", ext: "102"}
            """,
            people=[OLENA],
        )
        await world.pass_time(hours=3)
        assert [message.text for message in world.exchange.truth.messages] == ["We could not reach you"]


async def test_who_opted_out_gets_no_text_even_by_the_same_rule(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        campaign = await world.campaign(
            """
            rules: [{when: {key: "9"}, suppress: true, sms: "You will not be called again"}]
            sms: {modem: "380671112233", ext: "102"}
            """,
            people=[OLENA],
        )
        await world.pass_time(hours=1)
        assert world.exchange.truth.messages == []
        assert [message.state for message in await world.messages()] == ["failed"]
        assert await world.state(campaign) == "finished"


async def test_a_person_goes_on_in_another_campaign(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, AWAY, LISTENS)
        later = await world.campaign("open: true", name="Second try")
        await world.campaign('rules: [{when: {state: exhausted}, campaign: "Second try"}]', people=[OLENA])
        await world.pass_time(hours=1)
        assert (await world.people(later))[OLENA].outcome == "listened"
