"""What LiraX sent to an account: a section with what needs a look, and a page with all of it."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.store import received as store
from campaigns.store.received import Among, Received, Trouble
from engine.commands.receiving import apply_again, discard
from web.accounts import AccountShown, account_shown
from web.pages.addresses import LARGEST_ID, Place
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to
from web.pages.words import Tone, Word

admin_router = APIRouter(route_class=PageRoute)

SHOWN = 50
VERDICTS = {
    "applied": Word(Tone.GOOD, "it was about something of ours, and is done"),
    "orphan": Word(Tone.WAIT, "kept: nobody knows yet what it is about"),
    "ignored": Word(Tone.QUIET, "it was about nothing of ours"),
    "stored": Word(Tone.QUIET, "kept; nothing follows from it"),
    "waiting": Word(Tone.LIVE, "not applied yet"),
    "discarded": Word(
        Tone.QUIET, "it could not be applied, or nobody knew its call, and somebody gave it up"
    ),
    "set aside": Word(Tone.BAD, "it could not be applied, try after try"),
}


async def received(visit: Visit, account: AccountShown) -> Mapping[str, Any]:
    trouble: Trouble = await visit.house.database.read(partial(store.trouble, account_id=account.id))
    return {"trouble": trouble}


@admin_router.get("/accounts/{name}/received")
async def show_received(
    visit: Here, name: str, among: Annotated[Among, Query()] = Among.ALL, before: Place = 0
) -> Response:
    account = await account_shown(visit.house, name)

    def read(connection: Connection) -> tuple[list[Received], Trouble]:
        rows = store.latest(connection, account.id, among=among, before=before or None, limit=SHOWN + 1)
        return rows, store.trouble(connection, account.id)

    rows, trouble = await visit.house.database.read(read)
    return visit.page(
        "accounts/all_received.html",
        account=account,
        zone=account.timezone,
        among=among,
        rows=[(row, *_word(row)) for row in rows[:SHOWN]],
        older=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        later=before > 0,
        trouble=trouble,
        counted=store.COUNTED,
    )


@admin_router.post("/accounts/{name}/received/again")
async def again(visit: Here, name: str) -> Response:
    await apply_again(visit.house, name, _chosen(visit))
    return go_to(f"/accounts/{name}/received")


@admin_router.post("/accounts/{name}/received/discard")
async def throw_away(visit: Here, name: str) -> Response:
    await discard(visit.house, name, _chosen(visit))
    return go_to(f"/accounts/{name}/received")


def _chosen(visit: Visit) -> int:
    text = visit.form.fields.get("webhook", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return min(number, LARGEST_ID)


def _word(row: Received) -> tuple[str, Word]:
    word = "set aside" if row.dead else row.verdict or "waiting"
    return word, VERDICTS.get(word, VERDICTS["stored"])
