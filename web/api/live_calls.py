"""`/local/live-calls`: what `dzvin doctor --live` asks. Each is a call in a campaign of its own."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.rules.vocabulary import RecipientId
from engine.live_calls.beginning import LiveCall, begin
from engine.live_calls.concluding import Observed, conclude, observe
from web.api.addresses import call_of
from web.api.bodies import read_model
from web.api.entry import Here, admit_this_machine
from web.api.shapes import answer, call_body

routes = APIRouter(
    prefix="/local/live-calls", dependencies=[Depends(admit_this_machine)], include_in_schema=False
)


class NewLiveCall(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phone: StrictStr
    account: StrictStr
    play: StrictStr | None = None
    connect: StrictStr | None = None
    from_ext: StrictStr | None = None
    any_hour: StrictBool = False
    outside_hours: StrictBool = False


@routes.post("")
async def new(request: Request, house: Here) -> Response:
    """Place it as soon as its turn comes."""
    asked = await read_model(request, NewLiveCall)
    begun = await begin(house, LiveCall(**asked.model_dump()))
    return answer(
        {
            "id": begun.call_id,
            "campaign": begun.campaign_id,
            "phone": begun.phone,
            "from": begun.from_ext,
            "hours": begun.hours,
        },
        201,
    )


@routes.get("/{id}")
async def shown(id: str, house: Here) -> Response:
    """How it stands, and what was heard of it, with seconds from the request."""
    body = call_body(await call_of(house, id))
    return answer(body | _course(await observe(house, RecipientId(int(id)))))


@routes.post("/{id}/conclude")
async def concluded(id: str, house: Here) -> Response:
    """Keep with the account what it has shown so far; `history` says why it was not found there."""
    await call_of(house, id)
    conclusion = await conclude(house, RecipientId(int(id)))
    return answer({"capabilities": conclusion.shown.as_json(), "history": conclusion.history})


def _course(observed: Observed | None) -> dict[str, Any]:
    if observed is None:
        return {"attempt": None, "result": None, "heard": []}
    course = observed.course
    heard = [(at, f"event {event.event}") for at, event in course.events]
    if course.finished is not None:
        heard.append((course.finished[0], "make2calls_finished"))
    result = course.attempt.result
    return {
        "attempt": course.attempt.state.value,
        "result": None if result is None else result.value,
        "heard": [{"after": course.since_request(at), "what": what} for at, what in sorted(heard)],
    }
