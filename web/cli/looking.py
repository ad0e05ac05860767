"""A look at a campaign's list before anything is made of the definition."""

from contextlib import aclosing
from pathlib import Path

from campaigns.definition import Definition
from campaigns.lists.batches import Reading
from campaigns.lists.demands import Demand, demand_of
from campaigns.rules.policy import Policy
from engine.clock import SystemClock
from engine.commands.reading_lists import read_batches


def asked_now(policy: Policy) -> Demand:
    return demand_of(policy, now=SystemClock().now())


def reading_of(definition: Definition, path: Path) -> Reading:
    return Reading(path, path.name, definition.phone_column, None, asked_now(definition.policy))


async def look_at_list(definition: Definition) -> None:
    """Raises WrongInput when the list cannot be read, or lacks a column that texts use."""
    if isinstance(definition.recipients, Path):
        async with aclosing(read_batches(reading_of(definition, definition.recipients))) as batches:
            await anext(batches)
