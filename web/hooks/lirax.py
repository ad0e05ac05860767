"""The door through which LiraX speaks to us: POST /lirax, /LiraX and /lirax/{account}.

The key is checked before anything else is done; what is good is stored before LiraX gets its 200. A plain
Starlette route, three times as fast as one whose parameters a framework reads (performance note, B).
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import partial

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from campaigns.rules.vocabulary import AccountId
from engine.database.port import Database
from engine.errors import DatabaseTrouble
from engine.house import House
from engine.lirax.webhooks import (
    ContactAsked,
    Fields,
    Incomplete,
    Unreadable,
    Webhook,
    read_fields,
    read_webhook,
)
from engine.passes.intake import receive
from web.hooks.asking import Asking, Receive
from web.hooks.refusals import Refusals

log = structlog.get_logger(__name__)

DEFAULT_ACCOUNT = "default"
MAX_BODY_BYTES = 64 * 1024
MOST_TOKENS = 2  # one, and the next while LiraX is given a new one
NO_TOKENS = (
    bytes(32),
) * MOST_TOKENS  # no text has this SHA-256: compared where there is nothing to compare with

Tokens = Callable[[], Mapping[str, tuple[AccountId, tuple[bytes, ...]]]]
"""Gives, by account name, its id and the SHA-256 of each key LiraX may send: none, one, or two while it is
given a new one."""


def lirax_routes(house: House) -> list[Route]:
    """The door of this house, at its three addresses."""
    door = WebhookDoor(
        tokens=house.accounts.webhook_tokens, receive=partial(receive, house), database=house.database
    )
    return door.routes()


class WebhookDoor:
    def __init__(self, *, tokens: Tokens, receive: Receive, database: Database) -> None:
        self._tokens = tokens
        self._receive = receive
        self._asking = Asking(database, receive=receive)
        self._refusals = Refusals()

    def routes(self) -> list[Route]:
        paths = ("/lirax", "/LiraX", "/lirax/{account}")
        return [Route(path, self.answer, methods=["POST"]) for path in paths]

    async def answer(self, request: Request) -> Response:
        try:
            body = await _body_of(request)
        except ClientDisconnect:
            return _error(400, "Invalid parameters")  # nobody is there to read it
        if body is None:
            return _error(413, "Too large")
        fields = _fields_of(body)
        account_id = self._account(request.path_params.get("account", DEFAULT_ACCOUNT), token=fields.token)
        if account_id is None:
            self._refusals.count(now=asyncio.get_running_loop().time())
            return _error(401, "Invalid token")
        return await self._take_in(account_id, fields)

    def _account(self, name: str, *, token: str | None) -> AccountId | None:
        """The account whose key this is, compared in constant time; None for a wrong or missing key."""
        account_id, expected = self._tokens().get(name, (None, ()))
        given = hashlib.sha256((token or "").encode()).digest()
        # As much work for every name and key: all are compared, and something where there is nothing.
        fits = [hmac.compare_digest(given, each) for each in (expected + NO_TOKENS)[:MOST_TOKENS]]
        return account_id if any(fits) and token else None

    async def _take_in(self, account_id: AccountId, fields: Fields) -> Response:
        body = fields.without_token()
        try:
            webhook = read_webhook(body)
        except Incomplete:
            return _error(400, "Invalid parameters")
        if not fields.is_whole:
            return _error(400, "Invalid parameters")
        if isinstance(webhook, ContactAsked):
            return JSONResponse(await self._asking.answer(account_id, webhook, body=body))
        return await self._store(account_id, webhook, body=body)

    async def _store(self, account_id: AccountId, webhook: Webhook, *, body: Mapping[str, str]) -> Response:
        """200 once it is kept for good; 503 only if neither the database nor the spool takes it."""
        try:
            await self._receive(account_id, webhook=webhook, body=body)
        except DatabaseTrouble as error:
            log.warning("webhook could not be stored", account_id=account_id, reason=str(error))
            return _error(503, "Try again later")
        return JSONResponse({})


async def _body_of(request: Request) -> bytes | None:
    """The body, None as soon as it turns out to be too long."""
    announced = request.headers.get("content-length", "")
    if (
        announced.isascii()
        and announced.isdigit()
        and (len(announced) > 20 or int(announced) > MAX_BODY_BYTES)
    ):
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _fields_of(body: bytes) -> Fields:
    """The fields; none, and so no key, of what cannot be read."""
    try:
        return read_fields(body)
    except Unreadable:
        return Fields({})


def _error(status: int, words: str) -> JSONResponse:
    return JSONResponse({"error": words}, status_code=status)
