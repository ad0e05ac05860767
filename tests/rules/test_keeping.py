from datetime import UTC, datetime, timedelta

import pytest

from campaigns.rules.keeping import Keeping

NOW = datetime(2026, 12, 31, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kept", "calls", "recordings"),
    [
        (400 * DAY, 400, 400),
        (9 * DAY, 9, 9),
        (timedelta(0), 8, 0),  # caps need the calls of a week; addresses of sound nobody needs
        (None, None, None),
    ],
)
def test_what_is_older_may_go_but_calls_of_a_week_never(
    kept: timedelta | None, calls: int | None, recordings: int | None
) -> None:
    keeping = Keeping(webhooks=kept, recordings=kept, calls=kept)
    before = None if calls is None else NOW - calls * DAY
    assert keeping.calls_before(NOW) == before
    assert keeping.webhooks_before(NOW) == before
    assert keeping.recordings_before(NOW) == (None if recordings is None else NOW - recordings * DAY)


def test_a_longer_gap_between_calls_keeps_them_longer() -> None:
    keeping = Keeping(webhooks=None, recordings=None, calls=timedelta(0), least=30 * DAY)
    assert keeping.calls_before(NOW) == NOW - 30 * DAY
