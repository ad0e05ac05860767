"""Recipients as they stand, and the circumstances of a decision, with sensible defaults."""

from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.policy import Call, KeyPress, Policy, RetryPolicy, Rule, When
from campaigns.rules.standing import (
    Circumstances,
    Person,
    Standing,
)
from campaigns.rules.vocabulary import QUEUED_STATES, CallResult, RecipientState
from campaigns.rules.windows import CallingWindow, Hours
from tests.rules.calling_windows import utc

NOW = utc("2026-12-01 10:00:00")
ALWAYS = CallingWindow((Hours(0, 1440),), frozenset(range(7)), "UTC")
HOUR = timedelta(hours=1)


def a_policy(**more: Any) -> Policy:
    values: dict[str, Any] = {
        "name": "Payment reminder",
        "account": "default",
        "from_ext": "101",
        "call": Call(play=None, connect="5001", success_after=timedelta(seconds=15)),
        "window": ALWAYS,
        "account_timezone": "UTC",
        "retry": RetryPolicy(attempts=3, delay=HOUR),
    }
    return Policy(**{**values, **more})


def circumstances(
    *rules: Rule,
    now: datetime = NOW,
    min_gap: timedelta = timedelta(0),
    person: Person | None = None,
    **policy: Any,
) -> Circumstances:
    return Circumstances(a_policy(rules=rules, **policy), person or Person(()), min_gap, now)


def standing(state: RecipientState, **more: Any) -> Standing:
    values: dict[str, Any] = {"outcome": None}
    if state in QUEUED_STATES:
        values = {"due_at": NOW, "closes_at": NOW + HOUR}
    elif state is not RecipientState.CALLING:
        values = {"outcome": "earlier", "finished_at": NOW}
    return Standing(state, **{**values, **more})


def on_key(key: str, **action: Any) -> Rule:
    return Rule(When(key=key), **action)


def on_result(result: CallResult, **action: Any) -> Rule:
    return Rule(When(result=result), **action)


def on_state(state: RecipientState, **action: Any) -> Rule:
    return Rule(When(state=state), **action)


def pressed(*keys: str) -> tuple[KeyPress, ...]:
    return tuple(KeyPress("Menu", "0", key) for key in keys)
