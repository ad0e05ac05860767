"""What only the pages read, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import AttemptState, CampaignId, CampaignState, RecipientState, SmsState
from campaigns.store import dashboard
from campaigns.store.views import latest_campaign_views
from engine.database.port import Database
from engine.house import PolicyShelf
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_attempt, table

pytestmark = pytest.mark.anyio


async def test_the_last_calls_of_a_campaign_and_of_all(database: Database) -> None:
    def write(connection: Connection) -> CampaignId:
        mine = a_campaign(connection, name="Mine")
        other = a_campaign(connection, name="Other")
        for campaign, minutes in ((mine, 1), (mine, 3), (other, 2)):
            person = a_recipient(connection, campaign, data={"name": f"{minutes}"})
            at = NOON + timedelta(minutes=minutes)
            an_attempt(connection, person, claimed_at=at, placed_at=at, keys=[{"key": "1"}])
        ringing = a_recipient(connection, mine, data={"name": "4"}, state=RecipientState.CALLING)
        claimed = NOON + timedelta(minutes=4)
        an_attempt(connection, ringing, state=AttemptState.PLACING, claimed_at=claimed, placed_at=None)
        return mine

    mine = await database.write(write)
    calls = await database.read(lambda c: dashboard.last_calls(c, campaign_id=mine, limit=2))
    assert [(call.data["name"], call.result, call.at) for call in calls] == [
        ("4", None, NOON + timedelta(minutes=4)),
        ("3", "answered_full", NOON + timedelta(minutes=3)),
    ]
    assert [press["key"] for press in calls[1].keys] == ["1"]
    everywhere = await database.read(dashboard.last_calls)
    assert [call.campaign for call in everywhere] == ["Mine", "Other", "Mine", "Mine"]


async def test_lines_that_drain_are_not_counted(database: Database) -> None:
    def write(connection: Connection) -> None:
        campaign = a_campaign(connection)
        attempt = an_attempt(connection, a_recipient(connection, campaign), state=AttemptState.PLACED)
        line = table("line_slot")
        connection.execute(update(line).where(line.c.number == 1).values(attempt_id=attempt))
        connection.execute(update(line).where(line.c.number > 8).values(draining=True))
        connection.execute(update(table("account")).values(hold_reason="LiraX refuses the key."))

    await database.write(write)
    lines = await database.read(dashboard.account_lines)
    assert lines == [dashboard.AccountLines("default", total=8, busy=1, hold="LiraX refuses the key.")]


async def test_messages_are_told_by_what_became_of_them(database: Database) -> None:
    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection)
        person = a_recipient(connection, campaign)
        modem = add_row(connection, "modem", {"account_id": 1, "number": "38067", "free_at": NOON})
        for number, state in enumerate((*SmsState, SmsState.QUEUED)):
            message = {
                "cause": f"test:{number}",
                "account_id": 1,
                "modem_id": modem,
                "campaign_id": campaign,
                "recipient_id": person,
                "ext": "101",
                "phone": "380671234567",
                "text": "x",
                "parts": 1,
                "state": state.value,
                "tries": 0,
                "checks": 0,
                "created_at": NOON,
            }
            add_row(connection, "sms", message)
        return campaign

    campaign = await database.write(write)
    figures = await database.read(lambda c: dashboard.sms_figures(c, campaign))
    assert figures == dashboard.SmsFigures(waiting=3, sent=2, failed=2, unknown=1)
    modems = await database.read(dashboard.modem_queues)
    assert modems == [dashboard.ModemQueue("38067", queued=3, trouble=None)]


async def test_the_newest_campaigns_come_first_below_a_given_one(database: Database) -> None:
    def write(connection: Connection) -> list[CampaignId]:
        return [a_campaign(connection, name=f"{n}", state=CampaignState.PAUSED) for n in range(4)]

    ids = await database.write(write)
    views = await database.read(
        lambda c: latest_campaign_views(c, now=NOON, policies=PolicyShelf(), before=ids[3], limit=2)
    )
    assert [view.name for view in views] == ["2", "1"]
