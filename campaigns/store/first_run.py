"""The one-time link that creates the first administrator; only the SHA-256 of its token is kept."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from campaigns.tables import FirstRun

_first_run = FirstRun.__table__  # type: ignore[attr-defined]


def keep_link(connection: Connection, token_hash: str, *, now: datetime, forget_before: datetime) -> None:
    """Keeps one more link: several web processes that start together each print a good one."""
    connection.execute(delete(_first_run).where(_first_run.c.created_at < forget_before))
    connection.execute(insert(_first_run).values(token_hash=token_hash, created_at=now))


def is_link(connection: Connection, token_hash: str, *, made_after: datetime) -> bool:
    query = select(_first_run.c.token_hash).where(
        _first_run.c.token_hash == token_hash, _first_run.c.created_at >= made_after
    )
    return connection.execute(query).first() is not None


def use_up_links(connection: Connection, token_hash: str, *, made_after: datetime) -> bool:
    """Whether the link was good. Afterwards no link is: the row is taken before anything is made of it."""
    taken = connection.execute(
        delete(_first_run)
        .where(_first_run.c.token_hash == token_hash, _first_run.c.created_at >= made_after)
        .returning(_first_run.c.token_hash)
    ).first()
    if taken is None:
        return False
    connection.execute(delete(_first_run))
    return True
