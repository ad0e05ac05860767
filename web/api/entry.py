"""Who calls the API: a key in `Authorization: Bearer`. Denied unless a scope allows it.

`read` may every GET, `trigger` also `/calls`, `admin` everything (contract, section 6). The key of this
machine's command line counts as `admin`.
"""

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from campaigns.rules.vocabulary import Scope
from campaigns.store.keys import find_key
from engine.house import House, fingerprint_of
from web.errors import TurnedAway

PREFIX = "/api/v1"
CALLS = f"{PREFIX}/calls"
RANK = {Scope.READ: 0, Scope.TRIGGER: 1, Scope.ADMIN: 2}


@dataclass(frozen=True)
class Caller:
    """`key_id` is None for the command line of this machine."""

    scope: Scope
    key_id: int | None


async def house_of(request: Request) -> House:
    """A coroutine although it awaits nothing: what is not one is run in a thread, for each request."""
    house = request.app.state.house
    assert isinstance(house, House)
    return house


Here = Annotated[House, Depends(house_of)]


async def admit(request: Request, house: Here) -> None:
    """The gate of every path under /api/v1."""
    caller = await _caller(request, house)
    needed = scope_for(request.method, request.scope["path"])
    if RANK[caller.scope] < RANK[needed]:
        raise TurnedAway(
            HTTPStatus.FORBIDDEN,
            code="scope_too_small",
            detail=f"this needs a key of scope `{needed}`; the scope of this one is `{caller.scope}`",
        )
    request.state.caller = caller


async def admit_this_machine(request: Request, house: Here) -> None:
    """The gate of /local: only the key that lies beside the database opens it."""
    if not _is_local(_bearer(request), house):
        raise _no_key("only the command line of this machine may use this path")


def scope_for(method: str, path: str) -> Scope:
    """What a request needs; whatever is not named here needs `admin`."""
    if method in ("GET", "HEAD"):
        return Scope.READ
    if path == CALLS or path.startswith(f"{CALLS}/"):
        return Scope.TRIGGER
    return Scope.ADMIN


async def caller_of(request: Request) -> Caller:
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


Calling = Annotated[Caller, Depends(caller_of)]


async def _caller(request: Request, house: House) -> Caller:
    key = _bearer(request)
    if _is_local(key, house):
        return Caller(Scope.ADMIN, None)
    found = await house.database.read(lambda connection: find_key(connection, fingerprint_of(key)))
    if found is None:
        raise _no_key("this API key is not known, or has been revoked")
    return Caller(found.scope, found.id)


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise _no_key("an API key is needed: send it as `Authorization: Bearer KEY`")
    return key


def _is_local(key: str, house: House) -> bool:
    if not house.local_key:
        return False
    return hmac.compare_digest(fingerprint_of(key), fingerprint_of(house.local_key))


def _no_key(detail: str) -> TurnedAway:
    headers = {"WWW-Authenticate": "Bearer"}
    return TurnedAway(HTTPStatus.UNAUTHORIZED, code="no_key", detail=detail, headers=headers)
