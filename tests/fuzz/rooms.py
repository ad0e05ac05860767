"""What is fuzzed: everything that takes bytes from outside. Each room says what became of a text.

It raises AssertionError where the answer is none that the room may give; any other exception is a fault too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from campaigns.definition import read_definition
from campaigns.lists.batches import Reading, batches
from campaigns.lists.demands import Demand
from campaigns.problems import WrongInput
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.campaigns import create_campaign
from engine.house import House
from engine.lirax.client import LiraxClient
from engine.lirax.commands import COMMANDS
from engine.lirax.errors import LiraxError
from engine.lirax.history.reading import NotAnExport, read_export
from engine.lirax.wire import read_reply
from engine.passes.intake import Intake
from engine.settings import Settings
from tests.builders import NOON, table
from tests.databases import fresh_file
from tests.fuzz.calling import post
from tests.lirax.exchange import Visit, an_exchange
from tests.lirax.recorded import REFERENCE, WEBHOOK_TOKEN
from web.app import create_app

Check = Callable[[bytes, int], Awaitable[str]]
"""Takes a text and its number; returns what became of it, in a word to be counted."""

TODAY = date(2026, 11, 23)
KYIV = ZoneInfo("Europe/Kyiv")
STATUSES = (200, 200, 200, 200, 400, 401, 402, 403, 404, 429, 500, 502, 204, 302)
TOKEN = f"from_LiraX_token={WEBHOOK_TOKEN}".encode()
GROUP = 200  # webhooks applied together
TAKES_PEOPLE = """
name: People
from: "101"
call: {play: "https://files.example.com/hello.mp3", variables: {money: "{{ amount | default('0') }}"}}
"""


@dataclass
class Rooms:
    """All of them, over one house."""

    checks: Mapping[str, Check]
    house: House


@asynccontextmanager
async def rooms(folder: Path) -> AsyncIterator[Rooms]:
    wanted = Settings(
        database_url=fresh_file(folder),
        secret_key="the-secret-key-of-the-tests-is-long-enough",
        webhook_token=WEBHOOK_TOKEN,
        lirax_token="k",
        lirax_url="http://127.0.0.1:1/general",
    )
    async with AsyncExitStack() as stack:
        house = await build_house(wanted, clock=MovedClock(NOON), role=Role.SERVE)
        stack.push_async_callback(close_house, house)
        ways = Ways(house, folder)
        exchange = await stack.enter_async_context(an_exchange(ways.answer_badly))
        ways.client = LiraxClient(exchange.url, token="k", timeout=timedelta(seconds=5), lines=2)
        stack.push_async_callback(ways.client.close)
        await ways.make_campaign()
        yield Rooms(
            {
                "webhooks": ways.webhook,
                "lists": ways.list_file,
                "people in CSV": ways.people_in_csv,
                "people in JSON": ways.people_in_json,
                "definitions": ways.definition,
                "definitions over the API": ways.posted_definition,
                "answers": ways.answer,
                "answers over a socket": ways.answer_over_a_socket,
                "history": ways.history,
            },
            house,
        )


class Ways:
    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._folder = folder
        self._app = create_app(house, engine=None)
        self._intake = Intake(house)
        self._raw = b""
        self._number = 0
        self._people = ""
        self.client: LiraxClient

    async def make_campaign(self) -> None:
        """One that takes people."""
        definition = read_definition(
            TAKES_PEOPLE, file=None, form="yaml", beside=None, account_timezone="Europe/Kyiv", today=TODAY
        )
        self._people = f"/api/v1/campaigns/{await create_campaign(self._house, definition)}/recipients"

    async def webhook(self, body: bytes, number: int) -> str:
        """To the door of the real application; then applied by the real pass."""
        if number % 10:
            body = TOKEN + b"&" + body if not body.lstrip().startswith(b"{") else _with_token(body)
        status = await post(self._app, "/lirax", body, {"content-length": str(len(body))})
        assert status in (200, 400, 401, 413), status
        if number % GROUP == 0:
            await self._intake.run()
            assert await self._set_aside() == 0
        return str(status)

    async def _set_aside(self) -> int:
        dead = select(func.count()).select_from(table("inbox")).where(text("dead OR tries > 0"))
        return await self._house.database.read(lambda reading: reading.execute(dead).scalar_one())

    async def list_file(self, body: bytes, number: int) -> str:
        path = self._folder / "list"
        path.write_bytes(body)
        own_zones, texts = bool(number % 2), {"money": "{{ amount }}"}
        demand = Demand("UA", texts, {"amount": "sms"}, own_zones, now="2026-12-01T08:00:00+00:00")
        try:
            for _ in batches(Reading(path, "list", None, None, demand)):
                pass
        except WrongInput as wrong:
            assert str(wrong)
            return "refused"
        return "read"

    async def definition(self, body: bytes, number: int) -> str:
        try:
            read_definition(
                body,
                file=None,
                form="json" if number % 3 == 0 else "yaml",
                beside=None,
                account_timezone="Europe/Kyiv",
                today=TODAY,
            )
        except WrongInput as wrong:
            assert wrong.problems
            return "refused"
        return "read"

    async def posted_definition(self, body: bytes, number: int) -> str:
        kind = "application/json" if number % 3 == 0 else "application/yaml"
        status = await self._post("/api/v1/campaigns", body, kind)
        assert status in (201, 400, 404, 409, 413, 422), status
        return str(status)

    async def people_in_csv(self, body: bytes, number: int) -> str:
        """To the API, and on into the database."""
        return await self._take_people(body, "text/csv")

    async def people_in_json(self, body: bytes, number: int) -> str:
        return await self._take_people(body, "application/json")

    async def _take_people(self, body: bytes, kind: str) -> str:
        status = await self._post(self._people, body, kind)
        assert status in (200, 400, 413, 422), status
        return str(status)

    async def _post(self, path: str, body: bytes, kind: str) -> int:
        headers = {
            "content-length": str(len(body)),
            "content-type": kind,
            "authorization": f"Bearer {self._house.local_key}",
        }
        return await post(self._app, path, body, headers)

    async def answer(self, body: bytes, number: int) -> str:
        """By way of the reader of answers, for every command."""
        words = set()
        for command in COMMANDS.values():
            try:
                read_reply(command, STATUSES[number % len(STATUSES)], body=body)
                words.add("answer")
            except LiraxError as error:
                assert error.kind
                words.add(error.kind)
        return "answer" if "answer" in words else "refused"

    async def answer_over_a_socket(self, body: bytes, number: int) -> str:
        """The same bytes from a real server: as a body, as a head, cut, in drops."""
        self._raw, self._number = body, number
        command = list(COMMANDS)[number % len(COMMANDS)]
        params = dict.fromkeys(COMMANDS[command].params, "1")
        try:
            await self.client.command(command, params)
        except LiraxError as error:
            return error.kind
        return "answer"

    async def answer_badly(self, visit: Visit) -> None:
        while True:
            await visit.read_request()
            body, status = self._raw, STATUSES[self._number % len(STATUSES)]
            head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            match self._number % 5:
                case 0 | 1:
                    await visit.say(head % (status, len(body)) + body)
                case 2:
                    await visit.say(body[:5000] + b"\r\n\r\n")
                    return
                case 3:
                    await visit.say(head % (status, len(body) + 10) + body)
                    return
                case _:
                    await visit.say(head % (status, len(body[:20])))
                    for place in range(len(body[:20])):
                        await visit.say(body[place : place + 1])
                        await asyncio.sleep(0)

    async def history(self, body: bytes, number: int) -> str:
        try:
            read_export(body, KYIV, must_end=bool(number % 2))
        except NotAnExport as error:
            return error.what.name.lower()
        return "read"


def _with_token(body: bytes) -> bytes:
    return body.replace(b"{", b'{"token":"%s",' % WEBHOOK_TOKEN.encode(), 1)


def recorded_answers() -> list[bytes]:
    """Bodies that the reference prints."""
    cases = [case.get("raw_body", case.get("body", "")) for case in REFERENCE["response_cases"]]
    return [case.encode() for case in cases if isinstance(case, str)]


def recorded_webhooks() -> list[bytes]:
    return [case["raw_body"].encode() for case in REFERENCE["webhook_cases"]]
