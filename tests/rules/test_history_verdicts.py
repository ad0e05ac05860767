"""When history is asked, and what its silence means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.rules.history_verdicts import (
    Case,
    Sight,
    Verdict,
    Waits,
    Witnesses,
    next_look,
    sight_of,
    verdict_of,
    witnesses_of,
)
from campaigns.rules.matching import Listed, Sought
from campaigns.rules.vocabulary import AttemptState

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WAITS = Waits(10 * MINUTE, 15 * MINUTE, timedelta(days=1), timedelta(seconds=20))
NONE = Waits(timedelta(0), timedelta(0), timedelta(0), timedelta(seconds=20))
AMBIGUOUS, PLACED, UNPLACED = AttemptState.AMBIGUOUS, AttemptState.PLACED, AttemptState.UNPLACED


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def a_case(state: AttemptState = AMBIGUOUS, **minutes: float) -> Case:
    moments: dict[str, Any] = {name: at(value) for name, value in minutes.items()}
    return Case(Sought("a", "380671234501", NOON, at(15)), state, since=NOON, **moments)


@pytest.mark.parametrize(
    ("case", "minutes"),
    [
        (a_case(), 10),  # DZVIN_AMBIGUITY_WAIT
        (a_case(PLACED), 15),  # DZVIN_MAX_CALL
        (a_case(asked_at=2), 10),  # somebody asked before: that was too early to count
        (a_case(asked_at=10), 11),
        (a_case(asked_at=14.5), 15),  # exactly when absence may first be believed
        (a_case(asked_at=15, absent_at=15), 16),  # a second look at a silent history
        (a_case(asked_at=15), 16),  # it could not be read
        (a_case(asked_at=29.5, absent_at=29.5), 30),  # exactly when even a blind history decides
        (a_case(asked_at=29.5), 30),
        (a_case(asked_at=30), 31),
        (a_case(asked_at=120), 132),  # and ever more rarely while it cannot: a tenth of the time
        (a_case(UNPLACED, closed_at=15), 16),
        (a_case(UNPLACED, closed_at=15, asked_at=75), 105),
        (a_case(UNPLACED, closed_at=15, asked_at=500), None),
    ],
)
def test_the_next_look(case: Case, minutes: float | None) -> None:
    assert next_look(case, WAITS) == (None if minutes is None else at(minutes))


def test_a_blind_history_decides_at_the_very_end_of_a_wait_of_any_length() -> None:
    waits = Waits(10 * MINUTE, 15.5 * MINUTE, timedelta(days=1), timedelta(seconds=20))
    case = a_case()
    looks = []
    while verdict_of(case, Sight.BLIND, look_at=case.asked_at or NOON, waits=waits) is Verdict.LATER:
        look_at = next_look(case, waits)
        assert look_at is not None
        looks.append(look_at)
        case = replace(case, asked_at=look_at, absent_at=look_at)
    assert at(15.5) in looks
    assert looks[-1] == at(31)


def test_without_waits_two_looks_follow_each_other_at_once() -> None:
    assert next_look(a_case(), NONE) == NOON
    assert next_look(a_case(asked_at=0, absent_at=0), NONE) == NOON
    assert next_look(a_case(asked_at=0), NONE) == NOON + timedelta(seconds=1)  # it failed: no hurry


@pytest.mark.parametrize(
    ("case", "sight", "minutes", "verdict"),
    [
        (a_case(), Sight.SHOWS, 14.9, Verdict.LATER),  # a PBX writes its history when a call ends
        (a_case(), Sight.SHOWS, 15, Verdict.ABSENT),
        (a_case(), Sight.SILENT, 15, Verdict.LATER),  # one look at an empty history proves nothing
        (a_case(absent_at=14), Sight.SILENT, 15, Verdict.ABSENT),
        (a_case(absent_at=4), Sight.SILENT, 15, Verdict.LATER),  # the two lie too far apart
        (a_case(absent_at=14), Sight.BLIND, 15, Verdict.LATER),
        (a_case(absent_at=29), Sight.BLIND, 30, Verdict.UNKNOWN),  # decided in time, but not believed
        (a_case(PLACED), Sight.SHOWS, 15, Verdict.UNKNOWN),  # LiraX took it
        (a_case(UNPLACED, closed_at=15), Sight.SHOWS, 20, Verdict.LATER),
    ],
)
def test_what_absence_means(case: Case, sight: Sight, minutes: float, verdict: Verdict) -> None:
    assert verdict_of(case, sight, look_at=at(minutes), waits=WAITS) is verdict


@pytest.mark.parametrize(
    ("shown", "must_show", "sight"),
    [
        (None, None, Sight.SILENT),
        (1, None, Sight.SHOWS),
        (-1, None, Sight.SILENT),  # what it shows ended before the request
        (None, -1, Sight.BLIND),
        (-2, -1, Sight.SILENT),
        (-1, 2, Sight.BLIND),  # it stands still since before the request
        (1, 2, Sight.SHOWS),
    ],
)
def test_a_history_is_believed_by_what_it_shows(
    shown: float | None, must_show: float | None, sight: Sight
) -> None:
    moments = [None if minutes is None else at(minutes) for minutes in (shown, must_show)]
    assert sight_of(NOON, Witnesses(*moments)) is sight


def test_only_an_answered_call_that_ended_long_enough_ago_must_be_shown() -> None:
    def known(key: str, minutes: float, *, answered: bool = True, heard: bool = True) -> Sought:
        began = at(minutes) if heard else None
        return Sought(key, "38067", at(minutes), at(30), (), began, at(minutes), answered)

    listed = Listed(None, (NOON,), True, "38067", True, None)
    calls = [known("shown", 1), known("old", 2), known("new", 9), known("busy", 3, answered=False)]
    calls.append(known("history's own", 4, heard=False))
    seen = witnesses_of(calls, {"shown": listed}, look_at=at(10), waits=WAITS)
    assert seen == Witnesses(shown=at(1), must_show=at(2))
