"""`/api/v1/calls`: one triggered call, what became of it, and calling it off."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StrictStr, field_validator
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import RecipientId
from campaigns.store.views import recipient_view, recipients_by_external_id
from engine.commands.triggering import Trigger, cancel_call, cancel_calls, trigger_call
from engine.errors import NotFound
from engine.house import House
from web.api.addresses import call_of
from web.api.bodies import described, read_json
from web.api.entry import Calling, Here
from web.api.idempotency import AskedKey, claim_or_replay
from web.api.shapes import Call, Calls, answer, call_body

routes = APIRouter(tags=["calls"])

LONGEST_EXTERNAL_ID = 200
YEARS = range(2000, 2200)  # outside of them a moment is a mistake, and some databases cannot keep it


class NewCall(BaseModel):
    """`campaign` is a name or an id; the limits narrow the campaign's window, never widen it."""

    model_config = ConfigDict(extra="forbid")
    campaign: StrictStr | StrictInt
    phone: StrictStr | StrictInt
    external_id: StrictStr | StrictInt | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    not_before: AwareDatetime | None = None
    not_after: AwareDatetime | None = None

    @field_validator("external_id")
    @classmethod
    def _short(cls, value: str | int | None) -> str | int | None:
        if value is not None and not 0 < len(str(value)) <= LONGEST_EXTERNAL_ID:
            raise ValueError(f"expected 1 to {LONGEST_EXTERNAL_ID} letters")
        return value

    @field_validator("not_before", "not_after")
    @classmethod
    def _sensible(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.year not in YEARS:
            raise ValueError(f"expected a year from {YEARS.start} to {YEARS.stop - 1}")
        return None if value is None else value.astimezone(UTC)


@routes.post("/calls", status_code=201, response_model=Call, openapi_extra=described(NewCall))
async def trigger(
    request: Request, house: Here, caller: Calling, idempotency_key: AskedKey = None
) -> Response:
    """Call one number in a campaign. With `Idempotency-Key` a repeated request rings once."""
    document = await read_json(request)
    wanted = _trigger(NewCall.model_validate(document))
    if idempotency_key is None:
        recipient_id = await trigger_call(house, wanted)
        return _created(orjson.dumps(call_body(await call_of(house, str(recipient_id)))))
    claim = await claim_or_replay(house, caller, idempotency_key, document=document)
    if isinstance(claim, Response):
        return claim
    kept: list[bytes] = []

    def keep(connection: Connection, recipient_id: RecipientId) -> None:
        kept[:] = [orjson.dumps(_body_of(connection, recipient_id, house))]
        claim.keep(connection, status=201, body=kept[0])

    try:
        await trigger_call(house, wanted, also=keep)
    except BaseException:
        await claim.give_up(house)
        raise
    return _created(kept[0])


@routes.get("/calls/{id}", response_model=Call)
async def shown(id: str, house: Here) -> Response:
    """What became of the call so far."""
    return answer(call_body(await call_of(house, id)))


@routes.delete("/calls/{id}", response_model=Call)
async def cancelled(id: str, house: Here) -> Response:
    """Call it off; what already rings keeps its state, and that is 409."""
    call = await call_of(house, id)
    await cancel_call(house, call.id)
    return answer(call_body(await call_of(house, id)))


@routes.delete("/calls", response_model=Calls)
async def all_cancelled(
    external_id: Annotated[str, Query(min_length=1, max_length=LONGEST_EXTERNAL_ID)], house: Here
) -> Response:
    """Call off everything of that external id that is not handed over yet; each with its state now."""
    if not await cancel_calls(house, external_id):
        raise NotFound(f"there is no call with the external id {external_id!r}")
    found = await house.database.read(
        partial(
            recipients_by_external_id,
            external_id=external_id,
            now=house.clock.now(),
            policies=house.policies,
        )
    )
    return answer({"items": [call_body(view) for view in found]})


def _trigger(asked: NewCall) -> Trigger:
    if asked.not_before and asked.not_after and asked.not_before >= asked.not_after:
        raise WrongInput(Problem("must be later than not_before", field="not_after"))
    return Trigger(
        campaign=asked.campaign,
        phone=str(asked.phone),
        external_id=None if asked.external_id is None else str(asked.external_id),
        data=asked.data,
        not_before=asked.not_before,
        not_after=asked.not_after,
    )


def _body_of(connection: Connection, recipient_id: RecipientId, house: House) -> dict[str, Any]:
    view = recipient_view(connection, recipient_id, now=house.clock.now(), policies=house.policies)
    assert view is not None, f"recipient {recipient_id} was added in this transaction"
    return call_body(view)


def _created(body: bytes) -> Response:
    location = f"/api/v1/calls/{orjson.loads(body)['id']}"
    return Response(body, 201, media_type="application/json", headers={"Location": location})
