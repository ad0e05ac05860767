"""Sharing of lines as tables and over time, and the pace of requests against a recount."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.pacing import Candidate, requests_allowed, share_lines
from campaigns.rules.vocabulary import CampaignId
from tests.rules.calling_windows import utc

NOW = utc("2026-12-01 10:00:00")
MANY = 1_000_000


def a_candidate(
    number: int = 1,
    *,
    due: int = MANY,
    weight: int = 1,
    credit: float = 0.0,
    lines: int | None = None,
    requests: int | None = None,
) -> Candidate:
    return Candidate(
        CampaignId(number), due=due, weight=weight, credit=credit, lines=lines, requests=requests
    )


def lines_of(*candidates: Candidate, free: int) -> list[int]:
    return [share.lines for _, share in sorted(share_lines(candidates, free=free).items())]


@pytest.mark.parametrize(
    ("candidates", "free", "expected"),
    [
        ([], 10, []),
        ([a_candidate()], 10, [10]),
        ([a_candidate()], 0, [0]),
        ([a_candidate()], -1, [0]),  # more calls are up than lines are left
        ([a_candidate(due=3)], 10, [3]),
        ([a_candidate(lines=2)], 10, [2]),
        ([a_candidate(requests=1)], 10, [1]),
        ([a_candidate(lines=-1)], 10, [0]),  # its limit was lowered while calls were up
        ([a_candidate(1), a_candidate(2)], 10, [5, 5]),
        ([a_candidate(1), a_candidate(2, weight=3)], 20, [5, 15]),  # 20 * 1/4, 20 * 3/4
        ([a_candidate(1), a_candidate(2, weight=3)], 4, [1, 3]),
        # what one cannot use, the others get: 20 - 4 = 16
        ([a_candidate(1), a_candidate(2, weight=3, lines=4)], 20, [16, 4]),
        ([a_candidate(1, due=0), a_candidate(2)], 7, [0, 7]),
        # 3 + 2 are all that anybody can use
        ([a_candidate(1, due=3), a_candidate(2, requests=2)], 20, [3, 2]),
        # the one who is owed a line gets it
        ([a_candidate(1), a_candidate(2, credit=0.9)], 1, [0, 1]),
        # on equal terms the older campaign
        ([a_candidate(2), a_candidate(1)], 1, [1, 0]),
    ],
)
def test_lines_go_by_weight_to_those_who_can_use_them(
    candidates: list[Candidate], free: int, expected: list[int]
) -> None:
    assert lines_of(*candidates, free=free) == expected


def rounds(weights: list[int], *, free: list[int]) -> list[list[int]]:
    """Lines given in each round to campaigns that always have somebody due; credits are carried on."""
    owed = [0.0] * len(weights)
    given = []
    for lines in free:
        shares = share_lines(
            [
                a_candidate(number, weight=weight, credit=owed[number])
                for number, weight in enumerate(weights)
            ],
            free=lines,
        )
        owed = [shares[CampaignId(number)].credit for number in range(len(weights))]
        given.append([shares[CampaignId(number)].lines for number in range(len(weights))])
    return given


@pytest.mark.parametrize("free", [[1] * 400, [2, 3] * 80, [20] * 20, [1, 7, 1, 1] * 40])
def test_weights_one_and_three_share_within_two_per_cent(free: list[int]) -> None:
    given = rounds([1, 3], free=free)
    total = sum(free)  # 400 each
    assert abs(sum(first for first, _ in given) / total - 1 / 4) <= 0.02
    assert [sum(each) for each in given] == free


@settings(max_examples=100, deadline=None, database=None)
@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=8),
    st.lists(st.integers(0, 9), min_size=1, max_size=60),
)
def test_nobody_is_more_than_a_few_lines_away_from_his_share(weights: list[int], free: list[int]) -> None:
    given = rounds(weights, free=free)
    for number, weight in enumerate(weights):
        due = sum(free) * weight / sum(weights)
        assert abs(sum(each[number] for each in given) - due) < len(weights)


def test_the_smallest_weight_is_served_in_time() -> None:
    given = rounds([1, 1000], free=[1] * 2002)  # 1 in 1,001, so twice in 2,002
    assert [first for first, _ in given].count(1) == 2


def test_who_could_not_use_lines_does_not_claim_them_later() -> None:
    shares = share_lines([a_candidate(1), a_candidate(2, due=0)], free=100)
    back = [a_candidate(number, credit=shares[CampaignId(number)].credit) for number in (1, 2)]
    assert lines_of(*back, free=10) == [5, 5]


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(
        st.builds(
            a_candidate,
            st.integers(1, 10_000),
            due=st.integers(0, 9),
            weight=st.integers(1, 9),
            credit=st.floats(-3, 3),
            lines=st.none() | st.integers(-2, 9),
            requests=st.none() | st.integers(0, 9),
        ),
        max_size=9,
        unique_by=lambda each: each.campaign_id,
    ),
    st.integers(0, 40),
)
def test_no_line_stays_free_while_somebody_can_use_it_and_no_limit_is_passed(
    candidates: list[Candidate], free: int
) -> None:
    shares = share_lines(candidates, free=free)
    assert sum(each.lines for each in shares.values()) == min(free, sum(each.usable for each in candidates))
    assert all(shares[each.campaign_id].lines <= each.usable for each in candidates)
    gained = sum(each.credit for each in shares.values()) - sum(each.credit for each in candidates)
    assert gained == pytest.approx(0)


def seconds_ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=each) for each in seconds]


@pytest.mark.parametrize(
    ("sent_at", "per_minute", "allowed", "wait"),
    [
        ([], 30, 30, None),
        (seconds_ago(10), 1, 0, 51),  # 61 - 10
        (seconds_ago(61), 1, 1, None),
        (seconds_ago(60.5), 1, 0, 0.5),
        (seconds_ago(30, 20, 10), 5, 2, None),
        (seconds_ago(30, 20, 10), 3, 0, 31),  # the oldest of three: 61 - 30
        (seconds_ago(10, 30, 20), 3, 0, 31),  # in any order
        # the pace was lowered from 3 to 1: all three must be over, 61 - 10
        (seconds_ago(30, 20, 10), 1, 0, 51),
        (seconds_ago(90, 80, 70), 1, 1, None),
        # the clock was set back by an hour: the request counts as sent now
        (seconds_ago(-3600), 1, 0, 61),
    ],
)
def test_requests_leave_at_the_pace(
    sent_at: list[datetime], per_minute: int, allowed: int, wait: float | None
) -> None:
    next_at = None if wait is None else NOW + timedelta(seconds=wait)
    assert requests_allowed(sent_at, per_minute=per_minute, now=NOW) == (allowed, next_at)


@settings(max_examples=100, deadline=None, database=None)
@given(st.integers(1, 12), st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_in_no_sixty_seconds_more_leave_than_the_pace_says(per_minute: int, pauses: list[float]) -> None:
    now, sent_at = NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        allowed, next_at = requests_allowed(sent_at, per_minute=per_minute, now=now)
        assert (allowed == 0) == (next_at is not None)
        if next_at is not None:
            now = next_at
            allowed, _ = requests_allowed(sent_at, per_minute=per_minute, now=now)
            assert allowed > 0
        sent_at += [now] * allowed
    minute = timedelta(seconds=60)
    assert all(sum(start <= each <= start + minute for each in sent_at) <= per_minute for start in sent_at)
