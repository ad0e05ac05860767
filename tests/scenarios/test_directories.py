"""What LiraX has, read by the engine and by whoever checks a definition, on both databases."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from campaigns.definition import Definition, read_definition
from campaigns.problems import WrongInput
from campaigns.rules.directories import Directories, Employee, Shop, Stage, UserStatus
from campaigns.rules.vocabulary import AccountId
from engine.commands.directories import check_names, directories_of, refresh
from tests.world import ANY_HOUR, TOKEN, World, a_world

pytestmark = pytest.mark.anyio


def asked(world: World) -> list[str]:
    lists = ("getUsers", "getShops", "getStages", "getUserStatuses")
    return [post.command for post in world.exchange.truth.posts if post.command in lists]


def account_of(world: World) -> AccountId:
    return world.house.accounts.all()[0].id


async def known_in(world: World) -> Directories:
    return await directories_of(world.house, account_of(world))


def a_definition(world: World, more: str = "") -> Definition:
    document: dict[str, Any] = yaml.safe_load(ANY_HOUR.format(name="Reminder"))
    return read_definition(
        yaml.safe_dump(document | (yaml.safe_load(more) or {})),
        file=None,
        form="yaml",
        beside=None,
        account_timezone="Europe/Kyiv",
        today=world.now.date(),
    )


async def test_the_engine_reads_all_lists_at_its_start_and_daily(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.exchange.directory.users[1]["active"] = "0"
        await world.settle()
        known = await known_in(world)
        assert known.users.entries == (Employee("101", "Dima"), Employee("201", "Olga", active=False))
        assert known.shops.entries == (Shop(7, "Main"),)
        assert known.stages.entries == (Stage(1, "New"), Stage(2, "Won"))
        assert known.statuses.entries == (UserStatus(1, "Free"), UserStatus(5, "Lunch"))
        assert known.users.fetched_at == world.now
        assert len(asked(world)) == 4

        world.exchange.directory.users.append({"id": 17, "Name": "Ira", "ext": "301", "active": "1"})
        await world.pass_time(hours=23)
        assert len(asked(world)) == 4
        await world.pass_time(hours=2)
        assert len(asked(world)) == 8
        assert Employee("301", "Ira") in (await known_in(world)).users.entries


@pytest.mark.parametrize("style", ["documented", "all_strings", "all_numbers"])
async def test_numbers_may_come_quoted_or_bare(tmp_path: Path, style: Any) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"id_style": style})
        known = await refresh(world.house, account_of(world))
        assert [employee.ext for employee in known.users.entries] == ["101", "201"]
        assert [stage.stage for stage in known.stages.entries] == [1, 2]
        assert [shop.id for shop in known.shops.entries] == [7]
        assert [status.status for status in known.statuses.entries] == [1, 5]


async def test_a_refused_key_leaves_what_was_read_and_says_why(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        await world.settle()
        world.exchange.token = "another"
        known = await refresh(world.house, account_of(world))
        assert known.users.entries
        assert known.users.trouble == "LiraX refused our key."
        world.exchange.token = TOKEN
        assert (await refresh(world.house, account_of(world))).users.trouble is None


async def test_what_is_known_is_checked_without_asking(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.settle()
        before = len(asked(world))
        assert await check_names(world.house, a_definition(world, 'sms: {modem: "1", ext: "201"}')) == ()
        assert len(asked(world)) == before


async def test_lirax_is_asked_again_before_anything_is_called_unknown(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.settle()
        wanted = a_definition(world, 'from: "301"')
        with pytest.raises(WrongInput, match="LiraX has no extension 301"):
            await check_names(world.house, wanted)
        world.exchange.directory.users.append({"id": 17, "Name": "Ira", "ext": "301", "active": "1"})
        before = len(asked(world))
        assert await check_names(world.house, wanted) == ()
        assert asked(world)[before:] == ["getUsers"]


async def test_an_employee_who_is_switched_off_is_a_remark(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.directory.users[0]["active"] = "0"
        assert await check_names(world.house, a_definition(world)) == (
            "from: 101 (Dima) is switched off in LiraX.",
        )


async def test_an_empty_list_is_a_remark(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.directory.users.clear()
        assert await check_names(world.house, a_definition(world)) == (
            "from (101) could not be checked against LiraX: its list of employees is empty.",
        )


async def test_without_lirax_nothing_is_a_problem(tmp_path: Path) -> None:
    async with a_world(tmp_path, lirax_url="http://127.0.0.1:1/general") as world:
        [remark] = await check_names(world.house, a_definition(world, 'from: "301"'))
        assert remark.startswith("from (301) could not be checked against LiraX: LiraX cannot be reached")


async def test_while_the_account_is_held_lirax_is_left_alone(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.change("account", id=1, hold_kind="unreachable", hold_reason="LiraX cannot be reached.")
        [remark] = await check_names(world.house, a_definition(world))
        assert remark == "from (101) could not be checked against LiraX: LiraX cannot be reached."
        await world.settle()
        assert asked(world) == []
        await world.change("account", id=1, hold_kind=None, hold_reason=None)
        world.house.bells.refreshing.set()
        await world.settle()
        assert len(asked(world)) == 4


async def test_lists_that_could_not_be_read_are_read_again_soon(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.token = "another"
        await world.settle()
        assert (await known_in(world)).users.fetched_at is None
        world.exchange.token = TOKEN
        await world.until(world.now + timedelta(minutes=11))
        assert (await known_in(world)).users.trouble is None
