"""What every command and pass is given: the parts of a running Dzvin, put together by `assembly`."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import CampaignId
from engine.accounts import AccountBook
from engine.answers import Answers
from engine.clock import Clock
from engine.clock_watch import ClockWatch
from engine.custody import Keeper
from engine.database.lock import FileLock
from engine.database.port import Database
from engine.leases import Lease
from engine.passwords import Passwords
from engine.reception import Reception
from engine.secrets import Sealer
from engine.settings import Settings
from engine.spool.places import spool_folder


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


class PolicyShelf:
    """Policies by campaign, made once of the stored definition, anew when its fingerprint changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[CampaignId, str], Policy] = {}

    def get(self, campaign_id: CampaignId, fingerprint: str, make: Callable[[], Policy]) -> Policy:
        key = (campaign_id, fingerprint)
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def forget(self) -> None:
        self._kept.clear()


@dataclass
class House:
    settings: Settings
    clock: Clock
    database: Database
    sealer: Sealer
    accounts: AccountBook
    lease: Lease  # while it is held, this run of the program may claim and send
    bells: Bells = field(default_factory=Bells)
    policies: PolicyShelf = field(default_factory=PolicyShelf)
    passwords: Passwords = field(default_factory=Passwords)
    # Lets the command line of this machine in; kept in the lock file, mode 0600.
    local_key: str | None = field(default=None, repr=False)
    lock: FileLock | None = None  # of the SQLite file
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # set when the server is to end
    reception: Reception = field(init=False)
    custody: Keeper = field(init=False)  # whether this database may dial
    answers: Answers = field(init=False)
    watch: ClockWatch = field(init=False)  # whether the clock has just jumped

    def __post_init__(self) -> None:
        self.answers = Answers(self.clock)
        self.watch = ClockWatch(self.clock)
        folder = spool_folder(self.settings)
        self.reception = Reception(self.database, folder=folder, ring=self.bells.intake.set)
        self.custody = Keeper(
            self.settings, database=self.database, clock=self.clock, bell=self.bells.keeping
        )

    @property
    def epoch(self) -> str:
        """This run of the engine; an attempt of another epoch is not ours to send."""
        return self.lease.epoch


def fingerprint_of(token: str) -> str:
    """SHA-256 of a secret that only has to be recognised again."""
    return hashlib.sha256(token.encode()).hexdigest()
