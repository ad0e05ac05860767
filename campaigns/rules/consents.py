"""Consent on record: that a person agreed to be called and texted."""

from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.rules.spoken_values import read_date


class Consent(NamedTuple):
    """That a person agreed to be called and texted: where that was given, when, and where it can be seen."""

    phone: str
    source: str
    given_at: datetime
    proof: str | None = None


def read_given(value: object, *, timezone: str) -> datetime:
    """The moment in UTC; a day without a time of day means its beginning there, the earliest it can be.

    Raises ValueError with a sentence.
    """
    text = str(value).strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.combine(read_date(text), time())
    zone = moment.tzinfo or ZoneInfo(timezone)
    return moment.replace(tzinfo=zone).astimezone(UTC)
