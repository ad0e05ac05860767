"""A recipient as it stands, what may happen to it, and what is decided then: the values of `deciding`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.rules.following_up import Fired
from campaigns.rules.policy import KeyPress, Policy
from campaigns.rules.reasons import Waiting
from campaigns.rules.vocabulary import CallResult, Outcome, RecipientState

RETRY, FIRST = 0, 1
"""Whose turn it is: retries go before first calls."""


@dataclass(frozen=True)
class Standing:
    """A recipient as it stands. `best` is the outcome its calls have earned so far."""

    state: RecipientState
    outcome: str | None = None
    attempts: int = 0
    best: Outcome | None = None
    last_result: CallResult | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    turn: int = FIRST
    wait_reason: Waiting | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Person:
    """What does not change while a campaign runs: the zones and limits of this recipient."""

    zones: tuple[str, ...]
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """A line was taken and an attempt written."""


@dataclass(frozen=True)
class Ended:
    """The call is over. `bar` is set where no further call may follow: cancelled or suppressed meanwhile.

    `named` is the outcome that a rule of an earlier call has named since this one was placed.
    """

    result: CallResult
    at: datetime
    keys: Sequence[KeyPress] = ()
    bar: RecipientState | None = None
    named: str | None = None
    abandoned: bool = False  # who answered found nobody: no goal is reached by that
    reached: bool = False  # another call to the person, told of late, has reached the goal


@dataclass(frozen=True)
class Refined:
    """The same call, told more exactly; `fired` are the rules that have fired for it.

    `earned` is what the person's other calls have earned.
    """

    result: CallResult
    at: datetime
    keys: Sequence[KeyPress] = ()
    fired: tuple[int, ...] = ()
    bar: RecipientState | None = None
    earned: Outcome | None = None
    counted: bool = True  # False where the attempt had been taken for unplaced
    latest: bool = True  # False where a further call was placed since
    abandoned: bool = False


@dataclass(frozen=True)
class Unplaced:
    """It is certain that the phone never rang; costs no attempt. `bar` and `named` as in `Ended`.

    `rest` keeps what cannot be sent now from being tried again and again at once.
    """

    bar: RecipientState | None = None
    named: str | None = None
    rest: timedelta = timedelta(0)
    reached: bool = False  # as in `Ended`


@dataclass(frozen=True)
class Delayed:
    """Not now: `reason` says why, `until` when to look again."""

    until: datetime
    reason: Waiting


@dataclass(frozen=True)
class Suppressed:
    """The number is on the do-not-call list."""


@dataclass(frozen=True)
class Cancelled:
    """Called off."""


@dataclass(frozen=True)
class Expired:
    """The campaign's end has come."""


Event = Claimed | Ended | Refined | Unplaced | Delayed | Suppressed | Cancelled | Expired


class Impossible(Exception):
    """The event cannot happen to a recipient in this state; nothing is changed."""


@dataclass(frozen=True)
class Decision:
    """The standing to save, and the rules that fire: those of the call, then those of the final state."""

    standing: Standing
    call_rules: tuple[Fired, ...] = ()
    state_rules: tuple[Fired, ...] = ()

    @property
    def suppress(self) -> bool:
        return any(fired.rule.suppress for fired in (*self.call_rules, *self.state_rules))


@dataclass(frozen=True)
class Circumstances:
    """What every decision needs beside the event."""

    policy: Policy
    person: Person
    min_gap: timedelta
    now: datetime
