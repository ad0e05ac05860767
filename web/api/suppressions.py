"""`/api/v1/suppressions`: the do-not-call list."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.columns import from_microseconds, to_microseconds
from campaigns.lists.numbers import NumberError, read_number
from campaigns.moments import utc_text
from campaigns.problems import Problem, WrongInput
from campaigns.store import suppressions
from campaigns.store.suppressions import Entry, Place
from engine.commands.suppressing import suppress, unsuppress
from engine.commands.syncing import joinable, sync_all
from engine.errors import NotFound
from web.api.bodies import described, read_model
from web.api.entry import Calling, Here
from web.api.erasures import named
from web.api.lists import limit_asked, page
from web.api.shapes import Page, Suppression, answer

routes = APIRouter(tags=["suppressions"])
OPERATOR, API = "operator", "api"

COUNTRY = "UA"  # whose national spelling is read; every other number needs its country code
CURSOR = r"^-?\d{1,18}-\d{1,20}$"


class Joining(BaseModel):
    """`account` is the name of one; left out, all open accounts that have a key."""

    model_config = ConfigDict(extra="forbid")
    account: StrictStr | None = None
    dry_run: StrictBool = False


class Joined(BaseModel):
    """`left`: the turn of one request was over; ask again, it goes on. `unreadable`: entries of LiraX's that
    are no numbers. `refused`: ours that LiraX does not take. `trouble`: why it ended early."""

    account: str
    taken_over: int
    sent: int
    on_both: int
    unreadable: list[str]
    refused: list[str]
    left: int
    trouble: str | None


class Sync(BaseModel):
    items: list[Joined]


class NewSuppression(BaseModel):
    """Any usual spelling of a number."""

    model_config = ConfigDict(extra="forbid")
    phone: StrictStr | StrictInt
    reason: StrictStr | None = None


@routes.get("/suppressions", response_model=Page[Suppression])
async def listed(
    house: Here,
    limit: Annotated[int, Depends(limit_asked)],
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Every number on the list, the oldest first."""
    found = await house.database.read(
        partial(suppressions.oldest_first, after=_place_in(cursor), limit=limit + 1)
    )
    return answer(page(found, limit=limit, shown=_body, place=_cursor))


@routes.post(
    "/suppressions", status_code=201, response_model=Suppression, openapi_extra=described(NewSuppression)
)
async def add(request: Request, house: Here, caller: Calling) -> Response:
    """Put a number on the list, 200 when it stood there already; nothing leaves for it any more."""
    asked = await read_model(request, NewSuppression)
    try:
        phone = read_number(asked.phone, country=COUNTRY).digits
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error
    source = OPERATOR if caller.key_id is None else API
    new = await suppress(house, [phone], reason=asked.reason, source=source)
    entry = await house.database.read(partial(suppressions.get, phone=phone))
    if entry is None:
        raise NotFound(f"{phone} was taken off the list again meanwhile")
    return answer(_body(entry), 201 if new else 200, {"Location": f"/api/v1/suppressions/{phone}"})


@routes.delete("/suppressions/{phone}", status_code=204)
async def remove(phone: str, house: Here, caller: Calling) -> Response:
    """Take a number off the list, also that of somebody who was erased; 409 while they are being erased."""
    try:
        digits = read_number(phone, country=COUNTRY).digits
    except NumberError:
        digits = phone  # not called nowadays, but it may have been put on the list
    if not await unsuppress(house, digits, by=named(caller)):
        raise NotFound(f"{phone} is not on the do-not-call list")
    return Response(status_code=204)


@routes.post("/suppressions/sync", response_model=Sync, openapi_extra=described(Joining))
async def join(request: Request, house: Here) -> Response:
    """Join the list with LiraX's own blacklist, deleting nothing on either side."""
    asked = await read_model(request, Joining)
    accounts = joinable(house, asked.account)
    done = await sync_all(house, accounts, dry_run=asked.dry_run)
    return answer({"items": [{"account": name, **asdict(joined)} for name, joined in done.items()]})


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "phone": entry.phone,
        "reason": entry.reason,
        "source": entry.source,
        "added_at": utc_text(entry.added_at),
    }


def _cursor(entry: Entry) -> str:
    return f"{to_microseconds(entry.added_at)}-{entry.phone}"


def _place_in(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    microseconds, _, phone = cursor.rpartition("-")
    return Place(from_microseconds(int(microseconds)), phone)
