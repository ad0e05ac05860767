"""Campaigns and people that nobody can read, as after damage to the database; whole again at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from tests.world import World


@asynccontextmanager
async def broken(world: World, campaign_id: CampaignId) -> AsyncIterator[None]:
    """The campaign's definition is one that cannot be read."""
    row = await world.house.database.read(lambda reading: campaigns.get(reading, campaign_id))
    assert row is not None
    await world.change("campaign", id=campaign_id, definition={"name": "Broken"}, fingerprint="damaged")
    try:
        yield
    finally:
        await world.change("campaign", id=campaign_id, definition=row.definition, fingerprint=row.fingerprint)


@asynccontextmanager
async def nowhere(world: World, recipient_id: int | None) -> AsyncIterator[None]:
    """The person lives in a zone that does not exist."""
    await world.change("recipient", id=recipient_id, zones="Nowhere/Atlantis")
    try:
        yield
    finally:
        await world.change("recipient", id=recipient_id, zones="Europe/Kyiv")


async def go_on(world: World, *, minutes: int, step: int = 5) -> None:
    """Time goes on, and every pass looks every few minutes, as with the metronome. None may fail."""
    for _ in range(minutes // step):
        world.clock.move_to(world.now + timedelta(minutes=step))
        for bell in world.house.bells.of_passes().values():
            bell.set()
        await world.settle()
