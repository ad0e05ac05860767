"""Whom a campaign calls: a list read, prepared and stored slice by slice, or recipients added by the API.

Each slice is a transaction of its own, so that webhooks and calls go on in between, and an import that was
interrupted can simply be repeated: who is there already counts as a duplicate.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from campaigns.lists.batches import ROWS, Batch, Reading
from campaigns.lists.demands import demand_of
from campaigns.lists.mappings import prepare_mappings
from campaigns.lists.preparing import Prepared, Warned
from campaigns.lists.rejects import KEPT, RejectedRow
from campaigns.problems import Problem, WrongInput
from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.deciding import zones_for
from campaigns.rules.policy import Policy
from campaigns.rules.standing import Person
from campaigns.rules.vocabulary import CampaignId, CampaignState, Outcome, RecipientState
from campaigns.store import campaigns, erased, importing
from campaigns.store.importing import Place
from engine.apply.campaigns import transaction
from engine.apply.change import policy_for
from engine.apply.consents import consents_told, record_consents
from engine.commands.reading_lists import read_batches
from engine.database.port import Lane
from engine.errors import Conflict, NotFound
from engine.house import House

_CLOSED = {CampaignState.FINISHED, CampaignState.CANCELLED}


@dataclass(frozen=True)
class ImportProgress:
    """`done` is the share of the list that has been read."""

    done: float
    accepted: int
    duplicates: int
    rejected: int


@dataclass(frozen=True)
class ImportResult:
    """`rejected` and `warned` hold the first 1,000. Who is warned about was accepted."""

    accepted: int
    duplicates: int
    rejected_count: int
    rejected: tuple[RejectedRow, ...]
    warned_count: int = 0
    warned: tuple[Warned, ...] = ()


async def import_list(
    house: House,
    campaign_id: CampaignId,
    *,
    source: Path,
    name: str,
    phone_column: str | None = None,
    rejected_to: Path | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
) -> ImportResult:
    """Put everybody of the file into the campaign; `name` is what its owner calls it.

    The column named here, or else by the definition, has the phones. Every row that cannot be called is
    written to `rejected_to`. Raises NotFound, Conflict when the campaign is over, and WrongInput when the
    file is no list, lacks a column that texts use, or has nobody who can be called.
    """
    row, policy = await _campaign_of(house, campaign_id)
    column = phone_column or row.definition.get("phone_column")
    reading = Reading(source, name, column, rejected_to, demand_of(policy, now=house.clock.now()))
    importer = _Importer(house, campaign_id, policy)
    async with aclosing(read_batches(reading)) as batches:
        async for batch in batches:
            await importer.store(batch)
            if progress is not None:
                progress(importer.progress(batch.done))
    result = importer.result()
    if result.rejected and not result.accepted and not result.duplicates:
        raise WrongInput(*_nobody(result, name=name))
    return result


async def add_recipients(
    house: House, campaign_id: CampaignId, *, rows: Sequence[Mapping[str, Any]]
) -> ImportResult:
    """Put these people into the campaign; rows count from 1. Raises NotFound and Conflict."""
    _, policy = await _campaign_of(house, campaign_id)
    importer = _Importer(house, campaign_id, policy)
    demand = demand_of(policy, now=house.clock.now())
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        await importer.store(await asyncio.to_thread(prepare_mappings, some, demand, first=start + 1))
    return importer.result()


async def _campaign_of(house: House, campaign_id: CampaignId) -> tuple[campaigns.CampaignRow, Policy]:
    row = await house.database.read(lambda connection: campaigns.get(connection, campaign_id))
    if row is None:
        raise NotFound("there is no such campaign")
    _check_open(row.state)
    return row, policy_for(house, row)


def _check_open(state: CampaignState | None) -> None:
    if state is None:
        raise NotFound("there is no such campaign")
    if state in _CLOSED:
        raise Conflict(f"the campaign is {state}; nobody can be added to it any more")


def _nobody(result: ImportResult, *, name: str) -> Iterator[Problem]:
    """That the list is none, and each row with what is wrong with it, as far as they were kept."""
    yield Problem(f"nobody in the list can be called: {result.rejected_count} rejected", file=name)
    for row in result.rejected:
        yield Problem(f"{row.phone or '(no number)'}: {row.reason}", file=name, line=row.row)


@dataclass
class _Importer:
    """Stores batches and keeps the figures of one import."""

    house: House
    campaign_id: CampaignId
    policy: Policy
    accepted: int = 0
    duplicates: int = 0
    rejected_count: int = 0
    warned_count: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._now = self.house.clock.now()
        self._places: dict[str | None, Place] = {}

    async def store(self, batch: Batch) -> None:
        added, refused = await self._add(batch) if batch.prepared else (0, [])
        self.accepted += added
        self.duplicates += len(batch.prepared) - added - len(refused)
        self.rejected_count += batch.rejected_count + len(refused)
        self.rejected += refused[: KEPT - len(self.rejected)]
        self.warned_count += batch.warned_count
        self.rejected += batch.rejected[: KEPT - len(self.rejected)]
        self.warned += batch.warned[: KEPT - len(self.warned)]

    async def _add(self, batch: Batch) -> tuple[int, list[RejectedRow]]:
        """How many were new, and those whose people were erased: nothing of them is taken in again."""
        places = {zones: self._place(zones) for zones in {row.zones for row in batch.prepared}}

        def job(connection: Connection) -> tuple[int, list[RejectedRow]]:
            _check_open(importing.state_for_import(connection, self.campaign_id))
            gone = erased.among(connection, [row.phone for row in batch.prepared])
            rows = [row for row in batch.prepared if row.phone not in gone] if gone else batch.prepared
            refused = [
                RejectedRow(row.row, row.phone, erased.NEVER_AGAIN, ())
                for row in batch.prepared
                if row.phone in gone
            ]
            if not rows:
                return 0, refused
            added = importing.add_recipients(connection, self.campaign_id, rows=rows, places=places)
            self._record_consents(connection, rows)
            return added, refused

        added, refused = await self.house.database.write(job, lane=Lane.IMPORT)
        if added:
            self.house.bells.dialing.set()
            self.house.bells.changes.ring()
        return added, refused

    def _record_consents(self, connection: Connection, rows: Sequence[Prepared]) -> None:
        given = consents_told(rows)
        if given:
            with transaction(connection, self.house) as change:
                record_consents(change, given)

    def _place(self, zones: str | None) -> Place:
        if zones not in self._places:
            self._places[zones] = first_place(self.policy, zones, now=self._now)
        return self._places[zones]

    def progress(self, done: float) -> ImportProgress:
        return ImportProgress(done, self.accepted, self.duplicates, self.rejected_count)

    def result(self) -> ImportResult:
        return ImportResult(
            self.accepted,
            self.duplicates,
            self.rejected_count,
            tuple(self.rejected),
            self.warned_count,
            tuple(self.warned),
        )


def first_place(policy: Policy, zones: str | None, *, now: datetime) -> Place:
    """When somebody of these zones is first called; expired when no permitted moment is left."""
    window = policy.window
    counted = zones_for(window, Person(tuple(zones.split("|")) if zones else ()))
    permitted = next_permitted(window, counted, at=max(now, policy.start or now), not_after=policy.end)
    if permitted is None:
        return Place(RecipientState.EXPIRED, Outcome.EXPIRED, finished_at=now)
    return Place(RecipientState.PENDING, due_at=permitted.at, closes_at=permitted.until)
