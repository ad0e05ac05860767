"""`/api/v1/campaigns`, sentence by sentence of the contract."""

from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.rules.breakers import Hold
from campaigns.rules.vocabulary import AccountId, RecipientState
from campaigns.store import accounts
from tests.web.api.conftest import REMINDER, Office

pytestmark = pytest.mark.anyio

YAML = """
name: From YAML
from: "101"
call: {connect: "5001"}
recipients:
  - {phone: 0671234567, name: Олена}
  - {phone: 12, name: Хтось}
"""


async def test_a_definition_in_json_makes_a_draft_with_all_counts_at_zero(office: Office) -> None:
    answer = await office.admin.post("/api/v1/campaigns", json=REMINDER)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {
        *("id", "name", "state", "counts", "outcomes", "calls", "reason", "eta"),
        *("created_at", "started_at", "finished_at"),
        "remarks",  # nobody answers at this office's LiraX
    }
    assert body["name"] == "Payment reminder"
    assert body["state"] == "draft"
    assert body["counts"] == {"total": 0, **{state.value: 0 for state in RecipientState}}
    assert body["outcomes"] == {}
    assert body["calls"] == {"placed": 0, "answered": 0, "in_flight": 0, "abandoned": 0}
    assert body["created_at"] == "2026-12-01T10:00:00Z"
    assert body["reason"] == "Not started yet, and it has no recipients."


async def test_a_definition_in_yaml_brings_its_people_along(office: Office) -> None:
    answer = await office.admin.post(
        "/api/v1/campaigns", content=YAML, headers={"Content-Type": "application/yaml; charset=utf-8"}
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["counts"]["pending"] == 1
    assert body["recipients"]["accepted"] == 1
    assert body["recipients"]["rejected"][0]["row"] == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"retry": {"by_result": {"busy": "soon"}}}, "retry.by_result.busy"),
    ({"rules": [{"when": {}, "suppress": True}]}, "rules.0.when"),
    ({"call": {"play": "reminder.mp3"}}, "call.play"),
    ({"recipients": "debtors.csv"}, "recipients"),
    ({"frm": "101"}, "frm"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
async def test_a_wrong_definition_is_422_with_dotted_fields(
    office: Office, more: dict[str, Any], field: str
) -> None:
    answer = await office.admin.post("/api/v1/campaigns", json=REMINDER | more)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "errors"} <= set(problem)
    assert field in [error["field"] for error in problem["errors"]]
    assert all(error["message"] for error in problem["errors"])


async def test_a_name_taken_is_409(office: Office) -> None:
    await office.create()
    answer = await office.admin.post("/api/v1/campaigns", json=REMINDER)
    assert answer.status_code == 409
    assert "Payment reminder" in answer.json()["detail"]


async def test_campaigns_are_listed_oldest_first_page_by_page(office: Office) -> None:
    for number in range(5):
        await office.create(name=f"Campaign {number}")
    first = (await office.reader.get("/api/v1/campaigns?limit=2")).json()
    second = (await office.reader.get(f"/api/v1/campaigns?limit=2&cursor={first['next_cursor']}")).json()
    third = (await office.reader.get(f"/api/v1/campaigns?limit=2&cursor={second['next_cursor']}")).json()
    names = [campaign["name"] for page in (first, second, third) for campaign in page["items"]]
    assert names == [f"Campaign {number}" for number in range(5)]
    assert third["next_cursor"] is None


@pytest.mark.parametrize("query", ["limit=501", "limit=0", "limit=many", "cursor=elsewhere"])
async def test_a_page_that_cannot_be_is_422(office: Office, query: str) -> None:
    answer = await office.reader.get(f"/api/v1/campaigns?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_five_hundred_at_once_are_fine(office: Office) -> None:
    assert (await office.reader.get("/api/v1/campaigns?limit=500")).json() == {
        "items": [],
        "next_cursor": None,
    }


async def test_a_campaign_goes_through_its_states(office: Office) -> None:
    campaign = await office.create()
    path = f"/api/v1/campaigns/{campaign['id']}"
    assert (await office.admin.post(f"{path}/start")).json()["state"] == "running"
    assert (await office.admin.post(f"{path}/start")).status_code == 409
    assert (await office.admin.post(f"{path}/pause")).json()["state"] in ("pausing", "paused")
    assert (await office.admin.post(f"{path}/resume")).json()["state"] == "running"
    assert (await office.admin.post(f"{path}/cancel")).json()["state"] == "cancelled"
    again = await office.admin.post(f"{path}/resume")
    assert again.status_code == 409
    assert again.json()["title"] == "Conflict"
    assert (await office.reader.get(path)).json()["finished_at"] is not None


@pytest.mark.parametrize("id", ["999", "abc", "-1", "9" * 30, "1.5", "%2E%2E"])
async def test_an_unknown_campaign_is_404(office: Office, id: str) -> None:
    for answer in (
        await office.reader.get(f"/api/v1/campaigns/{id}"),
        await office.reader.get(f"/api/v1/campaigns/{id}/recipients"),
        await office.reader.get(f"/api/v1/campaigns/{id}/results.csv"),
        await office.admin.post(f"/api/v1/campaigns/{id}/start"),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_running_campaign_says_when_it_will_end(office: Office) -> None:
    people = [{"phone": f"38067123{number:04}"} for number in range(600)]
    campaign = await office.started(recipients=people, window={"hours": "09:00-20:00"})
    # 600 people on 10 lines at a minute a call: an hour from 10:00 UTC on
    assert campaign["eta"] == "2026-12-01T11:00:00Z"
    assert campaign["reason"] is None


async def test_a_campaign_that_is_held_tells_no_end_but_why(office: Office) -> None:
    campaign = await office.started(recipients=[{"phone": "380671234567"}])

    def hold(connection: Connection) -> None:
        accounts.hold(
            connection,
            AccountId(1),
            kind=Hold.KEY_REFUSED,
            reason="LiraX refuses the key.",
            probe_at=office.clock.now(),
        )

    await office.house.database.write(hold)
    body = (await office.reader.get(f"/api/v1/campaigns/{campaign['id']}")).json()
    assert (body["state"], body["reason"], body["eta"]) == ("running", "LiraX refuses the key.", None)
    people = (await office.reader.get(f"/api/v1/campaigns/{campaign['id']}/recipients")).json()
    assert people["items"][0]["reason"] == "LiraX refuses the key."


async def test_a_campaign_outside_its_hours_says_so(office: Office) -> None:
    campaign = await office.started(recipients=[{"phone": "380671234567"}], window={"hours": "14:00-20:00"})
    assert campaign["reason"] == "Outside calling hours until 14:00 (Europe/Kyiv)."


async def test_a_campaign_tells_its_contact_caps_with_those_of_its_account(office: Office) -> None:
    plain = await office.started(recipients=[{"phone": "380671234567"}])
    assert "caps" not in (await office.reader.get(f"/api/v1/campaigns/{plain['id']}")).json()
    await office.admin.patch("/api/v1/accounts/default", json={"caps": {"per_week": 3}})
    told = (await office.reader.get(f"/api/v1/campaigns/{plain['id']}")).json()["caps"]
    assert told == {"per_day": None, "per_week": 3, "after_conversation": None}
