"""Several LiraX accounts in one house: each dials by its own key, lines, zone and modems."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import campaign_view
from engine.commands.accounts import change_account, close_account, reopen_account, rotate_webhook
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import LISTENS, OLENA, TARAS, number, presses, quiet
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


def called(exchange: Exchange) -> set[str]:
    return exchange.truth.called()


async def reason(world: World, campaign_id: CampaignId) -> str | None:
    view = await world.house.database.read(
        lambda c: campaign_view(c, campaign_id, now=world.now, policies=world.house.policies)
    )
    assert view is not None
    return view.reason


async def test_each_account_calls_its_own_people_on_its_own_lines(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, lines=2, database_url=database_url) as world:
        shop = await world.add_account("shop", lines=3)
        ours, theirs = [number(index) for index in range(8)], [number(100 + index) for index in range(9)]
        for exchange, people in ((world.exchange, ours), (shop, theirs)):
            for person in people:
                exchange.people.script(person, quiet(5, 25))
        first = await world.campaign(people=ours)
        second = await world.campaign("account: shop", people=theirs)
        await world.pass_time(minutes=5)
        assert (await world.counts(first), await world.counts(second)) == ({"done": 8}, {"done": 9})
        assert (called(world.exchange), called(shop)) == (set(ours), set(theirs))
        assert (world.exchange.truth.most_calls, shop.truth.most_calls) == (2, 3)


async def test_hours_are_told_to_each_lirax_in_its_own_zone(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:30") as world:
        shop = await world.add_account("shop", timezone="America/New_York")
        world.script(OLENA, LISTENS)
        shop.people.script(TARAS, LISTENS)
        window = 'window: {hours: "09:00-20:00", timezone: Europe/Kyiv}'
        await world.campaign(window, people=[OLENA])
        await world.campaign(f"{window}\naccount: shop", people=[TARAS])
        await world.pass_time(minutes=2)
        hours = [
            (post.fields["notbefore"], post.fields["notafter"])
            for exchange in (world.exchange, shop)
            for post in exchange.truth.posts_of("make2Calls")
        ]
        assert hours == [("09", "20"), ("02", "13")]


async def test_a_refused_key_holds_its_own_account_and_no_other(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop")
        shop.faults.inject(Fault(RequestFault.ERROR, code=401, command="*", times=None))
        world.script(OLENA, LISTENS)
        shop.people.script(TARAS, LISTENS)
        ours = await world.campaign(people=[OLENA])
        theirs = await world.campaign("account: shop", people=[TARAS])
        await world.pass_time(minutes=5)
        assert await world.state(ours) == "finished"
        assert await world.counts(theirs) == {"pending": 1}
        assert await reason(world, theirs) == (
            "LiraX refuses the key of account shop (401): check the key of shop; "
            "dialling goes on by itself once the key works."
        )


async def test_a_new_key_lets_the_account_go_on_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop", token="an-old-key")
        shop.people.script(TARAS, LISTENS)
        campaign = await world.campaign("account: shop", people=[TARAS])
        await world.pass_time(seconds=10)
        assert await world.counts(campaign) == {"pending": 1}
        await change_account(world.house, "shop", {"token": shop.token})
        await world.pass_time(minutes=1)
        assert await world.counts(campaign) == {"done": 1}


async def test_an_account_without_a_key_says_so_until_it_is_given_one(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop", token=None)
        shop.people.script(TARAS, LISTENS)
        campaign = await world.campaign("account: shop", people=[TARAS])
        await world.pass_time(minutes=1)
        told = (
            "The LiraX account shop has no key: give it one with `dzvin account set shop --token-file FILE`."
        )
        assert await reason(world, campaign) == told
        await change_account(world.house, "shop", {"token": shop.token})
        await world.pass_time(minutes=1)
        assert await world.state(campaign) == "finished"


async def test_more_lines_are_used_at_once_and_fewer_as_calls_end(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        shop = await world.add_account("shop", lines=1)
        people = [number(index) for index in range(20)]
        for person in people:
            shop.people.script(person, quiet(5, 25))
        campaign = await world.campaign("account: shop", people=people)
        await world.pass_time(seconds=5)
        assert shop.truth.calls_now == 1
        await change_account(world.house, "shop", {"lines": 4})
        await world.pass_time(seconds=5)
        assert shop.truth.calls_now == 4
        await change_account(world.house, "shop", {"lines": 2})
        await world.pass_time(seconds=40)
        assert shop.truth.calls_now == 2
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 20}


async def test_a_closed_account_dials_no_more_and_goes_on_when_reopened(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        shop = await world.add_account("shop", lines=1)
        people = [number(index) for index in range(4)]
        for person in people:
            shop.people.script(person, quiet(5, 25))
        campaign = await world.campaign("account: shop", people=people)
        await world.pass_time(seconds=10)
        await close_account(world.house, "shop")
        await world.pass_time(hours=1)
        # the call that was open ended by itself and was heard of
        assert await world.counts(campaign) == {"done": 1, "pending": 3}
        assert await world.state(campaign) == "running"
        assert await reason(world, campaign) == (
            "The LiraX account shop is closed: nobody is called through it until it is reopened."
        )
        await reopen_account(world.house, "shop")
        await world.pass_time(minutes=5)
        assert await world.state(campaign) == "finished"


async def test_results_come_in_while_lirax_changes_over_to_a_new_webhook_key(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop")
        for person in (OLENA, TARAS):
            shop.people.script(person, LISTENS)
        campaign = await world.campaign("account: shop\npace: {lines: 1}", people=[OLENA, TARAS])
        await world.pass_time(seconds=10)
        made = await rotate_webhook(world.house, "shop")
        await world.pass_time(seconds=30)  # Olena's result still came with the old key
        assert (await world.counts(campaign))["done"] == 1
        shop.webhooks.token = made
        await world.pass_time(minutes=2)
        assert await world.counts(campaign) == {"done": 2}


async def test_messages_leave_through_the_modem_of_their_account(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop", modems=["380509998877"])
        rules = 'rules: [{when: {key: "1"}, sms: "Thank you"}]\nsms: {modem: "380671112233", ext: "102"}'
        its_own = f"account: shop\n{rules}".replace("380671112233", "380509998877")
        world.script(OLENA, presses("1"))
        shop.people.script(TARAS, presses("1"))
        await world.campaign(rules, people=[OLENA])
        await world.campaign(its_own, people=[TARAS])
        await world.pass_time(minutes=10)
        assert [message.phone for message in world.exchange.truth.messages] == [OLENA]
        assert [message.phone for message in shop.truth.messages] == [TARAS]
        assert {message.state for message in await world.messages()} == {"delivered"}


async def test_the_same_number_is_not_called_by_two_accounts_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path, min_gap=timedelta(minutes=15)) as world:
        shop = await world.add_account("shop")
        world.script(OLENA, LISTENS)
        shop.people.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        theirs = await world.campaign("account: shop", people=[OLENA])
        await world.pass_time(minutes=10)
        assert called(shop) == set()
        await world.pass_time(minutes=10)
        assert await world.counts(theirs) == {"done": 1}


async def test_no_secret_of_an_account_at_work_lies_readable_anywhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with a_world(tmp_path) as world:
        shop = await world.add_account("shop", lines=1)
        password = "canary-of-a-history-password"
        access = {"history_url": "https://h.example.com", "history_login": "me", "history_password": password}
        await change_account(world.house, "shop", access)
        for person in (OLENA, TARAS):
            shop.people.script(person, LISTENS)
        campaign = await world.campaign("account: shop", people=[OLENA, TARAS])
        await world.pass_time(seconds=45)
        secrets = [shop.token, shop.webhooks.token, password]
        shop.faults.inject(Fault(RequestFault.ERROR, code=401, command="*"))  # and once it is refused
        await world.pass_time(minutes=5)
        assert await world.counts(campaign) == {"done": 2}
        files = [path for path in tmp_path.iterdir() if path.is_file()]
        assert {"dzvin.db", "dzvin.db-wal"} <= {path.name for path in files}
        kept = b"".join(path.read_bytes() for path in files)
        assert OLENA.encode() in kept
        logged = "".join(capfd.readouterr())
        assert "account changed" in logged
        for secret in secrets:
            assert secret.encode() not in kept
            assert secret not in logged
