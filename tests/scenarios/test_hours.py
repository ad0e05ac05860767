"""Nobody is called at the wrong hour."""

from pathlib import Path

import pytest

from tests.scenarios.people import AWAY, LISTENS, NEW_YORKER, OLENA, TARAS, number
from tests.world import a_world, kyiv

pytestmark = pytest.mark.anyio


async def test_before_the_window_opens_everybody_waits(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 06:00") as world:
        campaign = await world.campaign('window: {hours: "09:00-20:00"}', people=[OLENA])
        await world.until("2026-12-01 08:59")
        assert world.ring_times(OLENA) == []
        assert (await world.people(campaign))[OLENA].state == "pending"
        await world.until("2026-12-01 09:01")
        assert world.ring_times(OLENA) == ["2026-12-01 09:00:00"]


async def test_no_request_leaves_in_the_last_minute_of_an_interval(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 11:59") as world:
        await world.campaign('window: {hours: ["09:00-12:00", "14:00-19:00"]}', people=[OLENA])
        await world.until("2026-12-01 14:30")
        assert world.ring_times(OLENA) == ["2026-12-01 14:00:00"]


async def test_weekends_and_holidays_are_left_out(tmp_path: Path) -> None:
    # 4 December 2026 is a Friday; the Monday after it is named as a holiday
    async with a_world(tmp_path, now="2026-12-04 19:30") as world:
        await world.campaign(
            'window: {hours: "09:00-19:00", days: [mon, tue, wed, thu, fri], holidays: ["2026-12-07"]}',
            people=[OLENA],
        )
        await world.until("2026-12-08 12:00")
        assert world.ring_times(OLENA) == ["2026-12-08 09:00:00"]


async def test_the_recipients_own_clock_counts(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        await world.campaign(
            'window: {hours: "09:00-20:00", timezone: recipient}', people=[OLENA, NEW_YORKER]
        )
        await world.until("2026-12-01 23:00")
        assert world.ring_times(OLENA) == ["2026-12-01 10:00:00"]
        assert world.ring_times(NEW_YORKER) == ["2026-12-01 16:00:00"]  # 09:00 in New York


async def test_who_is_left_at_the_end_expires(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 19:00", lines=1) as world:
        people = [number(index) for index in range(100)]
        for person in people:
            world.script(person, AWAY)
        campaign = await world.campaign(
            '{window: {hours: "09:00-20:00"}, end: "2026-12-01 19:10"}', people=people
        )
        await world.until("2026-12-01 21:00")
        counts = await world.counts(campaign)
        # one line, 30 s a call: twenty calls begin in the ten minutes, the last one at 19:09:30
        assert counts == {"exhausted": 20, "expired": 80}
        assert await world.state(campaign) == "finished"
        assert all(ring.started_at <= world.now for ring in world.exchange.truth.rings)


async def test_a_retry_that_no_permitted_hour_is_left_for_expires(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 19:00") as world:
        world.script(OLENA, AWAY)
        campaign = await world.campaign(
            '{end: "2026-12-01 20:00", retry: {attempts: 3, delay: 2h}}', people=[OLENA]
        )
        await world.pass_time(minutes=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("expired", "expired")


async def test_calls_that_do_not_fit_into_today_are_placed_tomorrow(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 19:58", lines=1) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, AWAY)
        campaign = await world.campaign('window: {hours: "09:00-20:00"}', people=people)
        await world.until("2026-12-02 12:00")
        times = sorted(time for person in people for time in world.ring_times(person))
        # 19:58:00 and 19:58:30; from 19:59:00 on no request leaves
        assert times[:2] == ["2026-12-01 19:58:00", "2026-12-01 19:58:30"]
        assert times[2] == "2026-12-02 09:00:00"
        assert await world.counts(campaign) == {"exhausted": 6}


async def test_when_the_window_closes_all_who_wait_are_due_at_the_next_opening(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 19:58", lines=1) as world:
        people = [number(index) for index in range(300)]
        for person in people:
            world.script(person, AWAY)
        campaign = await world.campaign('window: {hours: "09:00-20:00"}', people=people)
        await world.until("2026-12-01 20:30")
        waiting = [person for person in (await world.people(campaign)).values() if person.state == "pending"]
        assert len(waiting) == 298
        assert {person.due_at for person in waiting} == {kyiv("2026-12-02 09:00")}
        assert {person.wait_reason for person in waiting} == {"hours"}


async def test_a_campaign_starts_by_itself_when_its_time_comes(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(TARAS, LISTENS)
        campaign = await world.campaign('start: "2026-12-01 15:00"', people=[TARAS])
        assert await world.state(campaign) == "scheduled"
        await world.until("2026-12-01 14:59")
        assert world.ring_times(TARAS) == []
        await world.until("2026-12-01 15:10")
        assert world.ring_times(TARAS) == ["2026-12-01 15:00:00"]
