"""IPv4 addresses as people and LiraX write them: leading zeros are allowed, and kept. Pure."""

import re

from engine.lirax.spelling import comparable_ip

_FOUR_NUMBERS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}")
_LARGEST = 255


def read_ipv4(text: str) -> str:
    """The address as it is written, without spaces around it; raises ValueError with a sentence."""
    written = text.strip()
    if not _FOUR_NUMBERS.fullmatch(written) or any(int(part) > _LARGEST for part in written.split(".")):
        raise ValueError(f"{written[:60]!r} is not an IPv4 address such as 203.0.113.7")
    return written


def same_among(address: str, listed: list[str]) -> str | None:
    """How the list writes this address; None when it is not on it (reference, C33)."""
    wanted = comparable_ip(address)
    return next((each for each in listed if comparable_ip(each) == wanted), None)
