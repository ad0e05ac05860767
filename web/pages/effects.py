"""Orders of a campaign's rules, and what became of each; what failed or is unclear can be sent again."""

from functools import partial
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import CampaignId, EffectId, EffectState, RecipientId
from campaigns.store.effect_views import Chosen, EffectView, effect_figures, effect_view, effect_views
from campaigns.store.views import campaign_view
from engine.commands import effects as commands
from engine.errors import Conflict, NotFound
from web.pages.accounts.routes import account_page
from web.pages.addresses import LARGEST_ID, Id, Place
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
marketer_router = APIRouter(route_class=PageRoute)

SHOWN = 50
Person = Annotated[int, Query(ge=0, le=LARGEST_ID)]


@viewer_router.get("/campaigns/{campaign_id}/effects")
async def show(
    visit: Here, campaign_id: Id, state: EffectState | Literal[""] = "", person: Person = 0, after: Place = 0
) -> Response:
    chosen = Chosen(
        campaign_id=CampaignId(campaign_id),
        recipient_id=RecipientId(person) if person else None,
        states=(state,) if state else tuple(EffectState),
    )
    return await effects_page(visit, CampaignId(campaign_id), chosen=chosen, after=after)


@marketer_router.post("/campaigns/{campaign_id}/effects/repeat")
async def repeat_failed(visit: Here, campaign_id: Id) -> Response:
    await commands.repeat_failed(visit.house, CampaignId(campaign_id))
    return go_to(f"/campaigns/{campaign_id}/effects")


@marketer_router.post("/effects/{effect_id}/{action}")
async def act(visit: Here, effect_id: Id, action: Literal["repeat", "confirm"]) -> Response:
    """Send it again, or settle it; then back to the list: the account's, where `place` says so."""
    wanted = EffectId(effect_id)
    view = await visit.house.database.read(partial(effect_view, effect_id=wanted))
    if view is None:
        raise NotFound(f"there is no effect {effect_id}")
    try:
        if action == "repeat":
            await commands.repeat_effect(visit.house, wanted)
        else:
            deal_id = visit.form.fields.get("id_deal") or None
            await commands.confirm_effect(visit.house, wanted, deal_id=deal_id)
    except WrongInput as error:
        return await _back(visit, view, notice=error.problems[0].message, status=422)
    except Conflict as error:
        return await _back(visit, view, notice=str(error), status=409)
    return await _back(visit, view)


async def effects_page(
    visit: Visit,
    campaign_id: CampaignId,
    *,
    chosen: Chosen,
    after: int = 0,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    read = visit.house.database.read
    campaign = await read(
        partial(campaign_view, campaign_id=campaign_id, now=visit.now, policies=visit.house.policies)
    )
    if campaign is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    found = await read(partial(effect_views, chosen=chosen, after=after, limit=SHOWN + 1))
    shown = found[:SHOWN]
    state = chosen.states[0] if len(chosen.states) == 1 else None
    asked = {"state": state, "person": chosen.recipient_id, "after": shown[-1].id if shown else 0}
    query = urlencode({name: value for name, value in asked.items() if value})
    return visit.page(
        "effects/list.html",
        status=status,
        view=campaign,
        zone=campaign.timezone,
        effects=shown,
        figures=await read(partial(effect_figures, campaign_id=campaign_id)),
        chosen=state,
        person=shown[0] if shown and chosen.recipient_id else None,
        place="campaign",
        next_path=f"/campaigns/{campaign_id}/effects?{query}" if len(found) > SHOWN else None,
        notice=notice,
    )


async def _back(visit: Visit, view: EffectView, *, notice: str | None = None, status: int = 200) -> Response:
    of_account = visit.form.fields.get("place") == "account" or view.campaign_id is None
    if notice is not None:
        notice = f"{notice[:1].upper()}{notice[1:]}."
        if of_account or view.campaign_id is None:
            return await account_page(visit, view.account, notice=notice, status=status)
        chosen = Chosen(campaign_id=view.campaign_id)
        return await effects_page(visit, view.campaign_id, chosen=chosen, notice=notice, status=status)
    if of_account:
        return go_to(f"/accounts/{quote(view.account, safe='')}#errands")
    return go_to(f"/campaigns/{view.campaign_id}/effects")
