"""What stands against a call that a person orders by hand: each is a sentence for that person."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from campaigns.lists.zones import zones_of
from campaigns.rules.decent_hours import indecent_zone
from campaigns.rules.durations import write_duration
from campaigns.rules.vocabulary import AccountId
from campaigns.store import attempts, called, custody, employee_calls, lines, suppressions

AT_NIGHT = (
    "it is {hour:%H:%M} where {phone} is ({zone}), and nobody is called before 08:00 or from 20:00 on; "
    "tick “at any hour” (--any-hour) if that person expects the call"
)
TOO_SOON = (
    "the last call to {phone} ended {ago} ago, and no number is called twice within {gap} (DZVIN_MIN_GAP); "
    "try again in {wait}"
)


@dataclass(frozen=True)
class Order:
    """`own`: who tries a campaign's call on a telephone of theirs may do so again and again."""

    account_id: AccountId
    phone: str
    own: bool = False


def at_this_hour(phone: str, *, timezone: str, now: datetime) -> str | None:
    """Why the number may not be called at this hour: of each zone it may lie in, else the account's."""
    zone = indecent_zone(zones_of(phone) or (timezone,), at=now)
    if zone is None:
        return None
    return AT_NIGHT.format(hour=now.astimezone(ZoneInfo(zone)), phone=phone, zone=zone)


def objection(connection: Connection, order: Order, *, now: datetime, min_gap: timedelta) -> str | None:
    """Why the number may not be called by hand now, whatever the hour, or None."""
    phone = order.phone
    if (reason := custody.objection(connection)) is not None:
        return reason
    if suppressions.among(connection, [phone]):
        return f"{phone} is on the do-not-call list: nobody calls it"
    if attempts.numbers_open(connection, [phone]):
        return f"a campaign is calling {phone} just now; try again when that call is over"
    if employee_calls.ringing(connection, [phone], now=now):
        return f"another call to {phone} was ordered by hand and may still go on"
    going_on = employee_calls.how_many_open(connection, order.account_id, now=now)
    if lines.how_many_free(connection, order.account_id) <= going_on:
        return "all lines of the account are busy; try again in a moment"
    return _too_soon(connection, order, now=now, min_gap=min_gap)


def _too_soon(connection: Connection, order: Order, *, now: datetime, min_gap: timedelta) -> str | None:
    phones, since = [order.phone], now - min_gap
    by_hand = employee_calls.last_ends(connection, phones, since=since, besides_tries=order.own)
    by_campaigns = called.last_ends(connection, phones, since=since)
    ended_at = max((*by_hand.values(), *by_campaigns.values()), default=None)
    if ended_at is None:
        return None
    ago, wait = now - ended_at, ended_at + min_gap - now
    return TOO_SOON.format(
        phone=order.phone, ago=_in_words(ago), gap=write_duration(min_gap), wait=_in_words(wait)
    )


def _in_words(duration: timedelta) -> str:
    """In whole minutes, rounded up; below two of them in seconds."""
    seconds = max(1, math.ceil(duration.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
