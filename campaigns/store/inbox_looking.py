"""Looks for single webhooks among those that came last, for who examines how an account works."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from campaigns.rules.vocabulary import AccountId
from campaigns.store.inbox import InboxRow
from campaigns.tables import Inbox

_table = Inbox.__table__  # type: ignore[attr-defined]
_columns = _table.c
SELF_TEST = "dzvin_selftest"  # what `dzvin doctor` sends to us, in the manner of LiraX
NEWEST = 20_000  # no index leads by time: how far back a look goes at most


def has_come(connection: Connection, account_id: AccountId, *, cmd: str, word: str) -> bool:
    """Whether a webhook of that name with that `word` is among the newest."""
    query = select(_columns.body).where(
        _columns.id > _floor(connection), _columns.account_id == account_id, _columns.cmd == cmd
    )
    return any(body.get("word") == word for (body,) in connection.execute(query))


def came_since(
    connection: Connection, account_id: AccountId, *, cmds: tuple[str, ...], since: datetime
) -> list[InboxRow]:
    """Webhooks of these names received from then on, in the order they came."""
    rows = connection.execute(
        select(*(_columns[name] for name in InboxRow._fields))
        .where(
            _columns.id > _floor(connection),
            _columns.account_id == account_id,
            _columns.cmd.in_(cmds),
            _columns.received_at >= since,
        )
        .order_by(_columns.id)
    )
    return [InboxRow(*row) for row in rows]


def _floor(connection: Connection) -> int:
    newest = connection.execute(select(func.max(_columns.id))).scalar()
    return (newest or 0) - NEWEST
