"""Finds recipients of a campaign by state, phone or external id: each way is a read of an index."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, select, union, union_all

from campaigns.rules.vocabulary import CampaignId, RecipientState
from campaigns.tables import Recipient

_recipient: Table = Recipient.__table__  # type: ignore[attr-defined]

PHONE_SIGNS = frozenset("+-() .\u00a0\t")
LONGEST_PHONE = 15  # digits of the longest international number
LAST_LETTER = "\U0010ffff"  # sorts behind whatever may follow a beginning


def recipient_ids(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    state: RecipientState | None = None,
    q: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[int]:
    """Ids in order, greater than `after`; `q` begins a phone (however written) or an external id."""
    wanted = (q or "").strip()
    if not wanted:
        place = {"campaign_id": campaign_id, "after": after, "limit": limit}
        return connection.execute(_listed(state), place).scalars().all()
    chosen = _matching(campaign_id, wanted, state=state, after=after, dialect=connection.dialect.name)
    return connection.execute(chosen.limit(limit)).scalars().all()


@cache
def _listed(state: RecipientState | None) -> Select[Any]:
    """One short read of the index for each state, then the smallest ids of them all."""
    parts = [
        select(_recipient.c.id)
        .where(
            _recipient.c.campaign_id == bindparam("campaign_id"),
            _recipient.c.state == each.value,
            _recipient.c.id > bindparam("after"),
        )
        .order_by(_recipient.c.id)
        .limit(bindparam("limit"))
        for each in ([state] if state is not None else RecipientState)
    ]
    found = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.id).limit(bindparam("limit"))


def _matching(
    campaign_id: CampaignId, wanted: str, *, state: RecipientState | None, after: int, dialect: str
) -> Select[Any]:
    """Two ways of finding, each answered by an index of its own, put together."""
    begins = _begins_external_id(wanted, dialect=dialect)
    # `+ 0` keeps the indexes of campaigns and ids out: they would be walked to their end for a few finds.
    mine = select(_recipient.c.id).where(
        _recipient.c.campaign_id + 0 == campaign_id, _recipient.c.id + 0 > after
    )
    ways = [mine.where(begins)]
    digits = "".join(sign for sign in wanted if sign not in PHONE_SIGNS)
    if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_PHONE:
        ways.append(mine.where(_begins_phone(digits)))
    if state is not None:
        ways = [way.where(_recipient.c.state == state.value) for way in ways]
    found = union(*ways).subquery()
    return select(found.c.id).order_by(found.c.id)


def _begins_external_id(wanted: str, *, dialect: str) -> ColumnElement[bool]:
    # PostgreSQL orders texts by locale, where a range is no beginning; SQLite orders them by bytes.
    if dialect == "sqlite":
        return _recipient.c.external_id.between(wanted, wanted + LAST_LETTER)
    return _recipient.c.external_id.startswith(wanted, autoescape=True)


def _begins_phone(digits: str) -> ColumnElement[bool]:
    """A number written as at home (`067…`) is kept with the country's 38 before it."""
    beginning = "38" + digits if digits.startswith("0") else digits
    return _recipient.c.phone.between(beginning, beginning.ljust(LONGEST_PHONE, "9"))
