"""Reports of one call come to the same word, whatever order they come in and however often each comes."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.confluence import (
    Report,
    joined_agent,
    joined_duration,
    joined_ext,
    joined_marks,
    joined_reports,
    joined_status,
    keys_of,
)
from campaigns.rules.policy import KeyPress
from campaigns.rules.recordings import MOST, recordings_of, with_recording

PRESSES = st.builds(KeyPress, st.sampled_from(["Menu", "IVR 5"]), st.just("0"), st.sampled_from("129"))
REPORTS = st.lists(PRESSES, max_size=4).map(tuple)
STATUSES = st.sampled_from([None, "", "Success", "Busy", "NotAvailable", "NotAllowed", "Missed", "Інше"])
EXTS = st.sampled_from([None, "", "5001", "101", "102", "99", "1000"])
MARKS = st.none() | st.dictionaries(st.sampled_from(["cs", "cm"]), st.sampled_from("abc"))


def shuffled(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[list[object], list[object]]]:
    """Some reports, and the same ones in another order, some of them more than once."""
    some = st.lists(strategy, max_size=6)
    return some.flatmap(
        lambda told: st.tuples(
            st.just(told),
            st.lists(st.sampled_from(told), max_size=6).flatmap(lambda more: st.permutations(told + more))
            if told
            else st.just([]),
        )
    )


@given(shuffled(STATUSES))
def test_the_clearest_status_counts(orders: tuple[list[str | None], list[str | None]]) -> None:
    first, second = (reduce(joined_status, told, None) for told in orders)
    assert first == second == joined_status(*orders[0])


@given(shuffled(EXTS))
def test_the_agent_is_the_same(orders: tuple[list[str | None], list[str | None]]) -> None:
    def joined(told: list[str | None]) -> str | None:
        return reduce(lambda known, ext: joined_agent(known, ext, connect="5001"), told, None)

    assert joined(orders[0]) == joined(orders[1])
    assert reduce(joined_ext, orders[0], None) == reduce(joined_ext, orders[1], None)


@given(shuffled(MARKS))
def test_the_marks_are_the_same(orders: tuple[list[dict[str, str]], list[dict[str, str]]]) -> None:
    nothing: dict[str, str] = {}
    first, second = (reduce(joined_marks, told, nothing) for told in orders)
    assert first == second
    assert list(first) == sorted(first)


@given(shuffled(st.none() | st.integers(0, 90).map(lambda seconds: timedelta(seconds=seconds))))
def test_the_longest_duration_counts(orders: tuple[list[timedelta], list[timedelta]]) -> None:
    first, second = (reduce(joined_duration, told, None) for told in orders)
    assert first == second


@given(shuffled(REPORTS), st.none() | REPORTS)
def test_the_keys_are_the_same(orders: tuple[list[Report], list[Report]], finished: Report | None) -> None:
    nothing: tuple[Report, ...] = ()
    first, second = (reduce(joined_reports, told, nothing) for told in orders)
    assert first == second
    keys = keys_of(finished, first)
    assert set(keys) == {press for report in (*orders[0], finished or ()) for press in report}
    if finished:
        whole = [report for report in first if len(report) > len(finished)]
        assert keys[: len(finished)] == finished or whole


def pressed(keys: str, menu: str = "Menu") -> Report:
    return tuple(KeyPress(menu, "0", key) for key in keys)


@pytest.mark.parametrize(
    ("finished", "events", "keys"),
    [
        (None, [], ""),
        ("12", [], "12"),
        (None, ["12"], "12"),
        ("12", ["2"], "12"),  # an event tells the last key only
        ("1", ["12"], "12"),  # the longer report holds the shorter one
        ("11", ["11"], "11"),  # pressed twice, told twice
        ("4", ["414"], "414"),
        ("12", ["13"], "123"),  # neither holds the other: all count, the webhook's first
        ("2", ["1"], "21"),
        (None, ["2", "1", "2"], "12"),
        ("", ["1"], "1"),  # the webhook knew of none
        (None, ["1", "2", "12"], "12"),
    ],
)
def test_keys_of_a_call(finished: str | None, events: list[str], keys: str) -> None:
    told = joined_reports((), *(pressed(event) for event in events))
    assert keys_of(None if finished is None else pressed(finished), told) == pressed(keys)


def test_a_key_whose_menu_is_named_differently_counts_under_both_names() -> None:
    told = joined_reports((), pressed("1", menu="IVR 5"))
    assert keys_of(pressed("1"), told) == pressed("1") + pressed("1", menu="IVR 5")


@given(shuffled(st.integers(0, 30).map(lambda number: f"https://files.example.com/{number}.wav")))
def test_recordings_are_the_same(orders: tuple[list[str], list[str]]) -> None:
    first, second = (reduce(with_recording, told, None) for told in orders)
    assert first == second
    assert recordings_of(first) == tuple(sorted(set(orders[0])))[:MOST]
