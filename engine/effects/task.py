"""A task for an employee, due so long after the rule fired, on the account's wall clock."""

from collections.abc import Mapping
from types import MappingProxyType

from campaigns.rules.durations import parse_duration
from campaigns.rules.errands import task_date
from engine.effects.errand import Errand, Told
from engine.lirax.client import Sender
from engine.lirax.requests import CreateTask, TaskType

TYPES: Mapping[str, TaskType] = MappingProxyType(
    {"follow-up": TaskType.FOLLOW_UP, "meeting": TaskType.MEETING, "call": TaskType.CALL}
)


async def create_task(client: Sender, errand: Errand) -> Told:
    body = errand.effect.body
    ordered = errand.effect.created_at + parse_duration(str(body["due"]))
    date = task_date(ordered, now=errand.now, timezone=errand.timezone)
    task = CreateTask(
        ext=errand.ext,
        ani=errand.phone,
        text=str(body["text"]),
        date=date.wall,
        type=TYPES[str(body["type"])],
    )
    await client.send(task)
    moved = "; the time that was ordered has passed" if date.moved else ""
    return Told(detail=f"due {date.wall:%Y-%m-%d %H:%M}{moved}")
