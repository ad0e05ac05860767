"""Lets a webhook be applied once more, which was set aside or whose call nobody knew; or gives it up."""

from sqlalchemy import Connection

from campaigns.store import received
from engine.errors import NotFound
from engine.house import House


async def apply_again(house: House, account: str, inbox_id: int) -> None:
    """Raises NotFound for a webhook that is none of the account's, or that has been applied."""
    facts = house.accounts.find(account)

    def write(connection: Connection) -> bool:
        return received.again(connection, facts.id, inbox_id)

    if not await house.database.write(write):
        raise NotFound(f"there is no webhook {inbox_id} that waits to be applied")
    house.bells.intake.set()


async def apply_all_again(house: House, account: str) -> int:
    """Let all of the account's that were set aside be applied once more; how many there were."""
    facts = house.accounts.find(account)

    def write(connection: Connection) -> int:
        return received.all_again(connection, facts.id)

    number = await house.database.write(write)
    house.bells.intake.set()
    return number


async def discard(house: House, account: str, inbox_id: int) -> None:
    """Give up a webhook that was set aside, or whose call nobody knows: nothing follows from it.

    Raises NotFound for any other.
    """
    facts = house.accounts.find(account)
    now = house.clock.now()

    def write(connection: Connection) -> bool:
        return received.discard(connection, facts.id, inbox_id, now=now)

    if not await house.database.write(write):
        raise NotFound(f"there is no webhook {inbox_id} that waits to be applied")
