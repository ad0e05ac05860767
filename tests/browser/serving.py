"""The server of the browser tests: `python -m tests.browser.serving DATABASE ADDRESS_FILE`.

A real house and the whole application; no engine, so that only the tests change what there is to see.
"""

import asyncio
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AttemptState, CampaignId, CampaignState, RecipientState, Role
from engine.assembly import build_house, close_house
from engine.commands.people import create_user
from engine.settings import Settings
from tests.browser.people import EMAIL, PASSWORD
from tests.builders import a_campaign, a_recipient, an_attempt, recount
from web.app import create_app

DEFINITION = {
    "from": "101",
    "call": {"connect": "5001", "success_after": "15s"},
    "window": {"hours": "00:00-24:00", "timezone": "Europe/Kyiv"},
    "retry": {"attempts": 3, "delay": "2h"},
    "rules": [{"when": {"key": "1"}, "outcome": "promised"}],
}


async def serve(database: Path, address: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings = Settings(
            database_url=f"sqlite:///{database}", secret_key="k" * 40, webhook_token="w" * 16, public_url=url
        )
        house = await build_house(settings)
        await create_user(house, EMAIL, password=PASSWORD, role=Role.ADMIN)
        await house.database.write(lambda connection: seed(connection, house.clock.now()))
        app = create_app(house, engine=None)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        while not server.started:
            await asyncio.sleep(0.01)
        address.write_text(url)
        await serving
        await close_house(house)


def seed(connection: Connection, now: datetime) -> None:
    running = a_campaign(connection, name="Нагадування про оплату", definition=DEFINITION, created_at=now)
    for number in range(60):
        _person(connection, running, number, now=now)
    recount(connection, running)
    for name, state in (("Survey", CampaignState.DRAFT), ("October", CampaignState.FINISHED)):
        campaign = a_campaign(connection, name=name, state=state, definition=DEFINITION, created_at=now)
        a_recipient(connection, campaign, due_at=now)
        recount(connection, campaign)


def _person(connection: Connection, campaign: CampaignId, number: int, *, now: datetime) -> None:
    states = (RecipientState.DONE, RecipientState.WAITING, RecipientState.EXHAUSTED, RecipientState.PENDING)
    state = RecipientState.CALLING if number < 3 else states[number % 4]
    called = state is not RecipientState.PENDING
    outcomes = {RecipientState.DONE: "promised", RecipientState.EXHAUSTED: "unreached"}
    person = a_recipient(
        connection,
        campaign,
        state=state,
        phone=f"38067100{number:04}",
        external_id=f"INV-{number:03}",
        outcome=outcomes.get(state),
        attempts=int(called),
        calls=int(called),
        due_at=now + timedelta(minutes=number),
        data={"name": f"Олена {number}"},
    )
    if called:
        open_call = state is RecipientState.CALLING
        an_attempt(
            connection,
            person,
            state=AttemptState.PLACED if open_call else AttemptState.DONE,
            result="answered_full" if state is RecipientState.DONE else "busy",
            claimed_at=now - timedelta(seconds=number),
            placed_at=now - timedelta(seconds=number),
            keys=[{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}]
            if state is RecipientState.DONE
            else None,
        )


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
