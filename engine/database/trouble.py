"""Whether an error is the database's own, or the fault of what was asked of it."""

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from engine.errors import DatabaseTrouble

REPEATABLE = {"40001", "40P01"}  # serialization_failure, deadlock_detected
CONNECTION = {"08", "57", "53", "28", "3D"}  # classes: not reachable, stopping, full, not let in, not there
BROKEN = {*CONNECTION, "40", "25", "58"}  # classes: and rolled back, no longer in a transaction, disk trouble


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's word for what happened; empty on SQLite and where the server said nothing."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""


def is_repeatable(error: DBAPIError) -> bool:
    """Whether the transaction lost against another one, and may simply be run again."""
    return sqlstate(error) in REPEATABLE


def is_connection_trouble(error: DBAPIError) -> bool:
    """Whether the database could not be spoken to, as against a statement it refused."""
    state = sqlstate(error)
    lost = not state and isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or state[:2] in CONNECTION or lost


def is_of_the_database(error: Exception) -> bool:
    """Whether the transaction itself is in trouble, so that no part of it can be saved."""
    if isinstance(error, DatabaseTrouble | OSError):  # a job speaks to nothing but its database
        return True
    if not isinstance(error, DBAPIError):
        return False
    damaged = type(error) is DatabaseError and not sqlstate(error)  # its other subclasses tell of the job
    return damaged or is_connection_trouble(error) or sqlstate(error)[:2] in BROKEN
