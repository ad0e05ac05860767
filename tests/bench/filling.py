"""A database with a running campaign of as many people as a measurement needs, made in seconds."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from campaigns.definition import read_definition
from campaigns.rules.deciding import next_slot
from campaigns.rules.standing import Circumstances, Person
from campaigns.rules.vocabulary import CampaignId, CampaignState
from campaigns.store import campaigns
from engine.apply.change import Change
from engine.assembly import Role, build_house, close_house
from engine.commands.campaigns import create_campaign
from engine.house import House
from engine.settings import Settings

DEFINITION = """
name: Bench
from: "101"
call: {play: "https://files.example.com/reminder.mp3", success_after: 15s}
window: {hours: "00:00-24:00"}
"""
TOKEN, WEBHOOK_TOKEN = "lirax-key-of-the-benchmarks", "webhook-key-of-the-benchmarks"
SECRET_KEY = "the-secret-key-of-the-benchmarks-is-long-enough"

# One statement, because a million rows are wanted in seconds; the engine reads them like imported ones.
PEOPLE = """
WITH RECURSIVE place(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM place WHERE number + 1 < :people)
INSERT INTO recipient (campaign_id, phone, round, state, attempts, calls, turn, due_at, closes_at, row, data)
SELECT :campaign_id, '38067' || printf('%07d', number), 0, 'pending', 0, 0, 1, :due_at, :closes_at,
       number + 2,
       '{"name":"Olena ' || number || '","amount":"1250,50","due_date":"01.12.2026","city":"Kyiv"}'
FROM place
"""


def settings_for(path: Path, **more: object) -> Settings:
    return Settings(
        database_url=f"sqlite:///{path}",
        secret_key=SECRET_KEY,
        lirax_token=TOKEN,
        webhook_token=WEBHOOK_TOKEN,
        **more,  # type: ignore[arg-type]
    )


async def fill(house: House, people: int) -> CampaignId:
    """A running campaign with that many people, all due."""
    definition = read_definition(
        DEFINITION,
        file=None,
        form="yaml",
        beside=None,
        account_timezone=house.settings.account_timezone,
        today=datetime.now(UTC).date(),
    )
    campaign_id = await create_campaign(house, definition)

    def write(connection: Connection) -> None:
        change = Change(connection, house, house.clock.now())
        slot = next_slot(
            change.now, Circumstances(change.policy(campaign_id), Person(()), change.min_gap, change.now)
        )
        assert slot is not None
        due_at, closes_at = (int(moment.timestamp() * 1_000_000) for moment in slot)
        values = {"campaign_id": campaign_id, "people": people, "due_at": due_at, "closes_at": closes_at}
        connection.execute(text(PEOPLE), values)
        campaigns.count(connection, {(campaign_id, campaigns.STATE, "pending"): people})
        campaigns.save(
            connection,
            campaign_id,
            had_recipients=True,
            state=CampaignState.RUNNING.value,
            started_at=change.now,
        )

    await house.database.write(write)
    return campaign_id


async def make(settings: Settings, people: int) -> CampaignId:
    """As `fill`, into a database that another process will open."""
    house = await build_house(settings, role=Role.SERVE)
    try:
        return await fill(house, people)
    finally:
        await close_house(house)
