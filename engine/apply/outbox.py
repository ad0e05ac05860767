"""What comes of an effect that was handed to LiraX: done, to be tried again, failed, or nobody can tell."""

from datetime import datetime, timedelta

from campaigns.rules.vocabulary import EffectState
from campaigns.store import outbox
from campaigns.store.outbox import EffectRow
from engine.apply.change import Change

STOPPED = "the program stopped while it was being sent, so LiraX may have done it"


def done(change: Change, row: EffectRow, *, detail: str | None, provider_id: str | None) -> None:
    _end(change, row, EffectState.DONE, detail=detail, provider_id=provider_id or row.provider_id)


def failed(change: Change, row: EffectRow, *, detail: str) -> None:
    """LiraX certainly did not do it, and would not another time."""
    _end(change, row, EffectState.FAILED, detail=detail, sent_at=None)


def unclear(change: Change, row: EffectRow, *, detail: str) -> None:
    """LiraX may have done it: it is never repeated but by hand."""
    _end(change, row, EffectState.UNKNOWN, detail=detail)


def again(
    change: Change,
    row: EffectRow,
    *,
    at: datetime,
    detail: str | None,
    sent_at: datetime | None = None,
    provider_id: str | None = None,
) -> None:
    """It goes back into the queue; `sent_at` is kept where a request may have arrived, which does no harm."""
    outbox.conclude(
        change.connection,
        row,
        state=EffectState.QUEUED,
        due_at=at,
        detail=detail,
        sent_at=sent_at,
        provider_id=provider_id or row.provider_id,
    )


def give_up_unanswered(change: Change, row: EffectRow, *, repeatable: bool) -> None:
    """Of an errand that was under way when the program stopped: again, if that does no harm, else unclear."""
    if row.sent_at is None or repeatable:
        again(change, row, at=change.now, detail=row.detail, sent_at=row.sent_at)
    else:
        unclear(change, row, detail=STOPPED)


def is_too_late(row: EffectRow, *, now: datetime, patience: timedelta) -> bool:
    """Whether it has been tried for so long, since it was ordered or repeated, that it is given up."""
    return now - (row.repeated_at or row.created_at) > patience


def _end(change: Change, row: EffectRow, state: EffectState, **values: object) -> None:
    ended = {"finished_at": change.now, "due_at": None}
    outbox.conclude(change.connection, row, state=state, **ended, **values)
    if row.campaign_id is not None:
        change.touched.add(row.campaign_id)
