"""Money, dates and times as lists have them, and as an IVR says them."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from campaigns.rules.spoken_values import read_money, spoken_date, spoken_money, spoken_time


@pytest.mark.parametrize(
    ("cell", "spoken"),
    [
        ("1 250,5", "1250.50"),
        ("1250.5", "1250.50"),
        ("1\u00a0250,50", "1250.50"),  # no-break space, as Excel writes it
        ("1\u202f250,50", "1250.50"),  # narrow no-break space
        ("1'250.50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1,250,300", "1250300.00"),
        ("1250", "1250.00"),
        (" 7 ", "7.00"),
        ("1 250,50 грн.", "1250.50"),
        ("₴ 100", "100.00"),
        ("99 UAH", "99.00"),
        ("0,125", "0.13"),  # half up; a leading zero is no thousand
        ("1250,555", "1250.56"),  # four digits before the comma: no thousand
        (1250.5, "1250.50"),
        (1250, "1250.00"),
        (Decimal("0.005"), "0.01"),
    ],
)
def test_a_sum_is_read_as_people_write_it(cell: object, spoken: str) -> None:
    assert spoken_money(cell) == spoken


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "n/a",
            "1,250",
            "1.250",
            "12 50",
            "1 25",
            "1e5",
            "3.80671E+11",
            "nan",
            "inf",
            "--5x",
            True,
            None,
        ),
        *(float("nan"), float("inf"), "9" * 16, "9" * 5000, "٣", "1.2.3", "-5", -0.01),
    ],
)
def test_what_is_no_sum_or_may_be_two_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"“.*”"):
        spoken_money(cell)


def test_a_debt_below_zero_is_read_but_not_spoken() -> None:
    assert read_money("-5,5") == Decimal("-5.50")
    assert read_money("−5") == Decimal("-5.00")


@pytest.mark.parametrize(
    ("cell", "spoken"),
    [
        ("2026-12-01", "01.12.2026"),
        ("2026-12-01 00:00:00", "01.12.2026"),
        ("2026-12-01T10:00:00Z", "01.12.2026"),
        ("01.12.2026", "01.12.2026"),
        ("1.2.2026", "01.02.2026"),
        ("01.12.26", "01.12.2026"),
        (date(2026, 12, 1), "01.12.2026"),
        (datetime(2026, 12, 1, 9, 30), "01.12.2026"),  # noqa: DTZ001 - a cell of a spreadsheet has no zone
        ("today", "today"),
        ("Tomorrow", "tomorrow"),
    ],
)
def test_a_date_is_read_as_people_write_it(cell: object, spoken: str) -> None:
    assert spoken_date(cell) == spoken


@pytest.mark.parametrize("cell", ["", "31.02.2026", "2026-13-01", "12/01/2026", "soon", "46357", None])
def test_what_is_no_date_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"“.*”"):
        spoken_date(cell)


@pytest.mark.parametrize(
    ("cell", "spoken"), [("9:30", "09:30"), ("12:30", "12:30"), ("12:30:59", "12:30"), (time(7, 5), "07:05")]
)
def test_a_time_of_day_is_read(cell: object, spoken: str) -> None:
    assert spoken_time(cell) == spoken


@pytest.mark.parametrize("cell", ["", "24:00", "12:60", "12.30", "750", "noon", None])
def test_what_is_no_time_of_day_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"“.*”"):
        spoken_time(cell)
