"""Campaigns, the people in them, and the counts that pages need.

A kept count is changed in the very transaction that changes the rows it counts.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from campaigns.columns import Document, Moment
from campaigns.tables.fields import document, key, moment, reference


class Campaign(SQLModel, table=True):
    __tablename__ = "campaign"
    id: int | None = key()
    name: str = Field(unique=True)
    account_id: int = reference("account.id")
    state: str
    definition: dict[str, Any] = Field(sa_type=Document)  # as written, without its list
    fingerprint: str  # of the definition, to tell whether a file is still the same campaign
    had_recipients: bool = False
    start_at: datetime | None = moment()
    end_at: datetime | None = moment()
    last_claim_at: datetime | None = moment()  # whose turn it is in the round robin
    credit: float = 0.0  # weighted round robin: lines owed
    hold_kind: str | None = None  # rejects: LiraX calls every request invalid; broken: it cannot be read
    hold_reason: str | None = None  # one sentence
    probe_at: datetime | None = moment()  # when one call may try whether it goes again
    created_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    nameless_at: datetime | None = moment()  # since when nothing is kept of who was in it


class Tally(SQLModel, table=True):
    """A kept count. Kinds: `state`, `outcome`, `result`, `calls` (placed, answered, in_flight)."""

    campaign_id: int = reference("campaign.id", primary_key=True)
    kind: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    count: int = 0


class Audio(SQLModel, table=True):
    """A sound file we host for LiraX under an unguessable name that keeps its ending."""

    name: str = Field(primary_key=True)  # random token + ending
    campaign_id: int = reference("campaign.id", index=True)
    content_type: str
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)


class Recipient(SQLModel, table=True):
    """A contact in a campaign. `round` is 0 for lists; a number triggered again gets the next one."""

    __table_args__ = (
        # The phone comes first, so that this index also finds a number in all campaigns: one less to keep.
        UniqueConstraint("phone", "campaign_id", "round"),
        Index(
            "recipient_queue",
            "campaign_id",
            "closes_at",
            "turn",
            "due_at",
            "id",
            sqlite_where=text("state IN ('pending','waiting')"),
            postgresql_where=text("state IN ('pending','waiting')"),
        ),
        Index(
            "recipient_external",
            "external_id",
            postgresql_ops={"external_id": "text_pattern_ops"},  # also finds beginnings, whatever the locale
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("recipient_list", "campaign_id", "state", "id"),
    )
    id: int | None = key()
    campaign_id: int = reference("campaign.id")
    phone: str
    round: int = 0
    external_id: str | None = None
    state: str
    outcome: str | None = None
    attempts: int = 0  # calls that count
    calls: int = 0  # attempt rows, unplaced ones too
    best: str | None = None  # listened | answered | None: earned so far
    last_result: str | None = None
    due_at: datetime | None = moment()
    closes_at: datetime | None = moment()  # last moment for a request in the opening of due_at
    turn: int = 1  # 0 = retry, 1 = first call
    zones: str | None = None  # IANA names joined by '|', where the recipient's zone counts
    not_before: datetime | None = moment()
    not_after: datetime | None = moment()
    wait_reason: str | None = None  # a word of rules.reasons, for why it is not due now
    variables: dict[str, Any] | None = document()  # money, date, time in LiraX's form
    data: dict[str, Any] = Field(sa_type=Document)  # the list's own columns
    keys: list[Any] | None = document()  # [{ivr_name, ivr_entry, key}] of all calls, in order
    row: int | None = None  # row of the list
    last_attempt_at: datetime | None = moment()
    finished_at: datetime | None = moment()
