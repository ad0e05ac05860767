"""How often one number may be called, over all campaigns (contact caps).

A call is a moment here: when it was over, or the last moment at which it may still have rung. One that lies
in the future, because a clock was set back, counts like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from campaigns.rules.durations import parse_duration, write_duration

DAY = timedelta(days=1)
WEEK = timedelta(hours=168)


@dataclass(frozen=True)
class ContactCaps:
    """How often one number may be called, over all campaigns; None for no limit.

    A day is the person's own; a week is the last 168 hours. `after_conversation` is the rest after somebody
    was talked to.
    """

    per_day: int | None = None
    per_week: int | None = None
    after_conversation: timedelta | None = None


NO_CAPS = ContactCaps()


class Rung(NamedTuple):
    """A call that rang or may have rung; `talked` where somebody picked up."""

    at: datetime
    talked: bool = False


def moment_of_call(*, began_at: datetime, ended_at: datetime, longest: timedelta) -> datetime:
    """The last moment at which the call may have rung.

    One that is given up as unknown much later rang within `longest`, or never. Where the clock was set back
    during the call, its beginning is the later of the two.
    """
    return max(began_at, min(ended_at, began_at + longest))


def merge_caps(*each: ContactCaps) -> ContactCaps:
    """The strictest of each kind: what holds where several rule."""
    return ContactCaps(
        per_day=min((caps.per_day for caps in each if caps.per_day is not None), default=None),
        per_week=min((caps.per_week for caps in each if caps.per_week is not None), default=None),
        after_conversation=max(
            (caps.after_conversation for caps in each if caps.after_conversation is not None), default=None
        ),
    )


def lookback(caps: ContactCaps) -> timedelta:
    """How far back calls matter. No local day is longer than two of ours, the date line included."""
    return max(
        2 * DAY if caps.per_day is not None else timedelta(0),
        WEEK if caps.per_week is not None else timedelta(0),
        caps.after_conversation or timedelta(0),
    )


def frees_at(
    calls: Sequence[Rung], caps: ContactCaps, *, zones: Sequence[str], at: datetime
) -> datetime | None:
    """When the next call may leave; None where it may leave at `at`.

    A cap of n is free once the n-th latest call is past: its local day in every zone the person may be in,
    or 168 hours. Calls are counted from whatever account and campaign they came.
    """
    moments = sorted((call.at for call in calls), reverse=True)
    frees = []
    if caps.per_day is not None and len(moments) >= caps.per_day:
        frees += [next_day(moments[caps.per_day - 1], zone=zone) for zone in zones]
    if caps.per_week is not None and len(moments) >= caps.per_week:
        frees.append(moments[caps.per_week - 1] + WEEK)
    if caps.after_conversation is not None:
        frees += [call.at + caps.after_conversation for call in calls if call.talked]
    latest = max(frees, default=at)
    return latest if latest > at else None


def next_day(moment: datetime, *, zone: str) -> datetime:
    """The first instant of the day after, on the wall clock there; in UTC."""
    place = ZoneInfo(zone)
    tomorrow = moment.astimezone(place).date() + DAY
    # Of a midnight that the clock shows twice the first; one that it skips is where it goes on from.
    return datetime.combine(tomorrow, time(), place).astimezone(UTC)


def caps_of(document: Mapping[str, Any] | None) -> ContactCaps:
    """Caps as they are kept with an account."""
    kept = document or {}
    rest = kept.get("after_conversation")
    return ContactCaps(kept.get("per_day"), kept.get("per_week"), parse_duration(rest) if rest else None)


def caps_in_words(caps: ContactCaps) -> str | None:
    """`at most 1 call a day and 3 in any 7 days`; None where nothing is capped."""
    told = []
    if caps.per_day is not None:
        told.append(f"{_calls(caps.per_day)} a day")
    if caps.per_week is not None:
        told.append(f"{_calls(caps.per_week)} in any 7 days")
    limits = f"at most {' and '.join(told)}" if told else ""
    rest = caps.after_conversation
    resting = f"not within {write_duration(rest)} of a conversation" if rest is not None else ""
    return ", and ".join(part for part in (limits, resting) if part) or None


def _calls(number: int) -> str:
    return f"{number} {'call' if number == 1 else 'calls'}"
