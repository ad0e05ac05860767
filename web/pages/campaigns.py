"""Pages of campaigns: the list of them, one of them, and what a person may ask of one."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from campaigns.rules.vocabulary import CampaignId, CampaignState, RecipientState
from campaigns.store.views import campaign_view
from engine.commands import campaigns as commands
from engine.errors import Conflict, NotFound
from engine.house import House
from web.pages.addresses import Id, Place
from web.pages.campaign_list import campaign_cards
from web.pages.campaign_page import People, campaign_page
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
marketer_router = APIRouter(route_class=PageRoute)

CAREFUL_FROM = 10_000  # people; a larger campaign is started only when asked twice (ASVS 5.0, 2.3.5)

ACTIONS: dict[str, Callable[[House, CampaignId], Awaitable[None]]] = {
    "start": commands.start,
    "pause": commands.pause,
    "resume": commands.resume,
    "cancel": commands.cancel,
}


@viewer_router.get("/campaigns")
async def list_campaigns(visit: Here, before: Place = 0) -> Response:
    cards, older = await campaign_cards(visit.house, before=before or None, now=visit.now)
    return visit.page("campaigns/list.html", cards=cards, older=older, later=before > 0)


@viewer_router.get("/campaigns/{campaign_id}")
async def show_campaign(
    visit: Here,
    campaign_id: Id,
    state: RecipientState | Literal[""] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: Place = 0,
) -> Response:
    people = People(state=state or None, q=q.strip(), after=after)
    return await campaign_page(visit, CampaignId(campaign_id), people=people)


@marketer_router.post("/campaigns/{campaign_id}/{action}")
async def act(
    visit: Here, campaign_id: Id, action: Literal["start", "pause", "resume", "cancel"]
) -> Response:
    wanted = CampaignId(campaign_id)
    if action == "start" and visit.form.fields.get("confirm") != "yes":
        asked = await _ask_first(visit, wanted)
        if asked is not None:
            return asked
    try:
        await ACTIONS[action](visit.house, wanted)
    except Conflict as error:
        notice = str(error)
        notice = f"{notice[:1].upper()}{notice[1:]}."
        return await campaign_page(visit, wanted, people=People(), notice=notice, status=409)
    return go_to(f"/campaigns/{campaign_id}")


async def _ask_first(visit: Visit, campaign_id: CampaignId) -> Response | None:
    """The question whether so many people shall really be called; None when it need not be asked."""
    view = await visit.house.database.read(
        lambda connection: campaign_view(
            connection, campaign_id, now=visit.now, policies=visit.house.policies
        )
    )
    if view is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    if view.state is not CampaignState.DRAFT or view.counts["total"] <= CAREFUL_FROM:
        return None
    return visit.page("campaigns/confirm_start.html", view=view)
