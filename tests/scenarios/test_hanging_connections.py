"""What is said while a connection to LiraX hangs is heard before the first byte: nothing leaves.

The fences are those that the passes and commands themselves make.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from engine.commands.accounts import change_account, close_account
from engine.commands.calling_by_hand import call_from_employee
from engine.commands.campaigns import pause
from engine.commands.quarantine import begin
from engine.commands.suppressing import suppress
from tests.hanging import hang
from tests.scenarios.people import HANGS_UP, LISTENS, OLENA
from tests.world import World, a_world, kyiv

pytestmark = pytest.mark.anyio

Meanwhile = Callable[[World, CampaignId], Awaitable[object]]
THANKS = """
rules: [{when: {result: answered_full}, sms: "Thank you"}]
sms: {modem: "380671112233", ext: "102", hours: "09:00-20:00"}
"""


async def stop(world: World, campaign: CampaignId) -> None:
    await suppress(world.house, [OLENA], reason=None, source="api")


async def pausing(world: World, campaign: CampaignId) -> None:
    await pause(world.house, campaign)


async def capping(world: World, campaign: CampaignId) -> None:
    """To as many calls a day as she was called already today."""
    await change_account(world.house, "default", {"caps": {"per_day": 1}})


async def closing(world: World, campaign: CampaignId) -> None:
    await close_account(world.house, "default")


async def quarantining(world: World, campaign: CampaignId) -> None:
    await begin(world.house)


@pytest.mark.parametrize(
    ("meanwhile", "said", "state"),
    [
        (stop, "the number is on the do-not-call list", "suppressed"),
        (pausing, "the campaign is not running any more", "waiting"),
        (capping, "the number has been called as often as its contact caps allow", "waiting"),
        (closing, "the account has been closed", "waiting"),
        (quarantining, "the database is in quarantine", "waiting"),
    ],
)
async def test_a_call_hears_it(
    tmp_path: Path, database_url: str, meanwhile: Meanwhile, said: str, state: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, HANGS_UP, LISTENS)
        campaign = await world.campaign("retry: {attempts: 2, delay: 1h}", people=[OLENA])
        await world.pass_time(minutes=59)
        hanging = await hang(world.house)
        world.clock.move_to((await world.settle()) or world.now)
        stepping = asyncio.create_task(world.engine.step())
        await hanging.begun.wait()
        await meanwhile(world, campaign)
        hanging.may_stand.set()
        await stepping
        assert (hanging.stood, len(world.posts())) == (1, 1)  # it stood, and only the first call was sent
        attempt = (await world.attempts(OLENA))[-1]
        person = (await world.people(campaign))[OLENA]
        assert (attempt.state, attempt.detail) == ("unplaced", f"not sent: {said}")
        assert (person.state, person.attempts) == (state, 1)


async def test_a_message_hears_it(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, now="2026-12-01 21:00", database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(THANKS, people=[OLENA])
        await world.until("2026-12-02 08:59")
        hanging = await hang(world.house)
        world.clock.move_to(kyiv("2026-12-02 09:00"))
        stepping = asyncio.create_task(world.engine.step())
        await hanging.begun.wait()
        await stop(world, campaign)
        hanging.may_stand.set()
        await stepping
        assert (hanging.stood, world.posts("sendSMS")) == (1, [])
        [message] = await world.messages()
        assert message.state == "failed"


async def test_a_call_by_hand_hears_it(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        hanging = await hang(world.house)
        order = call_from_employee(
            world.house, "default", ext="101", phone=OLENA, shop=None, requested_by="a test"
        )
        calling = asyncio.create_task(order)
        await hanging.begun.wait()
        await suppress(world.house, [OLENA], reason=None, source="api")
        hanging.may_stand.set()
        call = await calling
        assert (call.state, call.detail) == ("failed", "not sent: the number is on the do-not-call list")
        assert (hanging.stood, world.posts("makeCall")) == (1, [])
