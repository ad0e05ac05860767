"""Webhooks, events and history of the same calls, held against each other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.rules.drift import EXAMPLES, CallSources, Sources, Stranger, drift_of, sentences_of
from campaigns.rules.vocabulary import AttemptState

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
LATE = timedelta(minutes=15)


def a_call(number: int = 1, **more: Any) -> CallSources:
    usual: dict[str, Any] = {
        "state": AttemptState.DONE,
        "requested_at": NOON,
        "ended_at": NOON,
        "webhook_at": NOON,
        "event_at": NOON,
        "in_history": True,
    }
    return CallSources(number, **{**usual, **more})


def of(*calls: CallSources, history: str | None = "", strangers: int = 0) -> dict[str, Any]:
    strange = [Stranger(NOON, "a call to somebody")] * strangers
    return drift_of(Sources(calls, strange, strange, history, NOON + timedelta(hours=1), LATE))


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        (a_call(), {}),
        (a_call(webhook_at=None), {"webhooks": 1}),
        (a_call(event_at=None), {"events": 1}),
        (a_call(in_history=False), {"history": 1}),
        (a_call(in_history=False, ended_at=NOON + timedelta(minutes=59.5)), {}),  # it has just ended
        (a_call(state=AttemptState.PLACED, webhook_at=None), {}),  # it may still be told
        (a_call(state=AttemptState.UNPLACED, webhook_at=None), {}),  # there is nothing to tell
    ],
)
def test_what_is_missing_in_which_source(call: CallSources, missing: dict[str, int]) -> None:
    body = of(call)
    found = {name: body[name]["missing"] for name in ("webhooks", "events", "history")}
    assert {name: count for name, count in found.items() if count} == missing


@pytest.mark.parametrize(("minutes", "late"), [(15, 0), (15.1, 1)])
def test_a_finished_webhook_is_late_beyond_the_longest_wait(minutes: float, late: int) -> None:
    assert of(a_call(webhook_at=NOON + timedelta(minutes=minutes)))["late"]["count"] == late


def test_everything_is_counted_and_some_of_it_shown() -> None:
    body = of(*(a_call(number, webhook_at=None, told_by_history_alone=True) for number in range(70)))
    assert (body["webhooks"]["missing"], len(body["webhooks"]["examples"])) == (70, EXAMPLES)
    assert (body["healed"]["count"], len(body["healed"]["examples"])) == (70, EXAMPLES)


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        (None, "Call history is not asked: its address and login are not set."),
        ("it answers 503", "Call history could not be compared: it answers 503."),
        ("", "Call history shows 1 of 1."),
    ],
)
def test_the_report_says_it_in_plain_words(history: str | None, sentence: str) -> None:
    said = sentences_of(of(a_call(), history=history, strangers=2))
    assert sentence in said
    assert "2 finished webhooks are of no call of ours." in said
    assert ("2 outgoing calls in history are of no call of ours." in said) is (history == "")
