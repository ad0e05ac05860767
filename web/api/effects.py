"""`/api/v1/effects`: what followed from calls beside SMS, and what to do about what failed or is unclear."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.moments import utc_text
from campaigns.rules.vocabulary import EffectId, EffectState
from campaigns.store.effect_views import Chosen, EffectView, effect_view, effect_views
from engine.commands import effects as commands
from engine.errors import NotFound
from engine.house import House
from web.api.addresses import campaign_row, effect_id_of
from web.api.bodies import described, read_model
from web.api.entry import Here
from web.api.lists import Paged, Paging, page
from web.api.shapes import Page, answer

routes = APIRouter(tags=["effects"])

LONGEST_NAME = 200


class Effect(BaseModel):
    """`campaign_id` and `phone` are null for an errand of the account, such as a blacklisted number."""

    id: int
    account: str
    campaign_id: int | None
    campaign: str | None
    recipient_id: int | None
    phone: str | None
    kind: str
    state: EffectState
    body: dict[str, Any]
    detail: str | None
    provider_id: str | None
    tries: int
    repeats: int
    created_at: str
    due_at: str | None
    sent_at: str | None
    finished_at: str | None


class Repeated(BaseModel):
    repeated: int


class Confirmation(BaseModel):
    """`id_deal`: what LiraX calls the deal that it turned out to have made."""

    model_config = ConfigDict(extra="forbid")
    id_deal: StrictStr | StrictInt | None = None


@routes.get("/effects", response_model=Page[Effect])
async def listed(
    house: Here,
    paging: Paged,
    state: EffectState | None = None,
    account: Annotated[str | None, Query(max_length=LONGEST_NAME)] = None,
) -> Response:
    """Effects of all campaigns and accounts, the oldest first."""
    if account is not None:
        house.accounts.find(account)
    return await _list(house, Chosen(account=account, states=_states(state)), paging)


@routes.get("/campaigns/{id}/effects", response_model=Page[Effect])
async def of_campaign(id: str, house: Here, paging: Paged, state: EffectState | None = None) -> Response:
    """Tasks, notes, deals, messages and the like that rules of the campaign ordered, the oldest first."""
    campaign = await campaign_row(house, id)
    return await _list(house, Chosen(campaign_id=campaign.id, states=_states(state)), paging)


@routes.post("/campaigns/{id}/effects/repeat", response_model=Repeated)
async def repeat_failed(id: str, house: Here) -> Response:
    """Send again all that failed; what is unclear is left alone."""
    campaign = await campaign_row(house, id)
    return answer({"repeated": await commands.repeat_failed(house, campaign.id)})


@routes.get("/effects/{id}", response_model=Effect)
async def shown(id: str, house: Here) -> Response:
    return answer(_body(await _view(house, effect_id_of(id))))


@routes.post("/effects/{id}/repeat", response_model=Effect)
async def repeat(id: str, house: Here) -> Response:
    """Send a failed or unclear one once more; of an unclear one LiraX may then have two."""
    effect_id = effect_id_of(id)
    await commands.repeat_effect(house, effect_id)
    return answer(_body(await _view(house, effect_id)))


@routes.post("/effects/{id}/confirm", response_model=Effect, openapi_extra=described(Confirmation))
async def confirm(id: str, request: Request, house: Here) -> Response:
    """Settle an unclear one: somebody looked, and LiraX has it. For a new deal, give its `id_deal`."""
    effect_id = effect_id_of(id)
    asked = await read_model(request, Confirmation)
    deal_id = None if asked.id_deal is None else str(asked.id_deal)
    await commands.confirm_effect(house, effect_id, deal_id=deal_id)
    return answer(_body(await _view(house, effect_id)))


async def _list(house: House, chosen: Chosen, paging: Paging) -> Response:
    found = await house.database.read(
        partial(effect_views, chosen=chosen, after=paging.after, limit=paging.read)
    )
    return answer(page(found, limit=paging.limit, shown=_body, place=lambda view: view.id))


async def _view(house: House, effect_id: EffectId) -> EffectView:
    view = await house.database.read(partial(effect_view, effect_id=effect_id))
    if view is None:
        raise NotFound(f"there is no effect {effect_id}")
    return view


def _states(state: EffectState | None) -> tuple[EffectState, ...]:
    return tuple(EffectState) if state is None else (state,)


def _body(view: EffectView) -> dict[str, Any]:
    return {
        "id": view.id,
        "account": view.account,
        "campaign_id": view.campaign_id,
        "campaign": view.campaign,
        "recipient_id": view.recipient_id,
        "phone": view.phone,
        "kind": view.kind.value,
        "state": view.state.value,
        "body": dict(view.body),
        "detail": view.detail,
        "provider_id": view.provider_id,
        "tries": view.tries,
        "repeats": view.repeats,
        "created_at": utc_text(view.created_at),
        "due_at": utc_text(view.due_at),
        "sent_at": utc_text(view.sent_at),
        "finished_at": utc_text(view.finished_at),
    }
