"""The doctor with several accounts: each by its own facts, whatever is wrong with the others."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.rules.breakers import Hold
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, sms
from engine.accounts.facts import about
from engine.clock import SystemClock
from engine.house import House
from engine.lirax.capabilities import Capabilities
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, Exchange
from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.simulator.truth import Call
from engine.settings import Settings
from tests.builders import add_row
from tests.engine.accounts.houses import a_house, put_account, settings_for
from web.cli.doctor.examining import examine
from web.cli.doctor.findings import Finding
from web.cli.doctor.telling import tell_findings

pytestmark = pytest.mark.anyio

MODEM = "380671234567"


async def put(house: House, name: str, simulator: SimulatorServer, **more: Any) -> AccountId:
    shop = await put_account(house, name, token=SAMPLE_TOKEN, lirax_url=simulator.url)
    sealed = house.sealer.seal(SAMPLE_PASSWORD, about=about(shop, "history_password"))
    history: dict[str, Any] = {
        "history_url": simulator.base_url,
        "history_login": SAMPLE_LOGIN,
        "history_password": sealed,
    }
    await put_account(house, name, token=SAMPLE_TOKEN, lirax_url=simulator.url, **history, **more)
    return shop


async def examined(folder: Path, **settings: Any) -> dict[tuple[str | None, str], Finding]:
    found = await examine(settings_for(f"sqlite:///{folder / 'dzvin.db'}", **settings))
    return {(each.account, each.name): each for each in found}


async def test_each_account_is_examined_by_its_own_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_house(tmp_path) as house:
        exchange = Exchange(clock=house.clock)
        async with SimulatorServer(exchange) as simulator:
            shop = await put(house, "shop", simulator)
            await put_account(house, "old", closed_at=house.clock.now())

            def trouble(connection: Connection) -> None:
                now = house.clock.now()
                modem = sms.modem(connection, shop, MODEM, now=now)
                off = "it is not connected"
                sms.end_turn(connection, modem.id, until=modem.free_at, free_at=now, trouble=off)
                accounts.hold(
                    connection,
                    shop,
                    kind=Hold.KEY_REFUSED,
                    reason="LiraX refuses the key",
                    probe_at=house.clock.now(),
                )

            await house.database.write(trouble)
            found = await examined(tmp_path)
    assert {account for account, _ in found} == {None, "default", "shop"}
    assert found["default", "lirax"].is_broken
    assert "takes our key" in found["shop", "lirax"].says
    assert "0 calls of the last 6 hours" in found["shop", "history"].says
    assert found["shop", "modem"].says == f"{MODEM}: it is not connected"
    assert found["shop", "dialling"].says == "held: LiraX refuses the key"
    assert "`dzvin account rotate-webhook shop` gives it one" in found["shop", "webhooks"].says
    tell_findings(list(found.values()), as_json=False)
    assert "shop: held" in capsys.readouterr().out


async def test_a_result_that_nobody_has_known_for_a_day_is_told(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        shop = await put_account(house, "shop", token="a key")
        sealed = house.sealer.seal("another key", about=about(shop, "webhook_token"))
        await put_account(house, "shop", token="a key", webhook_token=sealed)
        long_ago = SystemClock().now() - timedelta(hours=25)
        result = {"cmd": "make2calls_finished", "body": {}, "tries": 0, "dead": False, "verdict": "orphan"}
        row = {"account_id": shop, "received_at": long_ago, "applied_at": long_ago, **result}
        await house.database.write(lambda writing: add_row(writing, "inbox", row))
        found = await examine(settings_for(f"sqlite:///{tmp_path / 'dzvin.db'}"))
    told = [each for each in found if "nobody knows" in each.says]
    assert [(each.account, each.name, each.is_broken) for each in told] == [("shop", "webhooks", False)]
    assert told[0].says.startswith("1 that came a day ago or earlier")


async def test_calls_that_lie_ahead_are_of_another_time_zone(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        exchange = Exchange(clock=house.clock)
        async with SimulatorServer(exchange) as simulator:
            await put(house, "shop", simulator)
            now = house.clock.now()
            exchange.truth.calls.append(
                Call(
                    callid="D1-1",
                    task="task",
                    ext="101",
                    client=MODEM,
                    started_at=now + timedelta(hours=1),
                    ended_at=now,
                    connected=True,
                    seconds=10,
                )
            )
            found = await examined(tmp_path)
    assert "is Europe/Warsaw its zone?" in found["shop", "history"].says


async def test_what_a_live_call_has_shown_is_told_and_what_is_wrong_by_it_is_broken(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        now = house.clock.now()
        good = Capabilities(looked_at=now, finished_seconds=3.0, events_for_make2calls=False)
        await put_account(house, "shop", capabilities=good.as_json())
        await put_account(house, "bar", capabilities=Capabilities(looked_at=now).as_json())
        found = await examined(tmp_path)
    assert "the result came 3.0 s after the request" in found["shop", "live"].says
    assert found["bar", "live"].is_broken


async def test_secrets_of_another_key_are_told_and_the_rest_is_examined(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await put_account(house, "shop", token="token")
    found = await examine(
        Settings(
            database_url=f"sqlite:///{tmp_path / 'dzvin.db'}", secret_key="another key of the tests " * 2
        )
    )
    assert [each.name for each in found if each.is_broken] == ["accounts"]
