"""What is known of each account, and how soon a change of it is noticed."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from campaigns.problems import WrongInput
from engine.accounts import AccountFacts, HistoryAccess
from engine.assembly import Role, build_house, close_house
from engine.commands.accounts import change_account, rotate_webhook
from engine.errors import CannotDo, NotFound
from engine.house import House
from tests.databases import Postgres
from tests.engine.accounts.houses import a_house, put_account, settings_for
from tests.lirax.exchange import A_CALL, ID_BODY, Visit, an_exchange, answer

pytestmark = pytest.mark.anyio

PATIENCE_SECONDS = 20.0


async def nothing() -> None:
    """Nothing stands against sending."""


async def test_the_environment_is_the_account_called_default(tmp_path: Path) -> None:
    async with a_house(tmp_path, lirax_token="key", lines=7, account_timezone="Europe/Warsaw") as house:
        facts = house.accounts.find("default")
        assert (facts.token, facts.lines, facts.timezone) == ("key", 7, "Europe/Warsaw")
        assert (facts.extensions, facts.modems, facts.history) == (None, None, None)
    async with a_house(tmp_path, lirax_token="another", lines=3) as house:
        facts = house.accounts.find("default")
        assert (facts.token, facts.lines, facts.timezone) == ("another", 3, "Europe/Kyiv")


async def test_what_was_set_by_hand_of_default_outlives_a_start(tmp_path: Path) -> None:
    history = {"history_url": "https://h.example.com", "history_login": "me", "history_password": "pw"}
    async with a_house(tmp_path) as house:
        await change_account(house, "default", {"extensions": ["101"], "modems": ["38067"], **history})
    async with a_house(tmp_path, lines=3) as house:
        facts = house.accounts.find("default")
        assert (facts.extensions, facts.modems, facts.lines) == (("101",), ("38067",), 3)
        assert facts.history == HistoryAccess("https://h.example.com", "me", "pw")
    other: dict[str, Any] = {**history, "history_url": "https://other.example.com"}
    async with a_house(tmp_path, **other) as house:
        assert house.accounts.find("default").history == HistoryAccess(
            "https://other.example.com", "me", "pw"
        )
        with pytest.raises(WrongInput, match="is set by DZVIN_HISTORY_LOGIN for the account default"):
            await change_account(house, "default", {"history_login": "you"})


async def test_a_new_webhook_key_that_is_put_into_the_environment_ends_the_old_one(tmp_path: Path) -> None:
    async with a_house(tmp_path, webhook_token="old") as house:
        made = await rotate_webhook(house, "default")
        assert digests(house) == {sha256(b"old").digest(), sha256(made.encode()).digest()}
    async with a_house(tmp_path, webhook_token="old") as house:
        assert digests(house) == {sha256(b"old").digest(), sha256(made.encode()).digest()}
    async with a_house(tmp_path, webhook_token=made) as house:
        assert digests(house) == {sha256(made.encode()).digest()}


def digests(house: House) -> set[bytes]:
    return set(house.accounts.webhook_tokens()["default"][1])


async def test_an_account_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await put_account(house, "shop")
        await house.accounts.refresh(house.database)
        with pytest.raises(NotFound, match="no LiraX account “shp”; known here: default, shop"):
            house.accounts.find("shp")


async def test_history_is_read_with_all_three_or_not_at_all(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await put_account(house, "shop", history_url="https://h.example.com", history_login="me")
        await house.accounts.refresh(house.database)
        assert house.accounts.find("shop").history is None
    history: dict[str, Any] = {
        "history_url": "https://h.example.com",
        "history_login": "me",
        "history_password": "pw",
    }
    async with a_house(tmp_path, **history) as house:
        assert house.accounts.find("default").history == HistoryAccess("https://h.example.com", "me", "pw")
        assert "pw" not in repr(house.accounts.all())


async def test_an_account_without_a_key_says_how_to_give_it_one(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        shop = await put_account(house, "shop")
        await house.accounts.refresh(house.database)
        with pytest.raises(CannotDo, match="dzvin account set shop --token-file"):
            house.accounts.client(shop)
        with pytest.raises(CannotDo, match="set DZVIN_LIRAX_TOKEN"):
            house.accounts.client(house.accounts.find("default").id)


@pytest.mark.parametrize(
    "change", [{"lirax_url": "http://127.0.0.1:2/general"}, {"token": "new"}, {"lines": 9}]
)
async def test_a_changed_address_key_or_number_of_lines_makes_a_new_client(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async with a_house(tmp_path) as house:
        shop = await put_account(house, "shop", token="old")
        await house.accounts.refresh(house.database)
        first = house.accounts.client(shop)
        await put_account(house, "shop", token="old", modems=["380671234567"])
        await house.accounts.refresh(house.database)
        assert house.accounts.client(shop) is first
        await put_account(house, "shop", **{"token": "old", **change})
        await house.accounts.refresh(house.database)
        assert house.accounts.client(shop) is not first


async def test_a_request_under_way_is_answered_although_its_client_is_replaced(tmp_path: Path) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(visit: Visit) -> None:
        await visit.read_request()
        asked.set()
        await go_on.wait()
        await visit.say(answer(ID_BODY))

    async with an_exchange(slow) as exchange, a_house(tmp_path) as house:
        shop = await put_account(house, "shop", token="old", lirax_url=exchange.url)
        await house.accounts.refresh(house.database)
        client = house.accounts.client(shop)
        under_way = asyncio.create_task(client.make_two_calls(A_CALL, before_send=nothing))
        await asked.wait()
        await put_account(house, "shop", token="new")
        await house.accounts.refresh(house.database)
        go_on.set()
        assert await under_way == "ef232234feb12"
        # who still has the old client in hand may send with it
        assert await client.make_two_calls(A_CALL, before_send=nothing) == "ef232234feb12"


async def test_another_process_over_one_postgresql_notices_a_new_account(postgres: Postgres) -> None:
    settings = settings_for(await postgres.fresh())
    one = await build_house(settings, role=Role.WEB)
    other = await build_house(settings, role=Role.ENGINE)
    try:
        await put_account(one, "shop", token="key", lines=4)
        async with asyncio.timeout(PATIENCE_SECONDS):
            facts = await _noticed(other, "shop")
        assert (facts.lines, facts.timezone, facts.token) == (4, "Europe/Warsaw", "key")
    finally:
        await close_house(one)
        await close_house(other)


async def _noticed(house: House, name: str) -> AccountFacts:
    while True:
        try:
            return house.accounts.find(name)
        except NotFound:
            await asyncio.sleep(0.1)
