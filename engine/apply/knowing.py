"""What is known of a call: the attempt with news taken in, and the columns that keep it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from campaigns.rules.confluence import joined_duration, joined_reports, joined_status, keys_of
from campaigns.rules.evidence import Evidence
from campaigns.rules.policy import KeyPress
from campaigns.store.attempts import AttemptRow
from engine.apply.recipients import as_documents


def taken_in(
    attempt: AttemptRow,
    news: Evidence,
    keys: tuple[KeyPress, ...],
    columns: Mapping[str, Any],
    *,
    finished: bool,
) -> AttemptRow:
    """The attempt with the news taken in: the same whatever order they come in."""
    known = attempt.evidence
    together = Evidence(
        success=known.success if known.success is not None else news.success,
        duration_success=known.duration_success if known.success is not None else news.duration_success,
        status=joined_status(known.status, news.status),
        duration=joined_duration(known.duration, news.duration),
        picked_up=known.picked_up or "answered_at" in columns,
        connected=known.connected if known.connected is not None else news.connected,
        talked=known.talked if known.talked is not None else news.talked,
    )
    by_webhook, by_events = attempt.finished_keys, attempt.event_keys
    if not finished:
        by_events = joined_reports(by_events, keys)
    elif by_webhook is None:
        by_webhook = keys
    return replace(
        attempt,
        evidence=together,
        keys=keys_of(by_webhook, by_events),
        finished_keys=by_webhook,
        event_keys=by_events,
        agent=columns.get("agent", attempt.agent),
    )


def known_columns(attempt: AttemptRow) -> dict[str, Any]:
    told = attempt.evidence
    return {
        "success": told.success,
        "duration_success": told.duration_success,
        "event_status": told.status,
        "duration": None if told.duration is None else int(told.duration.total_seconds()),
        "keys": as_documents(attempt.keys) or None,
        "history_connected": told.connected,
        "history_duration": None if told.talked is None else int(told.talked.total_seconds()),
        "finished_keys": None if attempt.finished_keys is None else as_documents(attempt.finished_keys),
        "event_keys": [as_documents(report) for report in attempt.event_keys] or None,
    }
