"""The compliance profiles that are in the box: a file of data each, beside this one.

What a law says changes by adding a version with its day to the file, never by changing one that was in force.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from campaigns.profiles.reading import read_profile
from campaigns.public_holidays import public_holidays
from campaigns.rules.profiles import Profile
from campaigns.rules.windows import LegalHours

NOT_LEGAL_ADVICE = "This is not legal advice: ask a lawyer what your calls have to keep to."
_ENDING = ".toml"


@lru_cache(maxsize=1)
def profile_names() -> tuple[str, ...]:
    """In the order of the alphabet."""
    return tuple(sorted(_names()))


@lru_cache(maxsize=32)
def profile_named(name: str) -> Profile:
    """Raises KeyError where there is none of that name."""
    if name not in profile_names():
        raise KeyError(name)
    return read_profile(name, files(__name__).joinpath(name + _ENDING).read_text("utf-8"))


def legal_hours(profile: Profile) -> tuple[LegalHours, ...]:
    """Hours, days and holidays of each version, as calling windows need them."""
    return tuple(
        LegalHours(
            terms.since,
            terms.hours,
            terms.days,
            frozenset() if terms.holidays is None else public_holidays(terms.holidays),
        )
        for terms in profile.versions
    )


def _names() -> Iterator[str]:
    for file in files(__name__).iterdir():
        if file.name.endswith(_ENDING):
            yield file.name.removesuffix(_ENDING)
