"""Durations as people write them."""

from datetime import timedelta

import pytest

from campaigns.rules.durations import parse_duration, write_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("90s", 90),
        ("15m", 900),  # 15 * 60
        ("2h", 7_200),  # 2 * 3,600
        ("1d", 86_400),
        ("1h30m", 5_400),  # 3,600 + 30 * 60
        ("1d2h3m4s", 93_784),  # 86,400 + 7,200 + 180 + 4
        (" 15m ", 900),
        ("007s", 7),
        ("0" * 40 + "7s", 7),
        ("3650d", 315_360_000),  # 3,650 * 86,400
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "15",
        "m",
        "1.5h",
        "-1s",
        "+1s",
        "15 m",
        "1h1h",
        "30m1h",
        "2H",
        "1w",
        "٣m",
        "never",
        "1h\n2m",
    ],
)
def test_what_is_no_duration_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write a whole number and s, m, h or d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["3651d", "87601h", "9" * 40 + "d", "9" * 5_000 + "s"])
def test_more_than_ten_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than ten years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (90, "90s"),
        (900, "15m"),
        (7_200, "2h"),
        (86_400, "1d"),
        (5_400, "90m"),  # 1.5 h
        (93_784, "93784s"),
        (129_600, "36h"),  # 1.5 d
    ],
)
def test_a_duration_is_written_in_its_largest_whole_unit_and_can_be_read_again(
    seconds: int, text: str
) -> None:
    assert write_duration(timedelta(seconds=seconds)) == text
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("duration", [timedelta(seconds=-1), timedelta(milliseconds=1500)])
def test_what_cannot_be_written_exactly_is_refused(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="cannot be written as a duration"):
        write_duration(duration)
