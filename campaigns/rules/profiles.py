"""Compliance profiles: what a law allows, as values; which version of it is in force, and what that means.

The texts of the law and the figures are data (`campaigns.profiles`). Hours, days and holidays of a profile
are part of every calling window under it (`CallingWindow.law`), so that each day keeps to its own version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from campaigns.rules.caps import ContactCaps
from campaigns.rules.windows import Hours

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)  # of UTC: the first and the last place of a new day


class ConsentRule(StrEnum):
    NONE = "none"  # nothing has to be on record
    WRITTEN = "written"  # who has given none, or has withdrawn it, is neither called nor texted


@dataclass(frozen=True)
class Terms:
    """One version of a profile: what holds from `since` on, until the next version's day.

    `texts_without_consent`: messages to a number without consent on record, None for any number.
    `contacts_per_day`: calls and messages to a number together, in the person's own day. `max_abandoned` is
    a share of those who answer; 0 means that never more calls are in the air than agents are free.
    `because` has for each limit the law it follows, or that it is a caution of ours.
    """

    since: date
    laws: tuple[str, ...]
    hours: tuple[Hours, ...]
    days: frozenset[int]
    holidays: str | None  # a country
    consent: ConsentRule
    caps: ContactCaps
    contacts_per_day: int | None
    texts_without_consent: int | None
    max_abandoned: float | None
    warnings: tuple[str, ...]
    because: Mapping[str, str]


@dataclass(frozen=True)
class Profile:
    """`reviewed` is the day on which somebody last compared it with the law; `versions` are in order."""

    name: str
    title: str
    reviewed: date
    versions: tuple[Terms, ...]

    def on(self, day: date) -> Terms:
        """The version in force; before the first one came into force, that one."""
        return max(
            (terms for terms in self.versions if terms.since <= day), key=_since, default=self.versions[0]
        )

    def later_than(self, day: date) -> tuple[Terms, ...]:
        """The versions that are known and not yet in force."""
        return tuple(terms for terms in self.versions if terms.since > day and terms is not self.on(day))


def terms_at(profile: Profile, at: datetime) -> tuple[Terms, ...]:
    """What is in force at that moment: around a change of versions both, as midnight is not one moment."""
    moment = at.astimezone(UTC)
    before, after = profile.on((moment - BEHIND).date()), profile.on((moment + AHEAD).date())
    return (before,) if before is after else (before, after)


def asks_consent(profile: Profile | None, at: datetime) -> bool:
    """Whether nobody may be called or texted at that moment without consent on record."""
    if profile is None:
        return False
    return any(terms.consent is ConsentRule.WRITTEN for terms in terms_at(profile, at))


def caps_at(profile: Profile | None, at: datetime) -> tuple[ContactCaps, ...]:
    """The contact caps of the versions in force at that moment."""
    return () if profile is None else tuple(terms.caps for terms in terms_at(profile, at))


def contacts_allowed(profile: Profile | None, at: datetime) -> int | None:
    """Calls and messages to one number in a day, together; None for any number."""
    if profile is None:
        return None
    allowed = [terms.contacts_per_day for terms in terms_at(profile, at)]
    return min((number for number in allowed if number is not None), default=None)


def texts_allowed(profile: Profile | None, at: datetime) -> int | None:
    """Messages to a number without consent on record; None for any number."""
    if profile is None:
        return None
    allowed = [terms.texts_without_consent for terms in terms_at(profile, at)]
    return min((number for number in allowed if number is not None), default=None)


def least_abandoned(profile: Profile | None) -> float | None:
    """The strictest share of abandoned people of all versions; None where none names one."""
    shares = [] if profile is None else [terms.max_abandoned for terms in profile.versions]
    return min((share for share in shares if share is not None), default=None)


def fits(asked: tuple[Hours, ...], allowed: tuple[Hours, ...]) -> bool:
    """Whether every interval lies within one that is allowed. Those that touch count as one already."""
    return all(
        any(each.opens <= hours.opens and hours.closes <= each.closes for each in allowed) for hours in asked
    )


def _since(terms: Terms) -> date:
    return terms.since
