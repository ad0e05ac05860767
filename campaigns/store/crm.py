"""What LiraX's CRM has of our people, as far as we told it: contacts and deals."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from campaigns.rules.vocabulary import AccountId, RecipientId
from campaigns.store.dialects import upsert
from campaigns.tables import CrmContact, Deal

_contact = CrmContact.__table__  # type: ignore[attr-defined]
_deal = Deal.__table__  # type: ignore[attr-defined]


class ContactRow(NamedTuple):
    ext: str
    name: str


class DealRow(NamedTuple):
    provider_id: str  # id_deal
    ext: str
    name: str
    sum: int
    stage: int
    status: int  # 0 active, 1 closed won, 2 closed lost


def contact(connection: Connection, account_id: AccountId, phone: str) -> ContactRow | None:
    """What the account's LiraX was last told of that number; None if nothing."""
    chosen = select(_contact.c.ext, _contact.c.name).where(
        _contact.c.account_id == account_id, _contact.c.phone == phone
    )
    row = connection.execute(chosen).first()
    return None if row is None else ContactRow(*row)


def save_contact(
    connection: Connection, account_id: AccountId, phone: str, *, told: ContactRow, now: datetime
) -> None:
    values = {"ext": told.ext, "name": told.name, "saved_at": now}
    statement = upsert(connection, _contact).values(account_id=account_id, phone=phone, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["account_id", "phone"], set_=values))


def forget_contact(connection: Connection, account_id: AccountId, phone: str) -> None:
    """LiraX seems to have it no more: it is told again before the next who needs it."""
    connection.execute(delete(_contact).where(_contact.c.account_id == account_id, _contact.c.phone == phone))


def deal(connection: Connection, recipient_id: RecipientId) -> DealRow | None:
    """The deal the person has in LiraX; None while there is none that we know of."""
    chosen = select(*(_deal.c[name] for name in DealRow._fields))
    row = connection.execute(chosen.where(_deal.c.recipient_id == recipient_id)).first()
    return None if row is None else DealRow(*row)


def save_deal(
    connection: Connection, recipient_id: RecipientId, *, account_id: AccountId, deal: DealRow, now: datetime
) -> None:
    values = {**deal._asdict(), "account_id": account_id, "saved_at": now}
    statement = upsert(connection, _deal).values(recipient_id=recipient_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["recipient_id"], set_=values))
