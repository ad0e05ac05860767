"""LiraX's blacklist of IP addresses, under every way it may treat leading zeros and repeats."""

from pathlib import Path

import pytest

from campaigns.problems import WrongInput
from engine.accounts import AccountFacts
from engine.commands.black_ips import add_ip, listed_ips, remove_ip
from engine.errors import NotFound
from engine.lirax.errors import Refused
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ZEROS, PLAIN = "203.000.113.007", "203.0.113.7"


def account(world: World) -> AccountFacts:
    return world.house.accounts.all()[0]


def sent(world: World) -> list[str]:
    return [fields["IP"] for fields in world.posts("addBlackIP")]


@pytest.mark.parametrize(
    ("zeros", "listed", "requests"),
    [("keep", ZEROS, [ZEROS]), ("strip", PLAIN, [ZEROS]), ("reject", PLAIN, [ZEROS, PLAIN])],
)
@pytest.mark.parametrize("code", [200, 400])
async def test_an_address_goes_on_once_and_comes_off_in_any_spelling(
    tmp_path: Path, zeros: str, listed: str, requests: list[str], code: int
) -> None:
    async with a_world(tmp_path) as world:
        options = {"blacklist_duplicate_code": code, "blacklist_missing_code": code}
        world.exchange.set_options({"ip_leading_zeros": zeros, **options})
        assert await add_ip(world.house, account(world), ZEROS) == (listed, True)
        assert await add_ip(world.house, account(world), PLAIN) == (listed, False)
        assert sent(world) == requests
        assert await listed_ips(world.house, account(world)) == ["100.111.000.101", listed]
        assert await remove_ip(world.house, account(world), PLAIN) == listed
        with pytest.raises(NotFound, match="is not on the blacklist"):
            await remove_ip(world.house, account(world), ZEROS)
        assert await remove_ip(world.house, account(world), "100.111.0.101") == "100.111.000.101"


async def test_where_the_list_cannot_be_read_an_address_is_sent_all_the_same(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"require_list_phone": True})
        assert await add_ip(world.house, account(world), PLAIN) == (PLAIN, True)
        with pytest.raises(Refused):
            await listed_ips(world.house, account(world))


async def test_an_address_that_lirax_refuses_is_told(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="addBlackIP", code=400, times=None))
        with pytest.raises(Refused):
            await add_ip(world.house, account(world), ZEROS)


async def test_what_is_no_address_never_leaves(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        for text in ("1.2.3", "203.0.113.777", "::1"):
            with pytest.raises(WrongInput):
                await add_ip(world.house, account(world), text)
        assert sent(world) == []
