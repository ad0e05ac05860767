"""One call on demand, and calling it off again: what billing systems do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaigns.rules.standing import (
    Cancelled,
)
from campaigns.rules.vocabulary import QUEUED_STATES, RecipientId, RecipientState
from campaigns.store import recipients
from engine.apply.campaigns import transaction
from engine.apply.joining import Joining, join
from engine.apply.recipients import happen, happen_to_all
from engine.commands.campaigns import find_campaign
from engine.errors import Conflict, NotFound
from engine.house import House


@dataclass(frozen=True)
class Trigger:
    """`campaign` is a name or an id; the limits narrow the campaign's window."""

    campaign: str | int
    phone: str
    external_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    not_after: datetime | None = None


async def trigger_call(
    house: House, trigger: Trigger, *, also: Callable[[Connection, RecipientId], None] | None = None
) -> RecipientId:
    """The new recipient. Raises NotFound, WrongInput, or Conflict: campaign ended, number open in it.

    `also` is done in the same transaction: both are, or neither.
    """
    campaign_id = await find_campaign(house, trigger.campaign)
    joining = Joining(trigger.phone, trigger.external_id, trigger.data, trigger.not_before, trigger.not_after)

    def write(connection: Connection) -> RecipientId:
        with transaction(connection, house) as change:
            recipient_id = join(change, campaign_id, joining)
        if also is not None:
            also(connection, recipient_id)
        return recipient_id

    recipient_id = await house.database.write(write)
    house.bells.after_change()
    return recipient_id


async def cancel_call(house: House, recipient_id: RecipientId) -> None:
    """Nobody rings for it any more; cancelling again is fine. Raises NotFound, or Conflict when it rings."""

    def write(connection: Connection) -> None:
        row = recipients.get_for_change(connection, recipient_id)
        if row is None:
            raise NotFound(f"there is no call {recipient_id}")
        state = row.standing.state
        if state is RecipientState.CANCELLED:
            return
        if state not in QUEUED_STATES:
            raise Conflict(f"call {recipient_id} is {state} and cannot be cancelled any more")
        with transaction(connection, house) as change:
            happen(change, row, Cancelled())

    await house.database.write(write)
    house.bells.after_change()


async def cancel_calls(house: House, external_id: str) -> list[RecipientId]:
    """Everybody with that external id: who waits is cancelled, who is being called is not called again."""

    def write(connection: Connection) -> list[RecipientId]:
        rows = recipients.with_external_id(connection, external_id)
        with transaction(connection, house) as change:
            queued = [row for row in rows if row.standing.state in QUEUED_STATES]
            happen_to_all(change, queued, Cancelled())
            for row in rows:
                if row.standing.state is RecipientState.CALLING:
                    recipients.limit(connection, row, until=change.now)
        return [row.id for row in rows]

    found = await house.database.write(write)
    house.bells.after_change()
    return found
