"""Sends one LiraX command for a person, at the pace that its modem allows."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaigns.store import sms
from engine.accounts import DEFAULT, AccountFacts
from engine.errors import NotFound
from engine.house import House

PACED = {"sendsms", "checksms"}


async def send_command(
    house: House, name: str, params: Mapping[str, str], *, account: str = DEFAULT
) -> dict[str, Any]:
    """LiraX's answer, `{}` for an empty one. Raises LiraxError, UnknownWord (nothing is sent), NotFound."""
    facts = _account(house, account)
    client = house.accounts.client(facts.id)
    modem = params.get("provider")
    if name.lower() in PACED and modem:
        await _wait_for_turn(house, facts, modem)
    return await client.command(name, params)


def _account(house: House, name: str) -> AccountFacts:
    found = next((facts for facts in house.accounts.all() if facts.name == name), None)
    if found is None:
        raise NotFound(f"there is no account named {name!r}")
    return found


async def _wait_for_turn(house: House, facts: AccountFacts, modem: str) -> None:
    """Take the modem's next turn; the engine's own messages share it."""
    interval = house.settings.sms_interval

    def take(connection: Connection) -> datetime | None:
        now = house.clock.now()
        row = sms.modem(connection, facts.id, modem, now=now)
        taken = sms.take_turn(connection, row.id, now=now, until=now + interval)
        return None if taken else row.free_at

    while (free_at := await house.database.write(take)) is not None:
        await asyncio.sleep(max(0.01, (free_at - house.clock.now()).total_seconds()))
