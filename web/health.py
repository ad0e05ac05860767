"""`/healthz`: alive. `/readyz`: able to work. Open to everybody, so they name no account, number or key."""

import asyncio
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from campaigns.store.figures import Figures, figures
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
            told = await house.database.read(_look)
    except (DatabaseTrouble, TimeoutError):
        return answer({"status": "unavailable", "database": "cannot be used"}, 503)
    if told is None:
        return answer({"status": "unavailable", "database": "not migrated"}, 503)
    return answer(_ready(house, told, engine=request.app.state.engine))


def _look(connection: Connection) -> Figures | None:
    return figures(connection) if is_current(connection) else None


def _ready(house: House, told: Figures, *, engine: Engine | None) -> dict[str, Any]:
    return {
        "status": "ok",
        "database": "ok",
        "engine": _engine_word(engine),
        "lirax": {"accounts": told.accounts, "held": told.holds},
        "history": "configured" if house.settings.history_url else "not configured",
        "lines": {
            "total": sum(lines.total for lines in told.lines),
            "busy": sum(lines.busy for lines in told.lines),
        },
        "modems": {"total": told.modems, "in_trouble": told.modems_in_trouble},
        "inbox_waiting": told.inbox_waiting,
    }


def _engine_word(engine: Engine | None) -> str:
    if engine is None:
        return "not in this process"
    return "running" if engine.standing_by is None else "standing by"
