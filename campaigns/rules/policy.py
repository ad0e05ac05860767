"""What a campaign asks for, as frozen values: the definition after it has been read and found good.

Made by `campaigns.definition`; read by every rule. Texts are still templates here (`campaigns.texts`
renders them), durations are `timedelta`, moments are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from campaigns.rules.caps import NO_CAPS, ContactCaps
from campaigns.rules.profiles import Profile
from campaigns.rules.vocabulary import CallResult, EffectKind, Goal, RecipientState
from campaigns.rules.windows import CallingWindow


@dataclass(frozen=True)
class Call:
    """What the person hears: exactly one of `play` (address, or name of a hosted file) and `connect`."""

    play: str | None
    connect: str | None
    success_after: timedelta
    # money, date, time → text with {{ column }}
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Pace:
    lines: int | None = None  # calls at once, None = all the account has
    per_minute: int | None = None  # requests in any 60 s
    weight: int = 1  # share of the account's lines against other campaigns
    per_agent: float = 1.0  # calls in the air for each free agent
    max_abandoned: float | None = None  # share (0 to 1) of people answered by nobody that slows the dialling


@dataclass(frozen=True)
class Agents:
    """Who takes the calls of a campaign that connects people; `exts` is None for every employee."""

    exts: frozenset[str] | None


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` counts calls in all, the first included. In `by_result`, None means never again."""

    attempts: int = 1
    delay: timedelta = timedelta(0)
    by_result: Mapping[CallResult, timedelta | None] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class When:
    """A rule's condition; exactly one of key, result and state is set. `ivr` and `entry` narrow a key."""

    key: str | None = None
    ivr: str | None = None
    entry: str | None = None
    result: CallResult | None = None
    state: RecipientState | None = None


@dataclass(frozen=True)
class Order:
    """One further action of a rule: its kind and its fields, each still a text with {{ column }}.

    Fields by kind: task {ext, text, type, due}; note {text}; deal {name, sum, stage, status};
    message {ext, text}; contact {name}; campaign {name}. `due` is kept as a duration text such as `1h`.
    """

    kind: EffectKind
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    when: When
    outcome: str | None = None
    suppress: bool = False
    sms: str | None = None
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True)
class ConsentTexts:
    """What a list tells of consent, each a text with {{ column }}; an empty `given` tells of none."""

    source: str
    given: str
    proof: str | None = None


@dataclass(frozen=True)
class SmsSender:
    modem: str
    ext: str
    window: CallingWindow  # SMS hours; the calling window where the definition names none


@dataclass(frozen=True)
class Policy:
    """Everything the engine needs to know of a campaign to decide."""

    name: str
    account: str
    from_ext: str
    call: Call
    window: CallingWindow
    account_timezone: str
    country: str = "UA"
    start: datetime | None = None
    end: datetime | None = None
    pace: Pace = Pace()
    retry: RetryPolicy = RetryPolicy()
    goal: Goal = Goal.LISTENED
    rules: tuple[Rule, ...] = ()
    sms: SmsSender | None = None
    open: bool = False
    request_hours: tuple[str, str] | None = None  # LiraX's notbefore and notafter, whatever the window says
    caps: ContactCaps = NO_CAPS  # of the definition; the account's and the profile's come on top
    profile: Profile | None = None  # the compliance profile it must keep to
    consent: ConsentTexts | None = None  # what of the list tells of people's consent
    agents: Agents | None = None  # None: the calls do not wait for anybody to be free


class KeyPress(NamedTuple):
    """One key pressed in an IVR menu; leading zeros of `ivr_entry` matter."""

    ivr_name: str
    ivr_entry: str
    key: str
