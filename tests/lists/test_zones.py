import pytest

from campaigns.lists.zones import zones_of

ZONES = [
    ("380671234567", ("Europe/Kyiv",)),
    ("48601234567", ("Europe/Warsaw",)),
    ("12025550123", ("America/New_York",)),
    ("74951234567", ("Europe/Moscow",)),
    ("9991234567", ()),
    ("", ()),
]


@pytest.mark.parametrize(("digits", "zones"), ZONES)
def test_a_number_lies_in_these_zones(digits: str, zones: tuple[str, ...]) -> None:
    assert zones_of(digits) == zones


@pytest.mark.parametrize("digits", ["79161234567", "19101234567"])  # mobile; of no known range
def test_a_number_that_may_lie_anywhere_in_its_country_has_all_zones_of_it(digits: str) -> None:
    assert len(zones_of(digits)) > 5
