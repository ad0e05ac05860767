"""What happens to the house while it works: drawn by lot from a seed."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from tests.killing.proxy import Mode
from tests.killing.site import Site

FAULTS = (
    {"kind": "lost_answer", "chance": 0.04},
    {"kind": "lost_request", "chance": 0.03},
    {"kind": "error_after_doing", "chance": 0.03, "code": 502},
    {"kind": "error", "chance": 0.02, "code": 503},
    {"kind": "closed_after_doing", "chance": 0.03},
    {"kind": "answer_after_webhook", "chance": 0.03},
    {"kind": "lost_answer", "chance": 0.05, "command": "sendSMS"},
    {"kind": "lost_request", "chance": 0.05, "command": "sendSMS"},
    {"kind": "error_after_doing", "chance": 0.05, "code": 502, "command": "sendSMS"},
    {"kind": "closed_after_doing", "chance": 0.05, "command": "sendSMS"},
    {"kind": "dropped", "chance": 0.04, "command": "make2calls_finished"},
    {"kind": "dropped", "chance": 0.04, "command": "event"},
    {"kind": "duplicated", "chance": 0.1, "command": "*", "seconds": 0.3},
    {"kind": "delayed", "chance": 0.08, "command": "*", "seconds": 2},
)
"""Of the PBX and its network, all the time."""

DATABASE_CUT = "power cut of PostgreSQL"


class Troubles:
    def __init__(self, site: Site, *, seed: int) -> None:
        self._site = site
        self._lot = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.last_words: list[str] = []  # of what ended by itself
        played = ("disk full", "power cut") if site.cluster is None else (DATABASE_CUT,)
        self.counts.update(dict.fromkeys(played, 0))  # told also where they cannot be played

    def begin(self) -> None:
        for fault in FAULTS:
            self._site.pull("faults", times=None, **fault)

    def end(self) -> None:
        self._site.pull("faults/clear")
        for proxy in self._site.proxies():
            proxy.mode = Mode.PASS

    def one(self) -> None:
        """One of everything that may happen, for a while; most often nothing beside the kill."""
        kinds: list[tuple[Callable[[], None], int]] = [
            (lambda: None, 10),
            (self._freeze, 3),
            (self._proxy, 4),
        ]
        if self._site.cluster is not None:
            kinds += [(self._restart_database, 1), (self._kill_database, 2)]
            if self._site.cluster.disk is not None:
                kinds.append((self._cut_power_of_database, 3))
        if self._site.disk is not None:
            kinds += [(self._fill_the_disk, 3), (self._cut_power, 3)]
        trouble = self._lot.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        trouble()

    def begin_again_what_ended(self) -> None:
        """Start in its place what ended by itself: as whoever watches over it would."""
        for index, process in enumerate(self._site.running):
            if process.process.poll() is not None:
                self._note_end(index, process.wait())
                self._site.begin_again(index)

    def kill(self) -> None:
        """kill -9 of one of the processes at any moment, and a new one in its place."""
        time.sleep(self._lot.uniform(0, 1.5))
        index = self._lot.randrange(len(self._site.running))
        code = self._site.running[index].end(signal.SIGKILL)
        if code == -signal.SIGKILL:
            self.counts[f"kill -9 of {self._site.halves[index][0]}"] += 1
        else:
            self._note_end(index, code)
        self._site.begin_again(index)
        # At times the next one dies before it works, at times it comes to work first.
        if self._lot.random() < 0.8:
            self._wait_for_work()

    def _note_end(self, index: int, code: int) -> None:
        """It could not work, on a full disk for instance, and said so."""
        half = self._site.halves[index][0]
        self.counts[f"{half} had ended by itself"] += 1
        self.last_words.append(f"{half} ended with {code}: {self._site.running[index].all_said[-1000:]}")

    def _wait_for_work(self) -> None:
        given_up = time.monotonic() + 30
        while time.monotonic() < given_up:
            with suppress(Exception):
                if self._site.answers():
                    break
            time.sleep(0.1)
        time.sleep(self._lot.uniform(0, 1.0))

    def _freeze(self) -> None:
        """SIGSTOP: it stands still for a while, at times longer than any wait or lease."""
        process = self._lot.choice(self._site.running).process
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGSTOP)
            time.sleep(self._lot.choice((0.3, 1.0, 4.0, 8.0, 18.0)))
            process.send_signal(signal.SIGCONT)
        self.counts["SIGSTOP"] += 1

    def _proxy(self) -> None:
        proxy = self._lot.choice(self._site.proxies())
        proxy.mode = self._lot.choice([mode for mode in Mode if mode is not Mode.PASS])
        time.sleep(self._lot.uniform(0.3, 3.0))
        self.counts[f"proxy {proxy.mode.name.lower()}"] += 1
        proxy.mode = Mode.PASS

    def _restart_database(self) -> None:
        assert self._site.cluster is not None
        self._site.cluster.restart()
        self.counts["PostgreSQL restarted"] += 1

    def _kill_database(self) -> None:
        assert self._site.cluster is not None
        self._site.cluster.kill()
        self.counts["PostgreSQL killed"] += 1

    def _cut_power_of_database(self) -> None:
        assert self._site.cluster is not None
        time.sleep(self._lot.uniform(0, 1.5))
        self._site.cluster.cut_power()
        self.counts[DATABASE_CUT] += 1

    def _fill_the_disk(self) -> None:
        filler = self._site.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        time.sleep(self._lot.uniform(0.5, 3.0))
        filler.unlink()
        self.counts["disk full"] += 1

    def _cut_power(self) -> None:
        time.sleep(self._lot.uniform(0, 1.5))
        self._site.cut_power()
        self.counts["power cut"] += 1
        self._wait_for_work()
