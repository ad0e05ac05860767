"""Results and attempts of a campaign as tables, read in batches; used by API, pages and command line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from campaigns.lists.writing import XlsxFile, csv_bytes
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import exports
from engine.database.port import Database

Batch = Sequence[Sequence[object]]


class Readable(Protocol):
    """A house, or whatever else has a database."""

    @property
    def database(self) -> Database: ...


async def result_batches(house: Readable, campaign_id: CampaignId) -> AsyncIterator[Batch]:
    """The header, then a row a recipient."""
    own = await _own_columns(house, campaign_id)
    yield [exports.header_of(own)]
    after = 0
    while True:
        rows = await house.database.read(partial(exports.result_rows, campaign_id=campaign_id, after=after))
        if not rows:
            return
        yield [[*row.cells, *(row.own.get(name) for name in own)] for row in rows]
        after = rows[-1].id


async def attempt_batches(house: Readable, campaign_id: CampaignId) -> AsyncIterator[Batch]:
    """The header, then a row an attempt."""
    yield [exports.ATTEMPT_COLUMNS]
    after = None
    while True:
        rows = await house.database.read(partial(exports.attempt_rows, campaign_id=campaign_id, after=after))
        if not rows:
            return
        yield [row.cells for row in rows]
        after = rows[-1].place


async def as_csv(batches: AsyncIterator[Batch]) -> AsyncIterator[bytes]:
    async for batch in batches:
        yield csv_bytes(batch)


async def write_csv(batches: AsyncIterator[Batch], path: Path) -> None:
    with path.open("wb") as file:
        async for part in as_csv(batches):
            file.write(part)


async def write_xlsx(batches: AsyncIterator[Batch], path: Path, *, name: str) -> None:
    """`name` is the title of the sheet."""
    header = [str(cell) for cell in (await anext(batches))[0]]
    book = XlsxFile(path, header=header, name=name)
    try:
        async for batch in batches:
            await asyncio.to_thread(book.add, batch)  # a batch takes longer than others may wait
    finally:
        book.close()


async def _own_columns(house: Readable, campaign_id: CampaignId) -> list[str]:
    """All columns that some recipient has, in the order of their first appearance."""
    names: dict[str, None] = {}
    after: int | None = 0
    while after is not None:
        found, after = await house.database.read(
            partial(exports.own_columns, campaign_id=campaign_id, after=after)
        )
        names.update(dict.fromkeys(found))
    return list(names)
