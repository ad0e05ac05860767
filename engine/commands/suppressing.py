"""Puts numbers on the do-not-call list, and takes them off."""

from collections.abc import Sequence

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import erased, suppressions
from engine.apply.blacklists import order_removal
from engine.apply.campaigns import transaction
from engine.apply.recipients import suppress as suppress_numbers
from engine.commands.erasing import take_back
from engine.database.port import Lane
from engine.errors import Conflict
from engine.house import House

SLICE = 200


async def suppress(
    house: House,
    phones: Sequence[str],
    *,
    reason: str | None,
    source: str,
    told_by: AccountId | None = None,
) -> int:
    """How many numbers are new on the list; nobody calls or texts them once this returns."""
    new = 0
    lane = Lane.COMMAND if len(phones) <= SLICE else Lane.IMPORT
    for start in range(0, len(phones), SLICE):
        some = phones[start : start + SLICE]

        def write(connection: Connection, some: Sequence[str] = some) -> int:
            with transaction(connection, house) as change:
                return suppress_numbers(change, some, reason=reason, source=source, told_by=told_by)

        new += await house.database.write(write, lane=lane)
    house.bells.after_change()
    return new


async def unsuppress(house: House, phone: str, *, by: str = "operator") -> bool:
    """Whether the number was on the list. Who has been taken off a campaign for it stays off.

    Raises Conflict for a number whose erasure has begun. One that was erased is like any other from now on.
    """

    def write(connection: Connection) -> bool:
        with transaction(connection, house) as change:
            entry = suppressions.get(connection, phone)
            if entry is not None and entry.source == suppressions.ERASING:
                raise Conflict(f"{phone} is being erased; it can be taken off the list when that has ended")
            if erased.among(connection, [phone]):
                take_back(house, connection, phone, by=by)
            removed = suppressions.remove(connection, phone)
            if removed:
                order_removal(change, phone)
            return removed

    removed = await house.database.write(write)
    house.bells.performing.set()
    return removed
