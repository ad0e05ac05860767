"""What every part of the simulated exchange works with: time, agenda, people, options and the truth."""

import asyncio
from datetime import datetime, timedelta
from hashlib import blake2b

from engine.clock import Clock
from engine.lirax.simulator.agenda import Action, Agenda, Entry
from engine.lirax.simulator.ivr import Ivrs
from engine.lirax.simulator.live_calls import LiveCall
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people import Behaviour, People, Pickup
from engine.lirax.simulator.truth import Truth
from engine.lirax.simulator.waiting_faults import Faults

USUAL_URL = "http://127.0.0.1:8482"
TASKS = frozenset({"make2calls", "makecall"})
ID_LETTERS = 13  # as long as the ids of the document


class Core:
    def __init__(self, *, clock: Clock, seed: int, speed: float, options: Options, salt: str) -> None:
        self.clock = clock
        self.seed = seed
        self.speed = speed
        self.options = options
        self.changed = asyncio.Event()  # something was written into the agenda
        self.agenda = Agenda(self.changed.set)
        self.people = People(seed)
        self.faults = Faults(seed)
        self.truth = Truth()
        self.ivrs = Ivrs()
        self.live: dict[str, LiveCall] = {}  # calls that are up, by callid
        self.base_url = USUAL_URL  # under which the exchange is reached
        self._salt = salt
        self._made = 0
        self._given: dict[str, str] = {}  # the last id of each kind
        self.gives_last_id_again = False  # a fault of the exchange

    def after(self, seconds: float, action: Action, *, now: datetime, lasts: bool = False) -> Entry:
        """Simulated seconds from now; with a speed of 10 they are ten times shorter than ours."""
        return self.agenda.add(now + timedelta(seconds=seconds / self.speed), action, lasts=lasts)

    def seconds_of(self, seconds: float, behaviour: Behaviour) -> float:
        """In simulated seconds; somebody at the page thinks in real ones."""
        return seconds * self.speed if behaviour.pickup is Pickup.BY_HAND else seconds

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Simulated seconds."""
        return (end - start).total_seconds() * self.speed

    def first_number(self, kind: str, *, usual: int) -> int:
        """Where numbered ids of a kind begin: a simulator started anew does not give the same ones again."""
        if not self._salt:
            return usual
        digest = blake2b(f"{self._salt}/{kind}".encode(), digest_size=4)
        return usual + int.from_bytes(digest.digest(), "big")

    def new_id(self, kind: str) -> str:
        """An opaque id, never given twice but by a fault; all digits where options want ids as numbers."""
        if self.gives_last_id_again and kind in TASKS and kind in self._given:
            return self._given[kind]
        self._given[kind] = self._make_id(kind)
        return self._given[kind]

    def _make_id(self, kind: str) -> str:
        self._made += 1
        digest = blake2b(f"{self.seed}/{self._salt}/{kind}/{self._made}".encode(), digest_size=8)
        if self.options.id_style == "all_numbers":
            return str(int.from_bytes(digest.digest()[:6], "big") + 1)
        return digest.hexdigest()[:ID_LETTERS]
