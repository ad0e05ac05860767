"""Webhooks with a wrong key: told of in the log, though a flood of them shall not flood it."""

import structlog

log = structlog.get_logger(__name__)

QUIET_SECONDS = 60.0  # between two lines of the log


class Refusals:
    def __init__(self) -> None:
        self._untold = 0
        self._quiet_until = 0.0

    def count(self, *, now: float) -> None:
        """One more; `now` in seconds of any clock that only goes on."""
        self._untold += 1
        if now >= self._quiet_until:
            log.warning("webhooks with a wrong or no key were refused", count=self._untold)
            self._untold, self._quiet_until = 0, now + QUIET_SECONDS
