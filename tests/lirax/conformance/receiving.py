"""A receiver as LiraX meets it, over real HTTP, and what it has stored and applied."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, delete, insert, select

from campaigns.rules.vocabulary import AttemptState, RecipientState
from engine.assembly import build_house, close_house
from engine.clock import MovedClock
from engine.house import House
from engine.lirax.simulator.http import HttpServer
from engine.passes.intake import Intake
from engine.settings import Settings
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_account, an_attempt, recount, table
from tests.lirax.recorded import WEBHOOK_TOKEN
from web.app import create_app

FORM = "application/x-www-form-urlencoded"
# What the examples of the reference speak of.
OUR_TASK, OUR_CALL = "ef232234feb12", "D10D0EB124F4E64AF4EA-1511"
THE_PERSON, THE_TEXTED = "19101234567", "38012345679"


class Receiver:
    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self.house = house
        self._client = client

    async def hear(self, body: bytes | str, *, content_type: str = FORM) -> httpx.Response:
        content = body.encode() if isinstance(body, str) else body
        return await self._client.post("/LiraX", content=content, headers={"Content-Type": content_type})

    async def apply(self) -> None:
        await Intake(self.house).run()

    async def rows(self, name: str) -> list[Mapping[str, Any]]:
        query = select(table(name)).order_by(*table(name).primary_key)
        found = await self.house.database.read(lambda reading: reading.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def inbox(self) -> list[Mapping[str, Any]]:
        return await self.rows("inbox")

    async def forget(self) -> None:
        """As if nothing had been heard, and nothing been done."""

        def write(connection: Connection) -> None:
            for name in ("inbox", "heard_call", "employee_call", "sms", "agent", "suppression", "attempt"):
                connection.execute(delete(table(name)))
            connection.execute(delete(table("recipient")))

        await self.house.database.write(write)

    async def furnish(self) -> None:
        """Puts a call, an employee's call, a message and a person there, as the examples speak of them."""
        await self.house.database.write(_furnish)


@asynccontextmanager
async def a_receiver(folder: Path, *, migrated: Path) -> AsyncIterator[Receiver]:
    path = folder / "receiver.db"
    shutil.copy(migrated, path)
    settings = Settings(
        database_url=f"sqlite:///{path}", webhook_token=WEBHOOK_TOKEN, lirax_token="k", secret_key="s" * 40
    )
    house = await build_house(settings, clock=MovedClock(NOON))
    server = HttpServer(create_app(house, engine=None), host="127.0.0.1", port=0)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url) as client:
            yield Receiver(house, client)
    finally:
        await server.stop()
        await close_house(house)


def _furnish(connection: Connection) -> None:
    account_id = an_account(connection)
    campaign_id = connection.execute(select(table("campaign").c.id)).scalar() or a_campaign(
        connection, definition={"from": "102", "call": {"play": "https://a/b.mp3", "success_after": "15s"}}
    )
    recipient_id = a_recipient(
        connection,
        campaign_id,
        phone=THE_PERSON,
        state=RecipientState.CALLING,
        calls=1,
        data={"name": "Ivan Ivanov"},
    )
    an_attempt(
        connection, recipient_id, state=AttemptState.PLACED, provider_id=OUR_TASK, ended_at=None, result=None
    )
    add_row(
        connection,
        "employee_call",
        {
            "account_id": account_id,
            "ext": "101",
            "phone": "380671112233",
            "state": "placed",
            "provider_id": OUR_TASK,
            "requested_by": "a test",
            "created_at": NOON,
            "deadline": NOON.replace(hour=13),
        },
    )
    _a_message(connection, account_id, campaign_id, recipient_id)
    recount(connection, campaign_id)


def _a_message(connection: Connection, account_id: int, campaign_id: int, recipient_id: int) -> None:
    modems = table("modem")
    modem_id = (
        connection.execute(select(modems.c.id)).scalar()
        or connection.execute(
            insert(modems)
            .values(account_id=account_id, number="380112345678", free_at=NOON)
            .returning(modems.c.id)
        ).scalar_one()
    )
    row = {
        "cause": "a test",
        "account_id": account_id,
        "modem_id": modem_id,
        "campaign_id": campaign_id,
        "recipient_id": recipient_id,
        "ext": "102",
        "phone": THE_PERSON,
        "text": "Hello",
        "parts": 1,
        "state": "sent",
        "provider_id": "1212",
        "created_at": NOON,
    }
    add_row(connection, "sms", row)
