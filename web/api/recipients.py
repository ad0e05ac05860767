"""`/api/v1/campaigns/{id}/recipients`, and the two exports beside it."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from campaigns.rules.vocabulary import CampaignId, CampaignState, RecipientState
from campaigns.store.campaigns import CampaignRow
from campaigns.store.views import recipient_views
from engine.commands.importing import ImportResult, add_recipients, import_list
from engine.errors import Conflict
from engine.house import House
from web.api.addresses import campaign_row
from web.api.bodies import CSV, JSON, LARGE, chunks_of, kind_of, read_model
from web.api.entry import Here
from web.api.lists import Paged, page
from web.api.shapes import Imported, Page, Recipient, answer, imported_body, recipient_body
from web.exports import Batch, as_csv, attempt_batches, result_batches

routes = APIRouter(tags=["recipients"])

LONGEST_SEARCH = 200
ENDED = (CampaignState.FINISHED, CampaignState.CANCELLED)
TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "description": "UTF-8, comma"}}


class People(BaseModel):
    """Each with `phone`, and whatever other columns."""

    model_config = ConfigDict(extra="forbid")
    recipients: list[dict[str, Any]]


PEOPLE_OR_CSV: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": People.model_json_schema()},
            "text/csv": {"schema": {"type": "string", "description": "A list of any size, with a header."}},
        },
    }
}


@routes.post("/campaigns/{id}/recipients", response_model=Imported, openapi_extra=PEOPLE_OR_CSV)
async def add(id: str, request: Request, house: Here) -> Response:
    """Add people, as JSON or as a CSV of any size; 409 once the campaign is finished or cancelled."""
    kind = kind_of(request, among=JSON | CSV)
    campaign = await campaign_row(house, id)
    _check_takes_people(campaign)
    if kind in CSV:
        result = await _import(request, house, campaign.id)
    else:
        people = await read_model(request, People, limit=LARGE)
        result = await add_recipients(house, campaign.id, rows=people.recipients)
    return answer(imported_body(result))


@routes.get("/campaigns/{id}/recipients", response_model=Page[Recipient])
async def listed(
    id: str,
    house: Here,
    paging: Paged,
    state: RecipientState | None = None,
    q: Annotated[str | None, Query(max_length=LONGEST_SEARCH)] = None,
) -> Response:
    """People of the campaign, the oldest first. `q` begins a phone, however written, or an external id."""
    campaign = await campaign_row(house, id)
    found = await house.database.read(
        partial(
            recipient_views,
            campaign_id=campaign.id,
            now=house.clock.now(),
            policies=house.policies,
            state=state,
            q=q,
            after=paging.after,
            limit=paging.read,
        )
    )
    return answer(page(found, limit=paging.limit, shown=recipient_body, place=lambda view: view.id))


@routes.get("/campaigns/{id}/results.csv", response_class=StreamingResponse, responses=TABLE)
async def results(id: str, house: Here) -> Response:
    """A row a recipient."""
    campaign = await campaign_row(house, id)
    return _table(result_batches(house, campaign.id), name=f"campaign-{campaign.id}-results.csv")


@routes.get("/campaigns/{id}/attempts.csv", response_class=StreamingResponse, responses=TABLE)
async def attempts(id: str, house: Here) -> Response:
    """A row an attempt."""
    campaign = await campaign_row(house, id)
    return _table(attempt_batches(house, campaign.id), name=f"campaign-{campaign.id}-attempts.csv")


def _check_takes_people(campaign: CampaignRow) -> None:
    if campaign.state in ENDED:
        raise Conflict(f"the campaign {campaign.name!r} is {campaign.state}; it takes no more recipients")


async def _import(request: Request, house: House, campaign_id: CampaignId) -> ImportResult:
    async with _kept_on_disk(request) as source:
        return await import_list(house, campaign_id, source=source, name="body.csv")


@asynccontextmanager
async def _kept_on_disk(request: Request) -> AsyncIterator[Path]:
    """The body as a file, in flat memory; it is gone when we leave."""
    folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="dzvin-"))
    try:
        source = folder / "body.csv"
        with source.open("wb") as file:
            async for chunk in chunks_of(request, limit=None):
                file.write(chunk)
        yield source
    finally:
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


def _table(batches: AsyncIterator[Batch], *, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(as_csv(batches), media_type="text/csv; charset=utf-8", headers=headers)
