"""`notbefore` and `notafter`: whole hours of the account's zone (reference, C17-C19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.lirax.simulator.options import Options

MIDNIGHT = 24
LAST_HOUR = 23  # as `notafter` it lasts to midnight


@dataclass(frozen=True)
class Hours:
    not_before: int = 8
    not_after: int = 20


def is_overnight(hours: Hours, options: Options) -> bool:
    """Whether the hours run over midnight; equal hours do, all around the clock."""
    return hours.not_before >= _end_hour(hours, options)


def is_open(hours: Hours, options: Options, *, at: datetime) -> bool:
    hour = options.wall(at).hour
    end = _end_hour(hours, options)
    if is_overnight(hours, options):
        return hour >= hours.not_before or hour < end
    return hours.not_before <= hour < end


def opens_at(hours: Hours, options: Options, *, at: datetime) -> datetime:
    """The first moment from `at` on when calling is allowed; found by steps of an hour, safe in DST."""
    moment = at
    while not is_open(hours, options, at=moment):
        moment = _next_whole_hour(moment, options)
    return moment


def _end_hour(hours: Hours, options: Options) -> int:
    """The first hour in which calling is no longer allowed."""
    if hours.not_after >= LAST_HOUR:
        return MIDNIGHT
    return hours.not_after + (1 if options.window_end == "inclusive_hour" else 0)


def _next_whole_hour(moment: datetime, options: Options) -> datetime:
    local = options.wall(moment)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment + timedelta(hours=1) - past
