"""Lets a webhook be applied once more, which was set aside or whose call nobody knew."""

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
