"""Applies what LiraX's webhooks say, each once, binding them to the call or SMS they speak of.

Evidence from strongest to weakest: the id of the answer; a call id seen before; the one open attempt to the
number, for which see `hearing`; a finished webhook of unknown id beside the one call that has just ended, for
which see `binding` (reliability note, 2.3).
"""

from campaigns.rules.evidence import Evidence
from campaigns.rules.stop_words import is_stop
from campaigns.store import attempts, inbox
from campaigns.store.attempts import AttemptRow
from campaigns.store.inbox import APPLIED, STORED, InboxRow
from engine.apply import agents, by_hand, calls, messages
from engine.apply.change import Change
from engine.apply.hearing import apply_event
from engine.apply.numbers import digits_of
from engine.apply.recipients import suppress
from engine.apply.recordings import apply_recording
from engine.lirax.webhooks import (
    CallEvent,
    CallFinished,
    EmployeeCallFinished,
    RecordingReady,
    SmsDelivered,
    SmsReceived,
    StatusChanged,
    read_webhook,
)


def apply(change: Change, row: InboxRow) -> str:
    """Apply one stored webhook; returns what became of it: applied, orphan, ignored or stored."""
    webhook = read_webhook(row.body)
    match webhook:
        case CallFinished():
            verdict = apply_call_finished(change, row)
        case CallEvent():
            verdict = apply_event(change, row, webhook)
        case EmployeeCallFinished():
            verdict = by_hand.apply_finished(change, row)
        case RecordingReady():
            verdict = apply_recording(change, row.account_id, webhook)
        case SmsDelivered():
            verdict = messages.delivered(change, row.account_id, webhook.sms_id)
        case SmsReceived():
            verdict = _apply_sms(change, webhook)
        case StatusChanged(ext=ext, status=status):
            verdict = agents.status_changed(
                change, row.account_id, ext=ext, status=status, at=row.received_at
            )
        case _:
            verdict = STORED
    inbox.settle(change.connection, row.id, verdict=verdict, now=change.now)
    return verdict


def apply_call_finished(change: Change, row: InboxRow) -> str:
    """The word on a call whose id we know; else it is kept until we do."""
    webhook = read_webhook(row.body)
    assert isinstance(webhook, CallFinished)
    attempt = attempts.with_provider_id(change.connection, row.account_id, webhook.provider_id)
    if attempt is None:
        return by_hand.apply_finished(change, row)
    finish(change, attempt, row=row, webhook=webhook)
    return APPLIED


def finish(change: Change, attempt: AttemptRow, *, row: InboxRow, webhook: CallFinished) -> None:
    """Apply a finished webhook to the call that it is about."""
    news = Evidence(success=webhook.success, duration_success=webhook.duration_success)
    calls.evidence(change, attempt, news=news, keys=webhook.keys, at=row.received_at, finished=True)
    inbox.settle(change.connection, row.id, verdict=APPLIED, now=change.now)


def _apply_sms(change: Change, webhook: SmsReceived) -> str:
    phone = digits_of(webhook.phone)
    if phone is None or not is_stop(webhook.text):
        return STORED
    suppress(change, [phone], reason="answered an SMS with a stop word", source="sms")
    return APPLIED
