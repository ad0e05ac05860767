"""Figures of the whole house, for who watches it; each from kept counts or from a short piece of an index."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select, text

from campaigns.rules.vocabulary import AccountId, CampaignState, EffectState, SmsState
from campaigns.store import accounts, custody, received
from campaigns.store.account_standings import last_webhook_at
from campaigns.store.accounts import AccountRow
from campaigns.store.reconciliation import AccountHealth, all_health
from campaigns.tables import Campaign, Effect, Inbox, LineSlot, Modem, Sms, Tally

_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_effect = Effect.__table__.c  # type: ignore[attr-defined]
_inbox = Inbox.__table__  # type: ignore[attr-defined]
_line = LineSlot.__table__.c  # type: ignore[attr-defined]
_modem = Modem.__table__.c  # type: ignore[attr-defined]
_sms = Sms.__table__.c  # type: ignore[attr-defined]
_tally = Tally.__table__.c  # type: ignore[attr-defined]


class Lines(NamedTuple):
    """Of one account; `busy` lines have a call."""

    account_id: int
    total: int
    busy: int


class AccountFigures(NamedTuple):
    """`state` is open, held or closed; `hold` is the kind of what holds it."""

    account_id: int
    state: str
    hold: str | None
    last_webhook_at: datetime | None


class Figures(NamedTuple):
    """`tallies` by (kind, word) over all campaigns; `holds` are the kinds of what stops accounts."""

    tallies: dict[tuple[str, str], int]
    campaigns: dict[str, int]
    lines: Sequence[Lines]
    standing: Sequence[AccountFigures]
    holds: dict[str, int]
    accounts: int
    modems: int
    modems_in_trouble: int
    sms_queued: int
    effects_queued: int
    campaigns_resting: int  # of those that run: held for their own sake
    inbox_waiting: int
    inbox_set_aside: int
    inbox_long_unknown: int  # results of calls that nobody has known for a day
    quarantine: str | None  # why nothing is dialled with this database, a sentence
    history: Sequence[AccountHealth]  # of those whose history was asked


def figures(connection: Connection, *, now: datetime) -> Figures:
    every = accounts.every(connection)
    modems, in_trouble = connection.execute(select(func.count(), func.count(_modem.trouble))).one()
    return Figures(
        tallies=_tallies(connection),
        campaigns={str(word): count for word, count in _counted(connection, _campaign.state).items()},
        lines=_lines(connection),
        standing=[_standing(connection, row) for row in every],
        holds=Counter(row.hold_kind for row in every if row.hold_kind and not row.closed_at),
        accounts=len(every),
        modems=modems,
        modems_in_trouble=in_trouble,
        sms_queued=_sms_queued(connection),
        effects_queued=_effects_queued(connection),
        campaigns_resting=_campaigns_resting(connection),
        inbox_waiting=_inbox_count(connection, "applied_at IS NULL AND NOT dead"),
        inbox_set_aside=_inbox_count(connection, "dead"),
        inbox_long_unknown=received.long_unknown(connection, now=now),
        quarantine=custody.objection(connection),
        history=all_health(connection),
    )


def _tallies(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        select(_tally.kind, _tally.word, func.sum(_tally.count)).group_by(_tally.kind, _tally.word)
    )
    return {(kind, word): int(count) for kind, word, count in rows}


def _counted(connection: Connection, column: object) -> dict[str | None, int]:
    rows = connection.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]
    return {row[0]: row[1] for row in rows}


def _lines(connection: Connection) -> list[Lines]:
    busy = func.sum(case((_line.attempt_id.is_not(None), 1), else_=0))
    rows = connection.execute(
        select(_line.account_id, func.count(), busy).group_by(_line.account_id).order_by(_line.account_id)
    )
    return [Lines(account_id, total, int(taken)) for account_id, total, taken in rows]


def _standing(connection: Connection, row: AccountRow) -> AccountFigures:
    return AccountFigures(
        account_id=row.id,
        state="closed" if row.closed_at else "open" if row.is_at_work else "held",
        hold=None if row.closed_at else row.hold_kind,
        last_webhook_at=last_webhook_at(connection, AccountId(row.id)),
    )


def _sms_queued(connection: Connection) -> int:
    """By way of the modems: the queue's index begins with them."""
    modems = connection.execute(select(_modem.id)).scalars().all()
    queued = select(func.count()).where(_sms.modem_id.in_(modems), _sms.state == SmsState.QUEUED.value)
    return connection.execute(queued).scalar_one()


def _campaigns_resting(connection: Connection) -> int:
    resting = (_campaign.state == CampaignState.RUNNING.value, _campaign.hold_kind.is_not(None))
    return connection.execute(select(func.count()).where(*resting)).scalar_one()


def _effects_queued(connection: Connection) -> int:
    queued = select(func.count()).where(_effect.state == EffectState.QUEUED.value)
    return connection.execute(queued).scalar_one()


def _inbox_count(connection: Connection, which: str) -> int:
    """`which` is spelt like a partial index, so that SQLite sees that it serves."""
    return connection.execute(select(func.count()).select_from(_inbox).where(text(which))).scalar_one()
