"""`/local/calls`: what the command line may order by hand: an employee's call, a try of a campaign."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.rules.vocabulary import EmployeeCallId
from engine.commands.calling_by_hand import call_from_employee, find_call, hang_up
from engine.commands.campaigns import find_campaign
from engine.commands.trying import try_campaign
from web.api.addresses import LARGEST_ID
from web.api.bodies import read_model
from web.api.entry import Here, admit_this_machine
from web.api.shapes import answer
from web.by_hand import body_of

routes = APIRouter(prefix="/local", dependencies=[Depends(admit_this_machine)], include_in_schema=False)

WHO = "the command line"


class NewCall(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ext: StrictStr
    phone: StrictStr
    account: StrictStr = "default"
    shop: StrictInt | None = None
    any_hour: StrictBool = False


class NewTry(BaseModel):
    """`campaign` is a name or an id."""

    model_config = ConfigDict(extra="forbid")
    campaign: StrictStr
    phone: StrictStr
    any_hour: StrictBool = False


@routes.post("/calls")
async def new_call(request: Request, house: Here) -> Response:
    asked = await read_model(request, NewCall)
    call = await call_from_employee(
        house,
        asked.account,
        ext=asked.ext,
        phone=asked.phone,
        shop=asked.shop,
        any_hour=asked.any_hour,
        requested_by=WHO,
    )
    return answer(body_of(call), 201)


@routes.get("/calls/{call_id}")
async def call(call_id: int, house: Here) -> Response:
    return answer(body_of(await find_call(house, EmployeeCallId(min(call_id, LARGEST_ID)))))


@routes.post("/calls/{call_id}/hangup")
async def end(call_id: int, house: Here) -> Response:
    ended = await hang_up(house, EmployeeCallId(min(call_id, LARGEST_ID)), requested_by=WHO)
    return answer(body_of(ended))


@routes.post("/tries")
async def new_try(request: Request, house: Here) -> Response:
    asked = await read_model(request, NewTry)
    campaign_id = await find_campaign(house, asked.campaign)
    call = await try_campaign(
        house, campaign_id, phone=asked.phone, any_hour=asked.any_hour, requested_by=WHO
    )
    return answer(body_of(call), 201)
