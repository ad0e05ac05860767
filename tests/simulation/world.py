"""One seed played: processes, disk, network, exchange and the people around them; a storm, then calm."""

import asyncio
import gc
import hashlib
import sys
import tempfile
import warnings
from collections.abc import Coroutine
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import yaml

from campaigns.definition import read_definition
from engine.apply.campaigns import transaction
from engine.apply.joining import Joining, join
from engine.commands.campaigns import create_campaign, start
from engine.errors import CannotDo
from engine.lirax.simulator.app import create_app
from engine.lirax.simulator.exchange import Exchange
from tests.simulation.aftermath import check_everything, is_at_rest, rang_and_is_unknown
from tests.simulation.chance import Chance, happens
from tests.simulation.disk import Disk, DiskFaults
from tests.simulation.happenings import HAPPENINGS, ambush
from tests.simulation.installation import SECRETS, TOKEN, WEBHOOK_TOKEN, settings_of
from tests.simulation.loop import LIFE, Life, SimLoop, Stuck
from tests.simulation.network import Network, NetworkFaults
from tests.simulation.postman import PostFaults, Postman
from tests.simulation.process import Process, TrueClock
from tests.simulation.story import Story
from tests.simulation.surroundings import known_spools, logs, seeded_secrets, virtual_http
from tests.simulation.watch import Counts, Seen, Watch

LOOK_SECONDS = 20.0  # how often it is looked whether all is at rest, once it is calm
CALM_BEAT = 120.0
MORE_LOOKS = 300.0  # within so many seconds history is looked at again for what has just been given up
NOTICED_WITHIN = 300.0  # a clock that was set: by the beat, at the latest
EXPECTED_WORDS = {"LiraX gave an id for the second time"}  # errors of LiraX, not of ours
CONTRADICTION = "evidence contradicts what was decided"  # expected where it is late, or another call's


SPOOLS = Path("/dev/shm")  # in memory, where there is such a place


class Violation(Exception):
    """An invariant does not hold."""


@dataclass
class Report:
    seed: int
    counts: Counts
    violations: list[str]
    trace_hash: str
    virtual_seconds: float
    trace: list[str] = field(default_factory=list)


class World:
    def __init__(self, story: Story, *, keep_trace: bool = False) -> None:
        chance = Chance(story.seed)
        self.story = story
        self.loop = SimLoop(chance.of("order"))
        self.chance = chance.of("world")
        self._secrets = chance.of("secrets")
        self.loop.killed = self._killed
        self.clock = TrueClock(self.loop)
        self.violations: list[str] = []
        self.added: list[tuple[str, str]] = []  # who was put into which campaign in the storm
        self.calm = False
        self.stormy = False
        self._outside = copy_context()
        self._digest = hashlib.blake2b(digest_size=16)
        self._keep_trace = keep_trace
        self.trace: list[str] = []
        self.watch = Watch(story, self.clock, self.violate, self._claimed)
        self._ambushes = chance.of("ambushes")
        self.disk = Disk(
            chance.of("disk"), clock=self.clock.now, committed=self._committed, kill=self.loop.kill
        )
        self.watch.disk = self.disk
        self._folder = tempfile.TemporaryDirectory(dir=SPOOLS if SPOOLS.is_dir() else None)
        self.settings = settings_of(story, Path(self._folder.name))
        self.processes: list[Process] = []
        self.postman = Postman(self.processes, chance=chance.of("postman"), accepted=self._accepted)
        self.exchange = self.watch.exchange = self._exchange()
        self.network = Network(
            create_app(self.exchange),
            loop=self.loop,
            outside=self._outside,
            chance=chance.of("network"),
            left=self._left,
            arrives=self._arrives,
            told=self.told,
        )
        for number in range(story.processes):
            self.processes.append(
                Process(
                    "abcd"[number],
                    loop=self.loop,
                    settings=self.settings,
                    disk=self.disk,
                    network=self.network,
                    chance=chance.of(f"process {number}"),
                    alone=story.processes == 1,
                )
            )

    def _exchange(self) -> Exchange:
        exchange = Exchange(
            clock=self.clock,
            webhook_url="http://127.0.0.1:8000/lirax",
            token=TOKEN,
            webhook_token=WEBHOOK_TOKEN,
            seed=self.story.seed,
            client=cast(httpx.AsyncClient, self.postman),
        )
        exchange.set_options(self.story.options)
        for phone, behaviours in self.story.habits.items():
            exchange.people.script(phone, *behaviours)
        exchange.webhooks.carry = lambda subject, deliver: self.outside(deliver())
        return exchange

    def outside(self, work: Any, name: str = "world") -> None:
        """Something that no process does."""

        async def watched() -> None:
            try:
                await work
            except Exception as error:
                self.violate("I16", f"{name} failed: {error!r}")

        self.loop.create_task(watched(), name=name, context=self._outside)

    def told(self, text: str) -> None:
        """One line of the trace."""
        line = f"{self.loop.time():10.3f} {text}"
        self._digest.update(line.encode())
        if self._keep_trace:
            self.trace.append(line)

    def violate(self, invariant: str, text: str) -> None:
        sentence = f"seed {self.story.seed} at {self.loop.time():.3f} s: {invariant}: {text}"
        self.violations.append(sentence)
        self.told(f"VIOLATION {invariant}: {text}")
        self.loop.stopped_by = Violation(sentence)

    def _killed(self, life: Life) -> None:
        self.told(f"{life} {'ends' if life.said_goodbye else 'is killed'}")
        self.watch.counts.crashes += not life.said_goodbye
        process = next(process for process in self.processes if process.life is life)
        if process.jumped_at is not None and self.loop.time() - process.jumped_at < NOTICED_WITHIN:
            self.watch.hurried = True  # it died before it had moved all its moments along

    def _committed(self) -> None:
        self.watch.committed()
        self.told(f"committed {self.disk.raw.total_changes - self._first_changes}")

    def _claimed(self, seen: Seen) -> None:
        ambushes, life = self.story.ambush, LIFE.get()
        if not self.stormy or life is None or not happens(self._ambushes, ambushes.share):
            return
        kind = self._ambushes.choice(ambushes.kinds)
        number = next(place for place, process in enumerate(self.processes) if process.life is life)
        campaign = self.story.campaigns[seen.campaign - 1].document["name"]
        self.outside(ambush(self, kind, phone=seen.phone, campaign=campaign, process=number), "ambush")

    def _left(self, parcel: Any) -> None:
        self.told(f"{parcel.life} {parcel.task} sends {parcel.fields.get('cmd', parcel.target)}")
        self.watch.left(parcel)

    def _arrives(self, parcel: Any) -> None:
        self.told(f"{parcel.task} arrives")
        self.watch.arrives(parcel)

    def _accepted(self, body: bytes) -> None:
        self.watch.counts.webhooks += 1
        self.told(f"webhook accepted {hashlib.blake2b(body, digest_size=4).hexdigest()}")

    def play(self) -> Report:
        self._first_changes = self.disk.raw.total_changes
        with virtual_http(self.loop), known_spools(), seeded_secrets(self._secrets), logs(self._logged):
            self.loop.set_exception_handler(self._unhandled)
            try:
                self.loop.run_until_complete(self._main())
            except Violation:
                pass
            except Stuck as error:
                self.violations.append(f"seed {self.story.seed}: I17: {error}")
            finally:
                self._end()
        self.watch.counts.steps = self.loop.steps
        self.watch.counts.disk_errors = self.disk.statements_failed
        return Report(
            self.story.seed,
            self.watch.counts,
            self.violations,
            self._digest.hexdigest(),
            self.loop.time(),
            self.trace,
        )

    def _end(self) -> None:
        """What was killed is collected only now, and may say nothing any more."""
        self.disk.close()
        self._folder.cleanup()
        self.loop.set_exception_handler(lambda loop, context: None)

    async def _main(self) -> None:
        self.outside(self._run_exchange(), "exchange")
        await self._prepare()
        self._let_loose()
        for process in self.processes:
            self.outside(self._look_after(process), f"supervisor of {process.name}")
        for event in self.story.events:
            await self._until(event.at)
            self.told(f"happens: {event.kind} {event.about}")
            await HAPPENINGS[event.kind](self, *event.about)
        await self._until(self.story.storm_seconds)
        self._calm_down()
        await self._come_to_rest()
        if self.story.history_is_late or rang_and_is_unknown(self):  # until somebody looks
            await asyncio.sleep(4 * self.story.unclear_until.total_seconds() + MORE_LOOKS)
            await self._come_to_rest()
        await check_everything(self)

    @property
    def history_tells_all(self) -> bool:
        """Whether every call is found in the end, if only by history."""
        watch = self.watch
        in_time = not watch.evidence_may_be_late and not self.story.clocks_jump
        return "history_url" in self.story.settings and in_time and not watch.ids_were_given_twice

    async def _until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, at - self.loop.time()))

    async def _run_exchange(self) -> None:
        exchange = self.exchange
        while True:
            exchange.changed.clear()
            await exchange.run_due()
            self.watch.rang()
            next_at = exchange.next_at()
            seconds = None if next_at is None else (next_at - self.clock.now()).total_seconds()
            try:
                await asyncio.wait_for(exchange.changed.wait(), None if seconds is None else max(seconds, 0))
            except TimeoutError:
                continue

    async def _prepare(self) -> None:
        """Everybody starts well, and the campaigns are there."""
        for process in self.processes:
            process.beat_seconds = self.story.beat_seconds
            process.start()
        while not all(process.is_up for process in self.processes):
            await asyncio.sleep(0.1)
        for plan in self.story.campaigns:
            await self.by(self.processes[0], self._create(plan))

    async def _create(self, plan: Any) -> None:
        house = self.processes[0].house
        assert house is not None
        definition = read_definition(
            yaml.safe_dump(plan.document),
            file=None,
            form="yaml",
            beside=None,
            account_timezone=self.settings.account_timezone,
            today=self.clock.now().date(),
            accounts=house.accounts.terms(),
        )
        campaign_id = await create_campaign(house, definition)

        def add(connection: Any) -> None:
            with transaction(connection, house) as change:
                for place, phone in enumerate(plan.people):
                    join(change, campaign_id, Joining(phone, f"{campaign_id}-{place}", {"phone": phone}))

        await house.database.write(add)
        await start(house, campaign_id)

    async def by(self, process: Process, work: Coroutine[Any, Any, Any]) -> Any:
        """Have a process do something; raises what it raises, or Gone when no answer comes."""
        task = process.run(work, name="command")
        task.add_done_callback(
            lambda ended: ended.cancelled() or ended.exception()  # nobody may wait any more
        )
        done, _ = await asyncio.wait([task], timeout=30)
        if not done:
            raise Gone
        return task.result()

    async def _look_after(self, process: Process) -> None:
        """As systemd does: whatever ended is started again."""
        while True:
            life = process.life
            if life is None or life.dead:
                wait = self.chance.uniform(0.5, 3 if self.calm else 40)
                await asyncio.sleep(wait)
                process.start()
                self.told(f"{process.life} starts")
                if not self.calm:
                    self._doom(process)
            await asyncio.sleep(0.5 if not self.calm else 5)

    def _doom(self, process: Process) -> None:
        steps = self.story.crash_steps
        if steps is not None and process.life is not None:
            process.life.steps_left = int(self.chance.expovariate(1 / steps)) + 1

    def _let_loose(self) -> None:
        story = self.story
        self.stormy = True
        self.disk.faults, self.network.faults, self.postman.faults = story.disk, story.network, story.posts
        for fault in story.lirax_faults:
            self.exchange.faults.inject(fault)
        for process in self.processes:
            self._doom(process)

    def _calm_down(self) -> None:
        """No more faults; whoever hangs goes on, what is paused is resumed."""
        self.told("calm")
        self.calm, self.stormy = True, False
        self.disk.faults, self.network.faults = DiskFaults(), NetworkFaults()
        self.postman.faults = PostFaults()
        self.postman.outages.clear()
        self.exchange.faults.clear()
        self.network.down = False
        self.exchange.revoked = False
        for process in self.processes:
            process.beat_seconds = CALM_BEAT
            if process.life is not None:
                process.life.steps_left = None
                self.loop.thaw(process.life)

    async def _come_to_rest(self) -> None:
        """I17: all ends within the time that waits, windows and retries add up to, and half of it more.

        What a clock was set back comes twice.
        """
        bound = self.loop.time() + 1.5 * self.story.longest_seconds + self.story.set_back_seconds
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for process in self.processes:
                if process.is_up and process.house is not None:
                    await HAPPENINGS["resume"](self, process)
            waiting = is_at_rest(self)
            if waiting is None:
                break
            if self.loop.time() > bound:
                self.violate("I17", f"not at rest long after the storm: {waiting}")

    def _unhandled(self, loop: Any, context: dict[str, Any]) -> None:
        self.violate("I16", f"unhandled: {context.get('message')} {context.get('exception')!r}")

    def _logged(self, logger: Any, method: str, event: Any) -> None:
        words = event.get("event")
        contradiction = self.watch.evidence_may_be_late or self.watch.ids_were_given_twice
        expected = words in EXPECTED_WORDS or (words == CONTRADICTION and contradiction)
        if method in ("error", "critical", "exception") and not expected:
            self.violate("I16", f"the log says: {event}")
        if any(secret in str(event) for secret in SECRETS):
            self.violate("I16", f"the log tells a secret: {event}")
        self.told(f"log: {method} {event.get('event')}")


class Gone(CannotDo):
    """Who was asked did not answer."""


def play(story: Story, *, keep_trace: bool = False) -> Report:
    """One seed from beginning to end. Collecting garbage runs what was killed: it waits until the end."""
    gc.disable()
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        world: World | None = World(story, keep_trace=keep_trace)
        assert world is not None
        report = world.play()
        with logs(lambda *_: None), warnings.catch_warnings(action="ignore"):
            world = None
            gc.collect()
    finally:
        sys.unraisablehook = hook
        gc.enable()
    return report
