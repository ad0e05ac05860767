"""Applies what LiraX's webhooks say, each once, binding them to the call or SMS they speak of.

Evidence from strongest to weakest: the id of the answer; a call id seen before; the one open attempt to the
number; a finished webhook of unknown id beside the one call that has just ended, for which see `binding`
(reliability note, 2.3).
"""

from datetime import timedelta

from campaigns.lists.numbers import NumberError, read_number
from campaigns.rules.evidence import Evidence
from campaigns.rules.stop_words import is_stop
from campaigns.rules.vocabulary import AttemptState
from campaigns.store import attempts, inbox
from campaigns.store.attempts import AttemptRow
from campaigns.store.inbox import APPLIED, IGNORED, ORPHAN, STORED, InboxRow
from engine.apply import calls, messages
from engine.apply.change import Change
from engine.apply.recipients import suppress
from engine.lirax.webhooks import CallEvent, CallFinished, SmsDelivered, SmsReceived, read_webhook

EARLY = timedelta(
    seconds=5
)  # an event may not be older than the intent it speaks of, by more than clocks differ
AFTERWARDS = timedelta(minutes=10)  # how long after its finished webhook an event may still tell more
STILL_WANTED = timedelta(hours=1)  # how long an event may still tell what nobody could; later it is another's


def apply(change: Change, row: InboxRow) -> str:
    """Apply one stored webhook; returns what became of it: applied, orphan, ignored or stored."""
    webhook = read_webhook(row.body)
    match webhook:
        case CallFinished():
            verdict = apply_call_finished(change, row)
        case CallEvent():
            verdict = _apply_event(change, row, webhook)
        case SmsDelivered():
            verdict = messages.delivered(change, row.account_id, webhook.sms_id)
        case SmsReceived():
            verdict = _apply_sms(change, webhook)
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
        return ORPHAN
    finish(change, attempt, row=row, webhook=webhook)
    return APPLIED


def finish(change: Change, attempt: AttemptRow, *, row: InboxRow, webhook: CallFinished) -> None:
    """Apply a finished webhook to the call that it is about."""
    news = Evidence(success=webhook.success, duration_success=webhook.duration_success)
    calls.evidence(change, attempt, news=news, keys=webhook.keys, at=row.received_at, finished=True)
    inbox.settle(change.connection, row.id, verdict=APPLIED, now=change.now)


def _apply_event(change: Change, row: InboxRow, webhook: CallEvent) -> str:
    attempt = _attempt_of(change, row, webhook)
    if attempt is None:
        return IGNORED
    duration = None if webhook.duration is None else timedelta(seconds=webhook.duration)
    over = webhook.event in ("COMPLETED", "CALL_COMPLETED")
    news = Evidence(status=webhook.status if over else None, duration=duration if over else None)
    columns = {"callid": webhook.callid}
    if webhook.recording:
        columns["recording"] = webhook.recording
    calls.evidence(
        change, attempt, news=news, keys=webhook.keys, at=row.received_at, finished=False, **columns
    )
    return APPLIED


def _attempt_of(change: Change, row: InboxRow, webhook: CallEvent) -> AttemptRow | None:
    """The call an event speaks of. A call id once bound stays bound, and never touches a newer call."""
    connection, account_id = change.connection, row.account_id
    known = attempts.with_callid(connection, account_id, webhook.callid)
    if known is not None:
        return known
    if webhook.direction != "out":
        return None
    phone = _digits(webhook.phone)
    latest = None if phone is None else attempts.latest_to(connection, account_id, phone)
    if latest is None or latest.callid is not None or row.received_at < latest.claimed_at - EARLY:
        return None
    if webhook.ext != change.policy(latest.campaign_id).from_ext:
        return None  # a person's own call from another extension
    return latest if _may_still_tell(latest, row) else None


def _may_still_tell(attempt: AttemptRow, row: InboxRow) -> bool:
    """Whether an event without a known call id can be about this attempt."""
    match attempt.state:
        case AttemptState.REJECTED | AttemptState.UNPLACED:
            return False
        case AttemptState.DONE:
            return attempt.ended_at is not None and row.received_at - attempt.ended_at <= AFTERWARDS
        case AttemptState.UNKNOWN:
            return attempt.ended_at is not None and row.received_at - attempt.ended_at <= STILL_WANTED
        case _:
            return True


def _apply_sms(change: Change, webhook: SmsReceived) -> str:
    phone = _digits(webhook.phone)
    if phone is None or not is_stop(webhook.text):
        return STORED
    suppress(change, phone, reason="answered an SMS with a stop word", source="sms")
    return APPLIED


def _digits(phone: str) -> str | None:
    """The number as we keep it; LiraX may send it in a national form. None for a name instead of a number."""
    try:
        return read_number(phone, country="UA").digits
    except NumberError:
        return phone if phone.isascii() and phone.isdigit() else None
