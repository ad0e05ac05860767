"""People who may sign in: make a user, sign in and out, and the one-time link for the first of them.

A session's id and the link's token are 256 random bits; the database keeps only their SHA-256.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import Role
from campaigns.store import first_run, sessions, users
from campaigns.store.sessions import OpenSession, SessionLimits
from campaigns.store.users import UserId
from engine.errors import Conflict
from engine.house import House, fingerprint_of
from engine.passwords import check_password

IDLE = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=12)
LINK_LIVES = timedelta(hours=24)
TOUCH_EVERY = timedelta(minutes=1)  # a click writes at most once in this time that the session was used
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_EMAIL = 254

LINK_USED = "this link has been used or is too old; the running program prints a fresh one when it starts"


@dataclass(frozen=True)
class SignedIn:
    """`token` goes into the cookie and nowhere else."""

    token: str
    user_id: UserId


async def create_user(house: House, email: str, *, password: str, role: Role) -> UserId:
    """The new user's id. Raises WrongInput for an unfit address or password, Conflict when it is taken."""
    email = clean_email(email)
    check_password(password, email=email)
    hashed = await house.passwords.hash(password)
    now = house.clock.now()
    added = await house.database.write(
        lambda connection: users.add_user(connection, email, password_hash=hashed, role=role, now=now)
    )
    return _not_taken(added, email)


async def first_run_link(house: House) -> str | None:
    """A link that creates the first administrator; None when there is a user already."""
    token = secrets.token_urlsafe(32)
    now = house.clock.now()

    def keep(connection: Connection) -> bool:
        if users.anybody(connection):
            return False
        first_run.keep_link(connection, fingerprint_of(token), now=now, forget_before=now - LINK_LIVES)
        return True

    kept = await house.database.write(keep)
    return f"{house.settings.public_url.rstrip('/')}/first-run?token={token}" if kept else None


async def is_first_run_link(house: House, token: str) -> bool:
    oldest = house.clock.now() - LINK_LIVES
    return await house.database.read(
        lambda connection: first_run.is_link(connection, fingerprint_of(token), made_after=oldest)
    )


async def create_first_admin(house: House, token: str, *, email: str, password: str) -> UserId:
    """The first administrator. Raises Conflict when the link is no longer good, else as `create_user`."""
    email = clean_email(email)
    check_password(password, email=email)
    if not await is_first_run_link(house, token):
        raise Conflict(LINK_USED)
    hashed = await house.passwords.hash(password)
    now = house.clock.now()

    def create(connection: Connection) -> UserId | None:
        good = first_run.use_up_links(connection, fingerprint_of(token), made_after=now - LINK_LIVES)
        if not good or users.anybody(connection):
            raise Conflict(LINK_USED)
        return users.add_user(connection, email, password_hash=hashed, role=Role.ADMIN, now=now)

    return _not_taken(await house.database.write(create), email)


async def sign_in(house: House, email: str, *, password: str) -> SignedIn | None:
    """A fresh session; None when address or password is wrong, at the same cost either way."""
    user = await house.database.read(lambda connection: users.find_user(connection, email.strip().casefold()))
    hashed = None if user is None or user.disabled else user.password_hash
    right, better = await house.passwords.verify(password, hashed=hashed)
    if not right or user is None:
        return None
    return await open_session(house, user.id, better_hash=better)


async def open_session(house: House, user_id: UserId, *, better_hash: str | None = None) -> SignedIn:
    token = secrets.token_urlsafe(32)
    form_token = secrets.token_urlsafe(32)
    now = house.clock.now()

    def open_it(connection: Connection) -> None:
        sessions.end_stale_sessions(connection, limits=session_limits(now))
        sessions.add_session(
            connection, fingerprint_of(token), user_id=user_id, form_token=form_token, now=now
        )
        if better_hash is not None:
            users.keep_password_hash(connection, user_id, password_hash=better_hash)

    await house.database.write(open_it)
    return SignedIn(token, user_id)


async def use_session(house: House, token: str) -> OpenSession | None:
    """The session of this cookie, noted as used now; None when it has ended."""
    now = house.clock.now()
    hashed = fingerprint_of(token)
    found = await house.database.read(
        lambda connection: sessions.find_session(connection, hashed, limits=session_limits(now))
    )
    if found is not None and now - found.seen_at >= TOUCH_EVERY:
        await house.database.write(lambda connection: sessions.touch_session(connection, hashed, now=now))
    return found


async def sign_out(house: House, token: str) -> None:
    hashed = fingerprint_of(token)
    await house.database.write(lambda connection: sessions.end_session(connection, hashed))


def session_limits(now: datetime) -> SessionLimits:
    return SessionLimits(used_after=now - IDLE, opened_after=now - LONGEST_SESSION)


def clean_email(email: str) -> str:
    email = email.strip().casefold()
    if len(email) > LONGEST_EMAIL or EMAIL.fullmatch(email) is None:
        raise WrongInput(Problem("this is not an e-mail address, such as olena@example.com", field="email"))
    return email


def _not_taken(added: UserId | None, email: str) -> UserId:
    if added is None:
        raise Conflict(f"there is already a user {email}; choose another address")
    return added
