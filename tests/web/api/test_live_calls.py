"""When the doctor's live call is refused, and what it makes of a LiraX that never got it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from campaigns.definition import policy_of
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

ANNA = "380671112233"
ASKED: dict[str, Any] = {
    "phone": f"+{ANNA}",
    "account": "default",
    "from_ext": "101",
    "play": "https://files.example.com/a.mp3",
}


async def ask(office: Office, address: str = "", /, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {office.house.local_key}"}
    return await office.nobody.post(f"/local/live-calls{address}", json=body, headers=headers)


async def test_it_is_a_campaign_of_one_person_with_one_attempt(office: Office) -> None:
    begun = (await ask(office, **ASKED)).json()
    assert (begun["phone"], begun["from"], begun["hours"]) == (ANNA, "101", None)
    campaign = (await office.reader.get(f"/api/v1/campaigns/{begun['campaign']}")).json()
    assert (campaign["state"], campaign["counts"]["total"]) == ("running", 1)


async def test_only_the_command_line_of_this_machine_may_ask(office: Office) -> None:
    assert (await office.admin.post("/local/live-calls", json=ASKED)).status_code == 401


async def test_a_number_already_open_or_on_the_do_not_call_list_is_not_called(office: Office) -> None:
    await office.admin.post("/api/v1/suppressions", json={"phone": ANNA})
    refused = await ask(office, **ASKED)
    assert (refused.status_code, "do-not-call list" in refused.json()["detail"]) == (409, True)


async def test_by_night_it_calls_only_who_says_any_hour(office: Office) -> None:
    office.clock.advance(timedelta(hours=10))  # 22:00 in Kyiv
    refused = await ask(office, **ASKED)
    assert (refused.status_code, "--any-hour" in refused.json()["detail"]) == (409, True)
    assert (await ask(office, **ASKED, any_hour=True)).status_code == 201


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"phone": "12"}, 422),
        ({"account": "shop"}, 404),
        ({"from_ext": "desk"}, 422),
        ({"play": "reminder.mp3"}, 422),
        ({"from_ext": None}, 422),  # and nothing is known of LiraX's users here
        ({"colour": "red"}, 422),
    ],
)
async def test_what_will_not_do_is_refused(office: Office, change: dict[str, Any], status: int) -> None:
    assert (await ask(office, **{**ASKED, **change})).status_code == status


async def test_a_call_that_was_never_placed_shows_nothing(office: Office) -> None:
    begun = (await ask(office, **ASKED)).json()
    concluded = await ask(office, f"/{begun['id']}/conclude")
    assert (concluded.status_code, "not placed" in concluded.json()["detail"]) == (409, True)
    assert (await ask(office, "/999/conclude")).status_code == 404


async def test_closed_hours_are_for_the_doctor_alone(office: Office) -> None:
    begun = (await ask(office, **ASKED, outside_hours=True)).json()
    assert begun["hours"] == ["14", "15"]
    written = {"name": "Mine", "from": "101", "call": {"connect": "5001"}, "request_hours": "14-15"}
    refused = await office.admin.post("/api/v1/campaigns", json=written)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "request_hours")
    assert policy_of(written, account_timezone="Europe/Kyiv").request_hours == ("14", "15")
