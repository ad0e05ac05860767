"""What LiraX, or time, says of an SMS."""

from typing import Any

from campaigns.rules.vocabulary import AccountId, SmsState
from campaigns.store import inbox, sms
from campaigns.store.inbox import APPLIED, DELIVERED, ORPHAN
from campaigns.store.sms import SmsRow
from engine.apply.change import Change

DELIVERABLE = frozenset({SmsState.SENT, SmsState.SENDING, SmsState.UNKNOWN})


def sent(change: Change, message: SmsRow, *, provider_id: str, **columns: Any) -> None:
    """LiraX took the message; a delivery that was told before this answer counts."""
    become(change, message, SmsState.SENT, provider_id=provider_id, sent_at=change.now, **columns)
    for row in inbox.orphans(change.connection, message.account_id, cmd=DELIVERED, subject=provider_id):
        verdict = delivered(change, row.account_id, provider_id)
        inbox.settle(change.connection, row.id, verdict=verdict, now=change.now)


def delivered(change: Change, account_id: AccountId, sms_id: str) -> str:
    """The message arrived; ORPHAN while we do not know its id."""
    message = sms.with_provider_id(change.connection, account_id, sms_id)
    if message is None:
        return ORPHAN
    if message.state in DELIVERABLE:
        become(change, message, SmsState.DELIVERED, due_at=None)
    return APPLIED


def become(change: Change, message: SmsRow, state: SmsState, **columns: Any) -> None:
    """Write the message's state; its campaign may be over with it."""
    final = state not in (SmsState.QUEUED, SmsState.SENDING, SmsState.SENT)
    if final:
        columns.setdefault("finished_at", change.now)
        columns.setdefault("due_at", None)
    sms.save(change.connection, message.id, state=state.value, **columns)
    change.touched.add(message.campaign_id)
