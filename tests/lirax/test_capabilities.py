"""What a live call has shown is kept as JSON, and read back whatever stands there."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.lirax.capabilities import Capabilities, FinishedAt, OutsideHours

EVERYTHING = Capabilities(
    looked_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
    events_for_make2calls=True,
    event_types=("out",),
    event_names=("INCOMING", "ACCEPTED"),
    event_ext_is_from=False,
    call_ids=1,
    incoming_event=True,
    accepted_event=True,
    rings_after_seconds=1.5,
    first_event_seconds=1.5,
    finished_seconds=20.0,
    finished_at=FinishedAt.HANGUP,
    history_lists_make2calls=True,
    history_has_callid=True,
    history_lag_seconds=3.0,
    history_form="csv",
    history_columns=("call_id", "call_start"),
    history_zone_off_minutes=0,
    clock_ahead_seconds=-0.5,
    outside_hours=OutsideHours.WAITS,
)


def test_everything_comes_back_from_json() -> None:
    assert Capabilities.read(json.loads(json.dumps(EVERYTHING.as_json()))) == EVERYTHING


def test_what_is_unknown_is_not_written() -> None:
    assert Capabilities().as_json() == {}
    assert Capabilities(accepted_event=False).as_json() == {"accepted_event": False}


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        {"something": "newer"},
        {"accepted_event": "yes", "call_ids": "one", "finished_at": "never", "event_names": "INCOMING"},
        {"looked_at": "yesterday", "first_event_seconds": True, "history_columns": {"a": 1}},
        {"looked_at": "2026-12-01T10:00:00", "outside_hours": 5},
    ],
)
def test_what_cannot_be_understood_is_unknown(kept: dict[str, Any] | None) -> None:
    assert Capabilities.read(kept) == Capabilities()
