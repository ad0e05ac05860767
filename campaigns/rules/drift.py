"""Three sources tell of one call: finished webhook, events, call history. What was missing in which. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.vocabulary import AttemptState

EXAMPLES = 50
JUST_ENDED = timedelta(minutes=1)  # such a call need not be in history yet
CLOSED = (AttemptState.DONE, AttemptState.UNKNOWN)


@dataclass(frozen=True)
class CallSources:
    """One call of ours, and when each source told of it first."""

    attempt_id: int
    state: AttemptState
    requested_at: datetime
    ended_at: datetime | None
    webhook_at: datetime | None
    event_at: datetime | None
    in_history: bool
    told_by_history_alone: bool = False


@dataclass(frozen=True)
class Stranger:
    """A webhook or a row of history that is no call of ours; the number is masked."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Sources:
    """All that was told in some time. `history` is None where there is none, '' if seen, else why not."""

    calls: Sequence[CallSources]
    webhooks: Sequence[Stranger]
    rows: Sequence[Stranger]
    history: str | None
    asked_at: datetime
    late_after: timedelta


def drift_of(sources: Sources) -> dict[str, Any]:
    """Counts, and up to 50 examples each, as they are kept and shown."""
    calls = [call for call in sources.calls if call.state in CLOSED]
    asked = sources.history == ""
    written = [call for call in calls if _must_be_written(call, sources.asked_at)]
    late = [call for call in calls if _late_by(call) > sources.late_after]
    return {
        "calls": len(calls),
        "open": len(sources.calls) - len(calls) - sum(_never_rang(call) for call in sources.calls),
        "never_placed": sum(_never_rang(call) for call in sources.calls),
        "unknown": sum(call.state is AttemptState.UNKNOWN for call in calls),
        "webhooks": _told(calls, [call for call in calls if call.webhook_at is None]),
        "events": _told(calls, [call for call in calls if call.event_at is None]),
        "history": {
            **_told(calls, [call for call in written if asked and not call.in_history]),
            "told": sum(call.in_history for call in calls),
            "configured": sources.history is not None,
            "trouble": sources.history or None,
        },
        "late": {"count": len(late), "examples": [_late(call) for call in late[:EXAMPLES]]},
        "healed": _counted([call for call in calls if call.told_by_history_alone]),
        "orphaned": {"webhooks": _strangers(sources.webhooks), "history": _strangers(sources.rows)},
    }


def _never_rang(call: CallSources) -> bool:
    return call.state in (AttemptState.UNPLACED, AttemptState.REJECTED)


def _must_be_written(call: CallSources, asked_at: datetime) -> bool:
    return call.ended_at is None or call.ended_at + JUST_ENDED <= asked_at


def _late_by(call: CallSources) -> timedelta:
    if call.webhook_at is None or call.ended_at is None:
        return timedelta(0)
    return call.webhook_at - call.ended_at


def _told(calls: Sequence[CallSources], missing: Sequence[CallSources]) -> dict[str, Any]:
    return {"told": len(calls) - len(missing), "missing": len(missing), "examples": _ids(missing)}


def _counted(calls: Sequence[CallSources]) -> dict[str, Any]:
    return {"count": len(calls), "examples": _ids(calls)}


def _ids(calls: Iterable[CallSources]) -> list[dict[str, Any]]:
    return [{"attempt": call.attempt_id} for call in list(calls)[:EXAMPLES]]


def _late(call: CallSources) -> dict[str, Any]:
    return {"attempt": call.attempt_id, "seconds": round(_late_by(call).total_seconds())}


def _strangers(found: Sequence[Stranger]) -> dict[str, Any]:
    examples = [{"at": each.at.isoformat(), "what": each.what} for each in found[:EXAMPLES]]
    return {"count": len(found), "examples": examples}


def sentences_of(body: dict[str, Any]) -> list[str]:
    """The report in plain words."""
    calls = body["calls"]
    told = [f"{_many(calls, 'call')} ended in this time, {body['unknown']} of them as unknown."]
    told += [f"Finished webhooks told of {_share(body['webhooks'], calls)}."]
    told += [f"Events told of {_share(body['events'], calls)}."]
    history = body["history"]
    if not history["configured"]:
        told += ["Call history is not asked: its address and login are not set."]
    elif history["trouble"]:
        told += [f"Call history could not be compared: {history['trouble']}."]
    else:
        told += [f"Call history shows {_share(history, calls)}."]
    late, healed, orphaned = body["late"]["count"], body["healed"]["count"], body["orphaned"]
    told += [f"{_many(late, 'finished webhook')} came late."]
    told += [f"{_many(healed, 'call')} had a result only because call history told of it."]
    told += [f"{_strange_ones(orphaned['webhooks'], 'finished webhook')} of no call of ours."]
    if history["configured"] and not history["trouble"]:
        told += [f"{_strange_ones(orphaned['history'], 'outgoing call', ' in history')} of no call of ours."]
    return told


def _share(source: dict[str, Any], calls: int) -> str:
    missing = source["missing"]
    return f"{source['told']} of {calls}" + (f"; {missing} missing" if missing else "")


def _strange_ones(part: dict[str, Any], what: str, where: str = "") -> str:
    return f"{_many(part['count'], what)}{where} {'is' if part['count'] == 1 else 'are'}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
