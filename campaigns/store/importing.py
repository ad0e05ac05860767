"""Putting a slice of a list into its campaign: the hot path of imports, in the words of each database.

One statement a slice, without SQLAlchemy's handling of every value: 3 µs a row instead of 10 (performance
note, D). A number that the campaign has already is left out by the unique key, and so counted exactly.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text, update

from campaigns.columns import to_microseconds
from campaigns.lists.preparing import Prepared
from campaigns.rules.vocabulary import CampaignId, CampaignState, RecipientState
from campaigns.store.campaigns import OUTCOME, STATE, count
from campaigns.tables import Campaign, Recipient

_campaign = Campaign.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]

_SQLITE = """
INSERT INTO recipient (id, campaign_id, phone, round, external_id, state, outcome, attempts, calls, due_at,
                       closes_at, turn, zones, variables, data, "row", finished_at)
VALUES (?, ?, ?, 0, ?, ?, ?, 0, 0, ?, ?, 1, ?, ?, ?, ?, ?)
ON CONFLICT (campaign_id, phone, round) DO NOTHING
"""

_POSTGRES = text("""
INSERT INTO recipient (campaign_id, phone, round, external_id, state, outcome, attempts, calls, due_at,
                       closes_at, turn, zones, variables, data, "row", finished_at)
SELECT :campaign_id, given.phone, 0, given.external_id, :state, :outcome, 0, 0, given.due_at,
       given.closes_at, 1, given.zones, CAST(given.variables AS jsonb), CAST(given.data AS jsonb),
       given.number, :finished_at
FROM unnest(CAST(:phones AS text[]), CAST(:external_ids AS text[]), CAST(:due AS timestamptz[]),
            CAST(:closes AS timestamptz[]), CAST(:zones AS text[]), CAST(:variables AS text[]),
            CAST(:documents AS text[]), CAST(:numbers AS integer[]))
     AS given (phone, external_id, due_at, closes_at, zones, variables, data, number)
ON CONFLICT (campaign_id, phone, round) DO NOTHING
""")


class Place(NamedTuple):
    """Where a new recipient stands; those of one zone all stand in the same place."""

    state: RecipientState
    outcome: str | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    finished_at: datetime | None = None


def state_for_import(connection: Connection, campaign_id: CampaignId) -> CampaignState | None:
    """The campaign's state, kept from changing until the transaction ends; None when there is none."""
    query = select(_campaign.c.state).where(_campaign.c.id == campaign_id).with_for_update()
    state = connection.execute(query).scalar()
    return None if state is None else CampaignState(state)


def add_recipients(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    rows: Sequence[Prepared],
    places: Mapping[str | None, Place],
) -> int:
    """How many of the rows were new; `places` has one for the zones of every row."""
    put = _put_sqlite if connection.dialect.name == "sqlite" else _put_postgres
    added: Counter[tuple[str, str]] = Counter()
    total = 0
    for state, group in _by_state(rows, places).items():
        new = put(connection, campaign_id, rows=group, places=places)
        added[STATE, state.value] = new
        if outcome := places[group[0].zones].outcome:
            added[OUTCOME, outcome] = new
        total += new
    count(connection, {(campaign_id, *kept): new for kept, new in added.items()})
    if total:
        _remember_recipients(connection, campaign_id)
    return total


def _by_state(
    rows: Sequence[Prepared], places: Mapping[str | None, Place]
) -> dict[RecipientState, list[Prepared]]:
    """What the database adds at once is only counted in all, so rows go in by state; each keeps its order."""
    groups: dict[RecipientState, list[Prepared]] = {}
    for row in rows:
        groups.setdefault(places[row.zones].state, []).append(row)
    return groups


def _put_sqlite(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    rows: list[Prepared],
    places: Mapping[str | None, Place],
) -> int:
    """Rows go in by phone, which finds their index pages together, but their ids keep the list's order."""
    kept = {zones: tuple(_kept(value) for value in place) for zones, place in places.items()}
    last = connection.execute(select(func.coalesce(func.max(_recipient.c.id), 0))).scalar_one()
    values = []
    for id_, (phone, external_id, zones, variables, document, number, _) in enumerate(rows, start=last + 1):
        state, outcome, due, closes, finished = kept[zones]
        told = (state, outcome, due, closes, zones, variables, document, number, finished)
        values.append((id_, campaign_id, phone, external_id, *told))
    values.sort(key=itemgetter(2))
    return connection.exec_driver_sql(_SQLITE, values).rowcount


def _kept(value: Any) -> Any:
    return to_microseconds(value) if isinstance(value, datetime) else value


def _put_postgres(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    rows: list[Prepared],
    places: Mapping[str | None, Place],
) -> int:
    phones, external_ids, zones, variables, documents, numbers, _ = map(list, zip(*rows, strict=True))
    state, outcome, _, _, finished_at = places[rows[0].zones]
    values = {
        "campaign_id": campaign_id,
        "state": state,
        "outcome": outcome,
        "finished_at": finished_at,
        "phones": phones,
        "external_ids": external_ids,
        "due": [places[row.zones].due_at for row in rows],
        "closes": [places[row.zones].closes_at for row in rows],
        "zones": zones,
        "variables": variables,
        "documents": documents,
        "numbers": numbers,
    }
    return connection.execute(_POSTGRES, values).rowcount


def _remember_recipients(connection: Connection, campaign_id: CampaignId) -> None:
    connection.execute(
        update(_campaign)
        .where(_campaign.c.id == campaign_id, _campaign.c.had_recipients.is_(False))
        .values(had_recipients=True)
    )
