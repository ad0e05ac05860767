"""The page of the quarantine and where it is announced: one test a promise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import Role
from engine.commands.quarantine import begin, standing
from tests.web.pages.browsing import Browser, text_of
from tests.web.pages.conftest import signed_in
from tests.world import World, a_world
from web.pages.desk import build_desk

pytestmark = pytest.mark.anyio

PATH = "/quarantine"
ANN = "380671111111"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """In quarantine, with somebody to call and no call history."""
    async with a_world(tmp_path) as opened:
        await opened.campaign(people=[ANN], name="Reminder")
        await begin(opened.house)
        yield opened


@pytest.fixture
async def admin(world: World) -> AsyncIterator[Browser]:
    async with await signed_in(world.house, build_desk(world.house), Role.ADMIN) as browser:
        yield browser


async def test_dashboard_and_campaign_say_it_in_one_sentence(world: World, admin: Browser) -> None:
    sentence = "An administrator put it into quarantine. Nothing is dialled, texted or sent to LiraX"
    assert sentence in await admin.see("/")
    assert sentence in await admin.see("/campaigns/1")


async def test_an_administrator_releases_it_once_they_have_confirmed(world: World, admin: Browser) -> None:
    seen = await admin.see(PATH)
    assert "no call history. Nobody can tell whom it called in that time" in seen
    answer = await admin.submit(f"{PATH}/release")
    assert answer.status_code == 422 and "Tick the box" in text_of(answer)
    answer = await admin.submit(f"{PATH}/release", confirmed="yes")
    assert answer.status_code == 409 and "may be rung a second time" in text_of(answer)
    assert await standing(world.house) is not None
    answer = await admin.submit(f"{PATH}/release", confirmed="yes", without_history="yes")
    assert answer.status_code == 303
    assert await standing(world.house) is None
    assert "It was released by" in await admin.see(PATH)
    await world.pass_time(minutes=2)
    assert len(world.rings(ANN)) == 1


async def test_who_is_no_administrator_looks_but_releases_nothing(world: World) -> None:
    async with await signed_in(world.house, build_desk(world.house), Role.MARKETER) as marketer:
        seen = await marketer.see(PATH)
        assert "An administrator can let it dial again." in seen
        answer = await marketer.submit(f"{PATH}/release", confirmed="yes", without_history="yes")
        assert answer.status_code == 403
    assert await standing(world.house) is not None
