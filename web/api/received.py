"""`/api/v1/accounts/{name}/received`: what LiraX sent, and what to do about what could not be applied."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.responses import Response

from campaigns.moments import utc_text
from campaigns.store import received as store
from campaigns.store.received import Among, Received
from engine.commands import receiving as commands
from web.api.addresses import LARGEST_ID
from web.api.entry import Here
from web.api.lists import Paged, page
from web.api.shapes import Page, answer

routes = APIRouter(tags=["accounts"])

InboxId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class Webhook(BaseModel):
    """`verdict` is null while it waits or was set aside; `tries` and `error` tell why it was."""

    id: int
    cmd: str
    body: dict[str, Any]
    received_at: str
    applied_at: str | None
    verdict: str | None
    tries: int
    set_aside: bool
    error: str | None


class Again(BaseModel):
    again: int


@routes.get("/accounts/{name}/received", response_model=Page[Webhook])
async def listed(name: str, house: Here, paging: Paged, among: Among = Among.ALL) -> Response:
    """Webhooks of the account, the newest first; `among` chooses orphans or what was set aside (dead)."""
    account = house.accounts.find(name)
    found = await house.database.read(
        partial(
            store.latest,
            account_id=account.id,
            among=among,
            before=paging.after or None,
            limit=paging.read,
        )
    )
    return answer(page(found, limit=paging.limit, shown=_body, place=lambda row: row.id))


@routes.post("/accounts/{name}/received/again", response_model=Again)
async def all_again(name: str, house: Here) -> Response:
    """Apply once more all that were set aside."""
    return answer({"again": await commands.apply_all_again(house, name)})


@routes.post("/accounts/{name}/received/{id}/again", response_model=Again)
async def again(name: str, id: InboxId, house: Here) -> Response:
    """Apply once more a webhook that was set aside, or whose call nobody knew."""
    await commands.apply_again(house, name, id)
    return answer({"again": 1})


@routes.post("/accounts/{name}/received/{id}/discard", status_code=204)
async def discard(name: str, id: InboxId, house: Here) -> Response:
    """Give up a webhook that was set aside, or whose call nobody knows; it stays listed until it is old."""
    await commands.discard(house, name, id)
    return Response(status_code=204)


def _body(row: Received) -> dict[str, Any]:
    return {
        "id": row.id,
        "cmd": row.cmd,
        "body": dict(row.body),
        "received_at": utc_text(row.received_at),
        "applied_at": utc_text(row.applied_at),
        "verdict": row.verdict,
        "tries": row.tries,
        "set_aside": row.dead,
        "error": row.error,
    }
