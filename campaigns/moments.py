"""How a moment is written for other programs: in UTC, with `Z` (contract, section 6)."""

from datetime import UTC, datetime


def utc_text(moment: datetime | None) -> str | None:
    """`2026-12-01T09:00:00Z`, with milliseconds only where there are any; None stays None."""
    if moment is None:
        return None
    milliseconds = moment.microsecond // 1000
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"
