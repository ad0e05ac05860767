"""One long story, the same on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from campaigns.rules.vocabulary import AccountId
from campaigns.store.received import trouble
from engine.commands.calling_by_hand import call_from_employee, hang_up
from engine.commands.trying import try_campaign
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import AWAY, BUSY, HANGS_UP, LISTENS, number, presses
from tests.world import a_world

pytestmark = pytest.mark.anyio

STORY = """
window: {hours: "09:00-20:00"}
pace: {lines: 3}
retry: {attempts: 2, delay: 1h, by_result: {busy: 30m}}
rules:
  - when: {key: "1"}
    outcome: promised
    sms: "Thank you, {{ name }}"
  - when: {key: "9"}
    suppress: true
  - when: {state: exhausted}
    sms: "We could not reach you"
sms: {modem: "380671112233", ext: "102"}
"""


async def test_a_day_of_calls_ends_alike(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, now="2026-12-01 08:00", database_url=database_url) as world:
        behaviours = [LISTENS, HANGS_UP, BUSY, AWAY, presses("1"), presses("9")]
        people = [{"phone": number(index), "name": f"Person {index}"} for index in range(18)]
        for index, person in enumerate(people):
            world.script(person["phone"], behaviours[index % 6])
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        world.exchange.faults.inject(Fault(WebhookFault.DUPLICATED, times=None, chance=0.5, seconds=40))
        campaign = await world.campaign(STORY, people=people)
        await world.until("2026-12-02 12:00")
        counts = await world.counts(campaign)
        assert await world.state(campaign) == "finished"
        # of 18: three of each kind; one request was lost on the way and nobody can tell
        assert counts == {"done": 10, "exhausted": 8} or counts == {"done": 9, "exhausted": 9}
        placed = (await world.counts(campaign, "calls"))["placed"]
        assert len(world.exchange.truth.rings) == placed - 1
        assert {message.state for message in await world.messages()} == {"delivered"}


async def test_what_is_heard_beside_results_is_kept_alike(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, now="2026-12-01 08:00", database_url=database_url) as world:
        phone, link = number(1), "https://files.example.com/a.wav"
        world.script(phone, LISTENS, LISTENS, LISTENS)
        campaign = await world.campaign(people=[phone])
        await world.hear("record", callid="IN1", record_link=link)
        await world.hear("event", type="in", event="INCOMING", phone=phone, ext="101", callid="IN-1")
        await world.pass_time(minutes=2)
        [attempt] = await world.attempts(phone)
        await world.hear("record", callid=str(attempt.callid).replace("-", ""), record_link=link)
        [attempt] = await world.attempts(phone)
        assert link in (attempt.recording or "").split()
        assert [back.recording for back in await world.heard_calls(phone)] == [link]
        await world.pass_time(minutes=15)
        ordered = await call_from_employee(
            world.house, "default", ext="101", phone=phone, shop=None, requested_by="a test"
        )
        await world.pass_time(seconds=15)
        assert (await hang_up(world.house, ordered.id, requested_by="a test")).state == "ended"
        await world.pass_time(minutes=16)
        await try_campaign(world.house, campaign, phone=phone, any_hour=True, requested_by="a test")
        await world.pass_time(minutes=2)
        assert [(call.state, call.result) for call in await world.calls_by_hand()] == [
            ("ended", "answered_full"),
            ("ended", "answered_full"),
        ]
        assert await world.house.database.read(lambda reading: trouble(reading, AccountId(1))) == (0, 0)
