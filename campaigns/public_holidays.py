"""The public holidays of a country, for the years in which a campaign may run.

The library `holidays` knows none for Ukraine since 2022 (martial law), yet who writes `holidays: UA` wants
them left out; so article 73 of the Labour Code stands here, for the years in which the library is empty.
"""

from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 2024, 2045  # dates are made once for all years in which a campaign may run
_UKRAINIAN_DAYS = (  # (month, day), article 73 as amended in 2023
    (1, 1),  # New Year
    (3, 8),  # International Women's Day
    (5, 1),  # Labour Day
    (5, 8),  # Remembrance and Victory over Nazism
    (6, 28),  # Constitution
    (7, 15),  # Statehood
    (8, 24),  # Independence
    (10, 1),  # Defenders of Ukraine
    (12, 25),  # Christmas
)
_TRINITY = timedelta(days=49)  # after Easter


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    import holidays  # takes a third of a second to load, and few definitions need it

    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@lru_cache(maxsize=32)
def public_holidays(country: str) -> frozenset[date]:
    """The public holidays of a country, from 2024 to 2045. `country` is one the library knows."""
    import holidays

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    known = frozenset(holidays.country_holidays(country, years=years).keys())
    if country != "UA":
        return known
    return known.union(*(ukrainian_holidays(year) for year in years if not _has_year(known, year)))


def _has_year(days: frozenset[date], year: int) -> bool:
    return any(day.year == year for day in days)


def ukrainian_holidays(year: int) -> frozenset[date]:
    """Labour Code of Ukraine, article 73. Days off moved by article 67 are not among them: martial law."""
    easter = orthodox_easter(year)
    fixed = {date(year, month, day) for month, day in _UKRAINIAN_DAYS}
    return frozenset(fixed | {easter, easter + _TRINITY})


def orthodox_easter(year: int) -> date:
    """Easter Sunday by the Julian rule, in our calendar; right from 1900 to 2099 (the calendars' 13 days)."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)
