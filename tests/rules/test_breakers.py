"""When dialling stops by itself, and how long it rests."""

from datetime import timedelta

import pytest

from campaigns.rules.breakers import (
    Doubt,
    Said,
    doubt,
    pause_before_probe,
    pause_before_try,
    rejects_in_a_row,
    wait_asked,
)
from campaigns.rules.vocabulary import AttemptState

NOW = 1_000.0
STATES = {
    "r": AttemptState.REJECTED,
    "p": AttemptState.PLACING,
    "u": AttemptState.UNPLACED,
    "d": AttemptState.DONE,
    "t": AttemptState.PLACED,
    "a": AttemptState.AMBIGUOUS,
}


@pytest.mark.parametrize(
    ("answers", "every", "told"),
    [
        ("", 1, None),
        ("????", 1, None),
        ("?????", 1, Doubt(5, 5)),
        ("?????", 3600, Doubt(5, 5)),  # a row is a row, however long it took
        (".?????", 1, Doubt(5, 5)),
        ("?????.", 1, None),  # 5 of 6: too few to speak of a share
        ("????.????", 1, None),
        ("????.?????", 1, Doubt(5, 5)),
        ("??........", 1, None),  # exactly 20 % of ten
        ("???.......", 1, Doubt(3, 10)),
        ("??.......", 1, None),
        ("???.......", 20, None),  # the oldest ones lie more than two minutes back
        (".?..?..?..?..", 1, Doubt(4, 13)),
    ],
)
def test_an_account_stops_when_too_much_is_unclear(answers: str, every: float, told: Doubt | None) -> None:
    said = [Said(NOW - every * back, sign == ".") for back, sign in enumerate(reversed(answers))][::-1]
    assert doubt(said, now=NOW) == told


@pytest.mark.parametrize(
    ("failed", "seconds"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 300), (99, 300)]
)
def test_an_account_rests_longer_each_time(failed: int, seconds: float) -> None:
    assert pause_before_probe(failed) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("asked", "status", "seconds"),
    [
        (None, 500, None),
        (None, 503, None),
        (None, 429, 30),
        (0, 429, 30),
        (7, 429, 7),
        (90, 503, 90),
        (3600, 429, 900),
    ],
)
def test_lirax_is_heeded_for_a_quarter_of_an_hour(
    asked: float | None, status: int, seconds: float | None
) -> None:
    found = wait_asked(None if asked is None else timedelta(seconds=asked), status=status)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("newest_first", "row"), [("", 0), ("rrd", 2), ("pruurtr", 2), ("dr", 0), ("rar", 1), ("pp", 0)]
)
def test_rejects_are_counted_back_to_the_last_request_that_was_taken(newest_first: str, row: int) -> None:
    assert rejects_in_a_row([STATES[sign] for sign in newest_first]) == row


@pytest.mark.parametrize(
    ("rejects", "minutes"), [(0, None), (19, None), (20, 1), (21, 2), (22, 4), (25, 32), (26, 60), (90, 60)]
)
def test_a_campaign_rests_longer_after_each_reject_beyond_twenty(rejects: int, minutes: float | None) -> None:
    assert pause_before_try(rejects) == (None if minutes is None else timedelta(minutes=minutes))
