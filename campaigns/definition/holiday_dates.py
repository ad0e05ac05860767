"""Days on which nobody is called: a country's public holidays, and dates that the definition names.

The library `holidays` knows none for Ukraine since 2022 (martial law), yet who writes `holidays: UA` wants
them left out; so article 73 of the Labour Code stands here, for the years in which the library is empty.
"""

from datetime import date, timedelta
from functools import lru_cache

from campaigns.definition.fields import read_line
from campaigns.definition.reading import Place, did_you_mean, shown
from campaigns.rules.spoken_values import read_date

FIRST_YEAR, LAST_YEAR = 2024, 2045  # dates are made once for all years in which a campaign may run
_MOST_DATES = 1_000
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


def read_holidays(place: Place) -> frozenset[date] | None:
    """A country, a date, or a list of both."""
    items = place.items()
    if len(items) > _MOST_DATES:
        place.wrong(f"has {len(items)} entries, at most {_MOST_DATES} are allowed")
        return None
    return frozenset().union(*(_read_one(item) for item in items))


def _read_one(place: Place) -> frozenset[date]:
    text = read_line(place)
    if text is None:
        return frozenset()
    if text[0].isdigit():
        return _read_day(place, text)
    country = text.upper()
    if country not in _known_countries():
        near = did_you_mean(country, _known_countries()) if len(country) != 2 else ""
        place.wrong(f"{shown(text)} is neither a country such as UA nor a date such as 2026-12-24{near}")
        return frozenset()
    return public_holidays(country)


def _read_day(place: Place, text: str) -> frozenset[date]:
    try:
        return frozenset({read_date(text)})
    except ValueError as error:
        place.wrong(str(error))
        return frozenset()


@lru_cache(maxsize=1)
def _known_countries() -> frozenset[str]:
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
