"""Writes down what cannot be learned a second time: LiraX's answer to a request that may not be repeated."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from engine.database.port import Lane
from engine.errors import DatabaseTrouble
from engine.house import House

TRIES = 30  # half a minute; then the intent stays as it is, and is taken for unclear later
REST_SECONDS = 1.0


async def write_for_sure(house: House, job: Callable[[Connection], None]) -> None:
    """Write it, again and again while the database is away. Raises DatabaseTrouble when it stays away."""
    for tries_left in reversed(range(TRIES)):
        try:
            await house.database.write(job, lane=Lane.PLACEMENT)
            return
        except DatabaseTrouble:
            if not tries_left:
                raise
            await asyncio.sleep(REST_SECONDS)
