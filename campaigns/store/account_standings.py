"""How each account stands: lines in a call, campaigns that run, modems, its last webhook, what holds it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from campaigns.rules.reasons import hold_of_account
from campaigns.rules.vocabulary import AccountId, CampaignState
from campaigns.store import accounts, custody
from campaigns.store.inbox_looking import SELF_TEST
from campaigns.tables import Campaign, Inbox, LineSlot, Modem

_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_inbox = Inbox.__table__.c  # type: ignore[attr-defined]
_line = LineSlot.__table__.c  # type: ignore[attr-defined]
_modem = Modem.__table__.c  # type: ignore[attr-defined]

LOOKED_THROUGH = 20_000  # webhooks among which the last one of an account is looked for
_LAST_WEBHOOK = (
    select(_inbox.received_at)
    .where(
        _inbox.account_id == bindparam("account"),
        _inbox.cmd != SELF_TEST,  # not LiraX's
        _inbox.id > select(func.max(_inbox.id)).scalar_subquery() - LOOKED_THROUGH,
    )
    .order_by(_inbox.id.desc())
    .limit(1)
)
_LINES_BUSY = select(_line.account_id, func.count(_line.attempt_id)).group_by(_line.account_id)
_MODEMS = select(_modem.account_id, _modem.number, _modem.trouble).order_by(_modem.id)
_RUNNING = (
    select(_campaign.account_id, func.count())
    .where(_campaign.state == CampaignState.RUNNING.value)
    .group_by(_campaign.account_id)
)


@dataclass(frozen=True)
class UsedModem:
    """A modem that has sent or is to send; `trouble` is one sentence while it is off or busy."""

    number: str
    trouble: str | None


@dataclass(frozen=True)
class Standing:
    """`hold` is why nothing goes out, or None; `last_webhook_at` is None when it came long ago, or never."""

    lines_busy: int
    running: int
    hold: str | None
    last_webhook_at: datetime | None
    modems: Sequence[UsedModem]


def standings(connection: Connection) -> dict[AccountId, Standing]:
    """Of every account."""
    busy = {row[0]: row[1] for row in connection.execute(_LINES_BUSY)}
    running = {row[0]: row[1] for row in connection.execute(_RUNNING)}
    quarantine = custody.objection(connection)
    modems: defaultdict[int, list[UsedModem]] = defaultdict(list)
    for account_id, number, trouble in connection.execute(_MODEMS):
        modems[account_id].append(UsedModem(number, trouble))
    return {
        AccountId(row.id): Standing(
            lines_busy=busy.get(row.id, 0),
            running=running.get(row.id, 0),
            hold=hold_of_account(
                row.name, closed=row.closed_at is not None, held=quarantine or row.hold_reason
            ),
            last_webhook_at=last_webhook_at(connection, AccountId(row.id)),
            modems=modems[row.id],
        )
        for row in accounts.every(connection)
    }


def last_webhook_at(connection: Connection, account_id: AccountId) -> datetime | None:
    """None when it came long ago, or never."""
    found: datetime | None = connection.execute(_LAST_WEBHOOK, {"account": account_id}).scalar()
    return found
