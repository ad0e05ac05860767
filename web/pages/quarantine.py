"""What a restored database does not know, what history told of it, and the button that lets it dial again."""

from fastapi import APIRouter
from starlette.responses import Response

from engine.commands import quarantine
from engine.errors import Conflict
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
admin_router = APIRouter(route_class=PageRoute)

PATH = "/quarantine"
CONFIRM = "Tick the box: only who has read what was found should let it dial."


@viewer_router.get(PATH)
async def show(visit: Here) -> Response:
    return await _page(visit)


@admin_router.post(f"{PATH}/release")
async def release(visit: Here) -> Response:
    fields = visit.form.fields
    if fields.get("confirmed") != "yes":
        return await _page(visit, notice=CONFIRM, status=422)
    try:
        await quarantine.release(
            visit.house,
            by=visit.session.email,
            without_history=fields.get("without_history") == "yes",
            send_waiting=fields.get("send_waiting") == "yes",
        )
    except Conflict as error:
        return await _page(visit, notice=f"{str(error)[:1].upper()}{str(error)[1:]}.", status=409)
    return go_to(PATH)


async def _page(visit: Visit, *, notice: str | None = None, status: int = 200) -> Response:
    house = visit.house
    return visit.page(
        "quarantine/show.html",
        status=status,
        found=await quarantine.standing(house),
        last=await quarantine.last_release(house),
        zone=house.settings.account_timezone,
        notice=notice,
    )
