"""A profile's file → its values. A file is complete, and every limit in it names the law it follows."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from campaigns.rules.caps import ContactCaps
from campaigns.rules.durations import parse_duration
from campaigns.rules.profiles import ConsentRule, Profile, Terms
from campaigns.rules.windows import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPTIONAL = {
    "holidays": str,
    "contacts_per_day": int,
    "calls_per_day": int,
    "calls_per_week": int,
    "rest_after_conversation": str,
    "texts_without_consent": int,
    "abandoned_percent": float,
}
"""Limits that not every law knows; each that stands needs its reason."""

REQUIRED = {
    "since": date,
    "laws": list,
    "hours": list,
    "days": list,
    "consent": str,
    "warnings": list,
    "because": dict,
}
_INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class BadProfile(ValueError):
    """The file says less, more or something else than a profile does."""


def read_profile(name: str, text: str) -> Profile:
    """Raises BadProfile."""
    document = tomllib.loads(text)
    _check_keys(name, document, required={"title": str, "reviewed": date, "versions": list}, optional={})
    versions = tuple(
        _read_terms(f"{name}, version {n}", each) for n, each in enumerate(document["versions"], 1)
    )
    days = [terms.since for terms in versions]
    if not versions or days != sorted(set(days)):
        raise BadProfile(f"{name}: versions stand in the order of their days, each with a day of its own")
    return Profile(name, document["title"], document["reviewed"], versions)


def _read_terms(place: str, values: Mapping[str, Any]) -> Terms:
    _check_keys(place, values, required=REQUIRED, optional=OPTIONAL)
    _check_reasons(place, values)
    contacts = values.get("contacts_per_day")
    calls = [number for number in (values.get("calls_per_day"), contacts) if number is not None]
    rest, percent = values.get("rest_after_conversation"), values.get("abandoned_percent")
    return Terms(
        since=values["since"],
        laws=tuple(values["laws"]),
        hours=_read_hours(place, values["hours"]),
        days=frozenset(DAYS.index(day) for day in values["days"]),
        holidays=values.get("holidays"),
        consent=ConsentRule(values["consent"]),
        caps=ContactCaps(
            per_day=min(calls, default=None),
            per_week=values.get("calls_per_week"),
            after_conversation=None if rest is None else parse_duration(rest),
        ),
        contacts_per_day=contacts,
        texts_without_consent=values.get("texts_without_consent"),
        max_abandoned=None if percent is None else percent / 100,
        warnings=tuple(values["warnings"]),
        because=MappingProxyType(values["because"]),
    )


def _read_hours(place: str, written: Sequence[str]) -> tuple[Hours, ...]:
    found = [_INTERVAL.fullmatch(each) for each in written]
    if not found or None in found:
        raise BadProfile(f"{place}: hours are written like 09:00-20:00")
    numbers = [tuple(int(part) for part in each.groups()) for each in found if each is not None]
    return tuple(Hours(a * 60 + b, c * 60 + d) for a, b, c, d in sorted(numbers))


def _check_keys(
    place: str, values: Mapping[str, Any], *, required: Mapping[str, type], optional: Mapping[str, type]
) -> None:
    missing, unknown = required.keys() - values.keys(), values.keys() - required.keys() - optional.keys()
    if missing or unknown:
        raise BadProfile(f"{place}: without {sorted(missing)}, with the unknown {sorted(unknown)}")
    for key, value in values.items():
        if not isinstance(value, {**required, **optional}[key]) or value in ("", []):
            raise BadProfile(f"{place}: {key} is empty or of another kind than it should be")


def _check_reasons(place: str, values: Mapping[str, Any]) -> None:
    limits = {"hours", "days", *(key for key in OPTIONAL if key in values)}
    if values["consent"] != ConsentRule.NONE:
        limits.add("consent")
    if values["because"].keys() != limits or not all(values["because"].values()):
        raise BadProfile(f"{place}: because has to name a law for exactly {sorted(limits)}")
