"""Deals with calls and webhooks one by one: one that cannot be dealt with holds up no other."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from campaigns.store import inbox
from campaigns.store.inbox import InboxRow
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.database.trouble import is_of_the_database
from engine.house import House

log = structlog.get_logger(__name__)
T = TypeVar("T")

LAST_TRY = 5  # a webhook that fails so often is set aside, and holds nobody up


def apart(house: House, connection: Connection, deal: Callable[[Change], T], **ids: Any) -> T | None:
    """What `deal` returned; None, with nothing changed, where it could not be done, which is told."""
    try:
        with connection.begin_nested(), transaction(connection, house) as change:
            return deal(change)
    except Exception as error:  # the edge of a pass
        if is_of_the_database(error):
            raise
        log.exception("a call could not be dealt with", **ids)
        return None


def apply_apart(
    house: House, connection: Connection, row: InboxRow, deal: Callable[[Change], T], *, late: bool = False
) -> T | None:
    """As `apart`, for a webhook: the try is counted, and the last one sets it aside.

    `late` is an orphan whose call is known by now: it is tried again among those that have just come.
    """
    try:
        with connection.begin_nested(), transaction(connection, house) as change:
            return deal(change)
    except Exception as error:  # the edge of a pass
        if is_of_the_database(error):
            raise  # no fault of the webhook's: it is applied again
        failed(connection, row, error)
        if late:
            inbox.wait_again(connection, row.id)
        return None


def failed(connection: Connection, row: InboxRow, error: Exception) -> None:
    """Tell and count it; called where the error is being dealt with."""
    log.exception("webhook could not be applied", inbox_id=row.id, cmd=row.cmd)
    inbox.failed(connection, row.id, error=repr(error), last_try=LAST_TRY)
