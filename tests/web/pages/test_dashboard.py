"""The first page and the list of campaigns."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import AttemptState, CampaignState, RecipientState, SmsState
from engine.house import House
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_attempt, recount, table
from tests.web.pages.browsing import Browser, text_of

pytestmark = pytest.mark.anyio


async def test_an_empty_house_says_what_to_do_next(admin: Browser, viewer: Browser) -> None:
    for path in ("/", "/campaigns"):
        seen = await admin.see(path)
        assert "No campaign yet" in seen
        assert "Make the first campaign" in seen
        assert "Make the first campaign" not in await viewer.see(path)


async def test_it_tells_how_many_lines_are_in_a_call_and_what_waits(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> None:
        campaign = a_campaign(connection)
        person = a_recipient(connection, campaign, state=RecipientState.CALLING, attempts=1, calls=1)
        attempt = an_attempt(connection, person, state=AttemptState.PLACED)
        line = table("line_slot")
        connection.execute(update(line).where(line.c.number == 1).values(attempt_id=attempt))
        modem = add_row(connection, "modem", {"account_id": 1, "number": "380670000000", "free_at": NOON})
        message = {
            "account_id": 1,
            "modem_id": modem,
            "campaign_id": campaign,
            "recipient_id": person,
            "ext": "101",
            "phone": "380671234567",
            "text": "Дякуємо",
            "parts": 1,
            "created_at": NOON,
            "tries": 0,
            "checks": 0,
        }
        for number, state in enumerate((SmsState.QUEUED, SmsState.SENDING, SmsState.SENT)):
            add_row(connection, "sms", {**message, "cause": f"test:{number}", "state": state.value})
        recount(connection, campaign)

    await house.database.write(write)
    seen = await admin.see("/")
    assert "of 10 lines in a call 1" in seen
    assert "campaign running 1" in seen
    assert "person still to reach 1" in seen
    assert "messages waiting less than a minute of sending 2" in seen


async def test_a_held_account_is_told_at_once_with_its_reason(house: House, admin: Browser) -> None:
    sentence = "LiraX refuses the key; set DZVIN_LIRAX_TOKEN."
    account = table("account")
    await house.database.write(
        lambda c: c.execute(update(account).values(hold_kind="key_refused", hold_reason=sentence)) and None
    )
    assert f"Calls are held. {sentence}" in await admin.see("/")


async def test_what_is_under_way_comes_before_what_has_ended(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> None:
        for name, state in (
            ("Ended", CampaignState.FINISHED),
            ("Paused one", CampaignState.PAUSED),
            ("Running one", CampaignState.RUNNING),
            ("Draft one", CampaignState.DRAFT),
        ):
            a_campaign(connection, name=name, state=state)

    await house.database.write(write)
    page = (await admin.get("/")).text
    places = [page.index(f">{name}</a>") for name in ("Running one", "Paused one", "Draft one", "Ended")]
    assert places == sorted(places)


async def test_every_card_tells_the_reason_and_the_progress(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> None:
        campaign = a_campaign(connection, state=CampaignState.PAUSED)
        a_recipient(connection, campaign, state=RecipientState.DONE, outcome="listened")
        a_recipient(connection, campaign)
        recount(connection, campaign)

    await house.database.write(write)
    for path in ("/", "/campaigns"):
        response = await admin.get(path)
        assert "Paused; resume it to go on calling." in text_of(response)
        assert "1 of 2 people" in text_of(response)
        assert 'aria-label="1 reached, 1 not called yet"' in response.text


async def test_the_list_of_campaigns_is_newest_first_and_page_by_page(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> None:
        for number in range(55):
            a_campaign(connection, name=f"Campaign {number:02}", created_at=NOON + timedelta(minutes=number))

    await house.database.write(write)
    first = await admin.get("/campaigns")
    assert first.text.index("Campaign 54") < first.text.index("Campaign 53")
    assert "Campaign 04" not in first.text
    older = first.text.partition('href="/campaigns?before=')[2].partition('"')[0]
    second = await admin.get(f"/campaigns?before={older}")
    assert "Campaign 04" in second.text
    assert "Older campaigns" not in second.text
