"""Writes down a ring that only call history knows, because this database has lost the call it belongs to."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.rules.standing import Claimed
from campaigns.rules.vocabulary import QUEUED_STATES, AccountId
from campaigns.store import attempts, campaigns, recipients
from campaigns.store.attempts import AttemptRow
from campaigns.store.recipients import RecipientRow
from engine.apply import calls
from engine.apply.change import Change
from engine.apply.numbers import digits_of
from engine.apply.recipients import happen

EPOCH = "call history"  # no run of the engine made this call, as far as this database knows
LOST = "call history shows this call; this database had lost it"


@dataclass(frozen=True)
class Ring:
    """An outgoing call in history that is nobody's here. `ext` is told where history names extensions."""

    phone: str
    began_at: datetime
    ext: str | None


def adopt(change: Change, account_id: AccountId, ring: Ring) -> AttemptRow | None:
    """The call, still open, now written down for the person who waits for it; None where nobody does."""
    person = _whose(change, account_id, ring)
    if person is None:
        return None
    attempt_id = attempts.add(
        change.connection,
        account_id=account_id,
        campaign_id=person.campaign_id,
        recipient_id=person.id,
        number=person.calls + 1,
        phone=person.phone,
        epoch=EPOCH,
        claimed_at=ring.began_at,
        deadline=change.now,
    )
    if attempt_id is None:
        return None  # another call to the number is open: the ring may be that one's
    happen(change, person, Claimed(), calls=person.calls + 1, last_attempt_at=ring.began_at)
    change.count(person.campaign_id, campaigns.CALLS, "in_flight")
    attempt = attempts.get(change.connection, attempt_id)
    assert attempt is not None
    calls.unclear(change, attempt, sent_at=ring.began_at, detail=LOST)
    return attempts.get(change.connection, attempt_id)


def _whose(change: Change, account_id: AccountId, ring: Ring) -> RecipientRow | None:
    """Who waits for a call to that number in a campaign of the account: first of that extension, then any."""
    phone = digits_of(ring.phone)
    if phone is None:
        return None
    waiting = [
        row
        for row in recipients.open_with_phone(change.connection, [phone])
        if row.standing.state in QUEUED_STATES
        and change.campaign(row.campaign_id).account_id == account_id
        and campaigns.created_at(change.connection, row.campaign_id) <= ring.began_at
    ]
    same = [row for row in waiting if change.policy(row.campaign_id).from_ext == ring.ext]
    if same:
        return same[0]
    return waiting[0] if waiting and ring.ext is None else None
