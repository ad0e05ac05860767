"""Nobody is called more often than the caps allow, whoever calls: campaigns, accounts, people by hand."""

from pathlib import Path

import pytest

from engine.commands.accounts import change_account
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import BUSY, HANGS_UP, LISTENS, NEW_YORKER, OLENA, TARAS
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

OFTEN = "retry: {attempts: 20, delay: 20m}\n"


async def reason(world: World, campaign: int, phone: str) -> tuple[str, str | None]:
    row = (await world.people(campaign))[phone]  # type: ignore[arg-type]
    return row.state, row.wait_reason


async def test_a_daily_cap_lets_the_phone_ring_once_on_each_day(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, BUSY, BUSY, BUSY, LISTENS)
        campaign = await world.campaign(OFTEN + "caps: {per_day: 1}", people=[OLENA])
        await world.pass_time(hours=5)
        assert await reason(world, campaign, OLENA) == ("waiting", "cap")
        await world.pass_time(days=4)
        assert world.ring_times(OLENA) == [
            "2026-12-01 10:00:00",
            "2026-12-02 00:00:00",  # the window is open at any hour
            "2026-12-03 00:00:00",
            "2026-12-04 00:00:00",
        ]
        assert await world.counts(campaign) == {"done": 1}


async def test_the_moment_a_cap_frees_is_looked_for_in_the_calling_hours(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-04 10:00") as world:  # a Friday
        world.script(OLENA, BUSY, LISTENS)
        weekdays = "window: {hours: '09:30-18:00', days: [mon, tue, wed, thu, fri]}\n"
        campaign = await world.campaign(OFTEN + weekdays + "caps: {per_day: 1}", people=[OLENA])
        await world.pass_time(hours=1)
        assert await reason(world, campaign, OLENA) == ("waiting", "cap")
        await world.pass_time(days=4)
        assert world.ring_times(OLENA) == ["2026-12-04 10:00:00", "2026-12-07 09:30:00"]


async def test_a_weekly_cap_counts_the_last_168_hours(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, *[BUSY] * 4)
        await world.campaign("retry: {attempts: 4, delay: 1d}\ncaps: {per_week: 3}", people=[OLENA])
        await world.pass_time(days=9)
        first, _, _, fourth = world.rings(OLENA)
        assert world.ring_times(OLENA)[:2] == ["2026-12-01 10:00:00", "2026-12-02 10:00:02"]
        assert (fourth.started_at - first.started_at).total_seconds() == 7 * 86_400 + 2  # from its end


async def test_who_cannot_be_called_before_the_end_expires(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, HANGS_UP)
        more = OFTEN + "end: 2026-12-01 20:00\ncaps: {per_day: 1}\n"
        campaign = await world.campaign(more, people=[OLENA])
        await world.pass_time(hours=1)
        row = (await world.people(campaign))[OLENA]
        assert (row.state, row.outcome, row.attempts) == ("expired", "expired", 1)


async def test_calls_of_other_campaigns_and_accounts_count(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop")
        shop.people.script(OLENA, LISTENS)
        world.script(OLENA, LISTENS)
        await world.campaign("account: shop\n", people=[OLENA])
        await world.pass_time(minutes=1)
        await change_account(world.house, "default", {"caps": {"per_day": 1}})
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(hours=1)
        assert await reason(world, campaign, OLENA) == ("pending", "cap")
        assert world.ring_times(OLENA) == []
        await world.pass_time(days=1)
        assert world.ring_times(OLENA) == ["2026-12-02 00:00:00"]


async def test_what_never_rang_counts_for_no_cap(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command="make2Calls", times=2))
        campaign = await world.campaign("caps: {per_day: 1}", people=[OLENA])
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 1}
        assert [attempt.state for attempt in await world.attempts(OLENA)] == ["unplaced", "unplaced", "done"]


async def test_what_may_have_rung_counts(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=500, phone=OLENA))
        first = await world.campaign(people=[OLENA])
        await world.pass_time(hours=10)
        assert await world.counts(first) == {"done": 1}
        assert (await world.attempts(OLENA))[0].state == "unknown"
        second = await world.campaign("caps: {per_day: 1}", people=[OLENA])
        await world.pass_time(minutes=1)
        assert await reason(world, second, OLENA) == ("pending", "cap")


async def test_a_day_is_the_persons_own(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:  # 03:00 in New York
        world.script(NEW_YORKER, BUSY, LISTENS)
        world.script(TARAS, BUSY, LISTENS)
        more = OFTEN + "caps: {per_day: 1}\n"
        await world.campaign(more, people=[NEW_YORKER, TARAS])
        await world.pass_time(days=1, hours=2)
        assert world.ring_times(NEW_YORKER)[1] == "2026-12-02 07:00:00"  # midnight in New York
        assert world.ring_times(TARAS)[1] == "2026-12-02 00:00:00"
