"""How LiraX has answered the requests for calls of each account lately: what its breaker is drawn from.

Kept by each engine for itself and forgotten with it: a new run begins with full trust.
"""

from collections import defaultdict, deque

from campaigns.rules.breakers import CAREFUL_CALLS, Doubt, Said, doubt
from campaigns.rules.vocabulary import AccountId
from engine.clock import Clock

KEPT = 500  # answers of an account: more than come in two minutes of a hundred lines


class Answers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: defaultdict[AccountId, deque[Said]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._breaks: dict[AccountId, int] = {}

    def clear(self, account_id: AccountId) -> None:
        """LiraX took the call, or said plainly that it did not."""
        self._said[account_id].append(Said(self._clock.elapsed(), clear=True))

    def unclear(self, account_id: AccountId) -> None:
        self._said[account_id].append(Said(self._clock.elapsed(), clear=False))

    def doubt(self, account_id: AccountId) -> Doubt | None:
        """Why the account's dialling must stop, or None."""
        return doubt(list(self._said[account_id]), now=self._clock.elapsed())

    def broken(self, account_id: AccountId) -> int:
        """Its dialling stops: how often it has, since it last ran at full speed. A new page is begun."""
        self._said[account_id].clear()
        self._breaks[account_id] = self._breaks.get(account_id, 0) + 1
        return self._breaks[account_id]

    def is_trusted(self, account_id: AccountId) -> bool:
        """Whether enough careful calls have been answered clearly to fill the lines again."""
        return sum(said.clear for said in self._said[account_id]) >= CAREFUL_CALLS

    def mended(self, account_id: AccountId) -> None:
        self._breaks.pop(account_id, None)
