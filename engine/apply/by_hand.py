"""What LiraX says of a call that a person ordered by hand: an employee's call, or a try of a campaign's.

placing ──taken──► placed ──picked up──► answered ──over──► ended    placing ──refused, not sent──► failed
   └─ unclear ► unknown ──evidence──► placed | answered | ended

Nothing here is counted in a campaign's figures, and no rule of it fires.
"""

from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.evidence import SUCCESS, UNANSWERED, Evidence, merge_keys, result_of
from campaigns.rules.policy import KeyPress
from campaigns.rules.recordings import with_recording
from campaigns.rules.vocabulary import OPEN_EMPLOYEE_CALLS, CallResult, EmployeeCallState
from campaigns.store import employee_calls, inbox
from campaigns.store.employee_calls import EmployeeCallRow
from campaigns.store.inbox import APPLIED, ORPHAN, InboxRow
from engine.apply import recordings
from engine.apply.change import Change
from engine.apply.recipients import as_documents, number_is_free
from engine.lirax.webhooks import CallEvent, CallFinished, EmployeeCallFinished, read_webhook

OVER = ("COMPLETED", "CALL_COMPLETED")
NEVER_TOLD = "LiraX never told what became of this call"


def taken(change: Change, call: EmployeeCallRow, *, provider_id: str) -> None:
    """LiraX took the request; a webhook that overtook its answer is applied now."""
    columns: dict[str, Any] = {"provider_id": provider_id}
    if call.state in (EmployeeCallState.PLACING, EmployeeCallState.UNKNOWN):
        columns |= {"state": EmployeeCallState.PLACED.value, "detail": None}
    employee_calls.save(change.connection, call.id, **columns)
    cmd = inbox.FINISHED if call.is_try else inbox.BY_HAND
    for row in inbox.orphans(change.connection, call.account_id, cmd=cmd, subject=provider_id):
        verdict = apply_finished(change, row)
        inbox.settle(change.connection, row.id, verdict=verdict, now=change.now)


def failed(change: Change, call: EmployeeCallRow, *, detail: str) -> None:
    """It is certain that nobody's phone rang."""
    _end(change, call, EmployeeCallState.FAILED, at=change.now, detail=detail)


def unclear(change: Change, call: EmployeeCallRow, *, detail: str) -> None:
    """It may ring; it is never repeated by itself."""
    if call.state is EmployeeCallState.PLACING:
        employee_calls.save(change.connection, call.id, state=EmployeeCallState.UNKNOWN.value, detail=detail)


def overdue(change: Change, call: EmployeeCallRow) -> None:
    """Time is up: who talked has hung up long ago; of who was rung nothing is known."""
    if call.state is EmployeeCallState.ANSWERED:
        _end(change, call, EmployeeCallState.ENDED, at=change.now, detail="its end was never told")
    else:
        _end(change, call, EmployeeCallState.UNKNOWN, at=change.now, detail=NEVER_TOLD)


def hung_up(change: Change, call: EmployeeCallRow, *, detail: str) -> None:
    if call.state in OPEN_EMPLOYEE_CALLS or call.state is EmployeeCallState.UNKNOWN:
        _end(change, call, EmployeeCallState.ENDED, at=change.now, detail=detail)


def apply_finished(change: Change, row: InboxRow) -> str:
    """makecall_finished, or make2calls_finished of a try; an orphan while nobody knows its id."""
    webhook = read_webhook(row.body)
    assert isinstance(webhook, EmployeeCallFinished | CallFinished)
    is_try = isinstance(webhook, CallFinished)
    call = employee_calls.with_provider_id(
        change.connection, row.account_id, webhook.provider_id, tries=is_try
    )
    if call is None:
        return ORPHAN
    if isinstance(webhook, CallFinished):
        _try_finished(change, call, webhook=webhook, at=row.received_at)
    else:
        _call_finished(change, call, webhook=webhook, at=row.received_at)
    return APPLIED


def _call_finished(
    change: Change, call: EmployeeCallRow, *, webhook: EmployeeCallFinished, at: datetime
) -> None:
    """Answered, or given up; the call itself may go on (C11)."""
    if not webhook.success:
        result = call.result if call.result in UNANSWERED.values() else CallResult.NO_ANSWER.value
        _end(change, call, EmployeeCallState.ENDED, at=at, result=result, answered_at=None)
        return
    columns: dict[str, Any] = {
        "call_id": webhook.callid or call.call_id,
        "answered_at": call.answered_at or min(filter(None, (at, call.ended_at))),
        "result": CallResult.ANSWERED_FULL.value,
    }
    if call.state is not EmployeeCallState.ENDED:
        columns["state"] = EmployeeCallState.ANSWERED.value
        columns["deadline"] = max(call.deadline, at + change.house.settings.max_call)
    employee_calls.save(change.connection, call.id, **columns, detail=None)
    if webhook.callid:
        recordings.adopt(change, call.account_id, webhook.callid)


def _try_finished(change: Change, call: EmployeeCallRow, *, webhook: CallFinished, at: datetime) -> None:
    assert call.campaign_id is not None
    told = Evidence(success=webhook.success, duration_success=webhook.duration_success)
    after = change.policy(call.campaign_id).call.success_after
    result = result_of(told, success_after=after)
    if result is CallResult.NO_ANSWER and call.result in UNANSWERED.values():
        result = CallResult(str(call.result))
    keys = _all_keys(call, webhook.keys)
    columns: dict[str, Any] = {"answered_at": None} if not webhook.success else {}
    _end(
        change,
        call,
        EmployeeCallState.ENDED,
        at=at,
        result=None if result is None else result.value,
        keys=keys,
        **columns,
    )


def heard(change: Change, call: EmployeeCallRow, *, event: CallEvent, at: datetime) -> str:
    """An event of the call."""
    columns: dict[str, Any] = {"recording": with_recording(call.recording, event.recording)}
    if call.callid is None:
        columns["callid"] = event.callid
    if event.duration is not None:
        columns["duration"] = max(call.duration or 0, event.duration)
    keys = _all_keys(call, event.keys)
    if keys:
        columns["keys"] = keys
    if event.event in OVER:
        result = _result_told(change, call, event)
        _end(
            change, call, EmployeeCallState.ENDED, at=at, **columns, **({"result": result} if result else {})
        )
    else:
        _goes_on(change, call, event, at=at, columns=columns)
    if call.callid is None:
        recordings.adopt(change, call.account_id, event.callid)
    return APPLIED


def _goes_on(
    change: Change, call: EmployeeCallRow, event: CallEvent, *, at: datetime, columns: dict[str, Any]
) -> None:
    over = call.state in (EmployeeCallState.ENDED, EmployeeCallState.FAILED)
    if event.event == "ACCEPTED" and not over:
        columns |= {"state": EmployeeCallState.ANSWERED.value, "answered_at": call.answered_at or at}
    elif call.state in (EmployeeCallState.PLACING, EmployeeCallState.UNKNOWN) and call.ended_at is None:
        columns["state"] = EmployeeCallState.PLACED.value  # an event proves that LiraX took it
    employee_calls.save(change.connection, call.id, **columns)


def _result_told(change: Change, call: EmployeeCallRow, event: CallEvent) -> str | None:
    """What the event says where nothing, or only that nobody answered, was said before."""
    if call.result not in (None, CallResult.NO_ANSWER.value):
        return None
    if call.result is not None and event.status == SUCCESS:
        return None
    after = timedelta(0)
    if call.campaign_id is not None:
        after = change.policy(call.campaign_id).call.success_after
    duration = None if event.duration is None else timedelta(seconds=event.duration)
    result = result_of(Evidence(status=event.status, duration=duration), success_after=after)
    return None if result is None else result.value


def _all_keys(call: EmployeeCallRow, more: tuple[KeyPress, ...]) -> list[dict[str, str]] | None:
    known = [KeyPress(**press) for press in call.keys or ()]
    return as_documents(merge_keys(known, more)) or None


def _end(
    change: Change,
    call: EmployeeCallRow,
    state: EmployeeCallState,
    *,
    at: datetime,
    **columns: Any,
) -> None:
    """It is over, whenever that is told first; its number is free."""
    employee_calls.save(
        change.connection, call.id, state=state.value, ended_at=call.ended_at or at, **columns
    )
    number_is_free(change, call.phone)
