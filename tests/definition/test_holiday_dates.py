"""Public holidays, Ukraine's by its Labour Code."""

from datetime import date

import pytest

from campaigns.public_holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    orthodox_easter,
    public_holidays,
    ukrainian_holidays,
)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        *((2019, (4, 28)), (2020, (4, 19)), (2021, (5, 2)), (2022, (4, 24)), (2023, (4, 16)), (2024, (5, 5))),
        *((2025, (4, 20)), (2026, (4, 12)), (2027, (5, 2)), (2028, (4, 16)), (2029, (4, 8)), (2030, (4, 28))),
    ],
)
def test_orthodox_easter(year: int, easter: tuple[int, int]) -> None:
    assert orthodox_easter(year) == date(year, *easter)


def test_the_holidays_of_ukraine_in_2026() -> None:
    assert sorted(ukrainian_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 3, 8),
        date(2026, 4, 12),  # Easter
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 31),  # Trinity
        date(2026, 6, 28),
        date(2026, 7, 15),
        date(2026, 8, 24),
        date(2026, 10, 1),
        date(2026, 12, 25),
    ]


def test_ukraine_has_holidays_in_every_year() -> None:
    days = public_holidays("UA")
    assert {day.year for day in days} == set(range(FIRST_YEAR, LAST_YEAR + 1))


def test_another_country_has_the_holidays_of_the_library() -> None:
    assert date(2026, 11, 11) in public_holidays("PL")
    assert date(2026, 8, 24) not in public_holidays("PL")
