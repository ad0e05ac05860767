"""`/api/v1/consents`: who agreed to be called and texted; profiles such as `ua-marketing` ask for it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.columns import from_microseconds, to_microseconds
from campaigns.lists.numbers import NumberError, read_number
from campaigns.moments import utc_text
from campaigns.problems import Problem, WrongInput
from campaigns.rules.consents import Consent, read_given
from campaigns.store import consents
from campaigns.store.consents import Entry, Place
from engine.commands.consents import record_consent, withdraw_consent
from engine.errors import NotFound
from engine.house import House
from web.api.bodies import described, read_model
from web.api.entry import Calling, Here
from web.api.lists import limit_asked, page
from web.api.shapes import Page, answer

routes = APIRouter(tags=["consents"])

COUNTRY = "UA"  # whose national spelling is read; every other number needs its country code
CURSOR = r"^-?\d{1,18}-\d{1,20}$"
LONGEST = 1000


class NewConsent(BaseModel):
    """`source`: where it was given. `given_at`: a moment, or a day in the account's zone; left out, now.
    `proof`: where it can be seen."""

    model_config = ConfigDict(extra="forbid")
    phone: StrictStr | StrictInt
    source: StrictStr
    given_at: StrictStr | None = None
    proof: StrictStr | None = None


class RecordedConsent(BaseModel):
    phone: str
    source: str
    given_at: str
    proof: str | None
    added_at: str
    withdrawn_at: str | None


@routes.get("/consents", response_model=Page[RecordedConsent])
async def listed(
    house: Here,
    limit: Annotated[int, Depends(limit_asked)],
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Every record, the oldest first; those withdrawn too."""
    found = await house.database.read(
        partial(consents.oldest_first, after=_place_in(cursor), limit=limit + 1)
    )
    return answer(page(found, limit=limit, shown=_body, place=_cursor))


@routes.post(
    "/consents", status_code=201, response_model=RecordedConsent, openapi_extra=described(NewConsent)
)
async def add(request: Request, house: Here) -> Response:
    """Record consent; 200 where a newer record, or a later withdrawal, stands and nothing was changed."""
    asked = await read_model(request, NewConsent)
    consent = _consent(asked, house)
    new = await record_consent(house, consent)
    entry = await house.database.read(partial(consents.get, phone=consent.phone))
    if entry is None:
        raise NotFound(f"the record of {consent.phone} was erased meanwhile")
    return answer(_body(entry), 201 if new else 200, {"Location": f"/api/v1/consents/{consent.phone}"})


@routes.delete("/consents/{phone}", status_code=204)
async def withdraw(phone: str, house: Here, caller: Calling) -> Response:
    """Withdraw consent, also where none is on record: older consent of a list does not count any more."""
    source = "withdrawn by the operator" if caller.key_id is None else "withdrawn by the API"
    await withdraw_consent(house, _digits(phone), source=source)
    return Response(status_code=204)


def _consent(asked: NewConsent, house: House) -> Consent:
    problems = []
    source = asked.source.strip()
    if not source or max(len(source), len(asked.proof or "")) > LONGEST:
        problems.append(Problem(f"expected where it was given, up to {LONGEST} characters", field="source"))
    now, given_at = house.clock.now(), None
    try:
        told = asked.given_at
        given_at = now if told is None else read_given(told, timezone=house.settings.account_timezone)
    except ValueError as error:
        problems.append(Problem(str(error), field="given_at"))
    if problems or given_at is None:
        raise WrongInput(*problems)
    return Consent(_digits(asked.phone), source, given_at, (asked.proof or "").strip() or None)


def _digits(phone: object) -> str:
    try:
        return read_number(phone, country=COUNTRY).digits
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error


def _body(entry: Entry) -> dict[str, Any]:
    moments = {
        name: utc_text(moment)
        for name in ("given_at", "added_at", "withdrawn_at")
        if (moment := getattr(entry, name)) is not None
    }
    return {**entry._asdict(), **moments}


def _cursor(entry: Entry) -> str:
    return f"{to_microseconds(entry.added_at)}-{entry.phone}"


def _place_in(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    microseconds, _, phone = cursor.rpartition("-")
    return Place(from_microseconds(int(microseconds)), phone)
