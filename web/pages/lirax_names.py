"""What of LiraX's a definition may name, account by account, for those who write one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from campaigns.rules.directories import Employee, Shop, Stage
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, directories, sms
from campaigns.store.accounts import AccountRow


@dataclass(frozen=True)
class Names:
    """Of one account; `doubt` says why its employees are not known."""

    account: str
    extensions: Sequence[Employee]
    stages: Sequence[Stage]
    shops: Sequence[Shop]
    modems: Sequence[str]
    doubt: str | None


def names_known(connection: Connection) -> list[Names]:
    """Of every account that is open."""
    rows = [row for row in accounts.every(connection) if row.closed_at is None]
    return [_names(connection, row) for row in rows]


def _names(connection: Connection, row: AccountRow) -> Names:
    known = directories.read(connection, AccountId(row.id))
    allowed = row.extensions
    return Names(
        account=row.name,
        extensions=[
            employee
            for employee in known.users.entries
            if employee.active and (allowed is None or employee.ext in allowed)
        ],
        stages=known.stages.entries,
        shops=known.shops.entries,
        modems=row.modems if row.modems is not None else _used(connection, row.id),
        doubt=known.users.trouble or (None if known.users.fetched_at else "LiraX has not been asked yet."),
    )


def _used(connection: Connection, account_id: int) -> list[str]:
    """Modems that its campaigns have named so far."""
    return [modem.number for modem in sms.modems(connection) if modem.account_id == account_id]
