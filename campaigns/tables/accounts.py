"""LiraX accounts and what belongs to each: lines, modems, agents, directories."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaigns.columns import Document, Moment, RowId
from campaigns.tables.fields import document, key, moment, reference


class Account(SQLModel, table=True):
    """A LiraX account. Secrets are sealed by `engine.secrets`; a hold stops its dialling and says why."""

    id: int | None = key()
    name: str = Field(unique=True)
    lirax_url: str
    lirax_token: str | None = None  # sealed
    webhook_token: str | None = None  # sealed
    next_webhook_token: str | None = None  # sealed; while LiraX is being given a new key, both are good
    timezone: str
    lines: int = 10  # calls at once, over all campaigns
    extensions: list[str] | None = document()  # its campaigns may call from and order for these; None: any
    modems: list[str] | None = document()  # its campaigns may send SMS through these; None: any
    history_url: str | None = None
    history_login: str | None = None
    history_password: str | None = None  # sealed
    push_suppressions: bool = False  # whether our do-not-call list is told to LiraX's blacklist
    capabilities: dict[str, Any] | None = document()  # what a live call showed of this LiraX
    caps: dict[str, Any] | None = document()  # calls to one number, over all campaigns: per_day, per_week
    closed_at: datetime | None = moment()  # closed accounts keep their campaigns and dial no more
    hold_kind: str | None = None  # key_refused | unreachable | no_key | unclear
    hold_reason: str | None = None  # one sentence
    probe_at: datetime | None = moment()


class HistoryHealth(SQLModel, table=True):
    """How call history of an account answers, and how far its clock is from ours."""

    __tablename__ = "history_health"
    account_id: int = reference("account.id", primary_key=True)
    skew_seconds: float | None = None  # LiraX's clock minus ours, learned from calls that both know
    skew_within_seconds: float | None = None  # by how much that may be wrong
    clock_set_after: int | None = None  # an attempt: our clock was set then; up to it none tells the skew
    compared_at: datetime | None = moment()  # until when the daily comparison of sources has come
    healthy_at: datetime | None = moment()  # last answer that could be believed
    trouble: str | None = None  # one sentence since history fails
    trouble_since: datetime | None = moment()
    asked_at: datetime | None = moment()


class Drift(SQLModel, table=True):
    """A comparison of webhooks, events and call history over some time, kept for the page."""

    __table_args__ = (Index("drift_order", "account_id", "made_at"),)
    id: int | None = key()
    account_id: int = reference("account.id")
    made_at: datetime = Field(sa_type=Moment)
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    body: dict[str, Any] = Field(sa_type=Document)  # counts and examples: missing, late, orphaned, healed


class LineSlot(SQLModel, table=True):
    """One line of an account. Capacity is these rows, never a counter."""

    __tablename__ = "line_slot"
    __table_args__ = (UniqueConstraint("account_id", "number"), Index("line_slot_attempt", "attempt_id"))
    id: int | None = key()
    account_id: int = reference("account.id")
    number: int
    attempt_id: int | None = Field(default=None, sa_type=RowId)
    draining: bool = False


class Modem(SQLModel, table=True):
    """The pace of one GSM modem, shared by sendSMS and checkSMS."""

    __table_args__ = (UniqueConstraint("account_id", "number"),)
    id: int | None = key()
    account_id: int = reference("account.id")
    number: str
    free_at: datetime = Field(sa_type=Moment)  # no request before
    trouble: str | None = None  # one sentence while it is off or busy


class Agent(SQLModel, table=True):
    """How an employee stands, as `staton` last said: 0 disconnected, 1 free, above 1 busy."""

    account_id: int = reference("account.id", primary_key=True)
    ext: str = Field(primary_key=True)
    status: int
    status_at: datetime = Field(sa_type=Moment)  # since when
    heard_at: datetime | None = moment()  # when LiraX told it last; what came before that tells nothing new
    heard_in: str | None = None  # the roll call in which LiraX told it last; older words are not believed


class RollCall(SQLModel, table=True):
    """Since when the account's `staton` webhooks are listened to; begins with `initStatuses`."""

    __tablename__ = "roll_call"
    account_id: int = reference("account.id", primary_key=True)
    name: str  # changes with every new beginning: a start of the engine, the end of a hold
    since: datetime = Field(sa_type=Moment)  # what came before is not believed
    told_at: datetime | None = moment()  # when LiraX last took `initStatuses`
    trouble: str | None = None  # one sentence, when it did not


class Directory(SQLModel, table=True):
    """What LiraX has: its users, shops, deal stages or user statuses, as last read."""

    account_id: int = reference("account.id", primary_key=True)
    kind: str = Field(primary_key=True)  # users | shops | stages | statuses
    entries: list[Any] = Field(sa_type=Document)
    fetched_at: datetime | None = moment()  # None: never yet
    trouble: str | None = None  # one sentence, when the last reading failed
