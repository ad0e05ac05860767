"""Lets a pass go on to the next campaign, modem or account where one cannot be dealt with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from engine.database.trouble import is_of_the_database

log = structlog.get_logger(__name__)


@contextmanager
def holding_up_nobody(what: str, **ids: Any) -> Iterator[None]:
    """What goes wrong inside is told in the log and ends there; the database's own trouble goes on."""
    try:
        yield
    except Exception as error:  # the edge of a pass
        if is_of_the_database(error):
            raise
        log.exception("this could not be done and holds up no other", what=what, **ids)
