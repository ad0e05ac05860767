"""A house with one campaign in it: what tests of imports put lists into, and look at afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from campaigns.definition import read_definition
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from campaigns.tables import Recipient
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.campaigns import create_campaign
from engine.commands.importing import ImportResult, import_list
from engine.commands.reading_lists import SMALL
from engine.house import House
from engine.settings import Settings
from tests.lists.writing_lists import text_list

NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # 09:00 in Kyiv, a Tuesday
TODAY_UNTIL = datetime(2026, 12, 1, 17, 59, tzinfo=UTC)  # 20:00 in Kyiv, less the last minute


def sqlite_in(folder: Path) -> str:
    """Where a test is about the list, not about what each database makes of it."""
    return f"sqlite:///{folder / 'dzvin.db'}"


class Office:
    """A house with one campaign in it, and what a person would look at afterwards."""

    def __init__(self, house: House, campaign_id: CampaignId) -> None:
        self.house = house
        self.campaign_id = campaign_id

    async def put_in(self, source: Path, **more: Any) -> ImportResult:
        return await import_list(self.house, self.campaign_id, source=source, name=source.name, **more)

    async def people(self) -> list[Recipient]:
        """In the order in which they will be called."""
        table = Recipient.__table__  # type: ignore[attr-defined]
        rows = await self.house.database.read(
            lambda reading: reading.execute(select(table).order_by(table.c.id)).mappings().all()
        )
        return [Recipient(**row) for row in rows]

    async def counts(self, kind: str = campaigns.STATE) -> dict[str, int]:
        found = await self.house.database.read(
            lambda reading: campaigns.counts(reading, self.campaign_id, kind)
        )
        return {word: count for word, count in found.items() if count}


@asynccontextmanager
async def an_office(database_url: str, more: str = "") -> AsyncIterator[Office]:
    document = {
        "name": "Reminder",
        "from": "101",
        "call": {"play": "https://files.example.com/hello.mp3"},
        "window": {"hours": "08:00-20:00"},
    }
    settings = Settings(database_url=database_url, secret_key="the-secret-key-of-the-tests-is-long-enough")
    house = await build_house(settings, clock=MovedClock(NOW), role=Role.SERVE)
    try:
        definition = read_definition(
            yaml.safe_dump(document | (yaml.safe_load(more) or {})),
            file=None,
            form="yaml",
            beside=None,
            account_timezone="Europe/Kyiv",
            today=NOW.date(),
        )
        yield Office(house, await create_campaign(house, definition))
    finally:
        await close_house(house)


def number(index: int) -> str:
    return f"067{index:07d}"


def big_list(folder: Path, people: int) -> Path:
    """Larger than what is read in a thread."""
    rows = "".join(
        f"{number(index)};Олена Коваль, вулиця Довга {index}, квартира 15\n" for index in range(people)
    )
    path = text_list(folder, f"phone;name\n{rows}")
    assert path.stat().st_size > SMALL
    return path
