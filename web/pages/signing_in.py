"""Sign-in and sign-out, and the page behind the one-time link that makes the first administrator."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from campaigns.problems import WrongInput
from engine.commands.people import (
    LINK_USED,
    LONGEST_SESSION,
    SignedIn,
    create_first_admin,
    is_first_run_link,
    open_session,
    sign_in,
    sign_out,
)
from engine.errors import Conflict
from web.pages.desk import Desk
from web.pages.forms import read_fields
from web.pages.route import PageRoute
from web.pages.visit import Here, OpenDesk, go_to

open_router = APIRouter(route_class=PageRoute)
gated_router = APIRouter(route_class=PageRoute)

WRONG = "E-mail or password is wrong."


@open_router.get("/login")
async def show_login(desk: OpenDesk, request: Request) -> Response:
    return _login_page(desk, next_path=safe_path(request.query_params.get("next", "/")))


@open_router.post("/login")
async def log_in(desk: OpenDesk, request: Request) -> Response:
    form = await read_fields(request)
    email = form.fields.get("email", "").strip().casefold()
    next_path = safe_path(form.fields.get("next", "/"))
    address = request.client.host if request.client else ""
    elapsed = desk.house.clock.elapsed()
    wait = desk.throttle.wait_seconds(account=email, address=address, moment=elapsed)
    if wait > 0:
        return _wait_page(desk, wait=wait, email=email, next_path=next_path)
    desk.throttle.tried(account=email, address=address, moment=elapsed)
    signed_in = await sign_in(desk.house, email, password=form.fields.get("password", ""))
    if signed_in is None:
        return _login_page(desk, next_path=next_path, email=email, problem=WRONG, status=401)
    desk.throttle.succeeded(account=email, address=address)
    await _end_earlier(desk, request)
    return _welcome(desk, signed_in, next_path)


@gated_router.post("/logout")
async def log_out(visit: Here) -> Response:
    token = visit.request.cookies[visit.desk.cookie]
    await sign_out(visit.house, token)
    visit.desk.live.end_session(visit.session.token_hash)
    response = go_to("/login")
    response.delete_cookie(visit.desk.cookie, secure=visit.desk.https, httponly=True, samesite="lax")
    return response


@open_router.get("/first-run")
async def show_first_run(desk: OpenDesk, request: Request) -> Response:
    token = request.query_params.get("token", "")
    if not await is_first_run_link(desk.house, token):
        raise Conflict(LINK_USED)
    return _first_run_page(desk, token=token)


@open_router.post("/first-run")
async def make_first_admin(desk: OpenDesk, request: Request) -> Response:
    form = await read_fields(request)
    token, email = form.fields.get("token", ""), form.fields.get("email", "")
    try:
        user_id = await create_first_admin(
            desk.house, token, email=email, password=form.fields.get("password", "")
        )
    except WrongInput as error:
        problems = {problem.field: problem.message for problem in error.problems}
        return _first_run_page(desk, token=token, email=email, problems=problems, status=422)
    return _welcome(desk, await open_session(desk.house, user_id), "/")


def safe_path(path: str) -> str:
    """A path of ours to go on to; `/` for anything that a browser could take for another host."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _welcome(desk: Desk, signed_in: SignedIn, next_path: str) -> Response:
    response = go_to(next_path)
    response.set_cookie(
        desk.cookie,
        signed_in.token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        secure=desk.https,
        httponly=True,
        samesite="lax",
    )
    return response


async def _end_earlier(desk: Desk, request: Request) -> None:
    """A browser that signs in again leaves no second door open."""
    token = request.cookies.get(desk.cookie)
    if token is not None:
        await sign_out(desk.house, token)


def _login_page(
    desk: Desk, *, next_path: str, email: str = "", problem: str | None = None, status: int = 200
) -> HTMLResponse:
    text = desk.templates.get_template("signing_in/login.html").render(
        next_path=next_path, email=email, problem=problem
    )
    return HTMLResponse(text, status_code=status)


def _wait_page(desk: Desk, *, wait: int, email: str, next_path: str) -> Response:
    problem = f"Too many tries that failed. Try again in {wait} seconds."
    response = _login_page(desk, next_path=next_path, email=email, problem=problem, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _first_run_page(
    desk: Desk,
    *,
    token: str,
    email: str = "",
    problems: dict[str | None, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    text = desk.templates.get_template("signing_in/first_run.html").render(
        token=token, email=email, problems=problems or {}
    )
    return HTMLResponse(text, status_code=status)
