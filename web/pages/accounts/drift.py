"""How call history answers, and what the three sources told: a section, and a page with all of it."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from campaigns.rules.vocabulary import AccountId
from campaigns.store import drift as store
from campaigns.store.drift import DriftRow
from campaigns.store.reconciliation import HealthRow, health
from engine.commands.reconciling import report_now
from web.accounts import AccountShown, account_shown
from web.drift_shown import DriftShown, drift_shown
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
marketer_router = APIRouter(route_class=PageRoute)

A_DAY = timedelta(days=1)
SHOWN = 14


async def drift(visit: Visit, account: AccountShown) -> Mapping[str, Any]:
    compared = await _latest(visit, account, limit=1)
    return {
        "history": await _health(visit, account),
        "asked": visit.house.accounts.find(account.name).history is not None,
        "compared": compared[0] if compared else None,
    }


@viewer_router.get("/accounts/{name}/comparison")
async def show_comparison(visit: Here, name: str) -> Response:
    account = await account_shown(visit.house, name)
    return visit.page(
        "accounts/comparison.html",
        account=account,
        zone=account.timezone,
        history=await _health(visit, account),
        compared=await _latest(visit, account, limit=SHOWN),
    )


@marketer_router.post("/accounts/{name}/comparison/make")
async def compare_now(visit: Here, name: str) -> Response:
    await report_now(visit.house, visit.house.accounts.find(name), back=A_DAY)
    return go_to(f"/accounts/{name}/comparison")


async def _latest(visit: Visit, account: AccountShown, *, limit: int) -> list[DriftShown]:
    rows = await visit.house.database.read(
        partial(store.latest, account_id=AccountId(account.id), limit=limit)
    )
    return [await _shown(visit, row) for row in rows]


async def _shown(visit: Visit, row: DriftRow) -> DriftShown:
    return await drift_shown(
        visit.house, made_at=row.made_at, since=row.since, until=row.until, body=row.body
    )


async def _health(visit: Visit, account: AccountShown) -> HealthRow | None:
    return await visit.house.database.read(partial(health, account_id=AccountId(account.id)))
