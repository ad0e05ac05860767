"""What LiraX sent, as administrators see it: the last webhooks, orphans, those set aside."""

import pytest
from sqlalchemy import Connection

from engine.house import House
from tests.builders import NOON, add_row, an_account
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio

PAGE = "/accounts/default/received"


async def put_there(house: House, cmd: str, **more: object) -> int:
    def write(connection: Connection) -> int:
        row = {
            "account_id": an_account(connection),
            "cmd": cmd,
            "body": {"cmd": cmd, "callid": f"id-of-{cmd}", "text": "<b>Так</b>"},
            "received_at": NOON,
            "tries": 0,
            "dead": False,
            **more,
        }
        return add_row(connection, "inbox", row)

    return await house.database.write(write)


async def test_the_page_shows_what_came_and_what_became_of_it(house: House, admin: Browser) -> None:
    await put_there(house, "event", verdict="applied", applied_at=NOON)
    await put_there(house, "record", verdict="orphan", applied_at=NOON)
    await put_there(house, "staton", dead=True, tries=5, error="ValueError('oops')")
    await put_there(house, "contact")
    seen = await admin.see(PAGE)
    for words in ("applied", "orphan", "set aside", "waiting", "ValueError('oops')", "id-of-event"):
        assert words in seen
    assert "<b>Так</b>" not in (await admin.get(PAGE)).text
    orphans = await admin.see(f"{PAGE}?among=orphans")
    assert "id-of-record" in orphans
    assert "id-of-event" not in orphans
    assert "id-of-staton" in await admin.see(f"{PAGE}?among=dead")
    account = await admin.see("/accounts/default")
    assert "1 webhook could not be applied and was set aside" in account
    assert "1 webhook is kept for a call or message that nobody knows yet" in account


async def test_older_ones_are_a_page_further(house: House, admin: Browser) -> None:
    for number in range(55):
        await put_there(house, f"new-{number}", verdict="stored", applied_at=NOON)
    first = await admin.see(PAGE)
    assert "id-of-new-54 text" in first
    assert "id-of-new-4 text" not in first
    assert "before=6" in (await admin.get(PAGE)).text
    assert "id-of-new-4 text" in await admin.see(f"{PAGE}?before=6")


async def test_what_was_set_aside_is_tried_again_on_demand(house: House, admin: Browser) -> None:
    dead = await put_there(house, "staton", dead=True, tries=5, error="oops")
    done = await put_there(house, "event", verdict="applied", applied_at=NOON)
    assert (await admin.submit(f"{PAGE}/again", webhook=str(dead))).status_code == 303
    assert house.bells.intake.is_set()
    assert "set aside 0" in await admin.see(PAGE)
    for wrong in (str(done), "77", "", "x", "9" * 30):
        assert (await admin.submit(f"{PAGE}/again", webhook=wrong)).status_code == 404


async def test_only_administrators_read_what_came(house: House, viewer: Browser) -> None:
    await put_there(house, "smsReceived", verdict="stored", applied_at=NOON)
    assert (await viewer.get(PAGE)).status_code == 403
    assert (await viewer.submit(f"{PAGE}/again", webhook="1")).status_code == 403
    assert "Look at them" not in await viewer.see("/accounts/default")


async def test_what_was_set_aside_may_be_thrown_away_and_nothing_else_may(
    house: House, admin: Browser
) -> None:
    dead = await put_there(house, "staton", dead=True, tries=5, error="oops")
    waiting = await put_there(house, "event")
    assert "Look at it" in await admin.see("/accounts/default")
    assert (await admin.submit(f"{PAGE}/discard", webhook=str(dead))).status_code == 303
    assert (await admin.submit(f"{PAGE}/discard", webhook=str(dead))).status_code == 404
    assert (await admin.submit(f"{PAGE}/discard", webhook=str(waiting))).status_code == 404
    seen = await admin.see(PAGE)
    assert "set aside 0" in seen
    assert "discarded" in seen
