"""`Idempotency-Key`: a request sent twice has one effect, and gets the same answer again.

The row of a key is written in a transaction of its own before anything is done; the answer is kept in the
very transaction that does it. So a row without an answer whose owner has died has had no effect, and may be
taken over.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import Header
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.problems import Problem, WrongInput
from campaigns.store import idempotency
from campaigns.store.idempotency import Kept
from engine.house import House
from web.api.entry import Caller
from web.errors import TurnedAway

HEADER = "Idempotency-Key"
LONGEST = 255
STALE = timedelta(minutes=1)  # several times longer than any request that still lives

AskedKey = Annotated[str | None, Header(alias=HEADER, description="Same key and body: one effect.")]


@dataclass(frozen=True)
class Claim:
    """The right, and the duty, to do what the request asks."""

    key_id: int
    key: str
    began: datetime

    def keep(self, connection: Connection, *, status: int, body: bytes) -> None:
        """Raises TurnedAway, and so undoes the transaction, when the claim was lost meanwhile."""
        kept = idempotency.keep(
            connection, self.key_id, self.key, began=self.began, status=status, answer=body.decode()
        )
        if not kept:
            raise _under_way()

    async def give_up(self, house: House) -> None:
        await house.database.write(
            lambda connection: idempotency.forget(connection, self.key_id, self.key, began=self.began)
        )


async def claim_or_replay(
    house: House, caller: Caller, key: str, *, document: Mapping[str, Any]
) -> Claim | Response:
    """The claim of who comes first, or the kept answer. Raises TurnedAway: under way, or another body."""
    if caller.key_id is None:
        raise WrongInput(Problem("needs an API key to be kept under", field=HEADER))
    _check(key)
    key_id, now = caller.key_id, house.clock.now()
    body_hash = hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def claim(connection: Connection) -> Claim | Kept:
        if idempotency.begin(connection, key_id, key, body_hash=body_hash, now=now):
            return Claim(key_id, key, now)
        kept = idempotency.find(connection, key_id, key)
        if kept is None or kept.body_hash != body_hash:
            return kept or Kept(body_hash, None, None, now)
        stale = kept.status is None and now - kept.began >= STALE
        if stale and idempotency.take_over(connection, key_id, key, began=kept.began, now=now):
            return Claim(key_id, key, now)
        return kept

    found = await house.database.write(claim)
    return found if isinstance(found, Claim) else _replay(found, body_hash=body_hash)


def _replay(kept: Kept, *, body_hash: str) -> Response:
    if kept.body_hash != body_hash:
        raise TurnedAway(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            code="idempotency_key_reused",
            detail=f"this {HEADER} was used with another body; take a new key for a new call",
        )
    if kept.status is None or kept.answer is None:
        raise _under_way()
    return Response(
        kept.answer,
        kept.status,
        media_type="application/json",
        headers={"Idempotency-Replayed": "true"},
    )


def _under_way() -> TurnedAway:
    return TurnedAway(
        HTTPStatus.CONFLICT,
        code="idempotency_key_in_use",
        detail=f"the first request with this {HEADER} is still under way; ask again in a moment",
        headers={"Retry-After": "1"},
    )


def _check(key: str) -> None:
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise WrongInput(Problem(f"expected 1 to {LONGEST} printable ASCII letters", field=HEADER))
