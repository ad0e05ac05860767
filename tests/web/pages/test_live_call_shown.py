"""What the page of an account tells of the last live call."""

import pytest
from sqlalchemy import Connection

from campaigns.store import accounts
from engine.house import House
from engine.lirax.capabilities import Capabilities
from tests.builders import NOON
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio


async def test_the_page_of_an_account_tells_what_a_live_call_has_shown(house: House, admin: Browser) -> None:
    assert "What this LiraX does" not in await admin.see("/accounts/default")
    shown = Capabilities(looked_at=NOON, events_for_make2calls=False, history_zone_off_minutes=60)

    def write(connection: Connection) -> None:
        account_id = house.accounts.find("default").id
        accounts.save(connection, account_id, capabilities=shown.as_json())

    await house.database.write(write)
    seen = await admin.see("/accounts/default")
    assert "no events come for campaign calls" in seen
    assert "history is written 1 h ahead of the account's time zone" in seen
