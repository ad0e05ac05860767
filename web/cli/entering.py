"""From a plain command to the asynchronous work behind the door."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from web.cli.ending import perform
from web.cli.surroundings import settings_here

if TYPE_CHECKING:
    from web.cli.door import Door

T = TypeVar("T")


def through_door(work: "Callable[[Door], Awaitable[T]]") -> T:
    """What `work` returned, given an open door to the house of the settings found here."""
    return perform(_walk(work))


async def _walk(work: "Callable[[Door], Awaitable[T]]") -> T:
    settings = settings_here()
    from web.cli.door import open_door
    from web.cli.logs import quiet_logs

    quiet_logs()  # where the house is in this very process: standard output is for the answer alone
    async with open_door(settings) as door:
        return await work(door)
