"""The one place that lets requests to pages in: session, role, origin and form token, or denied."""

import hmac
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

from campaigns.rules.vocabulary import Role
from campaigns.store.sessions import OpenSession
from engine.commands.people import use_session
from web.pages.desk import Desk
from web.pages.forms import Form, read_fields
from web.pages.uploading import read_upload
from web.pages.visit import Visit, may

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OUR_OWN = frozenset({"same-origin", "none"})  # `none`: typed, or from a bookmark
FOREIGN = "This request did not come from a page of Dzvin. Open the page again and repeat what you did."
STALE_FORM = (
    "This page was open too long or belongs to another session. Open it again and repeat what you did."
)


class SignInFirst(Exception):
    """Nobody is signed in, or not any more."""


class Forbidden(Exception):
    """Not with this role, or not from there; the message is for the person."""


class Gate:
    """A dependency of a router: all its pages need a session of at least this role."""

    def __init__(self, desk: Desk, role: Role, *, uploads: Mapping[str, int] | None = None) -> None:
        self._desk = desk
        self._role = role
        self._uploads = uploads

    async def __call__(self, request: Request) -> AsyncIterator[None]:
        request.state.desk = self._desk
        if request.method not in SAFE_METHODS:
            check_origin(request, self._desk)
        session = await _session(request, self._desk)
        if not may(session.role, self._role):
            raise Forbidden(f"This needs the role {self._role}; you are signed in as {session.role}.")
        form = await self._form(request, session)
        try:
            request.state.visit = Visit(request, self._desk, session, form, self._desk.house.clock.now())
            yield
        finally:
            form.forget_files()

    async def _form(self, request: Request, session: OpenSession) -> Form:
        if request.method in SAFE_METHODS:
            return Form()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data" and self._uploads is not None:
            return await read_upload(
                request, caps=self._uploads, admit=lambda fields: check_token(fields, session)
            )
        if kind != "application/x-www-form-urlencoded":
            raise Forbidden(STALE_FORM)
        form = await read_fields(request)
        check_token(form.fields, session)
        return form


class OpenDoor:
    """A dependency of the routers that need nobody signed in; what they change they guard themselves."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> None:
        request.state.desk = self._desk
        if request.method not in SAFE_METHODS:
            check_origin(request, self._desk)


def check_origin(request: Request, desk: Desk) -> None:
    """Refuses what another site's page sends. Programs that are no browsers send neither header."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OUR_OWN:
        raise Forbidden(FOREIGN)
    origin = request.headers.get("origin")
    if site is None and origin is not None and not _is_ours(origin, request, desk):
        raise Forbidden(FOREIGN)


def check_token(fields: Mapping[str, str], session: OpenSession) -> None:
    if not hmac.compare_digest(fields.get("token", "").encode(), session.form_token.encode()):
        raise Forbidden(STALE_FORM)


def _is_ours(origin: str, request: Request, desk: Desk) -> bool:
    public = urlsplit(desk.house.settings.public_url)
    asked = urlsplit(origin)
    return asked.netloc == request.headers.get("host") or (
        (asked.scheme, asked.netloc) == (public.scheme, public.netloc)
    )


async def _session(request: Request, desk: Desk) -> OpenSession:
    token = request.cookies.get(desk.cookie)
    session = None if token is None else await use_session(desk.house, token)
    if session is None:
        raise SignInFirst
    return session
