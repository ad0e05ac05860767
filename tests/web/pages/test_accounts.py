"""The pages of LiraX accounts, promise by promise."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from engine.house import House
from tests.builders import NOON, a_campaign, add_row, an_account, table
from tests.web.pages.browsing import Browser, text_of

pytestmark = pytest.mark.anyio

CANARY = "canary-of-a-lirax-key"
SHOP = {
    "name": "shop",
    "url": "https://lirax.example.com/general",
    "lirax_key": CANARY,
    "timezone": "Europe/Warsaw",
    "lines": "4",
    "extensions": "101, 102",
    "modems": "",
    "history_url": "",
    "history_login": "",
    "history_password": "",
}


async def test_every_account_is_listed_with_how_it_stands(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> None:
        shop = an_account(connection, name="shop", lines=3, extensions=["101"], modems=["380671234567"])
        a_campaign(connection, account_id=shop)
        modem = {"account_id": shop, "number": "380671234567", "free_at": NOON, "trouble": "it is off"}
        add_row(connection, "modem", modem)
        add_row(connection, "inbox", {"account_id": shop, "cmd": "event", "body": {}, "received_at": NOON})
        account = table("account")
        held = {"hold_kind": "key_refused", "hold_reason": "LiraX refuses the key."}
        connection.execute(update(account).where(account.c.id == shop).values(**held))

    await house.database.write(write)
    seen = await admin.see("/accounts")
    assert "default" in seen
    assert "shop LiraX refuses the key. held 0 of 10 1 101 380671234567 380671234567: it is off 14:00" in seen
    assert "LiraX refuses the key." in await admin.see("/accounts/shop")


async def test_an_account_is_added_and_its_webhook_key_shown_once(house: House, admin: Browser) -> None:
    made = await admin.submit("/accounts", **SHOP)
    assert made.status_code == 201
    found = re.search(r'id="new-webhook-key">([0-9a-f]{40})<', made.text)
    assert found is not None
    facts = house.accounts.find("shop")
    assert (facts.token, facts.webhook_token, facts.lines) == (CANARY, found[1], 4)
    assert (facts.extensions, facts.modems, facts.timezone) == (("101", "102"), None, "Europe/Warsaw")
    again = await admin.get("/accounts/shop")
    for page in (made, again):
        assert CANARY not in page.text
    assert found[1] not in again.text
    assert "One is kept; leave this empty to keep it." in text_of(again)


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    house: House, admin: Browser
) -> None:
    wrong = {**SHOP, "lines": "0", "timezone": "Europe/Kiyv", "url": "http://lirax.example.com"}
    answer = await admin.submit("/accounts", **wrong)
    assert answer.status_code == 422
    seen = text_of(answer)
    assert "Expected a whole number from 1 to 10000." in seen
    assert "Expected an IANA time zone such as Europe/Kyiv." in seen
    assert "Expected an https address" in seen
    assert CANARY not in answer.text
    assert [facts.name for facts in house.accounts.all()] == ["default"]
    taken = await admin.submit("/accounts", **{**SHOP, "name": "default"})
    assert taken.status_code == 409
    assert "There is a LiraX account named &#39;default&#39; already." in taken.text


async def test_an_empty_key_leaves_the_key_as_it_is(house: House, admin: Browser) -> None:
    await admin.submit("/accounts", **SHOP)
    changed = await admin.submit("/accounts/shop", **{**SHOP, "lirax_key": "", "lines": "9"})
    assert changed.status_code == 303
    facts = house.accounts.find("shop")
    assert (facts.token, facts.lines) == (CANARY, 9)


async def test_contact_caps_are_set_and_shown(admin: Browser) -> None:
    set_ = await admin.submit("/accounts/default", **{"caps.per_day": "1", "caps.per_week": ""})
    assert set_.status_code == 303
    assert "Contact caps at most 1 call a day to one number" in text_of(await admin.get("/accounts/default"))
    wrong = await admin.submit("/accounts/default", **{"caps.per_day": "often"})
    assert wrong.status_code == 422
    assert "Expected a whole number from 1 to 100, or nothing for no limit." in text_of(wrong)


async def test_a_key_is_never_sent_to_another_host_than_it_was_given_for(
    house: House, admin: Browser
) -> None:
    await admin.submit("/accounts", **SHOP)
    moved = {**SHOP, "url": "https://elsewhere.example.com/general", "lirax_key": ""}
    answer = await admin.submit("/accounts/shop", **moved)
    assert answer.status_code == 422
    assert "the one that is kept was given for lirax.example.com" in text_of(answer)
    assert house.accounts.find("shop").url == SHOP["url"]


async def test_what_the_environment_sets_is_shown_with_its_variable(admin: Browser, house: House) -> None:
    seen = await admin.see("/accounts/default")
    assert "Set by DZVIN_LIRAX_TOKEN : change it there and start again." in seen
    saved = await admin.submit("/accounts/default", extensions="101", push_suppressions="yes")
    assert saved.status_code == 303
    assert house.accounts.find("default").extensions == ("101",)
    assert house.accounts.find("default").pushes_suppressions


async def test_a_rotated_webhook_key_is_good_beside_the_old_one_until_it_is_finished(
    house: House, admin: Browser
) -> None:
    await admin.submit("/accounts", **SHOP)
    first = house.accounts.find("shop").webhook_token
    rotated = await admin.submit("/accounts/shop/rotate-webhook")
    found = re.search(r'id="new-webhook-key">([0-9a-f]{40})<', rotated.text)
    assert found is not None
    facts = house.accounts.find("shop")
    assert (facts.webhook_token, facts.next_webhook_token) == (first, found[1])
    assert (await admin.submit("/accounts/shop/finish-rotation")).status_code == 303
    facts = house.accounts.find("shop")
    assert (facts.webhook_token, facts.next_webhook_token) == (found[1], None)
    assert (await admin.submit("/accounts/shop/finish-rotation")).status_code == 409


async def test_an_account_is_closed_and_reopened(house: House, admin: Browser, viewer: Browser) -> None:
    await admin.submit("/accounts", **SHOP)
    assert (await admin.submit("/accounts/shop/close")).status_code == 303
    seen = await viewer.see("/accounts/shop")
    assert "The LiraX account shop is closed" in seen
    assert "Reopen the account" not in seen
    assert (await admin.submit("/accounts/shop/close")).status_code == 409
    assert (await admin.submit("/accounts/shop/reopen")).status_code == 303
    assert house.accounts.find("shop").closed_at is None


async def test_an_account_that_is_not_there_is_no_page(admin: Browser) -> None:
    assert (await admin.get("/accounts/nowhere")).status_code == 404
    assert (await admin.submit("/accounts/nowhere", lines="3")).status_code == 404
    assert (await admin.submit("/accounts/nowhere/close")).status_code == 404


DEFINITION = b'name: Reminder\nfrom: "101"\ncall: {connect: "5001"}\n'


async def test_a_new_campaign_is_given_an_account_where_there_are_several(
    house: House, admin: Browser
) -> None:
    assert "LiraX account As the definition says" not in await admin.see("/campaigns/new")
    await admin.submit("/accounts", **SHOP)
    assert "LiraX account As the definition says default shop" in await admin.see("/campaigns/new")
    chosen: dict[str, Any] = {"token": (None, admin.form_token), "account": (None, "shop")}
    sent = {**chosen, "definition": ("c.yaml", DEFINITION)}
    made = await admin.post("/campaigns", files=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert made.status_code == 303, text_of(made)
    row = await house.database.read(lambda connection: campaigns.get(connection, CampaignId(1)))
    assert row is not None
    assert (row.account_id, row.definition["account"]) == (house.accounts.find("shop").id, "shop")


async def test_a_definition_that_names_another_account_than_the_chosen_is_refused(admin: Browser) -> None:
    await admin.submit("/accounts", **SHOP)
    chosen: dict[str, Any] = {"token": (None, admin.form_token), "account": (None, "shop")}
    sent = {**chosen, "definition": ("c.yaml", DEFINITION + b"account: default\n")}
    answer = await admin.post("/campaigns", files=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    assert "Names “default”, while the account “shop” was chosen for it." in text_of(answer)
