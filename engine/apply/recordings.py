"""Gives recordings to the call they belong to, in whatever order the two are told of."""

from campaigns.rules.call_ids import plain
from campaigns.rules.recordings import with_recording
from campaigns.rules.vocabulary import AccountId
from campaigns.store import attempts, employee_calls, heard_calls, inbox
from campaigns.store.inbox import APPLIED, ORPHAN
from engine.apply.change import Change
from engine.lirax.webhooks import RecordingReady, read_webhook


def apply_recording(change: Change, account_id: AccountId, told: RecordingReady) -> str:
    """Kept as an orphan until some event tells whose the call id is."""
    connection = change.connection
    attempt = attempts.with_callid(connection, account_id, told.callid)
    if attempt is not None:
        kept = with_recording(attempt.recording, told.recording)
        attempts.save(connection, attempt.id, recording=kept)
        return APPLIED
    heard = heard_calls.with_callid(connection, account_id, told.callid)
    if heard is not None and heard.attempt_id is not None:
        attempt = attempts.get(connection, heard.attempt_id)
        assert attempt is not None
        kept = with_recording(attempt.recording, told.recording)
        attempts.save(connection, attempt.id, recording=kept)
        return APPLIED
    if heard is not None:
        kept = with_recording(heard.recording, told.recording)
        heard_calls.save(connection, heard.id, recording=kept)
        return APPLIED
    ordered = employee_calls.with_callid(connection, account_id, told.callid)
    if ordered is not None:
        kept = with_recording(ordered.recording, told.recording)
        employee_calls.save(connection, ordered.id, recording=kept)
        return APPLIED
    return ORPHAN


def adopt(change: Change, account_id: AccountId, callid: str) -> None:
    """Take in the recordings that came before anybody knew this call id."""
    rows = inbox.orphans(change.connection, account_id, cmd=inbox.RECORD, subject=plain(callid))
    for row in rows:
        told = read_webhook(row.body)
        assert isinstance(told, RecordingReady)
        verdict = apply_recording(change, account_id, told)
        inbox.settle(change.connection, row.id, verdict=verdict, now=change.now)
