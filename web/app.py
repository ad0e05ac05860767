"""The application: API, webhooks, pages, sounds, health, over one house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from campaigns.problems import WrongInput
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError
from engine.runner import Engine
from web import audio, health, metrics
from web.api import local
from web.api.jobs import Jobs
from web.api.routes import api_routes, described
from web.envelope import Envelope
from web.errors import TurnedAway, answer_error
from web.hooks.lirax import lirax_routes

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
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    for kind in ANSWERED:
        app.add_exception_handler(kind, answer_error)
    for routes in (api_routes(), local.routes, audio.routes, health.routes, metrics.routes):
        app.include_router(routes)
    app.router.routes.extend(lirax_routes(house))
    https = house.settings.public_url.startswith("https:")
    app.add_middleware(Envelope, https=https, requests=app.state.requests)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.jobs.stop()
