"""All pages together: which of them need nobody signed in, and which role the others need."""

from fastapi import APIRouter, Depends

from campaigns.rules.vocabulary import Role
from engine.house import House
from web.pages import (
    by_hand,
    campaigns,
    consents,
    dashboard,
    do_not_call,
    downloads,
    effects,
    new_campaign,
    person,
    quarantine,
    recordings,
    signing_in,
    streams,
)
from web.pages.accounts import directory, drift, received
from web.pages.accounts import routes as accounts
from web.pages.desk import Desk, build_desk
from web.pages.gate import Gate, OpenDoor
from web.pages.new_campaign import UPLOAD_CAPS

OPEN = (signing_in.open_router,)
VIEWER = (
    signing_in.gated_router,
    dashboard.router,
    streams.router,
    downloads.router,
    campaigns.viewer_router,
    person.viewer_router,
    recordings.viewer_router,
    drift.viewer_router,
    accounts.viewer_router,
    effects.viewer_router,
    do_not_call.viewer_router,
    consents.viewer_router,
    quarantine.viewer_router,
)
MARKETER = (
    new_campaign.form_router,
    campaigns.marketer_router,
    effects.marketer_router,
    by_hand.marketer_router,
    do_not_call.marketer_router,
    consents.marketer_router,
    directory.marketer_router,
    drift.marketer_router,
)
ADMIN = (
    quarantine.admin_router,
    received.admin_router,
    person.admin_router,
    accounts.admin_router,
)
UPLOADS = (new_campaign.upload_router,)


def page_routes(house: House, *, desk: Desk | None = None) -> APIRouter:
    """Every page, behind the gate unless it is a door itself. What is not listed here is not reachable."""
    desk = desk or build_desk(house)
    open_door = Depends(OpenDoor(desk))
    viewer = Depends(Gate(desk, Role.VIEWER))
    marketer = Depends(Gate(desk, Role.MARKETER))
    admin = Depends(Gate(desk, Role.ADMIN))
    uploads = Depends(Gate(desk, Role.MARKETER, uploads=UPLOAD_CAPS))
    pages = APIRouter(include_in_schema=False)
    for routers, gate in (
        (OPEN, open_door),
        (UPLOADS, uploads),
        (ADMIN, admin),
        (MARKETER, marketer),
        (VIEWER, viewer),
    ):
        for router in routers:
            pages.include_router(router, dependencies=[gate])
    return pages
