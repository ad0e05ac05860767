"""How a moment is written for other programs: in UTC, with `Z` (contract, section 6)."""

from datetime import UTC, datetime


def utc_text(moment: datetime | None) -> str | None:
    """`2026-12-01T09:00:00Z`, with milliseconds only where there are any; None stays None."""
    if moment is None:
        return None
    whole = moment.microsecond < 1000
    written = moment.astimezone(UTC).isoformat(timespec="seconds" if whole else "milliseconds")
    return written.removesuffix("+00:00") + "Z"
