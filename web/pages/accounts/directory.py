"""The section of what LiraX has, and the button that asks it anew."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from campaigns.rules.vocabulary import DirectoryKind
from engine.commands.directories import directories_of, refresh
from web.accounts import AccountShown
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

marketer_router = APIRouter(route_class=PageRoute)

TITLES = {
    DirectoryKind.USERS: ("Employees", "no employee with an extension"),
    DirectoryKind.STAGES: ("Deal stages", "no deal stage"),
    DirectoryKind.SHOPS: ("Shops", "no shop"),
    DirectoryKind.STATUSES: ("User statuses", "no status"),
}


async def directory(visit: Visit, account: AccountShown) -> Mapping[str, Any]:
    known = await directories_of(visit.house, account.id)
    moments = [listed.fetched_at for kind in TITLES if (listed := known.of(kind)).fetched_at is not None]
    return {
        "lists": [(*TITLES[kind], known.of(kind)) for kind in TITLES],
        "read_at": min(moments, default=None),
    }


@marketer_router.post("/accounts/{name}/directory/refresh")
async def ask_anew(visit: Here, name: str) -> Response:
    """What could not be read says so on the page."""
    await refresh(visit.house, visit.house.accounts.find(name).id)
    return go_to(f"/accounts/{name}#directory")
