"""Calls: those of campaigns, and those of employees."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from campaigns.columns import Moment
from campaigns.tables.fields import document, key, moment, optional_reference, reference


class Attempt(SQLModel, table=True):
    """One call. At most one request ever leaves for it; one open attempt per account and number."""

    __table_args__ = (
        Index(
            "attempt_one_open",
            "account_id",
            "phone",
            unique=True,
            sqlite_where=text("state IN ('placing','ambiguous','placed')"),
            postgresql_where=text("state IN ('placing','ambiguous','placed')"),
        ),
        UniqueConstraint("recipient_id", "number"),
        Index(
            "attempt_provider",
            "account_id",
            "provider_id",
            unique=True,
            sqlite_where=text("provider_id IS NOT NULL"),
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        Index(
            "attempt_deadline",
            "deadline",
            sqlite_where=text("state IN ('placing','ambiguous','placed')"),
            postgresql_where=text("state IN ('placing','ambiguous','placed')"),
        ),
        Index("attempt_phone", "phone", "ended_at"),
        Index("attempt_callid", "account_id", "callid"),
        Index("attempt_campaign", "campaign_id", "claimed_at"),
    )
    id: int | None = key()
    account_id: int = reference("account.id")
    campaign_id: int = reference("campaign.id")
    recipient_id: int = reference("recipient.id")
    number: int  # 1, 2, … counts rows, unplaced ones too
    phone: str
    state: str
    result: str | None = None
    provider_id: str | None = None  # id_make2calls
    callid: str | None = None
    epoch: str  # which run of the engine claimed it
    claimed_at: datetime = Field(sa_type=Moment)
    deadline: datetime = Field(sa_type=Moment)  # when somebody must look at it again, whatever its state
    placed_at: datetime | None = moment()  # when the request left
    ended_at: datetime | None = moment()  # end of the call as reported to us
    success: bool | None = None  # make2calls_finished said
    duration_success: bool | None = None
    event_status: str | None = None  # what `event` said of how it ended
    duration: int | None = None  # seconds, from `event`
    answered_at: datetime | None = moment()  # when an event said that somebody picked up
    agent: str | None = None  # extension the person was joined with
    abandoned: bool = False  # the person answered and found nobody
    utm: dict[str, Any] | None = document()  # tid, cid, cs, cm, cc, ct of its events
    keys: list[Any] | None = document()
    recording: str | None = None
    fired: list[Any] | None = document()  # numbers of the rules that have fired
    detail: str | None = None  # why, in a sentence


class EmployeeCall(SQLModel, table=True):
    """A call between an employee and a number by makeCall: to try how the account works, or to call back."""

    __tablename__ = "employee_call"
    __table_args__ = (
        Index("employee_call_provider", "account_id", "provider_id"),
        Index("employee_call_order", "created_at", "id"),
    )
    id: int | None = key()
    account_id: int = reference("account.id")
    campaign_id: int | None = optional_reference("campaign.id")
    ext: str
    phone: str
    state: str  # placing | placed | answered | ended | failed | unknown
    provider_id: str | None = None  # id_makecall
    call_id: str | None = None  # Call_id, which killCall needs
    requested_by: str
    created_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    detail: str | None = None
