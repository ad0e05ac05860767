"""Signed-in browsers. A session is known by the SHA-256 of its cookie; the cookie itself is nowhere kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from campaigns.rules.vocabulary import Role
from campaigns.store.users import UserId
from campaigns.tables import Session, User

_session = Session.__table__  # type: ignore[attr-defined]
_user = User.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class SessionLimits:
    """A session lives when it was used after `used_after` and opened after `opened_after`."""

    used_after: datetime
    opened_after: datetime


@dataclass(frozen=True)
class OpenSession:
    token_hash: str
    form_token: str
    seen_at: datetime
    user_id: UserId
    email: str
    role: Role


def add_session(
    connection: Connection, token_hash: str, *, user_id: UserId, form_token: str, now: datetime
) -> None:
    row = {
        "token_hash": token_hash,
        "user_id": user_id,
        "form_token": form_token,
        "created_at": now,
        "seen_at": now,
    }
    connection.execute(insert(_session).values(row))


def find_session(connection: Connection, token_hash: str, *, limits: SessionLimits) -> OpenSession | None:
    """The session with its user; None when it is unknown, too old, or its user may not sign in any more."""
    columns = (_session.c.form_token, _session.c.seen_at, _user.c.id, _user.c.email, _user.c.role)
    query = (
        select(*columns)
        .join(_user, _user.c.id == _session.c.user_id)
        .where(_session.c.token_hash == token_hash, _alive(limits), _user.c.disabled.is_(False))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return OpenSession(token_hash, row.form_token, row.seen_at, UserId(row.id), row.email, Role(row.role))


def living_sessions(
    connection: Connection, token_hashes: Sequence[str], *, limits: SessionLimits
) -> frozenset[str]:
    """Which of these sessions are still good: one statement for all open live pages."""
    query = (
        select(_session.c.token_hash)
        .join(_user, _user.c.id == _session.c.user_id)
        .where(_session.c.token_hash.in_(token_hashes), _alive(limits), _user.c.disabled.is_(False))
    )
    return frozenset(connection.execute(query).scalars())


def touch_session(connection: Connection, token_hash: str, *, now: datetime) -> None:
    connection.execute(update(_session).where(_session.c.token_hash == token_hash).values(seen_at=now))


def end_session(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(_session).where(_session.c.token_hash == token_hash))


def end_stale_sessions(connection: Connection, *, limits: SessionLimits) -> None:
    connection.execute(
        delete(_session).where(
            or_(_session.c.seen_at <= limits.used_after, _session.c.created_at <= limits.opened_after)
        )
    )


def _alive(limits: SessionLimits) -> ColumnElement[bool]:
    return and_(_session.c.seen_at > limits.used_after, _session.c.created_at > limits.opened_after)
