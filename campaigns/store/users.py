"""People who may sign in."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from campaigns.rules.vocabulary import Role
from campaigns.tables import User

UserId = NewType("UserId", int)

_user = User.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class KnownUser:
    id: UserId
    email: str
    password_hash: str
    role: Role
    disabled: bool


def add_user(
    connection: Connection, email: str, *, password_hash: str, role: Role, now: datetime
) -> UserId | None:
    """The new user's id; None when the address is taken."""
    row = {
        "email": email,
        "password_hash": password_hash,
        "role": role.value,
        "disabled": False,
        "created_at": now,
    }
    savepoint = connection.begin_nested()
    try:
        added = connection.execute(insert(_user).values(row).returning(_user.c.id)).scalar_one()
    except IntegrityError:
        savepoint.rollback()
        return None
    savepoint.commit()
    return UserId(added)


def find_user(connection: Connection, email: str) -> KnownUser | None:
    row = connection.execute(select(_user).where(_user.c.email == email)).one_or_none()
    if row is None:
        return None
    return KnownUser(UserId(row.id), row.email, row.password_hash, Role(row.role), row.disabled)


def anybody(connection: Connection) -> bool:
    """Whether there is any user at all."""
    return connection.execute(select(_user.c.id).limit(1)).first() is not None


def keep_password_hash(connection: Connection, user_id: UserId, *, password_hash: str) -> None:
    connection.execute(update(_user).where(_user.c.id == user_id).values(password_hash=password_hash))
