"""Numbers as LiraX's own blacklist has them, and the country in which national ones are read."""

import pytest

from campaigns.lists.blacklisted import read_blacklisted
from campaigns.lists.zones import country_of


@pytest.mark.parametrize(
    ("written", "country", "digits"),
    [
        ("380671234567", "UA", "380671234567"),
        ("+38 (067) 123-45-67", "UA", "380671234567"),
        ("0671234567", "UA", "380671234567"),
        ("501234567", "PL", "48501234567"),
        ("100111000101", "UA", "100111000101"),  # of no country, but whole: kept as it is
        ("06712345", "UA", None),  # a national number that lost digits
        ("0000000000", "UA", None),
        ("12", "UA", None),
        ("sales", "UA", None),
        ("", "UA", None),
    ],
)
def test_digits_are_read_or_left(written: str, country: str, digits: str | None) -> None:
    assert read_blacklisted(written, country=country) == digits


@pytest.mark.parametrize(
    ("zone", "country"), [("Europe/Kyiv", "UA"), ("Europe/Warsaw", "PL"), ("UTC", "UA"), ("Mars/Base", "UA")]
)
def test_a_zone_lies_in_a_country(zone: str, country: str) -> None:
    assert country_of(zone) == country
