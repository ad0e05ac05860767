"""Gives a finished webhook of unknown id to the one call that it can only belong to.

The answer that would have told the id was lost. What is known of such a call is its number, and by `event`
when it ended and how; of the webhook when it came and whether the person picked up. One wrong guess would
put one person's keys on another's account, so in doubt nothing is bound: the call then ends by its event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from campaigns.rules.evidence import SUCCESS, holds
from campaigns.rules.vocabulary import AccountId, AttemptState
from campaigns.store import attempts, employee_calls, inbox
from campaigns.store.attempts import AttemptRow
from campaigns.store.inbox import InboxRow
from engine.apply.apart import apply_apart, failed
from engine.apply.change import Change
from engine.apply.webhooks import finish
from engine.house import House
from engine.lirax.webhooks import CallFinished, Webhook, read_webhook

TOGETHER = timedelta(seconds=30)  # finished webhook and completed event of one call come this close
APART = timedelta(minutes=5)  # so far one of the two may be late that LiraX had to send again
AFTER_HISTORY = timedelta(seconds=90)  # its length in history may leave out the ringing
A_SECOND = timedelta(seconds=1)  # by which durations may be rounded, and clocks apart
AGAIN = timedelta(minutes=1)  # until a webhook that could not be bound is looked at once more


@dataclass(frozen=True)
class Orphan:
    row: InboxRow
    webhook: CallFinished

    @property
    def at(self) -> datetime:
        return self.row.received_at


class Bound(NamedTuple):
    """How many were bound, and when more can be said, if ever."""

    number: int
    again_at: datetime | None


class Pair(NamedTuple):
    owner: AttemptRow
    orphan: Orphan


def bind_orphans(house: House, connection: Connection, account_id: AccountId) -> Bound:
    """Bind what can be bound, each by itself.

    Nothing while a request is on its way, whose answer may yet bring that very id; nor while a try of a
    campaign has no id, which the webhook may be about.
    """
    number, moments, tried = 0, set[datetime](), set[int]()
    while True:
        pair, more_at = _next_pair(house, connection, account_id, besides=tried)
        if pair is None:
            moments |= {more_at} if more_at is not None else set()
            return Bound(number, min(moments, default=None))
        tried.add(pair.orphan.row.id)
        if _bind(house, connection, pair):
            number += 1
        else:
            moments.add(house.clock.now() + AGAIN)


def _next_pair(
    house: House, connection: Connection, account_id: AccountId, *, besides: set[int]
) -> tuple[Pair | None, datetime | None]:
    """The next to bind; without one, when more can be said, if ever."""
    now = house.clock.now()
    still_open = attempts.open_without_id(connection, account_id)
    since = now - house.settings.unclear_until - APART  # then history has told of calls without an id
    orphans = _orphans(connection, account_id, since=since)
    if not orphans:
        return None, None
    if any(attempt.state is AttemptState.PLACING for attempt in still_open):
        return None, now + AGAIN
    if employee_calls.any_try_without_id(connection, account_id, now=now):
        return None, now + AGAIN
    earlier = since - house.settings.unclear_until  # a request may have been late, and its webhook too
    rivals = [*still_open, *attempts.ended_without_id(connection, account_id, since=earlier)]
    for orphan in orphans:
        owner = owner_of(orphan, rivals=rivals, orphans=orphans)
        if owner is not None and _may_be_tried(orphan, besides):
            return Pair(owner, orphan), None
    return None, now + AGAIN


def _may_be_tried(orphan: Orphan, besides: set[int]) -> bool:
    """One that was set aside still stands in the way of others: its call is no other webhook's."""
    return not orphan.row.dead and orphan.row.id not in besides


def _bind(house: House, connection: Connection, pair: Pair) -> bool:
    """Whether it worked; a webhook at fault is counted, and holds up no other."""
    return apply_apart(house, connection, pair.orphan.row, partial(_give, pair)) is not None


def _give(pair: Pair, change: Change) -> AttemptRow:
    owner, (row, webhook) = pair.owner, (pair.orphan.row, pair.orphan.webhook)
    attempts.save(change.connection, owner.id, provider_id=webhook.provider_id)
    finish(change, owner, row=row, webhook=webhook)
    return owner


def bind_found(
    house: House, connection: Connection, account_id: AccountId, found: Sequence[AttemptRow]
) -> int:
    """Bind to calls that history has shown the finished webhooks that can only be about them; how many.

    Of such a call neither answer nor event told, so its end is known less exactly. In doubt nothing is bound.
    """
    nameless = [each for each in found if each.provider_id is None and each.evidence.success is None]
    if not nameless or employee_calls.any_try_without_id(connection, account_id, now=house.clock.now()):
        return 0
    since = min(each.requested_at for each in nameless) - TOGETHER
    orphans = _orphans(connection, account_id, since=since)
    earlier = since - house.settings.unclear_until
    rivals = {
        each.id: each
        for each in (
            *attempts.open_without_id(connection, account_id),
            *attempts.ended_without_id(connection, account_id, since=earlier),
            *nameless,
        )
    }
    bound = 0
    for attempt in nameless:
        mine = [orphan for orphan in orphans if orphan.at >= attempt.requested_at]
        mine = [orphan for orphan in mine if _may_be_of(attempt, orphan)]
        others = [each for each in rivals.values() if each.id != attempt.id]
        if len(mine) != 1 or any(
            _may_be_of(each, mine[0]) or _may_be_late_word_of(each, mine[0], orphans) for each in others
        ):
            continue
        if mine[0].row.dead or not _bind(house, connection, Pair(attempt, mine[0])):
            continue
        orphans.remove(mine[0])
        del rivals[attempt.id]
        bound += 1
    return bound


def _may_be_of(attempt: AttemptRow, orphan: Orphan) -> bool:
    """A call that is open, or of whose end little is known, may be its owner too."""
    if attempt.ended_at is None or attempt.state in (AttemptState.UNKNOWN, AttemptState.UNPLACED):
        return True
    if _times_are_wrong(attempt):
        return True
    told = attempt.evidence
    picked_up = told.status == SUCCESS if told.status is not None else told.connected
    return (
        picked_up in (None, orphan.webhook.success)
        and -TOGETHER <= orphan.at - attempt.ended_at <= AFTER_HISTORY
    )


def _times_are_wrong(attempt: AttemptRow) -> bool:
    """It was heard of before it began: the clock was set meanwhile."""
    heard = (attempt.ended_at, attempt.event_heard_at)
    return any(moment is not None and moment < attempt.requested_at for moment in heard)


def owner_of(orphan: Orphan, *, rivals: Sequence[AttemptRow], orphans: Sequence[Orphan]) -> AttemptRow | None:
    """The one call that the webhook can be about, or None.

    An open call whose end no event has told may be its owner too, until history or time decides what became
    of it: its events may have been lost. So may one that seems to have been made later: clocks are set.
    """
    agreeing = [attempt for attempt in rivals if _agrees(attempt, orphan)]
    if len(agreeing) != 1 or sum(_agrees(agreeing[0], each) for each in orphans) != 1:
        return None
    if any(_may_be_late_word_of(attempt, orphan, orphans) for attempt in rivals):
        return None
    return None if any(each.ended_at is None for each in rivals) else agreeing[0]


def _distance(attempt: AttemptRow, orphan: Orphan) -> timedelta:
    return timedelta.max if attempt.ended_at is None else abs(attempt.ended_at - orphan.at)


def _agrees(attempt: AttemptRow, orphan: Orphan) -> bool:
    status = attempt.evidence.status
    if status is None or _distance(attempt, orphan) > TOGETHER:
        return False
    return (
        (status == SUCCESS) is orphan.webhook.success
        and not _was_still_up(attempt, orphan)
        and _tells_all_keys(attempt, orphan)
    )


def _was_still_up(attempt: AttemptRow, orphan: Orphan) -> bool:
    """Whether its event tells of a talk too long to have been over when the webhook came."""
    if attempt.ended_at is None or attempt.evidence.duration is None:
        return False
    soonest = attempt.requested_at + attempt.evidence.duration
    return orphan.at + A_SECOND < soonest <= attempt.ended_at  # else its times are wrong anyway


def _tells_all_keys(attempt: AttemptRow, orphan: Orphan) -> bool:
    """A finished webhook has all keys of its call, so also those that events told of."""
    return all(holds(orphan.webhook.keys, pressed) for pressed in attempt.event_keys)


def _may_be_late_word_of(attempt: AttemptRow, orphan: Orphan, orphans: Sequence[Orphan]) -> bool:
    """Its webhook or event may have come late, or it has none: history told of its end, or it was given up.

    Not where another webhook came together with its event.
    """
    told, ended_at = attempt.evidence, attempt.ended_at
    if ended_at is None:
        return False
    if told.status is None:
        return told.connected in (None, orphan.webhook.success)
    return (
        (told.status == SUCCESS) is orphan.webhook.success
        and TOGETHER < abs(orphan.at - ended_at) <= APART
        and not any(_agrees(attempt, each) for each in orphans)
    )


def _orphans(connection: Connection, account_id: AccountId, *, since: datetime) -> list[Orphan]:
    """None at all where one of them cannot be read: it may be about any of these calls."""
    rows = inbox.recent_orphans(connection, account_id, cmd=inbox.FINISHED, since=since)
    read = [(row, _read(connection, row)) for row in rows]
    if any(webhook is None for _, webhook in read):
        return []
    return [Orphan(row, webhook) for row, webhook in read if isinstance(webhook, CallFinished)]


def _read(connection: Connection, row: InboxRow) -> Webhook | None:
    try:
        return read_webhook(row.body)
    except Exception as error:  # its row is damaged; nothing but the row was looked at
        if not row.dead:
            failed(connection, row, error)
        return None
