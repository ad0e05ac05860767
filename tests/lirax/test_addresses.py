"""IPv4 addresses with and without leading zeros."""

import pytest

from engine.lirax.addresses import read_ipv4, same_among


@pytest.mark.parametrize("text", ["100.111.000.101", "1.2.3.4", " 255.255.255.255 ", "001.002.003.004"])
def test_leading_zeros_are_kept(text: str) -> None:
    assert read_ipv4(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "0x1.2.3.4", "a.b.c.d", "::1", "1.2.3.4/8"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not an IPv4 address such as"):
        read_ipv4(text)


def test_two_spellings_are_one_address() -> None:
    assert same_among("100.111.0.101", ["1.1.1.1", "100.111.000.101"]) == "100.111.000.101"
    assert same_among("100.111.0.10", ["100.111.000.101"]) is None
