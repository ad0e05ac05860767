"""Gives a finished webhook of unknown id to the one call that it can only belong to.

The answer that would have told the id was lost. What is known of such a call is its number, and by `event`
when it ended and how; of the webhook when it came and whether the person picked up. One wrong guess would
put one person's keys on another's account, so in doubt nothing is bound: the call then ends by its event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from campaigns.rules.evidence import SUCCESS
from campaigns.rules.vocabulary import AccountId, AttemptState
from campaigns.store import attempts, employee_calls, inbox
from campaigns.store.attempts import AttemptRow
from campaigns.store.inbox import InboxRow
from engine.apply.change import Change
from engine.apply.webhooks import finish
from engine.lirax.webhooks import CallFinished, read_webhook

TOGETHER = timedelta(seconds=30)  # finished webhook and completed event of one call come this close
AFTER_HISTORY = timedelta(seconds=90)  # its length in history may leave out the ringing


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


NOTHING = Bound(0, None)


def bind_orphans(change: Change, account_id: AccountId) -> Bound:
    """Bind what can be bound.

    Nothing while a request is on its way, whose answer may yet bring that very id; nor while a try of a
    campaign has no id, which the webhook may be about.
    """
    nameless = attempts.open_without_id(change.connection, account_id)
    if not nameless or any(attempt.state is AttemptState.PLACING for attempt in nameless):
        return NOTHING
    if employee_calls.any_try_without_id(change.connection, account_id, now=change.now):
        return NOTHING
    since = change.now - change.house.settings.unclear_until - TOGETHER
    orphans = _orphans(change, account_id, since=since)
    if not orphans:
        return NOTHING
    earlier = since - change.house.settings.unclear_until  # a request may have been late, and its webhook too
    rivals = [*nameless, *attempts.ended_without_id(change.connection, account_id, since=earlier)]
    for orphan in orphans:
        owner = owner_of(orphan, rivals=rivals, orphans=orphans, now=change.now)
        if owner is not None and owner in nameless:
            attempts.save(change.connection, owner.id, provider_id=orphan.webhook.provider_id)
            finish(change, owner, row=orphan.row, webhook=orphan.webhook)
            more = bind_orphans(change, account_id)
            return more._replace(number=more.number + 1)
    moments = [orphan.at + TOGETHER for orphan in orphans]
    return Bound(0, min((moment for moment in moments if moment > change.now), default=None))


def bind_found(change: Change, account_id: AccountId, found: Sequence[AttemptRow]) -> int:
    """Bind to calls that history has shown the finished webhooks that can only be about them; how many.

    Of such a call neither answer nor event told, so its end is known less exactly. In doubt nothing is bound.
    """
    nameless = [each for each in found if each.provider_id is None and each.evidence.success is None]
    if not nameless or employee_calls.any_try_without_id(change.connection, account_id, now=change.now):
        return 0
    since = min(each.requested_at for each in nameless) - TOGETHER
    orphans = _orphans(change, account_id, since=since)
    earlier = since - change.house.settings.unclear_until
    rivals = {
        each.id: each
        for each in (
            *attempts.open_without_id(change.connection, account_id),
            *attempts.ended_without_id(change.connection, account_id, since=earlier),
            *nameless,
        )
    }
    bound = 0
    for attempt in nameless:
        mine = [orphan for orphan in orphans if _may_be_of(attempt, orphan)]
        others = [each for each in rivals.values() if each.id != attempt.id]
        if len(mine) != 1 or any(
            _may_be_of(each, mine[0]) or _may_be_late_word_of(each, mine[0]) for each in others
        ):
            continue
        attempts.save(change.connection, attempt.id, provider_id=mine[0].webhook.provider_id)
        finish(change, attempt, row=mine[0].row, webhook=mine[0].webhook)
        orphans.remove(mine[0])
        del rivals[attempt.id]
        bound += 1
    return bound


def _may_be_of(attempt: AttemptRow, orphan: Orphan) -> bool:
    """A call that is open, or of whose end little is known, may be its owner too."""
    if orphan.at < attempt.requested_at:
        return False
    if attempt.ended_at is None or attempt.state in (AttemptState.UNKNOWN, AttemptState.UNPLACED):
        return True
    told = attempt.evidence
    picked_up = told.status == SUCCESS if told.status is not None else told.connected
    return (
        picked_up in (None, orphan.webhook.success)
        and -TOGETHER <= orphan.at - attempt.ended_at <= AFTER_HISTORY
    )


def owner_of(
    orphan: Orphan, *, rivals: Sequence[AttemptRow], orphans: Sequence[Orphan], now: datetime
) -> AttemptRow | None:
    """The one call that the webhook can be about, or None.

    A call whose end no event has told yet may be its owner too, until the time has passed in which that
    event would have come.
    """
    agreeing = [attempt for attempt in rivals if _agrees(attempt, orphan)]
    if len(agreeing) != 1 or sum(_agrees(agreeing[0], each) for each in orphans) != 1:
        return None
    if any(_may_be_late_word_of(attempt, orphan) for attempt in rivals):
        return None
    silent = any(attempt.evidence.status is None and attempt.claimed_at <= orphan.at for attempt in rivals)
    return None if silent and now < orphan.at + TOGETHER else agreeing[0]


def _agrees(attempt: AttemptRow, orphan: Orphan) -> bool:
    status, ended_at = attempt.evidence.status, attempt.ended_at
    if status is None or ended_at is None or abs(ended_at - orphan.at) > TOGETHER:
        return False
    return (status == SUCCESS) is orphan.webhook.success


def _may_be_late_word_of(attempt: AttemptRow, orphan: Orphan) -> bool:
    """No event told of its end: call history did, or it was given up. Its webhook may have come late."""
    told = attempt.evidence
    unheard = attempt.ended_at is not None and told.status is None
    return unheard and attempt.requested_at <= orphan.at and told.connected in (None, orphan.webhook.success)


def _orphans(change: Change, account_id: AccountId, *, since: datetime) -> list[Orphan]:
    rows = inbox.recent_orphans(change.connection, account_id, cmd=inbox.FINISHED, since=since)
    read = [(row, read_webhook(row.body)) for row in rows]
    return [Orphan(row, webhook) for row, webhook in read if isinstance(webhook, CallFinished)]
