"""The application: API, webhooks, pages, sounds, health, over one house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from campaigns.problems import WrongInput
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError
from engine.runner import Engine
from web import audio, health, metrics
from web.api import by_hand, live_calls, local, quarantine, reconciling
from web.api.jobs import Jobs
from web.api.routes import api_routes, described
from web.envelope import Envelope
from web.errors import TurnedAway, answer_error
from web.hooks.lirax import lirax_routes
from web.pages.assets import Assets
from web.pages.desk import build_desk
from web.pages.route import is_for_a_person, page_of_error
from web.pages.routes import page_routes

OF_THIS_MACHINE = (
    local.routes,
    by_hand.routes,
    live_calls.routes,
    quarantine.routes,
    reconciling.routes,
)  # for its command line alone
API_VERSION = "1"  # of /api/v1, in its description

ANSWERED = (
    TurnedAway,
    WrongInput,
    CannotDo,
    LiraxError,
    ValidationError,
    RequestValidationError,
    HTTPException,
)


def create_app(house: House, *, engine: Engine | None) -> FastAPI:
    """`engine` is the one that works in this process, for `readyz`; who made it starts and stops it."""
    app = FastAPI(
        title="Dzvin",
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.house = house
    app.state.engine = engine
    app.state.jobs = Jobs()
    app.state.requests = metrics.Requests()
    app.state.desk = build_desk(house)
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    for kind in ANSWERED:
        app.add_exception_handler(kind, _answer_error)
    for routes in (api_routes(), *OF_THIS_MACHINE, audio.routes, health.routes, metrics.routes):
        app.include_router(routes)
    app.router.routes.extend(lirax_routes(house))
    app.mount("/static", Assets())
    app.include_router(page_routes(house, desk=app.state.desk))
    https = house.settings.public_url.startswith("https:")
    app.add_middleware(Envelope, https=https, requests=app.state.requests)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.jobs.stop()
    await app.state.desk.imports.close()


async def _answer_error(request: Request, error: Exception) -> Response:
    """A page where a person looks, a problem where a program asks."""
    if is_for_a_person(request):
        request.state.desk = request.app.state.desk
        return page_of_error(request, error)
    return await answer_error(request, error)
