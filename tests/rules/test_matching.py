"""Which row of history is which call, and how far the clocks are apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.rules.matching import (
    ANY_CLOCK,
    ClockApart,
    Listed,
    Sought,
    began_at,
    learn_clock,
    match,
    unclaimed,
)

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
OLENA, TARAS = "380671234501", "380671234502"
MINUTE = timedelta(minutes=1)
SAME = ClockApart(timedelta(0), timedelta(0))


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def call(key: str = "a", minutes: float = 0, *, phone: str = OLENA, ids: str = "", **more: Any) -> Sought:
    return Sought(key, phone, at(minutes), at(minutes + 15), tuple(ids.split()), **more)


def row(minutes: float, *, phone: str | None = OLENA, id_: str | None = None, **more: Any) -> Listed:
    usual: dict[str, Any] = {"outgoing": True, "connected": True, "duration": timedelta(seconds=20)}
    return Listed(id_, (at(minutes),), phone=phone, **{**usual, **more})


@pytest.mark.parametrize(
    ("listed", "is_it"),
    [
        (row(0.1), True),
        (row(-1), True),  # a minute early still is
        (row(-1.1), False),
        (row(15), True),  # as late as a request may be waiting
        (row(15.1), False),
        (row(1, outgoing=False), False),  # the person called us
        (row(1, outgoing=None), True),  # the export does not say
        (row(1, phone=TARAS), False),
        (row(1, phone="0671234501"), True),  # the same number in a national spelling
        (row(1, phone=None), False),
    ],
)
def test_a_row_is_a_call_by_number_and_time(listed: Listed, is_it: bool) -> None:
    assert bool(match([call()], [listed], SAME)) is is_it


def test_one_row_is_one_call_and_the_nearest_is_taken() -> None:
    rows = [row(12), row(0.5)]
    found = match([call("first", 0), call("second", 11)], rows, SAME)
    assert found == {"first": rows[1], "second": rows[0]}
    assert len(match([call("first", 0), call("second", 0.2)], [row(0.5)], SAME)) == 1


def test_the_row_of_a_second_call_is_no_late_ring_of_the_first() -> None:
    first = Sought("first", OLENA, at(0), at(75))  # given up, and the number called again
    assert set(match([first, call("second", 15)], [row(15.1)])) == {"second"}
    assert set(match([first, call("second", 15)], [row(9)])) == {"first"}


def test_a_call_that_is_known_to_have_rung_takes_its_row_first() -> None:
    known = call("known", 3, began_by=at(3.2))
    found = match([call("unclear", 0), known], [row(3.1)], SAME)
    assert set(found) == {"known"}


def test_a_call_id_decides_whatever_the_time_says() -> None:
    rows = [row(300, id_="D-1"), row(0.1, id_="D-2")]
    assert match([call(ids="D1")], rows, SAME) == {"a": rows[0]}
    assert unclaimed(rows, {"a": rows[0]}) == [rows[1]]


def test_a_row_once_taken_by_mistake_goes_to_whom_an_event_names() -> None:
    """The row of the late first call came when nothing but the second was known, which kept its id."""
    rows = [row(0.1, id_="D-1"), row(3.1, id_="D-2")]
    second = call("second", 3, ids="D2 D1", began_by=at(3.1))
    assert match([call("first", 0), second], rows, SAME) == {"first": rows[0], "second": rows[1]}


@pytest.mark.parametrize(("answered", "is_it"), [(True, True), (False, False)])
def test_a_row_that_contradicts_how_a_call_ended_is_another_calls(answered: bool, is_it: bool) -> None:
    ended = call("known", 0, began_by=at(0.5), ended_at=at(0.5), answered=answered)
    listed = row(0.1, id_="D-1")
    assert bool(match([ended], [listed], SAME)) is is_it
    assert set(match([ended, call("unclear", 0.2)], [listed], SAME)) == {"known" if is_it else "unclear"}


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_call_known_to_both_teaches_how_far_the_clocks_are_apart(seconds: int) -> None:
    off = timedelta(seconds=seconds)
    known = call("known", 0, ids="D1", began_by=at(0.05))
    listed = row(0.03, id_="D-1")
    listed = Listed(**{**vars(listed), "moments": (listed.moments[0] + off,)})
    clock, taught = learn_clock([known], [listed], kept=None)
    assert taught
    assert clock.low <= off <= clock.high
    assert clock.within < timedelta(seconds=10)
    assert abs(began_at(known, listed, clock) - at(0.03)) < timedelta(seconds=5)


def test_while_nothing_teaches_the_clock_what_was_learned_only_widens_what_is_allowed_for() -> None:
    kept = ClockApart(timedelta(minutes=7), timedelta(minutes=8))
    assert learn_clock([], [], kept=None) == (ANY_CLOCK, False)
    assert learn_clock([], [], kept=kept) == (ClockApart(ANY_CLOCK.low, kept.high), False)
    alone = call("known", 0, began_by=at(0.1))  # found by number and time only, and just one
    assert learn_clock([alone], [row(2)], kept=None) == (ANY_CLOCK, False)


def test_calls_found_by_their_ids_teach_the_clock_whatever_those_found_by_time_say() -> None:
    named = call("named", 0, ids="D1", began_by=at(0.05))
    guessed = call("guessed", 5, phone=TARAS, began_by=at(5.1))
    rows = [row(0.03, id_="D-1"), row(8, phone=TARAS)]
    clock, taught = learn_clock([named, guessed], rows, kept=None)
    assert taught
    assert clock.high < MINUTE


def test_a_call_of_before_our_clock_was_set_teaches_nothing_and_may_be_further_off() -> None:
    before = call("before", 0, ids="D1", began_by=at(0.05), by_this_clock=False)
    assert learn_clock([before], [row(0.03, id_="D-1")], kept=None) == (ANY_CLOCK, False)
    assert set(match([call("before", 0, by_this_clock=False)], [row(-5.5)], SAME)) == {"before"}
    assert match([call("since", 0)], [row(-5.5)], SAME) == {}
