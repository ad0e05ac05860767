"""What leaves beside calls, what LiraX tells us, and whom we must leave alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from campaigns.columns import Document, Moment
from campaigns.tables.fields import key, moment, optional_reference, reference


class Suppression(SQLModel, table=True):
    """The do-not-call list. `source` says who put the number there."""

    __table_args__ = (
        Index("suppression_order", "added_at", "phone"),
        Index(
            "suppression_erasing",
            "phone",
            sqlite_where=text("source = 'erase'"),
            postgresql_where=text("source = 'erase'"),
        ),
    )
    phone: str = Field(primary_key=True)
    reason: str | None = None
    source: str = "operator"  # operator | api | rule | sms | import | lirax | erase
    added_at: datetime = Field(sa_type=Moment)


class Erased(SQLModel, table=True):
    """A person who was erased: nothing but a keyed hash, so that nobody calls the number again."""

    __table_args__ = (
        Index(
            "erased_to_scrub",
            "erased_at",
            sqlite_where=text("scrubbed_at IS NULL"),
            postgresql_where=text("scrubbed_at IS NULL"),
        ),
    )
    phone_hash: str = Field(primary_key=True)  # HMAC-SHA-256 of the digits
    erased_at: datetime = Field(sa_type=Moment)
    scrubbed_at: datetime | None = moment()  # when the files were known to hold nothing of them any more


class ErasedTrace(SQLModel, table=True):
    """By which id LiraX may still tell of a person who was erased; what names one of these is not kept."""

    __tablename__ = "erased_trace"
    __table_args__ = (Index("erased_trace_age", "erased_at"),)
    id_hash: str = Field(primary_key=True)  # HMAC-SHA-256 of the account and the id of a call or an SMS
    erased_at: datetime = Field(sa_type=Moment)


class Consent(SQLModel, table=True):
    """That a person agreed to be called or texted; `ua-marketing` and `us-tcpa` ask for it."""

    phone: str = Field(primary_key=True)
    source: str  # where it was given: a form, a contract, a list
    given_at: datetime = Field(sa_type=Moment)
    proof: str | None = None  # where it can be looked up
    added_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = moment()


class Sms(SQLModel, table=True):
    """One message. `cause` is unique: a rule's SMS is sent once however often its webhook comes."""

    __table_args__ = (
        Index("sms_queue", "modem_id", "state", "due_at"),
        Index("sms_provider", "account_id", "provider_id"),
        Index("sms_recipient", "recipient_id"),
        Index("sms_phone", "phone"),
        Index("sms_campaign", "campaign_id", "state"),
    )
    id: int | None = key()
    cause: str = Field(unique=True)
    account_id: int = reference("account.id")
    modem_id: int = reference("modem.id")
    campaign_id: int = reference("campaign.id")
    recipient_id: int = reference("recipient.id")
    ext: str
    phone: str
    text: str
    parts: int
    state: str
    due_at: datetime | None = moment()  # when to send, or to ask for delivery
    provider_id: str | None = None  # id_sms
    tries: int = 0
    checks: int = 0
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    detail: str | None = None


class Effect(SQLModel, table=True):
    """The outbox beside SMS: what a rule, or the account, ordered and must happen once."""

    __table_args__ = (
        Index("effect_queue", "account_id", "state", "due_at"),
        Index(
            "effect_going_on",
            "due_at",
            sqlite_where=text("kind = 'campaign' AND state = 'queued'"),
            postgresql_where=text("kind = 'campaign' AND state = 'queued'"),
        ),
        Index("effect_campaign", "campaign_id", "state"),
        Index("effect_recipient", "recipient_id"),
    )
    id: int | None = key()
    cause: str = Field(unique=True)
    account_id: int = reference("account.id")
    campaign_id: int | None = optional_reference("campaign.id")  # None: an errand of the account itself
    recipient_id: int | None = optional_reference("recipient.id")
    kind: str
    body: dict[str, Any] = Field(sa_type=Document)
    state: str
    due_at: datetime | None = moment()  # when to perform it; while it is `sending`, since when
    tries: int = 0  # how often it was claimed; an answer counts only if it was not claimed again since
    epoch: str | None = None  # which run of the engine claimed it last
    repeats: int = 0  # how often a person had it sent again
    provider_id: str | None = None  # what LiraX named it, such as id_deal
    created_at: datetime = Field(sa_type=Moment)  # when the rule fired
    sent_at: datetime | None = moment()  # when a request left that LiraX may have taken
    repeated_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    detail: str | None = None


class Deal(SQLModel, table=True):
    """The deal that a recipient has in LiraX; a later rule moves it instead of making a second one."""

    recipient_id: int = reference("recipient.id", primary_key=True)
    account_id: int = reference("account.id")
    provider_id: str  # id_deal
    ext: str
    name: str
    sum: int
    stage: int
    status: int = 0  # 0 active, 1 closed won, 2 closed lost
    saved_at: datetime = Field(sa_type=Moment)


class CrmContact(SQLModel, table=True):
    """What we last told LiraX of a contact: tasks, notes and deals need it to be there before them."""

    __tablename__ = "crm_contact"
    account_id: int = reference("account.id", primary_key=True)
    phone: str = Field(primary_key=True)
    ext: str
    name: str
    saved_at: datetime = Field(sa_type=Moment)


class Inbox(SQLModel, table=True):
    """Webhooks as they came, without the token. A repeated `dedupe_key` is not stored again."""

    __table_args__ = (
        Index(
            "inbox_waiting",
            "id",
            sqlite_where=text("applied_at IS NULL AND NOT dead"),
            postgresql_where=text("applied_at IS NULL AND NOT dead"),
        ),
        Index("inbox_subject", "account_id", "subject"),
        Index(
            "inbox_dead",
            "account_id",
            "id",
            sqlite_where=text("dead"),
            postgresql_where=text("dead"),
        ),
        Index(
            "inbox_orphans",
            "account_id",
            "received_at",
            sqlite_where=text("verdict = 'orphan'"),
            postgresql_where=text("verdict = 'orphan'"),
        ),
    )
    id: int | None = key()
    account_id: int = reference("account.id")
    cmd: str
    dedupe_key: str | None = Field(default=None, unique=True)
    subject: str | None = None  # id_make2calls or callid it speaks of, to find orphans
    body: dict[str, Any] = Field(sa_type=Document)
    received_at: datetime = Field(sa_type=Moment)
    applied_at: datetime | None = moment()
    verdict: str | None = None  # applied | orphan | ignored | stored
    tries: int = 0
    dead: bool = False
    error: str | None = None
