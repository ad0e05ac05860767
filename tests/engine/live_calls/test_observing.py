"""What is concluded from what was heard of a live call."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.rules.vocabulary import AttemptState
from engine.lirax.capabilities import Capabilities, FinishedAt, OutsideHours
from engine.lirax.capability_words import objections, sentences
from engine.lirax.history import HistoryCall
from engine.live_calls.hours import closed_hours
from engine.live_calls.listing import has_callid, zone_off
from engine.live_calls.observing import Heard, outside_shown_by, shown_by
from tests.engine.live_calls.courses import ANNA, CALL, NOON, a_course, event, finished

ANSWERED = [event("INCOMING", 1.5), event("ACCEPTED", 6), event("COMPLETED", 26)]


def shown(*heard: Heard) -> Capabilities:
    return shown_by(a_course(*heard), from_ext="101")


def test_a_call_that_was_answered_shows_everything() -> None:
    assert shown(*ANSWERED, finished(26)) == Capabilities(
        looked_at=NOON,
        events_for_make2calls=True,
        event_types=("out",),
        event_names=("INCOMING", "ACCEPTED", "COMPLETED"),
        event_ext_is_from=True,
        call_ids=1,
        incoming_event=True,
        accepted_event=True,
        rings_after_seconds=1.5,
        first_event_seconds=1.5,
        finished_seconds=26.0,
        finished_at=FinishedAt.HANGUP,
    )


def test_events_of_others_and_results_of_other_calls_are_not_this_ones() -> None:
    others = [event("INCOMING", 1, phone="380509998877"), finished(3, task="task-2")]
    assert shown(*others) == Capabilities(looked_at=NOON, events_for_make2calls=False)


def test_another_extension_and_several_call_ids_are_noticed() -> None:
    told = shown(event("ACCEPTED", 2, ext=ANNA), event("COMPLETED", 9, ext=ANNA, callid="D2-1"))
    assert (told.event_ext_is_from, told.call_ids) == (False, 2)


FINISHED_AT = [
    # what was heard, and when the result comes by that
    ([*ANSWERED, finished(26)], FinishedAt.HANGUP),
    ([*ANSWERED, finished(25.5)], FinishedAt.HANGUP),  # overtook the event
    ([*ANSWERED, finished(6.1)], FinishedAt.ANSWER),
    ([event("ACCEPTED", 6), event("COMPLETED", 6.5), finished(6.2)], None),  # hung up at once
    ([event("ACCEPTED", 6), finished(6.2)], None),  # the end has not been heard of yet
    ([event("COMPLETED", 26), finished(27)], FinishedAt.HANGUP),
    ([finished(27)], None),
    ([event("INCOMING", 1), event("COMPLETED", 9), finished(9, success=False)], None),
    (ANSWERED, None),
]


@pytest.mark.parametrize(("heard", "expected"), FINISHED_AT)
def test_whether_the_result_comes_at_the_answer_or_at_the_end(
    heard: list[Heard], expected: FinishedAt | None
) -> None:
    assert shown(*heard).finished_at is expected


ACCEPTED = [
    ([*ANSWERED, finished(26)], True),
    ([event("INCOMING", 1), event("COMPLETED", 9), finished(9)], False),  # answered, and no ACCEPTED
    ([event("INCOMING", 1), event("COMPLETED", 9), finished(9, success=False)], None),
    ([finished(9)], None),
]


@pytest.mark.parametrize(("heard", "expected"), ACCEPTED)
def test_whether_an_answer_is_told_is_known_only_of_an_answered_call(
    heard: list[Heard], expected: bool | None
) -> None:
    assert shown(*heard).accepted_event is expected


OUTSIDE: list[tuple[list[Heard], AttemptState, OutsideHours | None]] = [
    ([], AttemptState.REJECTED, OutsideHours.REJECTED),
    ([], AttemptState.PLACED, OutsideHours.WAITS),
    ([], AttemptState.AMBIGUOUS, None),
    ([finished(0.5, success=False)], AttemptState.DONE, OutsideHours.FAILED),
    (
        [finished(30, success=False)],
        AttemptState.DONE,
        OutsideHours.RINGS,
    ),  # in silence, but it took its time
    ([finished(0.5)], AttemptState.DONE, OutsideHours.RINGS),
    ([event("INCOMING", 1)], AttemptState.PLACED, OutsideHours.RINGS),
]


@pytest.mark.parametrize(("heard", "state", "expected"), OUTSIDE)
def test_what_became_of_a_request_outside_its_hours(
    heard: list[Heard], state: AttemptState, expected: OutsideHours | None
) -> None:
    assert outside_shown_by(a_course(*heard, state=state)) is expected


HOURS = [
    # hour of the day in Kyiv, the hour that LiraX is given
    (0, ("10", "11")),
    (6, ("08", "09")),
    (7, ("09", "10")),
    (9, ("11", "12")),
    (12, ("14", "15")),
    (17, ("19", "20")),
    (18, ("10", "11")),
    (23, ("10", "11")),
]


@pytest.mark.parametrize(("hour", "expected"), HOURS)
def test_closed_hours_are_by_day_and_never_this_one(hour: int, expected: tuple[str, str]) -> None:
    now = datetime(2026, 12, 1, hour, 59, tzinfo=UTC) - timedelta(hours=2)
    assert closed_hours(now, "Europe/Kyiv") == expected


def a_row(started_at: datetime, **more: Any) -> HistoryCall:
    usual: dict[str, Any] = {name: None for name in HistoryCall.__dataclass_fields__ if name != "extra"}
    return HistoryCall(**{**usual, "started_at": started_at, "dnis": ANNA, **more})


@pytest.mark.parametrize(("hours", "seconds"), [(0, 3), (2, -40), (-1, 65), (5.75, 0)])
def test_the_zone_of_history_is_told_in_whole_quarters_of_an_hour(hours: float, seconds: int) -> None:
    row = a_row(NOON + timedelta(hours=hours, seconds=seconds))
    assert zone_off(row, a_course()) == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_no_other_zone() -> None:
    row = a_row(NOON - timedelta(hours=1), or_started_at=NOON)
    assert zone_off(row, a_course()) == timedelta(0)


@pytest.mark.parametrize(("call_id", "same"), [(CALL, True), ("D11", True), ("X", False), (None, None)])
def test_the_call_id_of_history_is_that_of_the_events_dashes_aside(
    call_id: str | None, same: bool | None
) -> None:
    assert has_callid(a_row(NOON, call_id=call_id), a_course(*ANSWERED)) is same


def test_what_is_known_is_told_in_sentences() -> None:
    told = shown(*ANSWERED, finished(26)).having(
        history_lists_make2calls=True,
        history_has_callid=False,
        history_lag_seconds=4.0,
        history_form="text with semicolons in utf-8, 15 columns",
        outside_hours=OutsideHours.RINGS,
    )
    assert objections(told) == []
    assert sentences(told) == [
        "events come for campaign calls: INCOMING, ACCEPTED, COMPLETED",
        "the phone began to ring 1.5 s after the request",
        "the result came 26.0 s after the request, when the call was over",
        "history lists campaign calls, at most 4 s after their end; its call id is not that of the events; "
        "it is text with semicolons in utf-8, 15 columns",
        "a request outside its hours rings all the same",
    ]


def test_what_stands_in_our_way_is_told_with_what_to_do() -> None:
    told = Capabilities(looked_at=NOON, history_zone_off_minutes=-90)
    assert [sentence.split(":")[0] for sentence in objections(told)] == [
        "the result of the live call never came",
        "history is written 1 h 30 min behind the account's time zone",
    ]
    assert (objections(Capabilities()), sentences(Capabilities())) == ([], [])
