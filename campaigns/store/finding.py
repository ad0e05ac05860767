"""Finds recipients of a campaign by state, phone or external id: each way is a read of an index."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select, union, union_all

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
    if wanted:
        chosen = _matching(campaign_id, wanted, state=state, after=after, dialect=connection.dialect.name)
    else:
        chosen = _listed(campaign_id, state=state, after=after, limit=limit)
    return connection.execute(chosen.limit(limit)).scalars().all()


def _listed(campaign_id: CampaignId, *, state: RecipientState | None, after: int, limit: int) -> Select[Any]:
    """One short read of the index for each state, then the smallest ids of them all."""
    states = [state] if state is not None else list(RecipientState)
    parts = [
        _mine(campaign_id, state=each, after=after).order_by(_recipient.c.id).limit(limit) for each in states
    ]
    found = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.id)


def _mine(campaign_id: CampaignId, *, state: RecipientState | None, after: int) -> Select[Any]:
    mine = select(_recipient.c.id).where(_recipient.c.campaign_id == campaign_id, _recipient.c.id > after)
    return mine if state is None else mine.where(_recipient.c.state == state.value)


def _matching(
    campaign_id: CampaignId, wanted: str, *, state: RecipientState | None, after: int, dialect: str
) -> Select[Any]:
    """Two ways of finding, each answered by an index of its own, put together."""
    begins = _begins_external_id(wanted, dialect=dialect)
    # `+ 0` keeps the index of campaigns out: it would be walked to its end for a handful of ids.
    mine = select(_recipient.c.id).where(_recipient.c.campaign_id + 0 == campaign_id, _recipient.c.id > after)
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
