"""What LiraX sent, over the API: looked at, applied again, given up."""

from datetime import timedelta

import pytest

from campaigns.moments import utc_text
from tests.builders import NOON
from tests.web.api.conftest import Office
from tests.web.pages.test_received import put_there

pytestmark = pytest.mark.anyio

PATH = "/api/v1/accounts/default/received"


async def test_what_was_set_aside_is_listed_counted_tried_again_and_thrown_away(
    office: Office,
) -> None:
    house, admin = office.house, office.admin
    first, second, third = [
        await put_there(house, "staton", dead=True, tries=5, error="oops") for _ in range(3)
    ]
    await put_there(house, "event")
    listed = (await admin.get(PATH, params={"among": "dead", "limit": 2})).json()
    assert [item["id"] for item in listed["items"]] == [third, second]
    assert listed["items"][0] == {
        "id": third,
        "cmd": "staton",
        "body": {"cmd": "staton", "callid": "id-of-staton", "text": "<b>Так</b>"},
        "received_at": utc_text(NOON),
        "applied_at": None,
        "verdict": None,
        "tries": 5,
        "set_aside": True,
        "error": "oops",
    }
    older = {"among": "dead", "cursor": listed["next_cursor"]}
    assert [item["id"] for item in (await admin.get(PATH, params=older)).json()["items"]] == [first]
    assert (await admin.get("/readyz")).json()["inbox_set_aside"] == 3
    assert "dzvin_inbox_set_aside 3.0" in (await admin.get("/metrics")).text
    assert (await admin.post(f"{PATH}/{first}/discard")).status_code == 204
    assert (await admin.post(f"{PATH}/{first}/discard")).status_code == 404
    assert (await admin.post(f"{PATH}/{second}/again")).json() == {"again": 1}
    assert (await admin.post(f"{PATH}/again")).json() == {"again": 1}
    assert house.bells.intake.is_set()
    assert (await admin.get("/readyz")).json()["inbox_set_aside"] == 0


async def test_a_result_that_nobody_has_known_for_a_day_is_told_until_it_is_thrown_away(
    office: Office,
) -> None:
    house, admin = office.house, office.admin
    now = house.clock.now()
    orphan = {"verdict": "orphan", "applied_at": NOON}
    for age in (timedelta(hours=23), timedelta(hours=24)):
        for cmd in ("make2calls_finished", "record"):
            last = await put_there(house, cmd, received_at=now - age, **orphan)
    ready = await admin.get("/readyz")
    assert (ready.status_code, ready.json()["inbox_long_unknown"]) == (200, 1)
    assert "dzvin_inbox_long_unknown 1.0" in (await admin.get("/metrics")).text
    assert (await admin.post(f"{PATH}/{last - 1}/discard")).status_code == 204
    assert (await admin.get("/readyz")).json()["inbox_long_unknown"] == 0


async def test_a_damaged_webhook_does_not_hide_the_others(office: Office) -> None:
    await put_there(office.house, "staton", dead=True, tries=5, error="oops")
    await put_there(office.house, "event", dead=True, tries=5, error="oops", body=[1, 2])
    listed = (await office.admin.get(PATH, params={"among": "dead"})).json()["items"]
    assert [item["body"].get("cmd") for item in listed] == [None, "staton"]
    assert listed[0]["body"] == {"damaged": "[1, 2]"}


async def test_of_an_account_or_webhook_that_is_not_there_nothing_is_told(office: Office) -> None:
    admin = office.admin
    assert (await admin.get("/api/v1/accounts/nobody/received")).status_code == 404
    assert (await admin.post(f"{PATH}/7/again")).status_code == 404
    assert (await admin.post(f"{PATH}/0/discard")).status_code == 422
