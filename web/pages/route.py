"""How every page route answers: our headers on each page, and each error as a page with one sentence."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from engine.errors import Conflict, DatabaseTrouble, NotFound
from web.pages.desk import Desk
from web.pages.forms import TooLarge, Unreadable
from web.pages.gate import SAFE_METHODS, Forbidden, SignInFirst
from web.pages.headers import guard
from web.pages.visit import go_to

log = structlog.get_logger(__name__)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

NO_SUCH_PAGE = "There is no such page. It may have been removed, or the address is mistyped."
NO_DATABASE = "The database cannot be used at the moment. Nothing is lost; the program's log says why."
OUR_FAULT = "Something went wrong on our side. Nothing you did is lost; try it again in a moment."


class PageRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await _answer(request, inner)
            desk: Desk | None = getattr(request.state, "desk", None)
            return guard(response, https=desk is not None and desk.https)

        return answer


async def _answer(request: Request, inner: Handler) -> Response:
    try:
        return await inner(request)
    except SignInFirst:
        return _ask_to_sign_in(request)
    except ClientDisconnect:
        raise
    except Exception as error:
        return page_of_error(request, error)


def is_for_a_person(request: Request) -> bool:
    """Whether a browser asked for a page, not a program for data."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def page_of_error(request: Request, error: Exception) -> Response:
    """The table from errors to pages. What is not in it is our fault, and the page tells nothing of it."""
    match error:
        case Forbidden():
            return error_page(request, 403, str(error))
        case NotFound() | RequestValidationError():
            return error_page(request, 404, NO_SUCH_PAGE)
        case Conflict():
            return error_page(request, 409, f"{error}.")
        case TooLarge():
            return error_page(request, 413, f"{error}.")
        case Unreadable():
            return error_page(request, 400, f"{error}.")
        case DatabaseTrouble():
            log.error("database_trouble", reason=str(error), path=request.url.path)
            return error_page(request, 503, NO_DATABASE)
        case HTTPException(status_code=404):
            return error_page(request, 404, NO_SUCH_PAGE)
        case HTTPException():
            return error_page(request, error.status_code, error.detail)
        case _:
            request_id = getattr(request.state, "request_id", None) or secrets.token_hex(8)
            log.exception("page_failed", request_id=request_id, path=request.url.path, exc_info=error)
            return error_page(request, 500, OUR_FAULT, request_id=request_id)


def error_page(request: Request, status: int, sentence: str, *, request_id: str | None = None) -> Response:
    """A whole page that says what happened; plain text where no page desk is at hand."""
    desk: Desk | None = getattr(request.state, "desk", None)
    if desk is None:
        return PlainTextResponse(sentence, status_code=status)
    sentence = sentence[:1].upper() + sentence[1:]
    text = desk.templates.get_template("errors/page.html").render(
        status=status, sentence=sentence, request_id=request_id
    )
    headers = {"X-Request-Id": request_id} if request_id else None
    return HTMLResponse(text, status_code=status, headers=headers)


def _ask_to_sign_in(request: Request) -> Response:
    if "text/event-stream" in request.headers.get("accept", ""):
        return PlainTextResponse("signed out", status_code=401)
    if request.method not in SAFE_METHODS or request.url.path == "/":
        return go_to("/login")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return go_to(f"/login?next={quote(wanted, safe='')}")
