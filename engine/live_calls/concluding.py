"""Keeps with the account what a live call has shown; asked again, it looks once more into history."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AttemptState, RecipientId
from campaigns.store import accounts, attempts, inbox_looking
from campaigns.store.attempts import AttemptRow
from engine.accounts import AccountFacts
from engine.apply.change import Change
from engine.errors import Conflict
from engine.house import House
from engine.lirax.capabilities import Capabilities
from engine.lirax.clock_apart import seconds_ahead
from engine.lirax.errors import LiraxError
from engine.lirax.webhooks import Incomplete, read_webhook
from engine.live_calls.listing import asked_for, has_callid, listed, zone_off
from engine.live_calls.observing import OVER, Course, Heard, course_of, outside_shown_by, shown_by

CMDS = ("event", "make2calls_finished")
EARLY = timedelta(seconds=1)  # clocks of several processes of ours may differ
SAME = timedelta(seconds=1)


@dataclass(frozen=True)
class Observed:
    """A call so far. `request_hours`: it is the one whose hours were closed."""

    course: Course
    from_ext: str
    request_hours: tuple[str, str] | None


@dataclass(frozen=True)
class Conclusion:
    """`history` says why the call was not found there; None when it was, or nobody was to look."""

    shown: Capabilities
    history: str | None


async def observe(house: House, call_id: RecipientId) -> Observed | None:
    """None while no attempt was made."""
    return await house.database.read(partial(_observed, house, call_id))


async def conclude(house: House, call_id: RecipientId) -> Conclusion:
    """Raises Conflict where the call was never placed."""
    observed = _placed(await observe(house, call_id))
    facts = house.accounts.get(observed.course.attempt.account_id)
    kept = Capabilities.read(facts.capabilities)
    if observed.request_hours is not None:
        concluded = Conclusion(replace(kept, outside_hours=outside_shown_by(observed.course)), None)
    else:
        concluded = await _concluded(house, facts, observed, kept)
    await _keep(house, facts, concluded.shown)
    return concluded


def _placed(observed: Observed | None) -> Observed:
    if observed is None or observed.course.attempt.state in (AttemptState.PLACING, AttemptState.UNPLACED):
        raise Conflict("the call was not placed, so it shows nothing")
    if observed.course.attempt.state is AttemptState.REJECTED and observed.request_hours is None:
        raise Conflict("LiraX rejected the request (400), so it shows nothing: is the extension right?")
    return observed


async def _concluded(house: House, facts: AccountFacts, observed: Observed, kept: Capabilities) -> Conclusion:
    shown = shown_by(observed.course, from_ext=observed.from_ext)
    shown = shown.having(
        outside_hours=kept.outside_hours,
        clock_ahead_seconds=await seconds_ahead(facts.url, clock=house.clock),
    )
    if _is_of(kept, observed.course) and kept.history_lists_make2calls:
        return Conclusion(_with_history_of(kept, shown), None)
    return await _with_history(house, facts, observed.course, shown)


async def _with_history(house: House, facts: AccountFacts, course: Course, shown: Capabilities) -> Conclusion:
    history = house.accounts.history(facts.id)
    if history is None:
        return Conclusion(shown, None)
    try:
        row = await listed(history, course)
        if row is None:
            return Conclusion(shown.having(history_lists_make2calls=False), "it is not listed there")
        since, _ = asked_for(course)
        form = (await history.export(since=since, until=since)).form
    except LiraxError as error:
        return Conclusion(shown, f"{error.kind}: {error}")
    ended_at = course.first(*OVER) or course.attempt.ended_at or course.placed_at
    return Conclusion(
        shown.having(
            history_lists_make2calls=True,
            history_has_callid=has_callid(row, course),
            history_lag_seconds=max(0.0, round((house.clock.now() - ended_at).total_seconds(), 1)),
            history_form=form.words,
            history_columns=form.columns,
            history_zone_off_minutes=zone_off(row, course) // timedelta(minutes=1),
        ),
        None,
    )


def _with_history_of(kept: Capabilities, shown: Capabilities) -> Capabilities:
    return shown.having(**{name: value for name, value in vars(kept).items() if name.startswith("history_")})


def _is_of(kept: Capabilities, course: Course) -> bool:
    return kept.looked_at is not None and abs(kept.looked_at - course.placed_at) < SAME


async def _keep(house: House, facts: AccountFacts, shown: Capabilities) -> None:
    def write(connection: Connection) -> None:
        accounts.save(connection, facts.id, capabilities=shown.as_json())

    await house.database.write(write)
    await house.accounts.refresh(house.database)


def _observed(house: House, call_id: RecipientId, connection: Connection) -> Observed | None:
    attempt = attempts.latest_of(connection, call_id)
    if attempt is None:
        return None
    policy = Change(connection, house, house.clock.now()).policy(attempt.campaign_id)
    return Observed(course_of(attempt, _heard(connection, attempt)), policy.from_ext, policy.request_hours)


def _heard(connection: Connection, attempt: AttemptRow) -> list[Heard]:
    rows = inbox_looking.came_since(
        connection, attempt.account_id, cmds=CMDS, since=attempt.claimed_at - EARLY
    )
    heard = []
    for row in rows:
        try:
            heard.append(Heard(row.received_at, read_webhook(row.body)))
        except Incomplete:
            continue
    return heard
