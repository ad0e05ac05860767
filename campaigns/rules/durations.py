"""Durations as people write them: `90s`, `15m`, `2h`, `1d`, `0s`; or several units, large first: 1h30m."""

import re
from datetime import timedelta

LONGEST_SECONDS = 3650 * 86_400  # ten years: beyond it a date could leave the calendar
UNIT_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
DURATION = re.compile(r"(?=.)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")


def parse_duration(text: str) -> timedelta:
    """Raises ValueError with a sentence for the person who wrote it."""
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"“{text}” is not a duration: write a whole number and s, m, h or d, such as 90s, 15m, 2h or 1d."
        )
    # Twelve digits of any unit are too many already, and thousands of them would stop the reading of numbers.
    counts = [int(count.lstrip("0")[:12] or 0) for count in match.groups("")]
    seconds = sum(count * unit for count, unit in zip(counts, UNIT_SECONDS.values(), strict=True))
    if seconds > LONGEST_SECONDS:
        raise ValueError(f"“{text}” is longer than ten years: write at most 3650d.")
    return timedelta(seconds=seconds)


def write_duration(duration: timedelta) -> str:
    """The same duration in the largest unit that divides it: `90s`, `15m`, `2h`; reading it gives it back.

    Raises ValueError for what cannot be written: a part of a second, or less than nothing.
    """
    if duration < timedelta(0) or duration.microseconds:
        raise ValueError(f"{duration} cannot be written as a duration: whole seconds from 0 on can.")
    seconds = duration // timedelta(seconds=1)
    if not seconds:
        return "0s"
    letter, unit = next((letter, unit) for letter, unit in UNIT_SECONDS.items() if not seconds % unit)
    return f"{seconds // unit}{letter}"
