"""When somebody is called again: a table of the retry rule."""

from datetime import timedelta

import pytest

from campaigns.rules.policy import RetryPolicy
from campaigns.rules.retrying import next_attempt_at
from campaigns.rules.vocabulary import CallResult
from tests.rules.standings import NOW

R = CallResult
M, H = timedelta(minutes=1), timedelta(hours=1)
PLAIN = RetryPolicy(attempts=3, delay=2 * H)


def named(**delays: timedelta | None) -> RetryPolicy:
    return RetryPolicy(attempts=3, delay=2 * H, by_result={R(word): delay for word, delay in delays.items()})


@pytest.mark.parametrize(
    ("policy", "result", "attempts", "pause"),
    [
        (PLAIN, R.BUSY, 1, 2 * H),
        (PLAIN, R.BUSY, 2, 2 * H),
        (PLAIN, R.BUSY, 3, None),  # three calls in all
        (PLAIN, R.BUSY, 4, None),
        (RetryPolicy(), R.NO_ANSWER, 1, None),  # one call unless more are named
        (named(busy=15 * M), R.BUSY, 1, 15 * M),
        (named(busy=15 * M), R.NO_ANSWER, 1, 2 * H),
        (named(busy=None), R.BUSY, 1, None),  # never
        (named(no_answer=1 * H), R.UNREACHABLE, 1, 1 * H),  # holds for unreachable too …
        (named(no_answer=None), R.UNREACHABLE, 1, None),
        (named(no_answer=1 * H, unreachable=3 * H), R.UNREACHABLE, 1, 3 * H),  # … unless that is named
        (named(no_answer=None, unreachable=3 * H), R.UNREACHABLE, 1, 3 * H),
        (named(unreachable=3 * H), R.NO_ANSWER, 1, 2 * H),  # not the other way round
        (named(no_answer=1 * H), R.NOT_ALLOWED, 1, 2 * H),
        (PLAIN, R.ANSWERED_FULL, 1, 2 * H),  # with goal: key
        (PLAIN, R.UNKNOWN, 1, None),  # it may have rung
        (named(unknown=30 * M), R.UNKNOWN, 1, 30 * M),
        (named(unknown=None), R.UNKNOWN, 1, None),
    ],
)
def test_the_pause_after_each_result(
    policy: RetryPolicy, result: CallResult, attempts: int, pause: timedelta | None
) -> None:
    at = next_attempt_at(result, attempts=attempts, policy=policy, ended_at=NOW, min_gap=timedelta(0))
    assert at == (None if pause is None else NOW + pause)


@pytest.mark.parametrize(("gap", "pause"), [(0 * M, 1 * M), (1 * M, 1 * M), (15 * M, 15 * M)])
def test_no_pause_is_shorter_than_the_minimum_gap(gap: timedelta, pause: timedelta) -> None:
    at = next_attempt_at(R.BUSY, attempts=1, policy=named(busy=1 * M), ended_at=NOW, min_gap=gap)
    assert at == NOW + pause
