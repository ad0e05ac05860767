"""A call that is up, as a hand on it sees it: the page, killCall, a restart of the exchange."""

from datetime import datetime
from typing import Protocol

from engine.lirax.simulator.people import Pickup
from engine.lirax.simulator.truth import Ring


class LiveCall(Protocol):
    @property
    def callid(self) -> str: ...

    @property
    def ext(self) -> str: ...

    @property
    def client(self) -> str: ...

    @property
    def rings(self) -> list[Ring]:
        """The legs so far; the last one rings, or all are talking."""
        ...

    @property
    def keys(self) -> str:
        """What was pressed by hand."""
        ...

    @property
    def rings_now(self) -> bool: ...

    def pick_up(self, now: datetime) -> bool:
        """The phone that rings is answered; False when none rings."""
        ...

    def decline(self, how: Pickup, now: datetime) -> bool:
        """The phone that rings is not answered, and how; False when none rings."""
        ...

    def press(self, key: str) -> bool:
        """A key is pressed; False when nobody has answered yet."""
        ...

    def hang_up(self, now: datetime) -> None: ...

    def drop(self, now: datetime) -> None:
        """The exchange goes down: the call ends and nobody is told."""
        ...
