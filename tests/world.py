"""A whole Dzvin in one event loop: real database, engine and HTTP, a simulated LiraX, and moved time.

async with a_world(tmp_path, now="2026-12-01 09:00") as world:
    campaign = await world.campaign("retry: {attempts: 2, delay: 1h}", people=["380671234567"])
    await world.pass_time(hours=2)
    assert world.rings("380671234567") == [...]
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import yaml
from sqlalchemy import Connection, select, update
from starlette.applications import Starlette

from campaigns.definition import read_definition
from campaigns.rules.vocabulary import AccountId, CampaignId, RecipientId
from campaigns.store import campaigns
from campaigns.tables import Attempt, Effect, EmployeeCall, HeardCall, Inbox, Recipient, Sms
from engine.apply.campaigns import transaction
from engine.apply.joining import Joining, join
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.accounts import add_account
from engine.commands.campaigns import create_campaign, start
from engine.house import House
from engine.leases import Lease
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.lirax.simulator.http import HttpServer
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people import Behaviour
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.simulator.truth import Ring, Truth
from engine.lirax.webhooks import Webhook
from engine.passes.intake import receive
from engine.runner import Engine
from engine.settings import Settings
from tests.builders import table
from tests.clocks import ClockThatNobodySets
from tests.databases import fresh_file
from tests.engines import Engines, another_engine
from tests.promises import broken_promises
from web.hooks.lirax import WebhookDoor

KYIV = ZoneInfo("Europe/Kyiv")
TOKEN, WEBHOOK_TOKEN = "lirax-key-of-the-tests", "webhook-key-of-the-tests"
MOST_STEPS = 100_000  # far more than any scenario needs; a loop that never ends must fail


ANY_HOUR = """
name: {name}
from: "101"
call: {{play: "https://files.example.com/hello.mp3", success_after: 15s}}
window: {{hours: "00:00-24:00"}}
"""


def kyiv(text: str) -> datetime:
    """`2026-12-01 09:00` on a clock in Kyiv."""
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


class World:
    def __init__(self, house: House, simulator: SimulatorServer) -> None:
        self.house = house
        self.engines: Engines = {}
        self.engine = Engine(house)
        self.simulator = simulator
        self.exchange: Exchange = simulator.exchange
        self.others: list[Exchange] = []  # of further accounts
        self.frozen: Engines = {}
        self._hosting = AsyncExitStack()
        self._true_clock = ClockThatNobodySets(self.clock)
        self._names = 0

    @property
    def engine(self) -> Engine:
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine
        self.engines[id(self.house)] = (self.house, engine)

    @property
    def clock(self) -> MovedClock:
        assert isinstance(self.house.clock, MovedClock)
        return self.house.clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def script(self, phone: str, *behaviours: Behaviour) -> None:
        self.exchange.people.script(phone, *behaviours)

    async def add_account(self, name: str, *, options: Options | None = None, **values: Any) -> Exchange:
        """An account with a LiraX of its own; its key is made of its name, its webhooks come in like any."""
        token = f"lirax-key-of-{name}"
        exchange = Exchange(
            clock=self._true_clock, token=token, seed=100 + len(self.others), options=options, salt=name
        )
        simulator = await self._hosting.enter_async_context(SimulatorServer(exchange))
        self.others.append(exchange)
        wanted = {"url": simulator.url, "token": token, "lines": 5, "timezone": "Europe/Kyiv", **values}
        added = await add_account(self.house, name, wanted)
        assert added.webhook_token is not None
        exchange.webhooks.token = added.webhook_token
        exchange.webhooks.url = f"{self.exchange.webhooks.url}/{name}"
        return exchange

    async def leave(self) -> None:
        await self._hosting.aclose()

    async def draft(
        self, more: str = "", *, people: Iterable[str | Mapping[str, Any]] = (), name: str | None = None
    ) -> CampaignId:
        """A campaign not started yet; `more` is YAML laid over one that calls at any hour."""
        self._names += 1
        document = yaml.safe_load(ANY_HOUR.format(name=name or f"Campaign {self._names}"))
        document |= yaml.safe_load(more) or {}
        definition = read_definition(
            yaml.safe_dump(document, allow_unicode=True),
            file=None,
            form="yaml",
            beside=None,
            account_timezone=self.house.settings.account_timezone,
            today=self.now.date(),
            accounts=self.house.accounts.terms(),
        )
        campaign_id = await create_campaign(self.house, definition)
        for person in people:
            await self.add(campaign_id, person)
        return campaign_id

    async def campaign(
        self, more: str = "", *, people: Iterable[str | Mapping[str, Any]] = (), name: str | None = None
    ) -> CampaignId:
        """As `draft`, and started."""
        campaign_id = await self.draft(more, people=people, name=name)
        await start(self.house, campaign_id)
        return campaign_id

    async def add(self, campaign_id: CampaignId, person: str | Mapping[str, Any]) -> RecipientId:
        data = {"phone": person} if isinstance(person, str) else dict(person)
        phone, external_id = data.pop("phone"), data.pop("external_id", None)

        def write(connection: Connection) -> RecipientId:
            with transaction(connection, self.house) as change:
                return join(change, campaign_id, Joining(phone, external_id, data))

        recipient_id = await self.house.database.write(write)
        self.house.bells.after_change()
        return recipient_id

    async def settle(self) -> datetime | None:
        """Let everything happen that happens at this moment; returns when the next thing does."""
        for _ in range(MOST_STEPS):
            moments = await self._step_engines()
            due = [await exchange.run_due() for exchange in (self.exchange, *self.others)]
            if not any(due):
                at_lirax = [each.next_at() for each in (self.exchange, *self.others)]
                ahead = self.now - self._true_clock.now()  # of LiraX's clock, which nobody sets
                moments += [moment + ahead for moment in at_lirax if moment is not None]
                return min((moment for moment in moments if moment is not None), default=None)
        raise AssertionError("the world never comes to rest")

    async def _step_engines(self) -> list[datetime | None]:
        """All at the same time; none loses its lease to another only because time was moved."""
        rung = [name for name, bell in self.house.bells.of_passes().items() if bell.is_set()]
        for house, _ in self.engines.values():
            await house.lease.keep(house.database)
            for name in rung:  # as metronome and notices do between processes
                house.bells.of_passes()[name].set()
        return list(await asyncio.gather(*(engine.step() for _, engine in self.engines.values())))

    async def until(self, moment: datetime | str) -> None:
        """Move time to that moment, stopping wherever something happens."""
        goal = kyiv(moment) if isinstance(moment, str) else moment
        for _ in range(MOST_STEPS):
            next_at = await self.settle()
            if next_at is None or next_at > goal:
                break
            self.clock.move_to(next_at)
        self.clock.move_to(goal)
        await self.settle()

    async def pass_time(self, **by: float) -> None:
        await self.until(self.now + timedelta(**by))

    async def people(self, campaign_id: CampaignId) -> dict[str, Recipient]:
        """Everybody of the campaign by number; of a number put in several times, the last."""
        table = Recipient.__table__  # type: ignore[attr-defined]
        rows = await self._rows(select(table).where(table.c.campaign_id == campaign_id).order_by(table.c.id))
        return {row["phone"]: Recipient(**row) for row in rows}

    async def attempts(self, phone: str) -> list[Attempt]:
        table = Attempt.__table__  # type: ignore[attr-defined]
        rows = await self._rows(select(table).where(table.c.phone == phone).order_by(table.c.id))
        return [Attempt(**row) for row in rows]

    async def heard_calls(self, phone: str) -> list[HeardCall]:
        table = HeardCall.__table__  # type: ignore[attr-defined]
        rows = await self._rows(select(table).where(table.c.phone == phone).order_by(table.c.id))
        return [HeardCall(**row) for row in rows]

    async def calls_by_hand(self) -> list[EmployeeCall]:
        table = EmployeeCall.__table__  # type: ignore[attr-defined]
        return [EmployeeCall(**row) for row in await self._rows(select(table).order_by(table.c.id))]

    async def verdicts(self) -> dict[str, list[str | None]]:
        """What became of the webhooks of each command, in the order they came."""
        table = Inbox.__table__  # type: ignore[attr-defined]
        found: dict[str, list[str | None]] = {}
        for row in await self._rows(select(table).order_by(table.c.id)):
            found.setdefault(row["cmd"], []).append(row["verdict"])
        return found

    async def messages(self) -> list[Sms]:
        table = Sms.__table__  # type: ignore[attr-defined]
        return [Sms(**row) for row in await self._rows(select(table).order_by(table.c.id))]

    async def effects(self) -> list[Effect]:
        table = Effect.__table__  # type: ignore[attr-defined]
        return [Effect(**row) for row in await self._rows(select(table).order_by(table.c.id))]

    async def state(self, campaign_id: CampaignId) -> str:
        row = await self.house.database.read(lambda connection: campaigns.get(connection, campaign_id))
        assert row is not None
        return row.state.value

    async def counts(self, campaign_id: CampaignId, kind: str = campaigns.STATE) -> dict[str, int]:
        found = await self.house.database.read(lambda reading: campaigns.counts(reading, campaign_id, kind))
        return {word: count for word, count in found.items() if count}

    async def change(
        self, name: str, *, phone: str | None = None, id: int | None = None, **values: Any
    ) -> None:
        """Writes columns of a row past the engine, as only a fault could."""
        of_table = table(name)
        chosen = of_table.c.phone == phone if id is None else of_table.c.id == id
        await self.house.database.write(
            lambda writing: writing.execute(update(of_table).where(chosen).values(**values)) and None
        )

    async def hear(self, cmd: str, **fields: str) -> None:
        """A webhook that the test writes itself, sent to our door as LiraX sends it."""
        form = {"cmd": cmd, **fields, "from_LiraX_token": WEBHOOK_TOKEN}
        async with httpx.AsyncClient(verify=False) as client:  # spares it the list of authorities
            answer = await client.post(str(self.exchange.webhooks.url), data=form)
        assert answer.status_code == 200, answer.text
        await self.settle()

    async def hear_event(self, phone: str, callid: str, event: str = "COMPLETED", **fields: str) -> None:
        """An `event` of an outgoing call for extension 101."""
        call = {"type": "out", "event": event, "phone": phone, "ext": "101", "callid": callid}
        await self.hear("event", **{**call, **fields})

    def rings(self, phone: str) -> list[Ring]:
        return [ring for ring in self.exchange.truth.rings if ring.number == phone and ring.leg == 1]

    def ring_times(self, phone: str) -> list[str]:
        """When the phone rang, on a clock in Kyiv."""
        return [f"{ring.started_at.astimezone(KYIV):%Y-%m-%d %H:%M:%S}" for ring in self.rings(phone)]

    def posts(self, command: str = "make2Calls") -> list[Mapping[str, str]]:
        return [post.fields for post in self.exchange.truth.posts if post.command == command]

    async def _rows(self, query: Any) -> Sequence[dict[str, Any]]:
        found = await self.house.database.read(lambda reading: reading.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def check_promises(self) -> None:
        """What must hold at the end of every story."""
        await self.settle()
        broken = await self.house.database.read(
            lambda reading: broken_promises(
                reading, self._truth(), settings=self.house.settings, now=self.now
            )
        )
        assert not broken, "\n".join(broken)

    def _truth(self) -> Truth:
        """Of all accounts together."""
        whole = Truth()
        for exchange in (self.exchange, *self.others):
            for part, found in vars(exchange.truth).items():
                if isinstance(found, list):
                    getattr(whole, part).extend(found)
        whole.rings.sort(key=lambda ring: ring.started_at)
        return whole

    async def lose_lirax(self) -> None:
        """Nobody listens on LiraX's port any more; what it is about to tell, it still tells."""
        await self.simulator._server.stop()

    async def find_lirax(self) -> None:
        """It listens again, and knows all it knew."""
        self.simulator._server = SimulatorServer(self.exchange, port=self.simulator.port)._server
        await self.simulator._server.start()

    async def open_door(self) -> None:
        """From now on webhooks come in."""
        house = self.house
        door = WebhookDoor(
            tokens=house.accounts.webhook_tokens, receive=_Receiver(house), database=house.database
        )
        self._door = HttpServer(Starlette(routes=door.routes()), host="127.0.0.1", port=0)
        self.exchange.webhooks.url = f"{self._door.url}/lirax"
        await self._door.start()

    async def shut(self) -> None:
        """As if the program had been told to end."""
        for _, engine in {**self.engines, **self.frozen}.values():
            await engine.stop()
        await self._door.stop()
        await close_house(self.house)

    async def open_again(self, **changed: Any) -> None:
        """The program starts once more, on whatever database it finds now."""
        settings = replace(self.house.settings, **changed)
        self.house = await build_house(settings, clock=self.clock, role=Role.SERVE)
        self.engines.clear()
        self.engine = Engine(self.house)
        await self.open_door()

    async def restart(self) -> None:
        """As if the program had been killed and started again: another epoch, the same database."""
        self.house.lease = Lease(self.clock, alone=True)
        self.house.policies.forget()
        self.engine = Engine(self.house)


@asynccontextmanager
async def a_world(
    folder: Path,
    *,
    now: str = "2026-12-01 10:00",
    database_url: str | None = None,
    seed: int = 1,
    with_history: bool = False,
    engines: int = 1,
    **settings: Any,
) -> AsyncIterator[World]:
    """A world that stands still at `now` (Kyiv); `settings` over those of the tests."""
    clock = MovedClock(kyiv(now))
    exchange = Exchange(clock=ClockThatNobodySets(clock), token=TOKEN, webhook_token=WEBHOOK_TOKEN, seed=seed)
    async with SimulatorServer(exchange) as simulator:
        wanted = replace(
            Settings(
                database_url=database_url or fresh_file(folder),
                secret_key="the-secret-key-of-the-tests-is-long-enough",
                lirax_url=simulator.url,
                lirax_token=TOKEN,
                webhook_token=WEBHOOK_TOKEN,
                lirax_timeout=timedelta(seconds=10),  # real ones: a busy machine is no lost answer
                lines=5,
                spool=folder / "spool" if database_url else None,
            ),
            **(history_of(simulator) if with_history else {}),
            **settings,
        )
        house = await build_house(wanted, clock=clock, role=Role.SERVE)
        if engines > 1:
            house.lease = Lease(clock, alone=False)
        world = World(house, simulator)
        for _ in range(1, engines):
            another_engine(world.engines, house)
        await world.open_door()
        try:
            yield world
            await world.check_promises()
        finally:
            await world.shut()
            await world.leave()


def history_of(simulator: SimulatorServer) -> dict[str, Any]:
    """The settings that let us read the simulator's call history."""
    return {
        "history_url": simulator.base_url,
        "history_login": SAMPLE_LOGIN,
        "history_password": SAMPLE_PASSWORD,
    }


class _Receiver:
    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, account_id: AccountId, *, webhook: Webhook, body: Mapping[str, str]) -> None:
        await receive(self._house, account_id, webhook=webhook, body=body)
