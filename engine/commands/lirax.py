"""Sends one LiraX command for a person, at the pace that its modem allows."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaigns.store import custody, sms
from engine.accounts import DEFAULT, AccountFacts
from engine.commands.lirax_history import ask_history
from engine.errors import Conflict
from engine.house import House
from engine.lirax.commands import check_words, command_named
from engine.lirax.requests import HISTORY, Repeat

PACED = {"sendsms", "checksms"}


async def send_command(
    house: House, name: str, params: Mapping[str, str], *, account: str = DEFAULT
) -> dict[str, Any]:
    """LiraX's answer, `{}` for an empty one. Raises LiraxError, UnknownWord (nothing is sent), CannotDo."""
    check_words(name, params)
    facts = house.accounts.find(account)
    if name in {kind.cmd for kind in HISTORY}:
        return await ask_history(house, facts, name, params)
    client = house.accounts.client(facts.id)
    if command_named(name).repeat is Repeat.UNSAFE:
        await _check_custody(house)
    modem = params.get("provider")
    if name.lower() not in PACED or not modem:
        return await client.command(name, params)
    modem_id, until = await _wait_for_turn(house, facts, modem)
    try:
        return await client.command(name, params)
    finally:
        await _rest(house, modem_id, until=until)


async def _check_custody(house: House) -> None:
    """Raises Conflict in quarantine: what must not be done twice is not done before it is over."""
    reason = await house.database.read(custody.objection)
    if reason is not None:
        raise Conflict(reason)


async def _wait_for_turn(house: House, facts: AccountFacts, modem: str) -> tuple[int, datetime]:
    """Take the modem's next turn, which the engine's own messages share; returns the modem's id.

    It is ours until the longest wait for an answer has passed: when our request leaves, we cannot tell.
    """
    longest = house.settings.lirax_timeout + house.settings.sms_interval

    def take(connection: Connection) -> tuple[int, datetime, bool]:
        now = house.clock.now()
        row = sms.modem(connection, facts.id, modem, now=now)
        taken = sms.take_turn(connection, row.id, now=now, until=now + longest)
        return row.id, now + longest if taken else row.free_at, taken

    while True:
        modem_id, until, taken = await house.database.write(take)
        if taken:
            return modem_id, until
        await asyncio.sleep(max(0.01, (until - house.clock.now()).total_seconds()))


async def _rest(house: House, modem_id: int, *, until: datetime) -> None:
    """From the answer on, which is never before the request, the modem rests for its interval."""
    free_at = house.clock.now() + house.settings.sms_interval
    await house.database.write(
        lambda connection: sms.end_turn(connection, modem_id, until=until, free_at=free_at, trouble=None)
    )
