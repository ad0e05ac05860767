"""Who stands behind a number, as the lists of our campaigns know it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import AccountId
from campaigns.tables import Campaign, Recipient

_recipient = Recipient.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]

NAME_COLUMNS = ("name", "ім'я", "имя", "піб", "фио")
APOSTROPHES = str.maketrans("’ʼ`", "'''")


class Contact(NamedTuple):
    name: str  # empty where the list has no such column
    ext: str  # the employee for whom the campaign calls


def find_contact(connection: Connection, account_id: AccountId, *, phone: str) -> Contact | None:
    """The number's newest recipient in the account's campaigns; None if it is in none of them."""
    ours = select(_campaign.c.id).where(_campaign.c.account_id == account_id)
    newest = connection.execute(
        select(_recipient.c.campaign_id, _recipient.c.data)
        # No index is on the phone alone: this asks the unique index of each campaign in turn. Ordered by an
        # expression, as for the id itself a planner walks all recipients from the newest on.
        .where(_recipient.c.campaign_id.in_(ours), _recipient.c.phone == phone)
        .order_by((_recipient.c.id + 0).desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    definition = connection.execute(
        select(_campaign.c.definition).where(_campaign.c.id == newest.campaign_id)
    ).scalar_one()
    return Contact(name_in(newest.data), ext=str(definition.get("from") or ""))


def name_in(data: Mapping[str, Any]) -> str:
    """The person's name among the columns of a list row; empty if there is none."""
    by_column = {_plain(column): str(value or "").strip() for column, value in data.items()}
    return next((by_column[column] for column in NAME_COLUMNS if by_column.get(column)), "")


def _plain(column: str) -> str:
    return column.strip().casefold().translate(APOSTROPHES)
