"""Durations as people write them: `90s`, `15m`, `2h`, `1d`, `0s`; or several units, large first: 1h30m."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3650)  # ten years: beyond it a date could leave the calendar
UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
DURATION = re.compile(r"(?=.)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")


def parse_duration(text: str) -> timedelta:
    """Raises ValueError with a sentence for the person who wrote it."""
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"“{text}” is not a duration: write a whole number and s, m, h or d, such as 90s, 15m, 2h or 1d."
        )
    # twelve digits of any unit are too many already
    counts = [int(count.lstrip("0")[:12] or 0) for count in match.groups("")]
    try:
        duration = sum(
            (count * unit for count, unit in zip(counts, UNITS.values(), strict=True)), timedelta(0)
        )
    except OverflowError:
        duration = timedelta.max
    if duration > LONGEST:
        raise ValueError(f"“{text}” is longer than ten years: write at most 3650d.")
    return duration


def write_duration(duration: timedelta) -> str:
    """The same duration in the largest unit that divides it: `90s`, `15m`, `2h`; reading it gives it back.

    Raises ValueError for what cannot be written: a part of a second, or less than nothing.
    """
    if duration < timedelta(0) or duration.microseconds:
        raise ValueError(f"{duration} cannot be written as a duration: whole seconds from 0 on can.")
    if not duration:
        return "0s"
    letter, unit = next((letter, unit) for letter, unit in UNITS.items() if not duration % unit)
    return f"{duration // unit}{letter}"
