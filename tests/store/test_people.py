"""Users, sessions and the first-run link, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import Role
from campaigns.store import first_run, sessions, users
from campaigns.store.sessions import SessionLimits
from engine.database.port import Database
from tests.builders import NOON

pytestmark = pytest.mark.anyio

LIMITS = SessionLimits(used_after=NOON - timedelta(minutes=30), opened_after=NOON - timedelta(hours=12))
OLENA = "olena@example.com"


async def olena(database: Database) -> users.UserId:
    added = await database.write(
        lambda c: users.add_user(c, OLENA, password_hash="hash", role=Role.MARKETER, now=NOON)
    )
    assert added is not None
    return added


async def test_an_address_is_taken_once_and_what_went_before_stays(database: Database) -> None:
    await olena(database)

    def both(connection: Connection) -> tuple[users.UserId | None, users.UserId | None]:
        first = users.add_user(connection, "taras@example.com", password_hash="h", role=Role.ADMIN, now=NOON)
        return first, users.add_user(connection, OLENA, password_hash="other", role=Role.ADMIN, now=NOON)

    first, second = await database.write(both)
    assert first is not None
    assert second is None
    kept = await database.read(lambda c: users.find_user(c, OLENA))
    assert kept is not None
    assert (kept.role, kept.password_hash) == (Role.MARKETER, "hash")
    assert await database.read(lambda c: users.find_user(c, "taras@example.com")) is not None


async def test_a_session_brings_its_user_and_keeps_only_the_hash(database: Database) -> None:
    user = await olena(database)
    await database.write(lambda c: sessions.add_session(c, "h1", user_id=user, form_token="f", now=NOON))
    found = await database.read(lambda c: sessions.find_session(c, "h1", limits=LIMITS))
    assert found is not None
    assert (found.email, found.role, found.form_token, found.seen_at) == (OLENA, Role.MARKETER, "f", NOON)
    assert await database.read(lambda c: sessions.find_session(c, "h2", limits=LIMITS)) is None


@pytest.mark.parametrize(
    ("opened", "seen", "alive"),
    [
        (timedelta(hours=11, minutes=59), timedelta(minutes=29), True),
        (timedelta(hours=12), timedelta(minutes=1), False),
        (timedelta(hours=1), timedelta(minutes=30), False),
    ],
)
async def test_a_session_lives_as_long_as_both_limits_say(
    database: Database, opened: timedelta, seen: timedelta, alive: bool
) -> None:
    user = await olena(database)

    def open_and_use(connection: Connection) -> None:
        sessions.add_session(connection, "h1", user_id=user, form_token="f", now=NOON - opened)
        sessions.touch_session(connection, "h1", now=NOON - seen)

    await database.write(open_and_use)
    found = await database.read(lambda c: sessions.find_session(c, "h1", limits=LIMITS))
    assert (found is not None) is alive
    living = await database.read(lambda c: sessions.living_sessions(c, ["h1", "h2"], limits=LIMITS))
    assert living == (frozenset({"h1"}) if alive else frozenset())
    await database.write(lambda c: sessions.end_stale_sessions(c, limits=LIMITS))
    early = SessionLimits(used_after=NOON - timedelta(days=9), opened_after=NOON - timedelta(days=9))
    kept = await database.read(lambda c: sessions.find_session(c, "h1", limits=early))
    assert (kept is not None) is alive


async def test_of_two_who_use_the_link_at_once_one_gets_in(database: Database) -> None:
    day = NOON - timedelta(hours=24)

    def keep_two(connection: Connection) -> None:
        for token in ("one", "two"):
            first_run.keep_link(connection, token, now=NOON, forget_before=day)

    await database.write(keep_two)
    assert await database.read(lambda c: first_run.is_link(c, "two", made_after=day))
    assert not await database.write(lambda c: first_run.use_up_links(c, "guessed", made_after=day))
    assert await database.write(lambda c: first_run.use_up_links(c, "one", made_after=day))
    assert not await database.write(lambda c: first_run.use_up_links(c, "two", made_after=day))
