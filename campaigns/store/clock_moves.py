"""Moments that a jump of the clock made wrong: of calls under way, and of people in a queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, not_, or_, select, text, update

from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import Standing
from campaigns.rules.vocabulary import CampaignId, RecipientId, SmsState
from campaigns.tables import Account, Attempt, Campaign, EmployeeCall, Modem, Recipient, Sms

_account: Table = Account.__table__  # type: ignore[attr-defined]
_attempt: Table = Attempt.__table__  # type: ignore[attr-defined]
_campaign: Table = Campaign.__table__  # type: ignore[attr-defined]
_by_hand: Table = EmployeeCall.__table__  # type: ignore[attr-defined]
_modem: Table = Modem.__table__  # type: ignore[attr-defined]
_recipient: Table = Recipient.__table__  # type: ignore[attr-defined]
_sms: Table = Sms.__table__  # type: ignore[attr-defined]

_OPEN_CALLS = text("state IN ('placing','ambiguous','placed')")
_MAY_RING = text("state IN ('placing','placed','answered','unknown')")
_QUEUED = text("state IN ('pending','waiting')")
_BY_HOURS = or_(_recipient.c.wait_reason.is_(None), _recipient.c.wait_reason == Waiting.HOURS.value)
_LIMITED = or_(_recipient.c.not_before.is_not(None), _recipient.c.not_after.is_not(None))
_FOR_A_MOMENT = _recipient.c.wait_reason.in_([Waiting.NUMBER_BUSY.value, Waiting.UNPLACED.value])


class Alike(NamedTuple):
    """People of one campaign who stand in its queue at the same place, for no reason but the hours."""

    closes_at: datetime
    turn: int
    due_at: datetime
    wait_reason: str | None
    zones: str | None


def move_calls(connection: Connection, by: timedelta, *, epoch: str) -> None:
    """Calls of this engine that are under way began that much later, and are looked at as much later."""
    names = ("claimed_at", "placed_at", "deadline", "history_asked_at", "absent_at")
    _move(connection, _attempt, names, by=by, where=and_(_OPEN_CALLS, _attempt.c.epoch == epoch))


def move_what_one_machine_wrote(connection: Connection, by: timedelta, *, epoch: str) -> None:
    """Where there is only one engine: all other calls under way, and messages being sent."""
    names = ("claimed_at", "placed_at", "deadline", "history_asked_at", "absent_at")
    _move(connection, _attempt, names, by=by, where=and_(_OPEN_CALLS, _attempt.c.epoch != epoch))
    over = _by_hand.c.ended_at.is_not(None)
    _move(connection, _by_hand, ("created_at", "deadline"), by=by, where=and_(_MAY_RING, not_(over)))
    _move(connection, _sms, ("due_at",), by=by, where=_sms.c.state == SmsState.SENDING.value)


def soon(connection: Connection, *, now: datetime, modems_free_at: datetime, probes_at: datetime) -> None:
    """Nobody waits for a moment that lies farther away than it ever was: modems, messages, probes."""
    connection.execute(update(_modem).values(free_at=modems_free_at))
    queued = and_(_sms.c.state == SmsState.QUEUED.value, _sms.c.due_at > now)
    connection.execute(update(_sms).where(queued).values(due_at=now))  # its hours are looked at then
    for table in (_account, _campaign):
        late = table.c.probe_at > probes_at
        connection.execute(update(table).where(late).values(probe_at=probes_at))


def standing_alike(connection: Connection, campaign_id: CampaignId) -> Sequence[Alike]:
    """The places of the queue, each once; who has limits of their own stands nowhere else."""
    columns = (_recipient.c[name] for name in Alike._fields)
    here = (_recipient.c.campaign_id == campaign_id, _QUEUED, _BY_HOURS, not_(_LIMITED))
    rows = connection.execute(select(*columns).where(*here).distinct())
    return [Alike(*row) for row in rows]


def move_alike(
    connection: Connection, campaign_id: CampaignId, alike: Alike, *, standing: Standing, limit: int
) -> int:
    """Give some of those who stand there their new place; how many."""
    place = [_recipient.c[name].is_not_distinct_from(value) for name, value in alike._asdict().items()]
    some = select(_recipient.c.id).where(
        _recipient.c.campaign_id == campaign_id, _QUEUED, not_(_LIMITED), *place
    )
    reason = standing.wait_reason.value if standing.wait_reason else None
    return connection.execute(
        update(_recipient)
        .where(_recipient.c.id.in_(some.limit(limit)), _QUEUED)
        .values(due_at=standing.due_at, closes_at=standing.closes_at, wait_reason=reason)
    ).rowcount


def ids_alike(
    connection: Connection, campaign_id: CampaignId, alike: Alike, *, limit: int
) -> list[RecipientId]:
    """Some of those who stand there."""
    place = [_recipient.c[name].is_not_distinct_from(value) for name, value in alike._asdict().items()]
    some = select(_recipient.c.id).where(
        _recipient.c.campaign_id == campaign_id, _QUEUED, not_(_LIMITED), *place
    )
    return list(connection.execute(some.limit(limit)).scalars())


def ids_apart(
    connection: Connection, campaign_id: CampaignId, *, after: int, now: datetime, limit: int
) -> list[RecipientId]:
    """Those who stand for themselves and wait for their hours, or for what is over in a moment."""
    later = _recipient.c.due_at > now
    query = (
        select(_recipient.c.id)
        .where(
            _recipient.c.campaign_id == campaign_id,
            _recipient.c.id > after,
            _QUEUED,
            or_(and_(_LIMITED, _BY_HOURS), and_(_FOR_A_MOMENT, later)),
        )
        .order_by(_recipient.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def latest_call(connection: Connection) -> datetime | None:
    """When the newest call was claimed, by the clock of that moment."""
    newest = select(_attempt.c.claimed_at).order_by(_attempt.c.id.desc()).limit(1)
    found: datetime | None = connection.execute(newest).scalar()
    return found


def _move(connection: Connection, table: Table, names: Sequence[str], *, by: timedelta, where: Any) -> None:
    rows = connection.execute(select(table.c.id, *(table.c[name] for name in names)).where(where)).all()
    for id_, *moments in rows:
        moved = {name: moment + by for name, moment in zip(names, moments, strict=True) if moment is not None}
        connection.execute(update(table).where(table.c.id == id_).values(**moved))
