"""Calls ordered by hand on the pages: trying a campaign, an employee's call, hanging up."""

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AttemptState, RecipientState, Role
from campaigns.store import employee_calls, suppressions
from engine.house import House
from tests.builders import NOON, a_campaign, a_recipient, an_attempt, recount
from tests.web.pages.browsing import Browser, text_of
from tests.web.pages.conftest import signed_in
from web.pages.desk import Desk

pytestmark = pytest.mark.anyio


async def running(house: House, *, callid: str | None = None) -> tuple[int, int]:
    """A campaign with a call going on."""

    def write(connection: Connection) -> tuple[int, int]:
        campaign = a_campaign(connection)
        person = a_recipient(connection, campaign, state=RecipientState.CALLING, calls=1)
        call = an_attempt(connection, person, state=AttemptState.PLACED, callid=callid)
        recount(connection, campaign)
        return campaign, call

    return await house.database.write(write)


async def suppress(house: House, phone: str) -> None:
    await house.database.write(
        lambda writing: suppressions.add(writing, phone, reason=None, source="operator", now=NOON) and None
    )


async def test_a_campaign_that_cannot_be_tried_says_why(house: House, admin: Browser) -> None:
    campaign, _ = await running(house)
    assert "Try this call" in await admin.see(f"/campaigns/{campaign}")
    await suppress(house, "380671234599")
    refused = await admin.submit(f"/campaigns/{campaign}/tries/new", phone="067 123 45 99")
    assert refused.status_code in (409, 503)
    wrong = await admin.submit(f"/campaigns/{campaign}/tries/new", phone="12")
    assert wrong.status_code == 422
    assert (await admin.submit("/campaigns/99/tries/new", phone="0671234599")).status_code == 404
    assert await house.database.read(lambda reading: employee_calls.latest(reading)) == []


async def test_who_only_looks_orders_no_calls(house: House, desk: Desk, viewer: Browser) -> None:
    campaign, call = await running(house, callid="C-1")
    page = await viewer.get(f"/campaigns/{campaign}")
    assert "Call me" not in page.text
    assert "Hang up" not in page.text
    for path, fields in (
        (f"/campaigns/{campaign}/tries/new", {"phone": "0671234599"}),
        (f"/campaigns/{campaign}/calls/hangup", {"call": str(call), "confirm": "yes"}),
        ("/accounts/default/calls/new", {"ext": "101", "phone": "0671234599"}),
        ("/accounts/default/calls/hangup", {"call": "1"}),
    ):
        assert (await viewer.submit(path, **fields)).status_code == 403
    async with await signed_in(house, desk, Role.MARKETER) as marketer:
        assert "Hang up" in (await marketer.get(f"/campaigns/{campaign}")).text


async def test_hanging_up_is_asked_about_first(house: House, admin: Browser) -> None:
    campaign, call = await running(house, callid="C-1")
    asked = await admin.submit(f"/campaigns/{campaign}/calls/hangup", call=str(call))
    assert "Hang up this call?" in text_of(asked)
    done = await admin.submit(f"/campaigns/{campaign}/calls/hangup", call=str(call), confirm="yes")
    assert done.status_code == 503  # the account of this test has no key
    assert "has no key" in text_of(done)
    assert (await admin.submit(f"/campaigns/{campaign}/calls/hangup", confirm="yes")).status_code == 404


async def test_an_employees_call_that_cannot_be_made_says_why(house: House, admin: Browser) -> None:
    assert "Try a call" in await admin.see("/accounts/default")
    wrong = await admin.submit("/accounts/default/calls/new", ext="sales", phone="0671234599")
    assert wrong.status_code == 422
    assert "expected a short number" in text_of(wrong)
    refused = await admin.submit("/accounts/default/calls/new", ext="101", phone="0671234599")
    assert "has no key" in text_of(refused)
    assert (await admin.submit("/accounts/nobody/calls/new", ext="1", phone="2")).status_code == 404
