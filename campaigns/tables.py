"""What Dzvin remembers, table by table. Statements live in `campaigns/store/`, one file per noun.

States are plain text here; the words are those of `campaigns.rules.vocabulary`. Counts that pages need are
kept in `Tally`, changed in the very transaction that changes the rows they count.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from campaigns.columns import Document, Moment, RowId


def _key() -> Any:
    return Field(default=None, primary_key=True, sa_type=RowId)


def _ref(target: str, **more: Any) -> Any:
    return Field(foreign_key=target, sa_type=RowId, **more)


def _moment(**more: Any) -> Any:
    return Field(default=None, sa_type=Moment, **more)


def _document(**more: Any) -> Any:
    return Field(default=None, sa_type=Document, **more)


class Account(SQLModel, table=True):
    """A LiraX account. Tokens are sealed by `engine.secrets`; a hold stops its dialling and says why."""

    id: int | None = _key()
    name: str = Field(unique=True)
    lirax_url: str
    lirax_token: str | None = None  # sealed
    webhook_token: str | None = None  # sealed
    timezone: str
    hold_kind: str | None = None  # key_refused | unreachable | no_key | unclear
    hold_reason: str | None = None  # one sentence
    probe_at: datetime | None = _moment()


class LineSlot(SQLModel, table=True):
    """One line of an account. Capacity is these rows, never a counter."""

    __tablename__ = "line_slot"
    __table_args__ = (UniqueConstraint("account_id", "number"), Index("line_slot_attempt", "attempt_id"))
    id: int | None = _key()
    account_id: int = _ref("account.id")
    number: int
    attempt_id: int | None = Field(default=None, sa_type=RowId)
    draining: bool = False


class Campaign(SQLModel, table=True):
    __tablename__ = "campaign"
    id: int | None = _key()
    name: str = Field(unique=True)
    account_id: int = _ref("account.id")
    state: str
    definition: dict[str, Any] = Field(sa_type=Document)  # as written, without its list
    fingerprint: str  # of the definition, to tell whether a file is still the same campaign
    had_recipients: bool = False
    start_at: datetime | None = _moment()
    end_at: datetime | None = _moment()
    last_claim_at: datetime | None = _moment()  # whose turn it is in the round robin
    credit: float = 0.0  # weighted round robin: lines owed
    created_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = _moment()
    finished_at: datetime | None = _moment()


class Tally(SQLModel, table=True):
    """A kept count. Kinds: `state`, `outcome`, `result`, `calls` (placed, answered, in_flight)."""

    campaign_id: int = _ref("campaign.id", primary_key=True)
    kind: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    count: int = 0


class Audio(SQLModel, table=True):
    """A sound file we host for LiraX under an unguessable name that keeps its ending."""

    name: str = Field(primary_key=True)  # random token + ending
    campaign_id: int = _ref("campaign.id", index=True)
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
    id: int | None = _key()
    campaign_id: int = _ref("campaign.id")
    phone: str
    round: int = 0
    external_id: str | None = None
    state: str
    outcome: str | None = None
    attempts: int = 0  # calls that count
    calls: int = 0  # attempt rows, unplaced ones too
    best: str | None = None  # listened | answered | None: earned so far
    last_result: str | None = None
    due_at: datetime | None = _moment()
    closes_at: datetime | None = _moment()  # last moment for a request in the opening of due_at
    turn: int = 1  # 0 = retry, 1 = first call
    zones: str | None = None  # IANA names joined by '|', where the recipient's zone counts
    not_before: datetime | None = _moment()
    not_after: datetime | None = _moment()
    wait_reason: str | None = None  # a word of rules.reasons, for why it is not due now
    variables: dict[str, Any] | None = _document()  # money, date, time in LiraX's form
    data: dict[str, Any] = Field(sa_type=Document)  # the list's own columns
    keys: list[Any] | None = _document()  # [{ivr_name, ivr_entry, key}] of all calls, in order
    row: int | None = None  # row of the list
    last_attempt_at: datetime | None = _moment()
    finished_at: datetime | None = _moment()


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
    id: int | None = _key()
    account_id: int = _ref("account.id")
    campaign_id: int = _ref("campaign.id")
    recipient_id: int = _ref("recipient.id")
    number: int  # 1, 2, … counts rows, unplaced ones too
    phone: str
    state: str
    result: str | None = None
    provider_id: str | None = None  # id_make2calls
    callid: str | None = None
    epoch: str  # which run of the engine claimed it
    claimed_at: datetime = Field(sa_type=Moment)
    deadline: datetime = Field(sa_type=Moment)  # when somebody must look at it again, whatever its state
    placed_at: datetime | None = _moment()  # when the request left
    ended_at: datetime | None = _moment()  # end of the call as reported to us
    success: bool | None = None  # make2calls_finished said
    duration_success: bool | None = None
    event_status: str | None = None  # what `event` said of how it ended
    duration: int | None = None  # seconds, from `event`
    keys: list[Any] | None = _document()
    recording: str | None = None
    fired: list[Any] | None = _document()  # numbers of the rules that have fired
    detail: str | None = None  # why, in a sentence


class Suppression(SQLModel, table=True):
    """The do-not-call list. `source` says who put the number there."""

    __table_args__ = (Index("suppression_order", "added_at", "phone"),)
    phone: str = Field(primary_key=True)
    reason: str | None = None
    source: str = "operator"  # operator | api | rule | sms | import
    added_at: datetime = Field(sa_type=Moment)


class Modem(SQLModel, table=True):
    """The pace of one GSM modem, shared by sendSMS and checkSMS."""

    __table_args__ = (UniqueConstraint("account_id", "number"),)
    id: int | None = _key()
    account_id: int = _ref("account.id")
    number: str
    free_at: datetime = Field(sa_type=Moment)  # no request before
    trouble: str | None = None  # one sentence while it is off or busy


class Sms(SQLModel, table=True):
    """One message. `cause` is unique: a rule's SMS is sent once however often its webhook comes."""

    __table_args__ = (
        Index("sms_queue", "modem_id", "state", "due_at"),
        Index("sms_provider", "account_id", "provider_id"),
        Index("sms_recipient", "recipient_id"),
        Index("sms_campaign", "campaign_id", "state"),
    )
    id: int | None = _key()
    cause: str = Field(unique=True)
    account_id: int = _ref("account.id")
    modem_id: int = _ref("modem.id")
    campaign_id: int = _ref("campaign.id")
    recipient_id: int = _ref("recipient.id")
    ext: str
    phone: str
    text: str
    parts: int
    state: str
    due_at: datetime | None = _moment()  # when to send, or to ask for delivery
    provider_id: str | None = None  # id_sms
    tries: int = 0
    checks: int = 0
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = _moment()
    finished_at: datetime | None = _moment()
    detail: str | None = None


class Effect(SQLModel, table=True):
    """The outbox beside SMS: what a rule ordered and must happen once."""

    __table_args__ = (
        Index("effect_queue", "state", "due_at"),
        Index("effect_campaign", "campaign_id", "state"),
        Index("effect_recipient", "recipient_id"),
    )
    id: int | None = _key()
    cause: str = Field(unique=True)
    campaign_id: int = _ref("campaign.id")
    recipient_id: int = _ref("recipient.id")
    kind: str
    body: dict[str, Any] = Field(sa_type=Document)
    state: str
    due_at: datetime | None = _moment()
    tries: int = 0
    created_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = _moment()
    detail: str | None = None


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
            "inbox_orphans",
            "account_id",
            "received_at",
            sqlite_where=text("verdict = 'orphan'"),
            postgresql_where=text("verdict = 'orphan'"),
        ),
    )
    id: int | None = _key()
    account_id: int = _ref("account.id")
    cmd: str
    dedupe_key: str | None = Field(default=None, unique=True)
    subject: str | None = None  # id_make2calls or callid it speaks of, to find orphans
    body: dict[str, Any] = Field(sa_type=Document)
    received_at: datetime = Field(sa_type=Moment)
    applied_at: datetime | None = _moment()
    verdict: str | None = None  # applied | orphan | ignored | stored
    tries: int = 0
    dead: bool = False
    error: str | None = None


class User(SQLModel, table=True):
    __tablename__ = "app_user"
    id: int | None = _key()
    email: str = Field(unique=True)
    password_hash: str
    role: str
    disabled: bool = False
    created_at: datetime = Field(sa_type=Moment)


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    __tablename__ = "app_session"
    token_hash: str = Field(primary_key=True)
    user_id: int = _ref("app_user.id", index=True)
    form_token: str
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)


class FirstRun(SQLModel, table=True):
    """The one-time link that creates the first administrator; only its SHA-256."""

    __tablename__ = "first_run"
    token_hash: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Moment)


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_key"
    id: int | None = _key()
    name: str
    key_hash: str = Field(unique=True)
    prefix: str
    scope: str
    created_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = _moment()


class Idempotency(SQLModel, table=True):
    """A kept answer of a POST. `status` is None while the first request is under way."""

    __table_args__ = (Index("idempotency_age", "created_at"),)
    key_id: int = _ref("api_key.id", primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    status: int | None = None
    answer: dict[str, Any] | None = _document()
    created_at: datetime = Field(sa_type=Moment)
