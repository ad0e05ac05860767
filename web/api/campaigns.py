"""`/api/v1/campaigns`: create, look at, start, pause, resume, cancel."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from campaigns.definition import Definition, read_definition
from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import campaign_views
from engine.commands import campaigns as commands
from engine.commands.directories import check_names
from engine.commands.importing import add_recipients
from engine.house import House
from web.api.addresses import campaign_of, campaign_row
from web.api.bodies import JSON, LARGE, YAML, kind_of, whole_body
from web.api.entry import Here
from web.api.lists import Paged, page
from web.api.shapes import Campaign, NewCampaign, Page, answer, campaign_body, imported_body

routes = APIRouter(tags=["campaigns"])

DEFINITION: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "object", "description": "A campaign definition, version 1."}}
            for kind in ("application/json", "application/yaml")
        },
    }
}


@routes.post("/campaigns", status_code=201, response_model=NewCampaign, openapi_extra=DEFINITION)
async def create(request: Request, house: Here) -> Response:
    """Create a campaign from a definition in JSON or YAML; its state is `draft`."""
    definition = await _read(request, house)
    remarks = await check_names(house, definition)
    campaign_id = await commands.create_campaign(house, definition)
    body = await _add_inline(house, campaign_id, definition) | ({"remarks": remarks} if remarks else {})
    view = await campaign_of(house, str(campaign_id))
    return answer(campaign_body(view) | body, 201, {"Location": f"/api/v1/campaigns/{campaign_id}"})


@routes.get("/campaigns", response_model=Page[Campaign])
async def listed(house: Here, paging: Paged) -> Response:
    """Every campaign, the oldest first."""
    found = await house.database.read(
        partial(
            campaign_views,
            now=house.clock.now(),
            policies=house.policies,
            after=paging.after,
            limit=paging.read,
        )
    )
    return answer(page(found, limit=paging.limit, shown=campaign_body, place=lambda view: view.id))


@routes.get("/campaigns/{id}", response_model=Campaign)
async def shown(id: str, house: Here) -> Response:
    """One campaign: counts, outcomes, calls, and why it is (not) dialling."""
    return answer(campaign_body(await campaign_of(house, id)))


@routes.post("/campaigns/{id}/start", response_model=Campaign)
async def start(id: str, house: Here) -> Response:
    """Begin calling, or be scheduled for `start`; 409 when it is not a draft."""
    return await _changed(house, id, commands.start)


@routes.post("/campaigns/{id}/pause", response_model=Campaign)
async def pause(id: str, house: Here) -> Response:
    """No new call from now on; `pausing` until the open ones have ended."""
    return await _changed(house, id, commands.pause)


@routes.post("/campaigns/{id}/resume", response_model=Campaign)
async def resume(id: str, house: Here) -> Response:
    """Go on calling after a pause."""
    return await _changed(house, id, commands.resume)


@routes.post("/campaigns/{id}/cancel", response_model=Campaign)
async def cancel(id: str, house: Here) -> Response:
    """Call it off for good; open calls end by their own result, everybody else is `cancelled`."""
    return await _changed(house, id, commands.cancel)


async def _changed(
    house: House, id: str, command: Callable[[House, CampaignId], Awaitable[None]]
) -> Response:
    await command(house, (await campaign_row(house, id)).id)
    return answer(campaign_body(await campaign_of(house, id)))


async def _read(request: Request, house: House) -> Definition:
    """In a thread: many people may stand in a definition, and webhooks must not wait for them."""
    kind = kind_of(request, among=JSON | YAML)
    return await asyncio.to_thread(
        read_definition,
        await whole_body(request, limit=LARGE),
        file=None,
        form="yaml" if kind in YAML else "json",
        beside=None,
        account_timezone=house.settings.account_timezone,
        today=house.clock.now().date(),
        accounts=house.accounts.terms(),
    )


async def _add_inline(house: House, campaign_id: CampaignId, definition: Definition) -> dict[str, Any]:
    """What became of the people who stand in the definition itself; nothing where it names none."""
    if not isinstance(definition.recipients, list):
        return {}
    result = await add_recipients(house, campaign_id, rows=definition.recipients)
    return {"recipients": imported_body(result)}
