"""The list of what rules ordered: what came of each, and the buttons where that went wrong."""

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignId, EffectId, EffectState
from campaigns.store import outbox
from engine.house import House
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_account, recount
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio


async def some_orders(house: House, *states: str, kind: str = "task") -> CampaignId:
    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection, name="Листопад")
        person = a_recipient(connection, campaign, phone="380671111111", data={"name": "Олена <b>"})
        for number, state in enumerate(states):
            row = {
                "cause": f"test:{number}",
                "account_id": an_account(connection),
                "campaign_id": campaign,
                "recipient_id": person,
                "kind": kind,
                "state": state,
                "body": {"ext": "101", "text": "Call <i>back</i>", "type": "call", "due": "1h"}
                if kind == "task"
                else {"name": "Debt", "sum": "5", "stage": "1", "status": "active"},
                "tries": 1,
                "repeats": 0,
                "created_at": NOON,
                "detail": f"LiraX says {state}",
            }
            add_row(connection, "effect", row)
        recount(connection, campaign)
        return campaign

    return await house.database.write(write)


async def state_of(house: House, effect_id: int) -> EffectState:
    row = await house.database.read(lambda reading: outbox.get(reading, EffectId(effect_id)))
    assert row is not None
    return row.state


async def test_the_campaign_counts_orders_and_leads_to_those_that_went_wrong(
    house: House, admin: Browser
) -> None:
    campaign = await some_orders(house, "done", "done", "failed", "unknown", "queued")
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "orders done 1 waiting, 1 failed, 1 unclear 2" in seen
    assert "Some orders to LiraX failed or are unclear: look at them" in seen
    assert "5 orders, 1 failed, 1 unclear" in seen
    page = await admin.get(f"/campaigns/{campaign}")
    assert f'href="/campaigns/{campaign}/effects?state=failed"' in page.text
    assert f'href="/campaigns/{campaign}/effects?person=1"' in page.text


async def test_a_campaign_without_orders_says_nothing_of_them(house: House, admin: Browser) -> None:
    campaign = await some_orders(house)
    assert "order" not in await admin.see(f"/campaigns/{campaign}")
    assert "No rule has ordered anything yet." in await admin.see(f"/campaigns/{campaign}/effects")


async def test_the_list_tells_what_lirax_said_and_can_be_narrowed(house: House, admin: Browser) -> None:
    campaign = await some_orders(house, "done", "failed")
    seen = await admin.see(f"/campaigns/{campaign}/effects")
    assert "task: call for 101, due in 1h: “Call <i>back</i>”" in seen
    assert "Олена <b>" in seen
    assert "LiraX says failed" in seen
    assert "LiraX says done" not in await admin.see(f"/campaigns/{campaign}/effects?state=failed")
    assert "Orders for 380671111111" in await admin.see(f"/campaigns/{campaign}/effects?person=1")
    assert (await admin.get("/campaigns/77/effects")).status_code == 404
    assert (await admin.get(f"/campaigns/{campaign}/effects?state=lost")).status_code == 404


async def test_a_failed_order_is_sent_again_by_a_button(house: House, marketer: Browser) -> None:
    campaign = await some_orders(house, "failed", "unknown")
    answer = await marketer.submit("/effects/1/repeat")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/campaigns/{campaign}/effects")
    assert await state_of(house, 1) == "queued"
    again = await marketer.submit("/effects/1/repeat")
    assert again.status_code == 409
    assert "Effect 1 is under way already." in again.text


async def test_all_that_failed_is_sent_again_by_one_button(house: House, marketer: Browser) -> None:
    campaign = await some_orders(house, "failed", "unknown", "failed")
    assert "Send all that failed again" in await marketer.see(f"/campaigns/{campaign}/effects")
    await marketer.submit(f"/campaigns/{campaign}/effects/repeat")
    assert [await state_of(house, number) for number in (1, 2, 3)] == ["queued", "unknown", "queued"]


async def test_an_unclear_order_warns_before_it_is_sent_again(house: House, marketer: Browser) -> None:
    campaign = await some_orders(house, "unknown")
    seen = await marketer.see(f"/campaigns/{campaign}/effects")
    assert "LiraX may have done it already: its answer never came. Look into LiraX first." in seen
    await marketer.submit("/effects/1/repeat")
    assert await state_of(house, 1) == "queued"


async def test_an_unclear_deal_is_settled_with_its_number(house: House, marketer: Browser) -> None:
    campaign = await some_orders(house, "unknown", kind="deal")
    assert "Its number in LiraX" in await marketer.see(f"/campaigns/{campaign}/effects")
    refused = await marketer.submit("/effects/1/confirm")
    assert refused.status_code == 422
    assert "Give the id that LiraX shows for the deal." in refused.text
    assert (await marketer.submit("/effects/1/confirm", id_deal="1911")).status_code == 303
    assert await state_of(house, 1) == "done"


async def test_a_viewer_sees_the_list_without_buttons(house: House, viewer: Browser) -> None:
    campaign = await some_orders(house, "failed", "unknown")
    seen = await viewer.see(f"/campaigns/{campaign}/effects")
    assert "LiraX says failed" in seen
    assert "Send" not in seen
    assert (await viewer.submit("/effects/1/repeat")).status_code == 403
    assert await state_of(house, 1) == "failed"


async def test_the_account_shows_what_lirax_did_not_take(house: House, marketer: Browser) -> None:
    await some_orders(house, "failed", "done")
    seen = await marketer.see("/accounts/default")
    assert "Orders that LiraX did not take, or may have taken" in seen
    assert "LiraX says failed" in seen
    assert "LiraX says done" not in seen
    answer = await marketer.submit("/effects/1/repeat", place="account")
    assert answer.headers["location"] == "/accounts/default#errands"
    assert "did not take" not in await marketer.see("/accounts/default")
