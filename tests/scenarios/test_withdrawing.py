"""A withdrawal counts from its last word on; who was called off is not rung again."""

from pathlib import Path

import pytest

from engine.commands.consents import withdraw_consent
from engine.commands.suppressing import unsuppress
from engine.commands.triggering import Trigger, cancel_calls, trigger_call
from tests.scenarios.people import BUSY, LISTENS, OLENA
from tests.scenarios.test_profiles import AGREED, agreed, under
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ADVERTISES = under("ua-marketing", AGREED)


async def stop_by_sms(world: World) -> None:
    """And an operator lets the number in again."""
    await world.hear("smsReceived", id_sms="7", ani=OLENA, provider="380671112233", text="STOP")
    await unsuppress(world.house, OLENA)


async def rings_with_consent_of(world: World, day: str) -> int:
    world.script(OLENA, LISTENS)
    await world.campaign(ADVERTISES, people=[agreed(OLENA, on=day)])
    await world.pass_time(hours=3)
    return len(world.rings(OLENA))


@pytest.mark.parametrize(("day", "rings"), [("2026-12-02", 0), ("2026-12-04", 1)])
async def test_consent_given_before_the_last_of_two_withdrawals_does_not_count(
    tmp_path: Path, database_url: str, day: str, rings: int
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        await withdraw_consent(world.house, OLENA, source="phone call")
        await world.until("2026-12-03 10:00")
        await withdraw_consent(world.house, OLENA, source="phone call")
        await world.until("2026-12-05 10:00")
        assert await rings_with_consent_of(world, day) == rings


async def test_consent_given_between_a_withdrawal_and_a_stop_does_not_count(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await withdraw_consent(world.house, OLENA, source="phone call")
        await world.until("2026-12-03 10:00")
        await stop_by_sms(world)
        assert await rings_with_consent_of(world, "2026-12-02") == 0


@pytest.mark.parametrize(("day", "rings"), [("2026-11-02", 0), ("2026-12-02", 1)])
async def test_a_stop_withdraws_consent_that_nobody_has_told_us_of_yet(
    tmp_path: Path, day: str, rings: int
) -> None:
    async with a_world(tmp_path) as world:
        await stop_by_sms(world)
        await world.until("2026-12-03 10:00")
        assert await rings_with_consent_of(world, day) == rings


async def test_who_is_called_off_by_external_id_while_being_called_is_not_called_again(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, BUSY, LISTENS)
        campaign = await world.campaign("open: true\nretry: {attempts: 3, delay: 1h}")
        call = Trigger(campaign, OLENA, external_id="invoice-1")
        assert [await trigger_call(world.house, call)] == await cancel_calls_after_ringing(world)
        await world.pass_time(hours=5)
        assert len(world.rings(OLENA)) == 1
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.attempts, person.last_result) == ("expired", 1, "busy")


async def cancel_calls_after_ringing(world: World) -> list[int]:
    await world.settle()
    assert len(world.rings(OLENA)) == 1
    return [int(each) for each in await cancel_calls(world.house, "invoice-1")]
