"""A slice of the proof in `dst.py`: a transition of every kind of these years, and the oddest of the past."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.proof.dst import check_transition, check_year
from tests.proof.transitions import YEARS, Transition, offset_at, one_of_each_kind
from tests.rules.calling_windows import utc

KINDS = 18
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


THE_ODDEST = [
    # a minute after midnight back to the evening before: two dates take turns
    (Transition("America/St_Johns", utc("2010-11-07 02:31"), hours(-2.5), hours(-3.5)), MINUTE),
    # half an hour back from midnight
    (Transition("Asia/Pyongyang", utc("2015-08-14 15:00"), hours(9), hours(8.5)), MINUTE),
    # Friday 30 December 2011 never came
    (Transition("Pacific/Apia", utc("2011-12-30 10:00"), hours(-10), hours(14)), MINUTE),
    (Transition("Pacific/Kwajalein", utc("1993-08-21 12:00"), hours(-12), hours(12)), MINUTE),
    # an offset with seconds
    (Transition("Africa/Monrovia", utc("1972-01-07 00:44:30"), -44.5 * MINUTE, hours(0)), 30 * SECOND),
]


def test_the_sample_has_every_kind_of_transition() -> None:
    assert len(one_of_each_kind()) == KINDS


@pytest.mark.parametrize("transition", one_of_each_kind(), ids=lambda each: f"{each.zone} {each.at:%Y-%m-%d}")
def test_calling_hours_agree_with_the_wall_clock_around_a_transition(transition: Transition) -> None:
    counts = check_transition(transition)
    assert counts["moments"] > 1_000
    assert counts["permitted"] > 20


@pytest.mark.parametrize(("transition", "step"), THE_ODDEST, ids=lambda each: getattr(each, "zone", ""))
def test_they_agree_around_the_oddest_transitions_of_the_past(
    transition: Transition, step: timedelta
) -> None:
    place = ZoneInfo(transition.zone)
    assert offset_at(place, transition.at - SECOND) == transition.before
    assert offset_at(place, transition.at) == transition.after
    assert check_transition(transition, step=step)["permitted"] > 20


@pytest.mark.proof
@pytest.mark.parametrize("year", YEARS)
def test_calling_hours_agree_with_the_wall_clock_at_every_transition_of_every_zone(year: int) -> None:
    counts, kinds = check_year(year)
    assert counts["zones"] > 500
    assert kinds <= {each.kind for each in one_of_each_kind()}
