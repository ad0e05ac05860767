"""What every command and pass is given: the parts of a running Dzvin, put together by `assembly`."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import CampaignId
from engine.accounts import AccountBook
from engine.answers import Answers
from engine.bells import Bells
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
from engine.wakeups import Announcing


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
    announcing: Announcing | None = None  # our bells to engines elsewhere, where we have none
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
