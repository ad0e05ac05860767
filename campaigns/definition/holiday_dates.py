"""Days on which nobody is called: a country's public holidays, and dates that the definition names."""

from datetime import date

from campaigns.definition.fields import read_line
from campaigns.definition.reading import Place, did_you_mean, shown
from campaigns.public_holidays import known_countries, public_holidays
from campaigns.rules.spoken_values import read_date

_MOST_DATES = 1_000


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
    if country not in known_countries():
        near = did_you_mean(country, known_countries()) if len(country) != 2 else ""
        place.wrong(f"{shown(text)} is neither a country such as UA nor a date such as 2026-12-24{near}")
        return frozenset()
    return public_holidays(country)


def _read_day(place: Place, text: str) -> frozenset[date]:
    try:
        return frozenset({read_date(text)})
    except ValueError as error:
        place.wrong(str(error))
        return frozenset()
