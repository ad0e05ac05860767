"""When phones may ring: the hours of a campaign, narrowed by what a law allows."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Hours(NamedTuple):
    """One interval of a day on the local wall clock, in minutes since midnight: 0 ≤ opens < closes ≤ 1440."""

    opens: int
    closes: int


@dataclass(frozen=True)
class LegalHours:
    """What one version of a compliance profile allows, from the day `since` on until the next version's."""

    since: date
    hours: tuple[Hours, ...]
    days: frozenset[int]
    holidays: frozenset[date]


@dataclass(frozen=True)
class CallingWindow:
    """When phones may ring. `timezone` is None where each recipient's own zone counts.

    Under a compliance profile `law` narrows it, always by the recipient's own clock; versions in order.
    """

    hours: tuple[Hours, ...]
    days: frozenset[int]  # 0 = Monday
    timezone: str | None
    holidays: frozenset[date] = frozenset()
    law: tuple[LegalHours, ...] = ()

    @property
    def asks_own_zone(self) -> bool:
        """Whether it has to be known where each recipient is."""
        return self.timezone is None or bool(self.law)

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """When it is open on that local day, before any law is asked."""
        return self.hours if day.weekday() in self.days and day not in self.holidays else ()

    def legal_hours_on(self, day: date) -> tuple[Hours, ...]:
        """When the law allows calls on that local day; before its first version, by that one."""
        law = self._law_on(day)
        return law.hours if day.weekday() in law.days and day not in law.holidays else ()

    @property
    def names_holidays(self) -> bool:
        return bool(self.holidays) or any(law.holidays for law in self.law)

    def holidays_between(self, first: date, last: date) -> list[date]:
        """Those of its own and of the law, in order; both days count."""
        known = self.holidays.union(*(law.holidays for law in self.law))
        return sorted(day for day in known if first <= day <= last and self._is_holiday(day))

    def _is_holiday(self, day: date) -> bool:
        return day in self.holidays or bool(self.law and day in self._law_on(day).holidays)

    def _law_on(self, day: date) -> LegalHours:
        return next((each for each in reversed(self.law) if each.since <= day), self.law[0])
