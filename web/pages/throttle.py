"""Delays guessing: five failures an account, twenty an address of the network, within five minutes.

Kept in the memory of this process: a restart forgets it, and each of several processes counts for itself.
"""

from collections import deque
from datetime import timedelta
from math import ceil

REMEMBERED = timedelta(minutes=5)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(minutes=5)
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 20
KEPT = 64  # failures remembered of one key: enough for the longest delay
KEYS = 10_000  # keys remembered: what is forgotten first failed longest ago


class Throttle:
    """`moment` is the clock's `elapsed()`: seconds that never jump."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def wait_seconds(self, *, account: str, address: str, moment: float) -> int:
        """How long until the next try may be made; 0 when it may be made now."""
        return max(
            self._wait(f"account:{account}", ACCOUNT_FAILURES, moment),
            self._wait(f"address:{address}", ADDRESS_FAILURES, moment),
        )

    def tried(self, *, account: str, address: str, moment: float) -> None:
        """Counted before the password is looked at, so that many tries at once count too."""
        for key in (f"account:{account}", f"address:{address}"):
            times = self._failures.pop(key, deque(maxlen=KEPT))
            times.append(moment)
            self._failures[key] = times
        while len(self._failures) > KEYS:
            self._failures.pop(next(iter(self._failures)))

    def succeeded(self, *, account: str, address: str) -> None:
        """Forgives the account, and the address this one try: what it failed elsewhere stays counted."""
        self._failures.pop(f"account:{account}", None)
        times = self._failures.get(f"address:{address}")
        if times:
            times.pop()

    def _wait(self, key: str, allowed: int, moment: float) -> int:
        times = self._failures.get(key)
        if times is None:
            return 0
        while times and moment - times[0] > REMEMBERED.total_seconds():
            times.popleft()
        if len(times) < allowed:
            return 0
        doublings = len(times) - allowed
        delay = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
        return max(0, ceil(times[-1] + delay.total_seconds() - moment))
