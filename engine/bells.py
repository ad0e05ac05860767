"""Bells that wake the passes, and the one that tells live pages of a change."""

import asyncio


class Bells:
    """One event a pass: ring it and the pass runs at once. Lost rings are caught by the metronome.

    Ring from the event loop only, once a transaction is durable; a database job may run in another thread.
    """

    def __init__(self) -> None:
        self.dialing = asyncio.Event()
        self.intake = asyncio.Event()
        self.reconciling = asyncio.Event()
        self.asking_history = asyncio.Event()
        self.comparing = asyncio.Event()
        self.texting = asyncio.Event()
        self.performing = asyncio.Event()
        self.probing = asyncio.Event()
        self.housekeeping = asyncio.Event()
        self.forgetting = asyncio.Event()
        self.refreshing = asyncio.Event()
        self.roll_calling = asyncio.Event()
        self.timekeeping = asyncio.Event()
        self.keeping = asyncio.Event()
        self.quarantining = asyncio.Event()
        self.changes = Changes()

    def of_passes(self) -> dict[str, asyncio.Event]:
        """The bells by the name of their pass."""
        return {name: bell for name, bell in vars(self).items() if isinstance(bell, asyncio.Event)}

    def after_change(self) -> None:
        """Something was applied: a line may be free, a message or effect wanted, a page out of date."""
        self.dialing.set()
        self.texting.set()
        self.performing.set()
        self.reconciling.set()
        self.asking_history.set()
        self.changes.ring()


class Changes:
    """Tells live pages that a campaign changed. A hint only: pages read the database."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        for event in self._waiting:
            event.set()

    def subscribe(self) -> asyncio.Event:
        event = asyncio.Event()
        self._waiting.add(event)
        return event

    def unsubscribe(self, event: asyncio.Event) -> None:
        self._waiting.discard(event)
