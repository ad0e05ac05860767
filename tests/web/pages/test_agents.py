"""What pages show of agents: how they stand, what is in the air for them, who found nobody."""

import pytest
from sqlalchemy import Connection, insert

from campaigns.rules.vocabulary import AttemptState, CampaignId, RecipientState
from engine.house import House
from tests.builders import (
    DEFINITION,
    NOON,
    a_campaign,
    a_recipient,
    an_account,
    an_attempt,
    recount,
    table,
)
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio

CONNECTS = {**DEFINITION, "agents": ["201", "202", "203"], "pace": {"per_agent": "2", "max_abandoned": "3%"}}
NAMED = [{"ext": "201", "name": "Olga", "active": True}]
LUNCH = [{"status": 5, "title": "Lunch"}]


async def at_work(house: House) -> CampaignId:
    """201 is free, 202 has lunch, 203 was told of before the last start; 204 has no part in it."""

    def write(connection: Connection) -> CampaignId:
        account = an_account(connection)
        told = {"account_id": account, "status_at": NOON, "heard_in": "now.1"}
        rows = [
            {**told, "ext": "201", "status": 1},
            {**told, "ext": "202", "status": 5},
            {**told, "ext": "203", "status": 1, "heard_in": "before.1"},
            {**told, "ext": "204", "status": 0},
        ]
        connection.execute(insert(table("agent")), rows)
        roll_call = {"account_id": account, "name": "now.1", "since": NOON, "told_at": NOON}
        connection.execute(insert(table("roll_call")), [roll_call])
        for kind, entries in (("users", NAMED), ("statuses", LUNCH)):
            listed = {"account_id": account, "kind": kind, "entries": entries, "fetched_at": NOON}
            connection.execute(insert(table("directory")), [listed])
        campaign = a_campaign(connection, definition=CONNECTS)
        alone = a_recipient(connection, campaign, state=RecipientState.DONE, outcome="answered", calls=1)
        an_attempt(connection, alone, result="answered_short", abandoned=True)
        up = a_recipient(connection, campaign, state=RecipientState.CALLING, calls=1)
        attempt = an_attempt(connection, up, state=AttemptState.PLACED)
        a_recipient(connection, campaign)
        line = table("line_slot")
        connection.execute(line.update().where(line.c.number == 1).values(attempt_id=attempt))
        recount(connection, campaign)
        return campaign

    return await house.database.write(write)


async def test_a_campaign_shows_its_agents_and_who_found_nobody(house: House, viewer: Browser) -> None:
    campaign = await at_work(house)
    seen = await viewer.see(f"/campaigns/{campaign}")
    for told in (
        "Agents agent is free 1 agent is busy 1 is not signed in 1 call in the air for them 1",
        "found nobody of the last 1 who answered 1",
        "201 Olga free",
        "202 – Lunch",
        "203 – not told of since Dzvin began to listen",
        "answered short found nobody",
    ):
        assert told in seen
    assert seen.count("Dialling slower, 1 instead of 2 calls for each free agent") == 1
    assert "204" not in seen


async def test_a_campaign_without_agents_shows_none(house: House, viewer: Browser) -> None:
    campaign = await house.database.write(lambda writing: a_campaign(writing))
    assert "not signed in" not in await viewer.see(f"/campaigns/{campaign}")


async def test_an_account_shows_how_all_its_employees_stand(house: House, viewer: Browser) -> None:
    await at_work(house)
    seen = await viewer.see("/accounts/default")
    for told in (
        "Agents is free 1 is busy 1 are not signed in 2 talk in campaigns 0",
        "204 – not signed in",
        "LiraX was last asked for all of them",
    ):
        assert told in seen
