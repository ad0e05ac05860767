"""`/healthz`: alive. `/readyz`: able to work. Open to everybody, so they name no account, number or key."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from campaigns.moments import utc_text
from campaigns.store import workers
from campaigns.store.figures import AccountFigures, Figures, figures
from campaigns.store.workers import WorkerRow
from engine.database.migrating import is_current
from engine.errors import DatabaseTrouble
from engine.house import House
from engine.runner import Engine
from web.api.entry import Here
from web.api.shapes import answer

routes = APIRouter(include_in_schema=False)

PATIENCE_SECONDS = 5.0  # who asks waits about that long; a database that is slower is not ready


@routes.get("/healthz")
async def healthz() -> Response:
    return answer({"status": "ok"})


@routes.get("/readyz")
async def readyz(request: Request, house: Here) -> Response:
    """200 when the database is there and migrated; everything else only stands in the body."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = await house.database.read(partial(_look, house))
    except (DatabaseTrouble, TimeoutError):
        return answer({"status": "unavailable", "database": "cannot be used"}, 503)
    if told is None:
        return answer({"status": "unavailable", "database": "not migrated"}, 503)
    found, at_work = told
    body = _ready(house, found, engine=request.app.state.engine)
    return answer({**body, "engines": [_worker(row) for row in at_work]})


def _look(house: House, connection: Connection) -> tuple[Figures, Sequence[WorkerRow]] | None:
    if not is_current(connection):
        return None
    now = workers.clock(connection, house.clock.now())
    return figures(connection, now=now), workers.at_work(connection, now=now)


def _worker(row: WorkerRow) -> dict[str, Any]:
    """An engine of this database, here or elsewhere."""
    return {
        "started_at": utc_text(row.started_at),
        "renewed_seconds_ago": round(row.silent_for.total_seconds(), 1),
        "has_lease": row.has_lease,
    }


def _ready(house: House, told: Figures, *, engine: Engine | None) -> dict[str, Any]:
    return {
        "status": "ok",
        "database": "ok",
        "engine": _engine_word(engine),
        "lirax": {"accounts": told.accounts, "held": told.holds},
        "accounts": [_account(house, told, standing) for standing in told.standing],
        "history": "configured" if _with_history(house) else "not configured",
        "lines": {
            "total": sum(lines.total for lines in told.lines),
            "busy": sum(lines.busy for lines in told.lines),
        },
        "modems": {"total": told.modems, "in_trouble": told.modems_in_trouble},
        "inbox_waiting": told.inbox_waiting,
        "campaigns_resting": told.campaigns_resting,
        "clock": _clock(house),
        "quarantine": told.quarantine,
        "mark": "ok" if house.custody.trouble is None else "cannot be written: nothing is dialled",
        "inbox_set_aside": told.inbox_set_aside,
        "inbox_long_unknown": told.inbox_long_unknown,
        "spooled_bytes": house.reception.spooled_bytes,
    }


def _clock(house: House) -> dict[str, Any]:
    """Whether this process has seen its clock jump, and dials again."""
    last = house.watch.last
    return {
        "trusted": house.watch.rest_left() is None,
        "jumps": house.watch.jumps,
        "last_jump_seconds": None if last is None else last.by.total_seconds(),
        "last_jump_at": None if last is None else utc_text(last.now),
    }


def _account(house: House, told: Figures, standing: AccountFigures) -> dict[str, Any]:
    """By id: who may look here must not learn what it is called."""
    lines = next((each for each in told.lines if each.account_id == standing.account_id), None)
    return {
        "id": standing.account_id,
        "state": standing.state,
        "hold": standing.hold,
        "lines": {"total": lines.total if lines else 0, "busy": lines.busy if lines else 0},
        "history": "configured" if standing.account_id in _with_history(house) else "not configured",
        "history_health": _history_health(told, standing.account_id),
        "last_webhook_at": utc_text(standing.last_webhook_at),
    }


def _history_health(told: Figures, account_id: int) -> dict[str, Any] | None:
    """None where history was never asked."""
    health = next((each for each in told.history if each.account_id == account_id), None)
    if health is None:
        return None
    return {
        "in_trouble": health.trouble is not None,
        "believed_at": utc_text(health.healthy_at),
        "in_trouble_since": utc_text(health.trouble_since),
    }


def _with_history(house: House) -> set[int]:
    return {facts.id for facts in house.accounts.all() if facts.history is not None}


def _engine_word(engine: Engine | None) -> str:
    if engine is None:
        return "not in this process"
    return "running" if engine.has_lease else "waits for the database"
