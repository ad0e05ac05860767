"""Doors for what a person orders by hand: a try of a campaign, an employee's call, hanging up."""

from fastapi import APIRouter
from starlette.responses import Response

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import AttemptId, CampaignId, EmployeeCallId
from engine.commands.calling_by_hand import call_from_employee, hang_up
from engine.commands.trying import hang_up_attempt, try_campaign
from engine.errors import CannotDo, Conflict, NotFound
from engine.lirax.errors import LiraxError
from web.pages.accounts.routes import account_page
from web.pages.addresses import LARGEST_ID, Id
from web.pages.campaign_page import People, campaign_page
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

marketer_router = APIRouter(route_class=PageRoute)

NOT_DONE = (WrongInput, Conflict, CannotDo, LiraxError)
"""What stands against it; each message is a sentence for the person who asked."""


@marketer_router.post("/campaigns/{campaign_id}/tries/new")
async def try_call(visit: Here, campaign_id: Id) -> Response:
    wanted, form = CampaignId(campaign_id), visit.form.fields
    try:
        await try_campaign(
            visit.house,
            wanted,
            phone=form.get("phone", ""),
            any_hour=form.get("any_hour") == "yes",
            requested_by=visit.session.email,
        )
    except NOT_DONE as error:
        return await _back_to_campaign(visit, wanted, error)
    return go_to(f"/campaigns/{campaign_id}#tries")


@marketer_router.post("/campaigns/{campaign_id}/calls/hangup")
async def hang_up_call(visit: Here, campaign_id: Id) -> Response:
    """Asked once more first: a person is talking there."""
    wanted, call_id = CampaignId(campaign_id), _id_in(visit, "call")
    if visit.form.fields.get("confirm") != "yes":
        return visit.page("campaigns/confirm_hangup.html", campaign_id=campaign_id, call_id=call_id)
    try:
        said = await hang_up_attempt(visit.house, wanted, AttemptId(call_id))
    except NOT_DONE as error:
        return await _back_to_campaign(visit, wanted, error)
    return await campaign_page(visit, wanted, people=People(), notice=f"{said}.")


@marketer_router.post("/accounts/{name}/calls/new")
async def call_from(visit: Here, name: str) -> Response:
    form = visit.form.fields
    try:
        shop = form.get("shop", "").strip()
        await call_from_employee(
            visit.house,
            name,
            ext=form.get("ext", "").strip(),
            phone=form.get("phone", ""),
            shop=int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 19 else None,
            any_hour=form.get("any_hour") == "yes",
            requested_by=visit.session.email,
        )
    except NOT_DONE as error:
        return await account_page(visit, name, notice=_sentence(error), status=_status_of(error))
    return go_to(f"/accounts/{name}#calls")


@marketer_router.post("/accounts/{name}/calls/hangup")
async def end_call(visit: Here, name: str) -> Response:
    try:
        call_id = EmployeeCallId(_id_in(visit, "call"))
        await hang_up(visit.house, call_id, requested_by=visit.session.email)
    except NOT_DONE as error:
        return await account_page(visit, name, notice=_sentence(error), status=_status_of(error))
    return go_to(f"/accounts/{name}#calls")


async def _back_to_campaign(visit: Visit, campaign_id: CampaignId, error: Exception) -> Response:
    return await campaign_page(
        visit, campaign_id, people=People(), notice=_sentence(error), status=_status_of(error)
    )


def _id_in(visit: Visit, field: str) -> int:
    """The id that a button of ours sent; 0, which is nobody's, for anything else."""
    text = visit.form.fields.get(field, "")
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _sentence(error: Exception) -> str:
    if isinstance(error, WrongInput):
        said = "; ".join(problem.message for problem in error.problems)
    else:
        said = str(error)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."


def _status_of(error: Exception) -> int:
    match error:
        case WrongInput():
            return 422
        case NotFound():
            return 404
        case Conflict():
            return 409
        case LiraxError():
            return 502
        case _:
            return 503
