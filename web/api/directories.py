"""`/api/v1/accounts/{name}/directory`: what LiraX has, as last read, and reading it anew."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from campaigns.moments import utc_text
from campaigns.rules.directories import Directories
from campaigns.rules.vocabulary import DirectoryKind
from engine.commands.directories import directories_of, refresh
from web.api.entry import Here
from web.api.shapes import answer

routes = APIRouter(tags=["accounts"])


class DirectoryList(BaseModel):
    """`entries` by kind: users `{ext, name, active}`, shops `{id, name}`, stages `{stage, title}`,
    statuses `{status, title}`; `trouble` says why the last reading failed."""

    entries: list[dict[str, Any]]
    fetched_at: str | None
    trouble: str | None


class AccountDirectory(BaseModel):
    account: str
    users: DirectoryList
    shops: DirectoryList
    stages: DirectoryList
    statuses: DirectoryList


@routes.get("/accounts/{name}/directory", response_model=AccountDirectory)
async def shown(name: str, house: Here) -> Response:
    """Employees, shops, deal stages and user statuses of the account, as they were last read."""
    account = house.accounts.find(name)
    return answer(_body(account.name, await directories_of(house, account.id)))


@routes.post("/accounts/{name}/directory/refresh", response_model=AccountDirectory)
async def read_anew(name: str, house: Here) -> Response:
    """Ask LiraX for all of it now; a list that cannot be read says why, and keeps what it had."""
    account = house.accounts.find(name)
    return answer(_body(account.name, await refresh(house, account.id)))


def _body(name: str, known: Directories) -> dict[str, Any]:
    lists = {
        kind.value: {
            "entries": [entry._asdict() for entry in known.of(kind).entries],
            "fetched_at": utc_text(known.of(kind).fetched_at),
            "trouble": known.of(kind).trouble,
        }
        for kind in DirectoryKind
    }
    return {"account": name, **lists}
