"""In which time zones a number may lie, as `phonenumbers` knows it; and in which country a zone lies."""

from functools import lru_cache
from importlib.resources import files

import phonenumbers
from phonenumbers import NumberParseException
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

_CODE_LENGTHS = (1, 2, 3)
_USUAL_COUNTRY = "UA"


@lru_cache(maxsize=64)
def country_of(timezone: str) -> str:
    """Two letters of the country of an IANA zone, by the zone database; Ukraine for a zone of no country."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == timezone), _USUAL_COUNTRY)


def zones_of(digits: str) -> tuple[str, ...]:
    """IANA names of every zone the number may lie in, () if nothing is known of it.

    A number of no known range may lie in any zone of its country.
    """
    for length in _CODE_LENGTHS:
        zones = _whole_country(digits[:length])
        if zones:
            return zones
    return _of_number(digits)


@lru_cache(maxsize=4096)
def _whole_country(code: str) -> tuple[str, ...]:
    """The zones of a country code whose numbers all share them; () where they differ, or it is none."""
    if not code.isdecimal() or int(code) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return ()
    if any(prefix.startswith(code) and prefix != code for prefix in TIMEZONE_DATA):
        return ()
    return TIMEZONE_DATA.get(code, ())


@lru_cache(maxsize=65536)
def _of_number(digits: str) -> tuple[str, ...]:
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except NumberParseException:
        return ()
    zones = time_zones_for_number(number)
    if UNKNOWN_TIMEZONE in zones:
        zones = TIMEZONE_DATA.get(str(number.country_code), ())
    return tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE)
