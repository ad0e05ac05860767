"""The door for LiraX's webhooks: who may come in, what is stored, what LiraX hears."""

import asyncio
import hashlib
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, insert
from starlette.applications import Starlette

from campaigns.rules.vocabulary import AccountId
from campaigns.store.inbox import waiting
from campaigns.tables import Account, Campaign, Recipient
from engine.assembly import build_house, close_house
from engine.clock import MovedClock
from engine.database.opening import open_database
from engine.database.port import Database
from engine.database.postgres import PostgresDatabase
from engine.errors import DatabaseTrouble
from engine.lirax.webhooks import CallFinished, ContactAsked, StatusChanged, Webhook, dedupe_key
from engine.settings import Settings
from tests.lirax.recorded import REFERENCE, WEBHOOK_TOKEN
from web.app import create_app
from web.hooks.lirax import MAX_BODY_BYTES, WebhookDoor

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECOND_TOKEN = "ключ другого рахунку"
STATON = f"cmd=staton&ext=910&status=1&from_LiraX_token={WEBHOOK_TOKEN}"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class Inbox:
    """Keeps what it is given, once for each dedupe key; first fails as often as it is told to."""

    def __init__(self, *, fails: int = 0) -> None:
        self.fails = fails
        self.kept: list[tuple[AccountId, Webhook, dict[str, str]]] = []
        self._keys: set[str] = set()

    async def __call__(self, account_id: AccountId, *, webhook: Webhook, body: Mapping[str, str]) -> None:
        if self.fails:
            self.fails -= 1
            raise DatabaseTrouble("the database is away")
        key = dedupe_key(str(account_id), webhook)
        if key is None or key not in self._keys:
            self.kept.append((account_id, webhook, dict(body)))
        self._keys.add(key or "")


def tokens() -> dict[str, tuple[AccountId, tuple[bytes, ...]]]:
    known = {"default": (1, WEBHOOK_TOKEN), "second": (2, SECOND_TOKEN)}
    return {
        name: (AccountId(id_), (hashlib.sha256(token.encode()).digest(),))
        for name, (id_, token) in known.items()
    }


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    file = tmp_path_factory.mktemp("door") / "dzvin.db"
    database = await open_database(f"sqlite:///{file}", upgrade=True)
    await database.write(lists)
    yield database
    await database.close()


@asynccontextmanager
async def lirax(door: WebhookDoor) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=door.routes())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dzvin.example") as client:
        yield client


def a_door(database: Database, inbox: Inbox) -> WebhookDoor:
    return WebhookDoor(tokens=tokens, receive=inbox, database=database)


@pytest.mark.parametrize("case", REFERENCE["webhook_cases"], ids=lambda case: case["id"])
async def test_every_case_of_the_reference_gets_its_answer(database: Database, case: dict[str, Any]) -> None:
    inbox = Inbox()
    headers = {"Content-Type": case.get("content_type", "application/x-www-form-urlencoded")}
    async with lirax(a_door(database, inbox)) as client:
        for _ in range(case.get("repeat", 1)):
            response = await client.post("/lirax", content=case["raw_body"].encode(), headers=headers)
            assert response.status_code == case["expect"]["status"]
            assert response.json() == case["expect"].get("body", {})
    assert len(inbox.kept) == int(case["expect"]["status"] == 200)
    assert WEBHOOK_TOKEN not in str(inbox.kept)


@pytest.mark.parametrize("path", ["/lirax", "/LiraX", "/lirax/default"])
async def test_the_door_stands_at_three_addresses_and_opens_to_post_only(
    database: Database, path: str
) -> None:
    inbox = Inbox()
    async with lirax(a_door(database, inbox)) as client:
        assert (await client.post(path, content=STATON)).status_code == 200
        assert (await client.get(path, params={"token": WEBHOOK_TOKEN})).status_code == 405
        assert (await client.put(path, content=STATON)).status_code == 405
    assert [kept[:2] for kept in inbox.kept] == [(AccountId(1), StatusChanged("910", 1))]


async def test_each_account_has_its_own_key(database: Database) -> None:
    inbox = Inbox()
    second = {"cmd": "staton", "ext": "1", "status": "0", "token": SECOND_TOKEN}
    async with lirax(a_door(database, inbox)) as client:
        assert (await client.post("/lirax/second", data=second)).status_code == 200
        assert (await client.post("/lirax", data=second)).status_code == 401
        assert (await client.post("/lirax/second", content=STATON)).status_code == 401
        assert (await client.post("/lirax/third", content=STATON)).status_code == 401
    assert [kept[0] for kept in inbox.kept] == [AccountId(2)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"cmd=staton&ext=910&status=1&from_LiraX_token=",
        b"cmd=staton&ext=910&status=1&from_LiraX_token=%D1%8F%FF%00",
        b"cmd=staton&ext=910&status=1&token=x&token=" + WEBHOOK_TOKEN.encode(),  # the first counts
        b"cmd=staton&ext=910&status=1&from_LiraX_token=" + WEBHOOK_TOKEN.upper().encode(),
        b"cmd=staton&from_LiraX_token=" + WEBHOOK_TOKEN[:-1].encode(),
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"cmd": "staton", "token": {"$ne": ""}}',
        b'{"cmd": "staton", "token": null}',
        b"--x\r\nContent-Disposition: form-data; name=token\r\n\r\n" + WEBHOOK_TOKEN.encode(),
    ],
)
async def test_without_the_very_key_nobody_comes_in(database: Database, body: bytes) -> None:
    inbox = Inbox()
    async with lirax(a_door(database, inbox)) as client:
        response = await client.post("/lirax", content=body)
    assert (response.status_code, response.json()) == (401, {"error": "Invalid token"})
    assert inbox.kept == []


async def test_while_no_key_is_set_everybody_is_refused(database: Database) -> None:
    inbox = Inbox()
    door = WebhookDoor(tokens=dict, receive=inbox, database=database)
    async with lirax(door) as client:
        for form in (STATON, "cmd=staton&ext=1&status=1", "cmd=staton&ext=1&status=1&token="):
            assert (await client.post("/lirax", content=form)).status_code == 401


async def test_in_the_application_a_webhook_is_stored_once_and_rings_the_bell(tmp_path: Path) -> None:
    form = f"cmd=make2calls_finished&id_make2calls=m2&success=1&from_LiraX_token={WEBHOOK_TOKEN}"
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'dzvin.db'}", webhook_token=WEBHOOK_TOKEN, lirax_token="k"
    )
    house = await build_house(settings, clock=MovedClock(NOW))
    try:
        transport = httpx.ASGITransport(app=create_app(house, engine=None))
        async with httpx.AsyncClient(transport=transport, base_url="http://dzvin.example") as client:
            for _ in range(2):
                assert (await client.post("/lirax", content=form)).status_code == 200
            assert (await client.post("/LiraX/", content=form)).status_code == 404
            assert (await client.post("/LiraX", content="cmd=staton")).status_code == 401
            assert (await client.get("/LiraX")).status_code == 405
        stored = await house.database.read(lambda reading: waiting(reading, limit=10))
    finally:
        await close_house(house)
    assert [(row.cmd, row.received_at) for row in stored] == [("make2calls_finished", NOW)]
    assert stored[0].body == {"cmd": "make2calls_finished", "id_make2calls": "m2", "success": "1"}
    assert house.bells.intake.is_set()


async def test_a_key_that_changes_is_believed_from_the_next_webhook_on(database: Database) -> None:
    known: dict[str, tuple[AccountId, tuple[bytes, ...]]] = {}
    door = WebhookDoor(tokens=lambda: known, receive=Inbox(), database=database)
    async with lirax(door) as client:
        assert (await client.post("/lirax", content=STATON)).status_code == 401
        known.update(tokens())
        assert (await client.post("/lirax", content=STATON)).status_code == 200


async def test_a_body_over_64_kb_is_refused_while_it_comes(database: Database) -> None:
    inbox = Inbox()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 16_384
            yield b"x" * 16_384

    async with lirax(a_door(database, inbox)) as client:
        assert (await client.post("/lirax", content=endless())).status_code == 413
        padded = STATON.encode() + b"&pad=" + b"x" * (MAX_BODY_BYTES - len(STATON) - 5)
        assert (await client.post("/lirax", content=padded)).status_code == 200
        assert (await client.post("/lirax", content=padded + b"x")).status_code == 413
    assert sent < 200_000
    assert len(inbox.kept) == 1


async def test_more_than_64_fields_are_refused_but_only_to_who_has_the_key(database: Database) -> None:
    many = "&".join(f"f{number}=1" for number in range(70))
    async with lirax(a_door(database, Inbox())) as client:
        assert (await client.post("/lirax", content=f"{STATON}&{many}")).status_code == 400
        assert (await client.post("/lirax", content=many)).status_code == 401


async def test_what_came_is_stored_whole_but_for_the_key(database: Database) -> None:
    inbox = Inbox()
    form = "cmd=make2calls_finished&id_make2calls=m2&success=1&Token=x&keys=[oops&new=1"
    async with lirax(a_door(database, inbox)) as client:
        response = await client.post("/lirax", content=f"{form}&from_LiraX_token={WEBHOOK_TOKEN}")
    assert response.json() == {}
    finished = CallFinished("m2", success=True, duration_success=None, keys=())
    body = {"cmd": "make2calls_finished", "id_make2calls": "m2", "success": "1", "keys": "[oops", "new": "1"}
    assert inbox.kept == [(AccountId(1), finished, body)]


async def test_what_neither_database_nor_spool_takes_is_admitted_with_503(database: Database) -> None:
    async with lirax(a_door(database, Inbox(fails=1))) as client:
        assert (await client.post("/lirax", content=STATON)).status_code == 503


async def test_a_flood_of_wrong_keys_is_one_line_in_the_log(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = Inbox()
    async with lirax(a_door(database, inbox)) as client:
        for _ in range(50):
            assert (await client.post("/lirax", content=STATON + "x")).status_code == 401
        assert (await client.post("/lirax", content=STATON)).status_code == 200
    assert capsys.readouterr().out.count("wrong or no key") == 1
    assert len(inbox.kept) == 1


async def test_the_key_stands_in_no_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with lirax(a_door(database, Inbox(fails=1))) as client:
        await client.post("/lirax", content=STATON)
        await client.post("/lirax", content=STATON + "x")
    assert WEBHOOK_TOKEN not in caplog.text


# --- contact: LiraX asks who is calling -----------------------------------------------------------------


def a_campaign(connection: Connection, id_: int, *, from_ext: str, account_id: int = 1) -> None:
    connection.execute(
        insert(Campaign.__table__).values(  # type: ignore[attr-defined]
            id=id_,
            name=f"campaign {id_}",
            account_id=account_id,
            state="running",
            definition={"from": from_ext},
            fingerprint="",
            had_recipients=True,
            credit=0.0,
            created_at=NOW,
        )
    )


def a_recipient(
    connection: Connection, campaign_id: int, *, phone: str, data: dict[str, Any], state: str = "done"
) -> None:
    connection.execute(
        insert(Recipient.__table__).values(  # type: ignore[attr-defined]
            campaign_id=campaign_id,
            phone=phone,
            round=0,
            state=state,
            attempts=1,
            calls=1,
            turn=1,
            data=data,
        )
    )


def lists(connection: Connection) -> None:
    for id_, name in ((1, "default"), (2, "second")):
        connection.execute(
            insert(Account.__table__).values(  # type: ignore[attr-defined]
                id=id_, name=name, lirax_url="", timezone="Europe/Kyiv"
            )
        )
    a_campaign(connection, 1, from_ext="101")
    a_campaign(connection, 2, from_ext="sales")
    a_campaign(connection, 3, from_ext="103", account_id=2)
    a_recipient(connection, 2, phone="380671", data={"name": "Newer elsewhere"})
    a_recipient(connection, 1, phone="380671", data={"Сума": "1", "Ім’я": " Ганна ", "name": ""})
    a_recipient(connection, 2, phone="380672", data={"ПІБ": "Іваненко Іван"})
    a_recipient(connection, 1, phone="380673", data={"city": "Lviv"})
    a_recipient(connection, 3, phone="380674", data={"name": "Of the second account"})
    a_recipient(connection, 1, phone="380675550001", data={"name": "Марта"})
    a_recipient(connection, 1, phone="380675550002", data={"name": "Of the open list"}, state="calling")
    a_recipient(connection, 2, phone="380675550002", data={"name": "Newest"})
    a_recipient(connection, 2, phone="380675550003", data={"name": "Named earlier"})
    a_recipient(connection, 1, phone="380675550003", data={}, state="waiting")


@pytest.mark.parametrize(
    ("phone", "answer"),
    [
        ("380671", {"contact_name": "Ганна", "responsible": 101}),  # the newest recipient counts
        ("%2B380 67 1", {"contact_name": "Ганна", "responsible": 101}),
        ("380672", {"contact_name": "Іваненко Іван"}),  # `sales` is no short number
        ("380673", {"contact_name": "", "responsible": 101}),
        ("380674", {"contact_name": ""}),  # another account's list
        ("anonymous", {"contact_name": ""}),
        ("0675550001", {"contact_name": "Марта", "responsible": 101}),  # as a national number
        ("%2B380 (67) 555-00-01", {"contact_name": "Марта", "responsible": 101}),
        ("380675550002", {"contact_name": "Of the open list", "responsible": 101}),  # open before newest
        ("380675550003", {"contact_name": "Named earlier", "responsible": 101}),  # no name in the open list
    ],
)
async def test_lirax_hears_who_calls(database: Database, phone: str, answer: dict[str, Any]) -> None:
    inbox = Inbox()
    form = f"cmd=contact&phone={phone}&callid=c1&diversion=1&from_LiraX_token={WEBHOOK_TOKEN}"
    async with lirax(a_door(database, inbox)) as client:
        response = await client.post("/lirax", content=form)
    assert (response.status_code, response.json()) == (200, answer)
    assert [type(webhook) for _, webhook, _ in inbox.kept] == [ContactAsked]


async def test_lirax_hears_who_calls_though_the_question_cannot_be_stored(database: Database) -> None:
    form = f"cmd=contact&phone=380671&from_LiraX_token={WEBHOOK_TOKEN}"
    async with lirax(a_door(database, Inbox(fails=100))) as client:
        response = await client.post("/lirax", content=form)
    assert response.json() == {"contact_name": "Ганна", "responsible": 101}


async def test_a_question_that_is_stored_slowly_is_answered_in_time(database: Database) -> None:
    stored = asyncio.Event()

    async def slowly(account_id: AccountId, *, webhook: Webhook, body: Mapping[str, str]) -> None:
        await asyncio.wait_for(stored.wait(), 5)

    door = WebhookDoor(tokens=tokens, receive=slowly, database=database)
    form = f"cmd=contact&phone=380671&from_LiraX_token={WEBHOOK_TOKEN}"
    async with lirax(door) as client, asyncio.timeout(1):
        response = await client.post("/lirax", content=form)
    assert response.json() == {"contact_name": "Ганна", "responsible": 101}
    stored.set()


async def test_who_calls_is_unknown_while_the_database_is_away() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        away = PostgresDatabase(f"postgresql+asyncpg://u:p@127.0.0.1:{taken.getsockname()[1]}/dzvin")
        form = f"cmd=contact&phone=380671&from_LiraX_token={WEBHOOK_TOKEN}"
        async with lirax(a_door(away, Inbox())) as client:
            response = await client.post("/lirax", content=form)
        await away.close()
    assert (response.status_code, response.json()) == (200, {"contact_name": ""})
