"""What a webhook of LiraX may tell us, as frozen values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.rules.policy import KeyPress


@dataclass(frozen=True)
class CallFinished:
    """make2calls_finished: the call is over. `duration_success` is None where LiraX left it out."""

    provider_id: str
    success: bool
    duration_success: bool | None
    keys: tuple[KeyPress, ...]


@dataclass(frozen=True)
class CallEvent:
    """event: a call appeared, was accepted or ended.

    `event` and `status` are LiraX's words in its own spelling; a word we do not know is kept as it came.
    """

    direction: str  # in | out
    event: str
    phone: str
    ext: str
    callid: str
    duration: int | None  # seconds
    status: str | None
    recording: str | None
    keys: tuple[KeyPress, ...]
    recorded: bool | None = None
    diversion: str | None = None
    utm: Mapping[str, str] = field(default_factory=dict)  # where the person came from: tid, cid, cs, …


@dataclass(frozen=True)
class EmployeeCallFinished:
    """makecall_finished: the client answered, or was given up; the call need not be over (C11)."""

    provider_id: str
    callid: str | None
    success: bool


@dataclass(frozen=True)
class RecordingReady:
    """record: where the sound of a call can be fetched."""

    callid: str
    recording: str


@dataclass(frozen=True)
class SmsDelivered:
    sms_id: str


@dataclass(frozen=True)
class SmsReceived:
    """An SMS came in. `phone` is digits, or the sender's name where it has no number."""

    sms_id: str | None
    phone: str
    modem: str | None
    text: str


@dataclass(frozen=True)
class StatusChanged:
    """staton: an employee is away (0), free (1) or busy (anything else)."""

    ext: str
    status: int


@dataclass(frozen=True)
class ContactAsked:
    """contact: LiraX wants the name behind a number, and waits for the answer."""

    phone: str
    callid: str | None = None
    diversion: str | None = None


@dataclass(frozen=True)
class Other:
    """A command we do not know; newer LiraX builds send more."""

    cmd: str


Webhook = (
    CallFinished
    | CallEvent
    | EmployeeCallFinished
    | RecordingReady
    | SmsDelivered
    | SmsReceived
    | StatusChanged
    | ContactAsked
    | Other
)
