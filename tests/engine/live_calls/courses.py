"""Courses of live calls, told by what was heard and after how many seconds."""

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.rules.evidence import Evidence
from campaigns.rules.vocabulary import (
    AccountId,
    AttemptId,
    AttemptState,
    CampaignId,
    RecipientId,
)
from campaigns.store.attempts import AttemptRow
from engine.lirax.webhooks import CallEvent, CallFinished
from engine.live_calls.observing import Course, Heard, course_of

NOON = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)  # 12:00 in Kyiv
ANNA, TASK, CALL = "380671112233", "task-1", "D1-1"


def an_attempt(**more: Any) -> AttemptRow:
    usual: dict[str, Any] = {
        "id": AttemptId(1),
        "account_id": AccountId(1),
        "campaign_id": CampaignId(1),
        "recipient_id": RecipientId(1),
        "number": 1,
        "phone": ANNA,
        "state": AttemptState.DONE,
        "result": None,
        "provider_id": TASK,
        "callid": CALL,
        "epoch": "epoch",
        "claimed_at": NOON - timedelta(seconds=1),
        "deadline": NOON,
        "placed_at": NOON,
        "ended_at": None,
        "evidence": Evidence(),
        "keys": (),
        "fired": (),
    }
    lacking = {name: None for name in AttemptRow.__dataclass_fields__ if name not in usual}
    return AttemptRow(**{**usual, **lacking, **more})


def event(name: str, after: float, **more: Any) -> Heard:
    told: dict[str, Any] = {
        "direction": "out",
        "event": name,
        "phone": ANNA,
        "ext": "101",
        "callid": CALL,
        "duration": None,
        "status": None,
        "recording": None,
        "keys": (),
    }
    return Heard(NOON + timedelta(seconds=after), CallEvent(**{**told, **more}))


def finished(after: float, *, success: bool = True, task: str = TASK) -> Heard:
    return Heard(NOON + timedelta(seconds=after), CallFinished(task, success, success, ()))


def a_course(*heard: Heard, **attempt: Any) -> Course:
    return course_of(an_attempt(**attempt), heard)
