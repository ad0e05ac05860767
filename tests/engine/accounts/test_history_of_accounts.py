"""The client of each account's call history."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.accounts.facts import about
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.lirax.simulator.server import SimulatorServer
from tests.engine.accounts.houses import a_house, put_account

pytestmark = pytest.mark.anyio


async def test_an_account_without_access_to_history_has_no_client(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        assert house.accounts.history(house.accounts.find("default").id) is None


async def test_history_is_asked_as_the_facts_say_and_a_changed_address_makes_a_new_client(
    tmp_path: Path,
) -> None:
    async with (
        a_house(tmp_path, history_url="https://h.invalid", history_login="x", history_password="y") as house,
        SimulatorServer(Exchange(clock=house.clock)) as simulator,
    ):
        shop = await put_account(house, "shop")
        sealed = house.sealer.seal(SAMPLE_PASSWORD, about=about(shop, "history_password"))
        access: dict[str, Any] = {"history_login": SAMPLE_LOGIN, "history_password": sealed}
        await put_account(house, "shop", history_url=simulator.base_url, **access)
        await house.accounts.refresh(house.database)
        history = house.accounts.history(shop)
        assert history is not None
        now = house.clock.now()
        assert [call async for call in history.calls(since=now - timedelta(hours=1), until=now)] == []
        assert house.accounts.history(shop) is history
        assert house.accounts.history(house.accounts.find("default").id) is not history
        await put_account(house, "shop", history_url="https://elsewhere.invalid", **access)
        await house.accounts.refresh(house.database)
        assert house.accounts.history(shop) is not history
