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
        Index(
            "attempt_given_up",
            "account_id",
            "ended_at",
            sqlite_where=text("state IN ('unplaced','unknown') AND placed_at IS NOT NULL"),
            postgresql_where=text("state IN ('unplaced','unknown') AND placed_at IS NOT NULL"),
        ),
        Index("attempt_phone", "phone", "ended_at"),
        Index("attempt_callid", "account_id", "callid_plain"),
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
    callid: str | None = None  # of the leg that events told of first; further ones are in HeardCall
    callid_plain: str | None = None  # without dashes: `record` may leave them out (C40)
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
    joined_at: datetime | None = moment()  # when that became known
    abandoned: bool = False  # the person answered and found nobody
    utm: dict[str, Any] | None = document()  # tid, cid, cs, cm, cc, ct of its events
    keys: list[Any] | None = document()  # pressed, from whatever told of them
    finished_keys: list[Any] | None = document()  # as the finished webhook told them
    event_keys: list[Any] | None = document()  # as events told them: a list of each report that tells more
    finished_heard_at: datetime | None = moment()  # when the finished webhook came
    event_heard_at: datetime | None = moment()  # when its first event came
    history_at: datetime | None = moment()  # when call history told of it
    history_id: str | None = None  # its call id there
    history_connected: bool | None = None  # whether anybody talked, as history tells
    history_duration: int | None = None  # seconds, from history
    history_asked_at: datetime | None = moment()  # when history was last asked for it
    absent_at: datetime | None = moment()  # the last look at a well-formed history that did not show it
    recording: str | None = None  # addresses of its sound, by the alphabet, a space between two
    fired: list[Any] | None = document()  # numbers of the rules that have fired
    detail: str | None = None  # why, in a sentence


class EmployeeCall(SQLModel, table=True):
    """A call that a person ordered by hand: an employee's, by makeCall, or a try of a campaign's own call.

    With `campaign_id` it is a try by make2Calls, of which the campaign's figures know nothing.
    """

    __tablename__ = "employee_call"
    __table_args__ = (
        Index("employee_call_provider", "account_id", "provider_id"),
        Index("employee_call_callid", "account_id", "callid_plain"),
        Index("employee_call_call_id", "account_id", "call_id"),
        Index("employee_call_order", "created_at", "id"),
        Index("employee_call_campaign", "campaign_id", "id"),
        Index("employee_call_phone", "phone", "created_at"),
        Index(
            "employee_call_open",
            "phone",
            sqlite_where=text("state IN ('placing','placed','answered','unknown')"),
            postgresql_where=text("state IN ('placing','placed','answered','unknown')"),
        ),
    )
    id: int | None = key()
    account_id: int = reference("account.id")
    campaign_id: int | None = optional_reference("campaign.id")
    ext: str
    phone: str
    state: str  # placing | placed | answered | ended | failed | unknown
    provider_id: str | None = None  # id_makecall, or id_make2calls of a try
    call_id: str | None = None  # Call_id, which killCall needs
    callid: str | None = None  # of its events; not always the same (C10)
    callid_plain: str | None = None  # without dashes
    requested_by: str
    created_at: datetime = Field(sa_type=Moment)
    deadline: datetime = Field(sa_type=Moment)  # when it is taken to be over, whatever was heard
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    result: str | None = None  # what the call came to, as far as it was told
    duration: int | None = None  # seconds, from `event`
    keys: list[Any] | None = document()
    recording: str | None = None  # as of an attempt
    detail: str | None = None


class HeardCall(SQLModel, table=True):
    """A call that `event` tells of beside those we ordered: a person who calls us, or one more leg of a call.

    A row for each call id; what comes later fills in what is missing.
    """

    __tablename__ = "heard_call"
    __table_args__ = (
        UniqueConstraint("account_id", "callid"),
        Index("heard_call_plain", "account_id", "callid_plain"),
        Index("heard_call_phone", "phone", "heard_at"),
        Index("heard_call_attempt", "attempt_id"),
    )
    id: int | None = key()
    account_id: int = reference("account.id")
    callid: str
    callid_plain: str  # without dashes
    direction: str  # in | out
    phone: str
    attempt_id: int | None = optional_reference("attempt.id")  # None: the person called us
    ext: str | None = None  # who answered, or was rung
    status: str | None = None  # LiraX's word for how it ended: Success, Missed, …
    heard_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    duration: int | None = None  # seconds
    recording: str | None = None  # as of an attempt
    utm: dict[str, Any] | None = document()
