"""`/local/quarantine`: how it stands, beginning and ending it, for the command line of this machine."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.moments import utc_text
from engine.commands import quarantine
from engine.commands.quarantine import Standing
from engine.errors import Conflict
from web.api.bodies import read_model
from web.api.entry import Here, admit_this_machine
from web.api.shapes import answer

routes = APIRouter(
    prefix="/local/quarantine", dependencies=[Depends(admit_this_machine)], include_in_schema=False
)


class Release(BaseModel):
    """`by` is who does it, for the record."""

    model_config = ConfigDict(extra="forbid")
    by: StrictStr
    without_history: bool = False
    send_waiting: bool = False


@routes.get("")
async def show(house: Here) -> Response:
    found = await quarantine.standing(house)
    if found is None:
        raise Conflict(quarantine.NOT_HELD)
    return answer(quarantine_body(found))


@routes.post("")
async def begin(house: Here) -> Response:
    return answer(quarantine_body(await quarantine.begin(house)))


@routes.post("/release")
async def release(request: Request, house: Here) -> Response:
    asked = await read_model(request, Release)
    row = await quarantine.release(
        house, by=asked.by, without_history=asked.without_history, send_waiting=asked.send_waiting
    )
    return answer({"released_at": utc_text(row.released_at), "released_by": row.released_by})


def quarantine_body(found: Standing) -> dict[str, Any]:
    return {
        "reason": found.row.quarantine_reason,
        "since": utc_text(found.row.since),
        "quarantined_at": utc_text(found.row.quarantined_at),
        "reconciled_at": utc_text(found.row.reconciled_at),
        "history_asked_at": utc_text(found.look_at),
        "accounts": [asdict(each) for each in found.accounts],
        "messages_waiting": found.messages_waiting,
        "orders_waiting": found.orders_waiting,
        "objection": found.objection,
    }
