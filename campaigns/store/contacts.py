"""Who stands behind a number, as the lists of our campaigns know it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from campaigns.rules.vocabulary import OPEN_STATES, AccountId, RecipientState
from campaigns.tables import Campaign, Recipient

_recipient = Recipient.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]

NAME_COLUMNS = ("name", "ім'я", "имя", "піб", "фио")
MOST = 50  # campaigns that know one number; the newest of them
_OURS = select(_campaign.c.id).where(_campaign.c.account_id == bindparam("account"))
_STANDINGS = (
    select(_recipient.c.id, _recipient.c.campaign_id, _recipient.c.state, _recipient.c.data)
    # The unique index begins with the phone. Ordered by an expression, as for the id itself a planner may
    # walk all recipients from the newest on.
    .where(_recipient.c.phone.in_(bindparam("phones", expanding=True)), _recipient.c.campaign_id.in_(_OURS))
    .order_by((_recipient.c.id + 0).desc())
    .limit(MOST)
)
_DEFINITION = select(_campaign.c.definition).where(_campaign.c.id == bindparam("campaign"))
APOSTROPHES = str.maketrans("’ʼ`", "'''")


class Contact(NamedTuple):
    name: str  # empty where the list has no such column
    ext: str  # the employee for whom the campaign calls


def find_contact(connection: Connection, account_id: AccountId, *, phones: Sequence[str]) -> Contact | None:
    """What the account's campaigns know of the person; `phones` are spellings of one number.

    The employee is the one of the campaign in which the person is open, else of the newest; the name comes
    from the first list, in the same order, that has one. None if the number is in no campaign.
    """
    asked = {"account": account_id, "phones": list(phones)}
    rows = sorted(connection.execute(_STANDINGS, asked), key=_nearest)
    if not rows:
        return None
    definition = connection.execute(_DEFINITION, {"campaign": rows[0].campaign_id}).scalar_one()
    names = (name_in(row.data) for row in rows)
    return Contact(next(filter(None, names), ""), ext=str(definition.get("from") or ""))


def _nearest(row: Any) -> tuple[int, int]:
    """Who is being called first, then who is to be called; of those alike the newest."""
    state = RecipientState(row.state)
    standing = 0 if state is RecipientState.CALLING else 1 if state in OPEN_STATES else 2
    return standing, -row.id


def name_in(data: Mapping[str, Any]) -> str:
    """The person's name among the columns of a list row; empty if there is none."""
    by_column = {_plain(column): str(value or "").strip() for column, value in data.items()}
    return next((by_column[column] for column in NAME_COLUMNS if by_column.get(column)), "")


def _plain(column: str) -> str:
    return column.strip().casefold().translate(APOSTROPHES)
