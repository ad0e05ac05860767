"""Our machine's clock is set: nobody rings at a wrong hour or too often, and dialling goes on by itself."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from campaigns.store import accounts
from engine.apply.clock_moves import take_in
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import BUSY, LISTENS, OLENA, TARAS, number, quiet
from tests.world import KYIV, World, a_world
from web.cli.doctor.clock import examine_calls_ahead

pytestmark = pytest.mark.anyio

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = "window: {hours: '09:00-18:00'}\n"


def rung_after(world: World, phone: str) -> list[float]:
    """Seconds of true time from the beginning of the story to each ring."""
    start = world._true_clock._started_at
    return [(ring.started_at - start).total_seconds() for ring in world.rings(phone)]


async def kind_of_hold(world: World) -> str | None:
    [account] = await world.house.database.read(accounts.every)
    return account.hold_kind


@pytest.mark.parametrize("by", [HOUR, -HOUR, DAY, -DAY])
async def test_dialling_rests_a_minute_after_a_jump_and_says_so(tmp_path: Path, by: timedelta) -> None:
    async with a_world(tmp_path, now="2026-12-02 12:00", lines=1) as world:
        world.script(OLENA, quiet(5, 20))
        world.script(TARAS, quiet(5, 20))
        campaign = await world.campaign(OFFICE, people=[OLENA, TARAS])
        await world.pass_time(seconds=10)
        world.clock.jump(by)
        await world.pass_time(seconds=50)
        assert await kind_of_hold(world) == "clock"
        assert rung_after(world, TARAS) == []
        await world.pass_time(minutes=1)
        assert await kind_of_hold(world) is None
        assert rung_after(world, TARAS) == [70.0]
        await world.pass_time(minutes=2)
        assert await world.counts(campaign) == {"done": 2}


async def test_who_waits_for_a_window_that_is_open_after_all_is_called(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, now="2026-12-02 16:00", database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        world.clock.jump(3 * HOUR)
        await world.pass_time(minutes=2)
        await world.campaign(OFFICE, people=[OLENA])
        await world.pass_time(minutes=3)
        world.clock.jump(-3 * HOUR)  # it is 16:05 in truth
        await world.pass_time(minutes=5)
        assert rung_after(world, OLENA) == [5 * 60 + 60.0]


async def test_nobody_rings_in_a_window_that_is_over_after_all(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 17:00", lines=1) as world:
        people = [number(index) for index in range(3)]
        for person in people:
            world.script(person, quiet(5, 600))
        campaign = await world.campaign(OFFICE, people=people)
        await world.pass_time(minutes=1)
        world.clock.jump(2 * HOUR)  # it is 19:01
        await world.pass_time(minutes=30)
        assert await world.counts(campaign) == {"done": 1, "pending": 2}
        second = (await world.people(campaign))[people[1]]
        assert second.due_at is not None
        assert f"{second.due_at.astimezone(KYIV):%m-%d %H:%M}" == "12-03 09:00"


async def test_a_mistake_of_a_minute_ends_no_campaign(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00", lines=1) as world:
        people = [number(index) for index in range(4)]
        for person in people:
            world.script(person, quiet(5, 20))
        campaign = await world.campaign("end: 2026-12-02 20:00\n", people=people)
        await world.settle()
        world.clock.jump(DAY)
        await world.pass_time(seconds=40)
        world.clock.jump(-DAY)
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 4}


async def test_the_end_of_a_campaign_is_looked_at_anew(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00", lines=1) as world:
        people = [number(index) for index in range(4)]
        for person in people:
            world.script(person, quiet(5, 20))
        campaign = await world.campaign("end: 2026-12-02 20:00\n", people=people)
        await world.settle()
        world.clock.jump(DAY)
        await world.pass_time(minutes=2)
        assert await world.counts(campaign) == {"done": 1, "expired": 3}


async def test_the_start_of_a_campaign_is_looked_at_anew(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00", lines=1) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign("start: 2026-12-03 10:00\n", people=[OLENA])
        world.clock.jump(DAY)
        await world.pass_time(minutes=2)
        assert await world.counts(campaign) == {"done": 1}
        assert len(rung_after(world, OLENA)) == 1


@pytest.mark.parametrize("by", [HOUR, -HOUR, DAY])
async def test_the_gap_between_two_calls_is_kept_in_true_time(tmp_path: Path, by: timedelta) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00") as world:
        world.script(OLENA, BUSY, LISTENS)
        await world.campaign("retry: {attempts: 2, delay: 0s}", people=[OLENA])
        await world.pass_time(minutes=1)
        world.clock.jump(by)
        await world.pass_time(hours=3)
        first, second = rung_after(world, OLENA)
        assert second - first >= 15 * 60


async def test_a_cap_counts_a_call_that_lies_in_the_future(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00") as world:
        world.script(OLENA, BUSY, LISTENS)
        await world.campaign("retry: {attempts: 2, delay: 20m}\ncaps: {per_day: 1}", people=[OLENA])
        await world.pass_time(minutes=1)
        world.clock.jump(-DAY)  # that call was tomorrow
        await world.pass_time(days=1, hours=13)
        assert len(rung_after(world, OLENA)) == 1
        await world.pass_time(hours=2)
        assert len(rung_after(world, OLENA)) == 2


async def test_an_unclear_call_is_waited_for_in_true_time(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00") as world:
        world.exchange.faults.inject(Fault(RequestFault.LOST_ANSWER, phone=OLENA))
        world.script(OLENA, quiet(5, 20))
        await world.campaign(people=[OLENA])
        await world.pass_time(seconds=2)
        assert (await world.attempts(OLENA))[0].state == "ambiguous"
        world.clock.jump(DAY)
        await world.settle()
        assert (await world.attempts(OLENA))[0].state == "ambiguous"
        await world.pass_time(minutes=30)
        assert (await world.attempts(OLENA))[0].state != "ambiguous"


@pytest.mark.parametrize("seconds", [-330, 330])
@pytest.mark.parametrize("both_know_one", [True, False])
async def test_a_call_of_before_the_jump_is_found_in_history(
    tmp_path: Path, seconds: int, both_know_one: bool
) -> None:
    """Calls that had ended before tell how far LiraX's clock was, not how far it is."""
    async with a_world(tmp_path, now="2026-12-02 10:00", with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        if both_know_one:
            await world.campaign(people=[OLENA])
            await world.pass_time(minutes=2)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=TARAS, times=None))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, phone=TARAS))
        campaign = await world.campaign(people=[TARAS])
        await world.pass_time(seconds=10)
        world.clock.jump(timedelta(seconds=seconds))
        await world.pass_time(minutes=40)
        [attempt] = await world.attempts(TARAS)
        assert attempt.result == "answered_full"
        assert len(world.rings(TARAS)) == 1
        assert (await world.people(campaign))[TARAS].outcome == "listened"


async def test_what_is_under_way_moves_once_though_the_commit_was_told_to_have_failed(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00", database_url=database_url) as world:
        world.script(OLENA, quiet(5, 20))
        await world.campaign(people=[OLENA])
        await world.pass_time(seconds=2)
        world.clock.jump(HOUR)
        await world.settle()
        [moved] = await world.attempts(OLENA)
        jump = world.house.watch.last
        assert jump is not None
        await world.house.database.write(partial(take_in, world.house, jump))  # as it is tried again then
        [again] = await world.attempts(OLENA)
        assert (again.claimed_at, again.deadline) == (moved.claimed_at, moved.deadline)
        await world.pass_time(minutes=1)
        assert (await world.attempts(OLENA))[0].state == "done"


async def test_summer_time_is_no_jump(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-03-29 02:59") as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign("window: {hours: '04:00-05:00'}\n", people=[OLENA])
        await world.pass_time(minutes=5)  # 03:00 to 04:00 does not exist
        assert await kind_of_hold(world) is None
        assert world.ring_times(OLENA) == ["2026-03-29 04:00:00"]
        assert await world.counts(campaign) == {"done": 1}


async def test_the_doctor_tells_of_a_clock_that_was_set_back(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-02 10:00") as world:
        world.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        await world.pass_time(minutes=1)
        assert await examine_calls_ahead(world.house.database, clock=world.clock) == []
        world.clock.jump(-HOUR)
        [finding] = await examine_calls_ahead(world.house.database, clock=world.clock)
        assert finding.says.startswith("the last call lies 3540 s ahead of it: it was set back")
