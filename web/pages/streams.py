"""The doors of the live streams: who may watch what, and which browsers share one channel."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse
from starlette.responses import Response

from campaigns.rules.vocabulary import CampaignId, RecipientState
from campaigns.store.views import campaign_view
from engine.errors import NotFound
from web.pages.addresses import Id, Place
from web.pages.campaign_page import People, live_parts
from web.pages.dashboard import dashboard_parts
from web.pages.live import Render
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit

router = APIRouter(route_class=PageRoute)

STREAM_HEADERS = {"X-Accel-Buffering": "no"}  # or a proxy in front would hold events back


@router.get("/live")
async def watch_dashboard(visit: Here) -> Response:
    render = partial(dashboard_parts, visit.desk, may_operate=visit.may_operate)
    return _stream(visit, "dashboard", visit.may_operate, render=render)


@router.get("/campaigns/{campaign_id}/live")
async def watch_campaign(
    visit: Here,
    campaign_id: Id,
    state: RecipientState | Literal[""] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: Place = 0,
) -> Response:
    wanted = CampaignId(campaign_id)
    await _must_exist(visit, wanted)
    people = People(state=state or None, q=q.strip(), after=after)
    render = partial(live_parts, visit.desk, wanted, people=people, may_operate=visit.may_operate)
    return _stream(visit, wanted, people, visit.may_operate, render=render)


def _stream(visit: Visit, *key: object, render: Render) -> Response:
    events = visit.desk.live.stream(key, session=visit.session.token_hash, render=render)
    return EventSourceResponse(events, headers=STREAM_HEADERS)


async def _must_exist(visit: Visit, campaign_id: CampaignId) -> None:
    view = await visit.house.database.read(
        lambda connection: campaign_view(
            connection, campaign_id, now=visit.now, policies=visit.house.policies
        )
    )
    if view is None:
        raise NotFound(f"there is no campaign {campaign_id}")
