"""Looks into the call history of one account now, and decides what it can of the calls nobody can tell of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from campaigns.rules.history_verdicts import Case, Sight
from campaigns.rules.vocabulary import AttemptId, AttemptState
from campaigns.store.attempts import AttemptRow
from engine.database.port import Lane
from engine.house import House
from engine.lirax.errors import LiraxError
from engine.lirax.history import HistoryClient
from engine.reconciliation.looking import Plan, Seen, keep_health, keep_trouble, see
from engine.reconciliation.telling import Told, Word, bind_finished, tell_found, tell_missing

SLICE = 100  # calls decided in one transaction
T = TypeVar("T")


@dataclass(frozen=True)
class Decided:
    """`trouble` says why nothing could be decided; None where history answered."""

    told: tuple[Told, ...]
    trouble: str | None = None


async def decide(house: House, client: HistoryClient, plan: Plan, *, due: Sequence[Case]) -> Decided:
    """`due` are those whose absence may count now; what is found counts for all."""
    asked_at = house.clock.now()
    try:
        seen = await see(house, client, plan)
    except LiraxError as error:
        await keep_trouble(house, plan, error, at=asked_at)
        return Decided((), str(error))
    told = await _tell(house, plan, seen, due)
    blind = any(seen.sight(case) is Sight.BLIND for case in due if case.is_open)
    await keep_health(house, plan.account_id, seen, blind=blind)
    house.bells.after_change()
    return Decided(tuple(told))


async def _tell(house: House, plan: Plan, seen: Seen, due: Sequence[Case]) -> list[Told]:
    keys = {case.sought.key for case in due}
    shown = [attempt for attempt, _ in plan.cases if seen.row_of(attempt) is not None]
    missing = [
        (attempt, case)
        for attempt, case in plan.cases
        if seen.row_of(attempt) is None and case.sought.key in keys
    ]
    told = await in_slices(house, shown, partial(tell_found, house, seen))
    await bind(house, plan, [each.attempt_id for each in told if each.word is Word.FOUND])
    told += await in_slices(house, missing, partial(tell_missing, house, seen))
    await in_slices(house, _new_there(seen), partial(tell_found, house, seen), lane=Lane.IMPORT)
    return told


async def bind(house: House, plan: Plan, found: Sequence[AttemptId]) -> None:
    if found:
        await house.database.write(partial(bind_finished, house, plan.account_id, found), lane=Lane.PLACEMENT)


def _new_there(seen: Seen) -> list[AttemptRow]:
    """Calls that we know all of, and that history shows for the first time."""
    return [
        attempt
        for attempt, _ in seen.known
        if attempt.state is AttemptState.DONE
        and attempt.history_at is None
        and seen.row_of(attempt) is not None
    ]


async def in_slices(
    house: House,
    rows: Sequence[T],
    job: Callable[[Sequence[T], Connection], list[Told]],
    *,
    lane: Lane = Lane.PLACEMENT,
) -> list[Told]:
    told: list[Told] = []
    for start in range(0, len(rows), SLICE):
        told += await house.database.write(partial(job, rows[start : start + SLICE]), lane=lane)
    return told
