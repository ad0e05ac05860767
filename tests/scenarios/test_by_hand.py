"""Calls that a person orders by hand: an employee's, a try of a campaign's own, and hanging up."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId, EmployeeCallId
from campaigns.store import suppressions
from campaigns.store.employee_calls import EmployeeCallRow
from engine.commands.calling_by_hand import call_from_employee, fence_of, hang_up, intend, place
from engine.commands.may_call_by_hand import Order
from engine.commands.trying import hang_up_attempt, try_campaign
from engine.errors import Conflict, NotFound
from engine.lirax.client import BeforeSend
from engine.lirax.requests import MakeCall
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import AWAY, BUSY, HANGS_UP, LISTENS, OLENA, TARAS, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


async def call(world: World, phone: str = OLENA, *, ext: str = "101") -> EmployeeCallRow:
    return await call_from_employee(
        world.house, "default", ext=ext, phone=phone, shop=None, requested_by="olena@example.com"
    )


async def try_it(
    world: World, campaign: CampaignId, phone: str = OLENA, *, any_hour: bool = False
) -> EmployeeCallRow:
    return await try_campaign(
        world.house, campaign, phone=phone, any_hour=any_hour, requested_by="olena@example.com"
    )


async def state(world: World) -> tuple[str, str | None]:
    last = (await world.calls_by_hand())[-1]
    return last.state, last.result


async def suppress(world: World, phone: str) -> None:
    def write(connection: Connection) -> bool:
        return suppressions.add(connection, phone, reason=None, source="operator", now=world.now)

    await world.house.database.write(write)


async def test_an_employees_call_is_taken_answered_and_ended(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        placed = await call(world, "067 123 45 01")
        assert (placed.state, placed.phone) == ("placed", OLENA)
        [post] = world.posts("makeCall")
        assert (post["from"], post["to"]) == ("101", OLENA)
        await world.pass_time(seconds=15)
        assert (await state(world))[0] == "answered"
        await world.pass_time(minutes=1)
        assert await state(world) == ("ended", "answered_full")
        [ended] = await world.calls_by_hand()
        assert (ended.requested_by, ended.duration) == ("olena@example.com", 20)
        assert ended.answered_at is not None
        assert ended.ended_at is not None


async def test_a_number_that_does_not_answer_is_told_so(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, BUSY)
        await call(world)
        await world.pass_time(minutes=1)
        assert await state(world) == ("ended", "busy")
        with pytest.raises(Conflict, match="no number is called twice within 15m"):
            await call(world)
        await world.pass_time(minutes=15)
        world.script(OLENA, AWAY)
        await call(world)
        await world.pass_time(minutes=2)
        assert await state(world) == ("ended", "no_answer")


async def test_what_must_not_ring_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await suppress(world, OLENA)
        with pytest.raises(Conflict, match="do-not-call list"):
            await call(world)
        campaign = await world.draft()
        with pytest.raises(Conflict, match="do-not-call list"):
            await try_it(world, campaign)
        for phone, ext in (("12", "101"), (TARAS, "sales"), ("", "101")):
            with pytest.raises(WrongInput):
                await call(world, phone, ext=ext)
        with pytest.raises(NotFound):
            await hang_up(world.house, EmployeeCallId(77), requested_by="me")
        assert world.posts("makeCall") == world.posts() == []
        assert await world.calls_by_hand() == []


async def test_one_number_is_in_one_call_whoever_ordered_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=8)
        with pytest.raises(Conflict, match="a campaign is calling"):
            await call(world)
        await world.pass_time(minutes=20)
        await call(world)
        with pytest.raises(Conflict, match="may still go on"):
            await call(world)
        second = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=5)
        assert (await world.people(second))[OLENA].state == "pending"
        await world.pass_time(hours=2)
        assert (await world.people(second))[OLENA].outcome == "listened"
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}


async def test_a_call_whose_answer_was_lost_is_never_repeated(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, command="makeCall"))
        assert (await call(world)).state == "unknown"
        await world.pass_time(seconds=15)
        assert (await state(world))[0] == "answered"  # its event proves that it was taken
        await world.pass_time(hours=1)
        assert (await state(world))[0] == "ended"
        assert len(world.posts("makeCall")) == 1


async def test_a_refused_call_has_failed_and_says_why(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, command="makeCall"))
        failed = await call(world)
        assert failed.state == "failed"
        assert "400" in (failed.detail or "") or "parameters" in (failed.detail or "")
        assert failed.ended_at is not None


async def test_a_call_of_which_nothing_is_ever_heard_ends_as_unknown(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        await call(world)
        await world.pass_time(hours=1)
        assert (await state(world))[0] == "unknown"


async def test_a_running_call_is_hung_up_by_the_id_that_came(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        placed = await call(world)
        with pytest.raises(Conflict, match="has not named"):
            await hang_up(world.house, placed.id, requested_by="Taras")
        await world.pass_time(seconds=12)
        ended = await hang_up(world.house, placed.id, requested_by="Taras")
        assert (ended.state, ended.detail) == ("ended", "hung up by Taras")
        await world.settle()
        [ring] = world.rings("101")
        assert ring.ended_at == world.now
        with pytest.raises(Conflict, match="over already"):
            await hang_up(world.house, placed.id, requested_by="Taras")


async def test_a_call_that_is_over_unseen_is_no_trouble_to_hang_up(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"killcall_dead_call_code": 400})
        world.script(OLENA, LISTENS)
        placed = await call(world)
        await world.pass_time(seconds=12)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        await world.pass_time(minutes=1)
        ended = await hang_up(world.house, placed.id, requested_by="Taras")
        assert (ended.state, ended.detail) == ("ended", "LiraX says that it does not run any more")


async def test_an_employees_call_waits_for_a_decent_hour_unless_it_is_expected(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 20:00") as world:
        with pytest.raises(Conflict, match=r"it is 20:00 where 380671234501 is \(Europe/Kyiv\)"):
            await call(world)
        assert world.posts("makeCall") == []
        placed = await call_from_employee(
            world.house,
            "default",
            ext="101",
            phone=OLENA,
            shop=None,
            requested_by="olena@example.com",
            any_hour=True,
        )
        assert placed.state == "placed"


async def test_who_was_called_by_hand_is_not_called_by_a_campaign_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, BUSY, LISTENS)
        await call(world)
        await world.pass_time(minutes=1)
        await world.campaign(people=[OLENA])
        await world.pass_time(minutes=10)
        assert world.posts() == []
        await world.pass_time(minutes=10)
        assert len(world.posts()) == 1


async def test_a_campaign_leaves_a_line_to_each_call_by_hand(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        world.exchange.people.everyone(LISTENS)
        await call(world, OLENA)
        await world.campaign(people=[TARAS, "380671234503"])
        await world.pass_time(seconds=5)
        assert len(world.posts()) == 1


async def test_an_order_that_was_held_back_is_not_sent(tmp_path: Path, database_url: str) -> None:
    """As if the program had stood still between writing the call down and sending it."""
    async with a_world(tmp_path, database_url=database_url) as world:
        house = world.house
        fence = fence_of(house)
        order = Order(AccountId(1), OLENA)
        call_id = await intend(house, order, ext="101", campaign_id=None, requested_by="a test")
        world.clock.advance(timedelta(minutes=5))
        client = house.accounts.client(AccountId(1))

        async def send(before_send: BeforeSend) -> str:
            request = MakeCall(from_ext="101", to=OLENA)
            return (await client.send(request, before_send=before_send)).id_makecall

        held_back = await place(house, call_id, fence=fence, send=send)
        assert (held_back.state, held_back.detail) == ("failed", "not sent: it was held back too long")
        assert world.posts("makeCall") == []


async def test_a_try_calls_as_the_campaign_does_and_counts_nothing(tmp_path: Path) -> None:
    rules = "rules: [{when: {key: '9'}, suppress: true}]\ncall: {play: 'https://a.example/b.mp3', "
    rules += "success_after: 5s, variables: {money: '{{ amount }}'}}"
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        campaign = await world.draft(rules, people=[{"phone": TARAS, "amount": "12.5"}])
        placed = await try_it(world, campaign)
        assert placed.state == "placed"
        [post] = world.posts()
        assert (post["from"], post["to1"], post["to2"]) == ("101", OLENA, "https://a.example/b.mp3")
        assert (post["timeout"], post["successtime"], post["vmoney"]) == ("0", "5", "12.50")
        await world.pass_time(minutes=2)
        assert await state(world) == ("ended", "answered_full")
        [ended] = await world.calls_by_hand()
        assert [press["key"] for press in ended.keys or ()] == ["9"]
        assert await world.counts(campaign, "calls") == {}
        assert await world.counts(campaign) == {"pending": 1}
        await world.pass_time(minutes=15)
        await call(world)  # nobody was put on the do-not-call list
        assert await world.state(campaign) == "draft"


async def test_a_try_outside_calling_hours_is_asked_about(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 22:30") as world:
        campaign = await world.draft('window: {hours: "09:00-20:00"}')
        with pytest.raises(Conflict, match="does not call at this hour"):
            await try_it(world, campaign)
        await try_it(world, campaign, any_hour=True)
        [post] = world.posts()
        assert (post["notbefore"], post["notafter"]) == ("00", "23")


async def test_a_finished_webhook_that_overtakes_the_answer_is_the_trys(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, HANGS_UP)
        campaign = await world.draft()
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        await world.hear(
            "make2calls_finished", id_make2calls="T-1", success="1", duration_success="0", keys=""
        )
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, body='{"id_make2calls": "T-1"}'))
        placed = await try_it(world, campaign)
        assert (placed.state, placed.result) == ("ended", "answered_short")


async def test_a_campaigns_call_is_hung_up_by_its_call_id(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=8)
        [attempt] = await world.attempts(OLENA)
        # This LiraX (simulated) knows no way to end a call of make2Calls (C15): it says so with a 400 or 200.
        said = await hang_up_attempt(world.house, campaign, AttemptId(attempt.id or 0))
        assert said.startswith("LiraX ")
        assert world.posts("killCall")[0]["Call_id"] == attempt.callid
        with pytest.raises(NotFound):
            await hang_up_attempt(world.house, CampaignId(99), AttemptId(attempt.id or 0))
        await world.pass_time(minutes=5)
        with pytest.raises(Conflict, match="over already"):
            await hang_up_attempt(world.house, campaign, AttemptId(attempt.id or 0))


async def test_a_call_that_lirax_has_not_named_cannot_be_hung_up(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=8)
        [attempt] = await world.attempts(OLENA)
        with pytest.raises(Conflict, match="has not told which call this is"):
            await hang_up_attempt(world.house, campaign, AttemptId(attempt.id or 0))


async def test_two_orders_at_once_make_one_call(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        answers = await asyncio.gather(*(call(world) for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(answer, Conflict) for answer in answers) == 3
        assert len(world.posts("makeCall")) == 1


async def test_calls_by_hand_are_no_more_than_the_lines(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        await call(world, OLENA)
        await call(world, TARAS)
        with pytest.raises(Conflict, match="all lines of the account are busy"):
            await call(world, "380671234503")
        await world.pass_time(hours=1)
        assert (await call(world, "380671234503")).state == "placed"


async def test_a_campaign_and_a_person_never_call_one_number_at_once(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, lines=20) as world:
        people = [f"38067555{index:04d}" for index in range(12)]
        await world.campaign(people=people)
        turns = [call(world, phone, ext=ext) for phone in people for ext in ("102", "103")]
        await asyncio.gather(world.settle(), *turns, return_exceptions=True)
        asked = [post["to"] for post in world.posts("makeCall")] + [post["to1"] for post in world.posts()]
        assert sorted(asked) == people
        await world.pass_time(hours=1)
