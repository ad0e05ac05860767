"""Who works on this database, and whether it may dial: workers with their leases, and the database itself."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.columns import Moment
from campaigns.tables.fields import document, moment


class Worker(SQLModel, table=True):
    """One run of an engine. Its lease is renewed by the database's clock; when it ends, others take over."""

    epoch: str = Field(primary_key=True)
    name: str  # machine and process, for people
    started_at: datetime = Field(sa_type=Moment)
    renewed_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = moment()  # it said goodbye, or was taken over
    jumps_taken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # of its clock


class Custody(SQLModel, table=True):
    """This very database, as against a copy of it: one row. In quarantine nothing is dialled or sent."""

    id: int = Field(default=1, primary_key=True)
    identity: str  # made once; the file beside the database names it too
    counter: int = 0  # grows with every lease: a database older than the file beside it was restored
    seen_at: datetime = Field(sa_type=Moment)  # when it was last known to be at work
    server: str | None = None  # which PostgreSQL this is: system, timeline, database, table
    former: list[Any] | None = document()  # identities it had before it was released
    quarantined_at: datetime | None = moment()
    quarantine_reason: str | None = None  # one sentence
    since: datetime | None = moment()  # from when on nobody knows what was called
    found: dict[str, Any] | None = document()  # by account, what history told of that time
    reconciled_at: datetime | None = moment()  # history since `seen_at` was taken in
    released_at: datetime | None = moment()
    released_by: str | None = None
