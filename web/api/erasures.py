"""`/api/v1/erasures`: people who are to be forgotten."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.lists.numbers import NumberError, read_number
from campaigns.moments import utc_text
from campaigns.problems import Problem, WrongInput
from engine.commands.erasing import Erasure, erase
from web.api.bodies import described, read_model
from web.api.entry import Caller, Calling, Here
from web.api.shapes import answer

routes = APIRouter(tags=["erasures"])

COUNTRY = "UA"  # whose national spelling is read; every other number needs its country code
ERASED, WAITING = "erased", "waiting"


class NewErasure(BaseModel):
    """Any usual spelling of a number."""

    model_config = ConfigDict(extra="forbid")
    phone: StrictStr | StrictInt


class Erased(BaseModel):
    """`number` is a keyed hash. `waiting`: what `waits_for` names is under way, at most `until` then; it goes
    on by itself. `rows` were emptied, changed or deleted, by table. `scrubbed`: nothing is left in the files
    of the database. `unreachable` is what Dzvin cannot erase."""

    number: str
    state: str
    waits_for: str | None
    until: str | None
    rows: dict[str, int]
    scrubbed: bool
    unreachable: list[str]


@routes.post("/erasures", response_model=Erased, openapi_extra=described(NewErasure))
async def add(request: Request, house: Here, caller: Calling) -> Response:
    """Erase the person with this number: 200 when done, 202 while something of them is under way."""
    asked = await read_model(request, NewErasure)
    try:
        phone = read_number(asked.phone, country=COUNTRY).digits
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error
    done = await erase(house, phone, by=named(caller))
    return answer(_body(done), 200 if done.waits_for is None else 202)


def named(caller: Caller) -> str:
    """For the record of erasures."""
    return "command line" if caller.key_id is None else f"API key {caller.key_id}"


def _body(done: Erasure) -> dict[str, Any]:
    return {
        "number": done.phone_hash,
        "state": ERASED if done.waits_for is None else WAITING,
        "waits_for": done.waits_for,
        "until": None if done.until is None else utc_text(done.until),
        "rows": dict(done.rows),
        "scrubbed": done.scrubbed,
        "unreachable": list(done.unreachable),
    }
