"""`Retry-After`, as it is read."""

from datetime import timedelta

import pytest

from engine.lirax.waiting import asked_to_wait

DATE = "Tue, 01 Dec 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "7"}, 7),
        (503, {"retry-after": " 120 "}, 120),
        (500, {"retry-after": "7"}, None),
        (200, {"retry-after": "7"}, None),
        (429, {}, None),
        (429, {"retry-after": "soon"}, None),
        (429, {"retry-after": "-7"}, None),
        (429, {"retry-after": "9" * 40}, None),
        (429, {"retry-after": "٣"}, None),
        (429, {"retry-after": "Tue, 01 Dec 2026 10:02:00 GMT", "date": DATE}, 120),
        (429, {"retry-after": "Tue, 01 Dec 2026 09:00:00 GMT", "date": DATE}, 0),
        (429, {"retry-after": "Tue, 01 Dec 2026 10:02:00 GMT"}, None),  # our clock may be another
        (429, {"retry-after": "Tue, 32 Dec 2026 10:02:00 GMT", "date": DATE}, None),
    ],
)
def test_how_long_lirax_asks_us_to_wait(status: int, headers: dict[str, str], seconds: float | None) -> None:
    found = asked_to_wait(status, headers)
    assert found == (None if seconds is None else timedelta(seconds=seconds))
