"""A call ordered by hand, as API, pages and command line tell it."""

from datetime import datetime
from typing import Any

from campaigns.moments import utc_text
from campaigns.rules.vocabulary import ANSWERED, CallResult, EmployeeCallState
from campaigns.store.employee_calls import EmployeeCallRow

IN_WORDS = {
    EmployeeCallState.PLACING: "the request is on its way to LiraX",
    EmployeeCallState.PLACED: "LiraX took the call and rings",
    EmployeeCallState.ANSWERED: "answered, and going on",
    EmployeeCallState.FAILED: "not made",
    EmployeeCallState.UNKNOWN: "nobody can tell whether it rang; it is not repeated by itself",
}
NOT_ANSWERED = {
    CallResult.BUSY: "the line was busy",
    CallResult.UNREACHABLE: "the phone was off or out of reach",
    CallResult.NOT_ALLOWED: "the exchange may not call there",
    CallResult.NO_ANSWER: "nobody answered",
}


def told(call: EmployeeCallRow) -> str:
    """How the call stands, in words."""
    words = _ended(call) if call.state is EmployeeCallState.ENDED else IN_WORDS[call.state]
    return f"{words}: {call.detail}" if call.detail else words


def _ended(call: EmployeeCallRow) -> str:
    result = CallResult(call.result) if call.result else None
    if result is not None and result in NOT_ANSWERED:
        return NOT_ANSWERED[result]
    if result not in ANSWERED and call.answered_at is None:
        return "over"
    talked = f"answered, {call.duration} s" if call.duration else "answered"
    if call.is_try and result is CallResult.ANSWERED_FULL:
        talked += ", listened long enough"
    keys = " ".join(str(press.get("key", "")) for press in call.keys or ())
    return f"{talked}, pressed {keys}" if keys else talked


def body_of(call: EmployeeCallRow) -> dict[str, Any]:
    return {
        "id": call.id,
        "ext": call.ext,
        "phone": call.phone,
        "state": call.state.value,
        "told": told(call),
        "result": call.result,
        "keys": list(call.keys or ()),
        "provider_id": call.provider_id,
        "requested_by": call.requested_by,
        "created_at": _moment(call.created_at),
        "answered_at": _moment(call.answered_at),
        "ended_at": _moment(call.ended_at),
    }


def _moment(at: datetime | None) -> str | None:
    return utc_text(at)
