"""Deals with calls one by one: one that cannot be dealt with holds up no other."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.database.trouble import is_of_the_database
from engine.house import House

log = structlog.get_logger(__name__)
T = TypeVar("T")


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
