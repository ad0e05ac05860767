"""`/api/v1/effects`: what rules ordered in LiraX's CRM, and what to do where that went wrong."""

from typing import Any

import pytest
from sqlalchemy import Connection

from tests.builders import NOON, add_row, an_account
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

PATH = "/api/v1/effects"


async def a_campaign_with(office: Office, *states: str, kind: str = "note") -> int:
    """A campaign with one person and an effect in each state."""
    campaign = await office.create(recipients=[{"phone": "0671234567"}])

    def write(connection: Connection) -> None:
        for number, state in enumerate(states):
            row: dict[str, Any] = {
                "cause": f"test:{number}",
                "account_id": an_account(connection),
                "campaign_id": campaign["id"],
                "recipient_id": 1,
                "kind": kind,
                "state": state,
                "body": {"text": "Listened"}
                if kind == "note"
                else {"name": "Debt", "sum": "5", "stage": "1"},
                "tries": 1,
                "repeats": 0,
                "created_at": NOON,
                "sent_at": NOON,
                "detail": f"it is {state}",
            }
            add_row(connection, "effect", row)

    await office.house.database.write(write)
    return int(campaign["id"])


async def test_an_effect_says_all_that_is_known_of_it(office: Office) -> None:
    campaign = await a_campaign_with(office, "unknown")
    answer = await office.reader.get(f"/api/v1/campaigns/{campaign}/effects")
    assert answer.json() == {
        "items": [
            {
                "id": 1,
                "account": "default",
                "campaign_id": campaign,
                "campaign": "Payment reminder",
                "recipient_id": 1,
                "phone": "380671234567",
                "kind": "note",
                "state": "unknown",
                "body": {"text": "Listened"},
                "detail": "it is unknown",
                "provider_id": None,
                "tries": 1,
                "repeats": 0,
                "created_at": "2026-12-01T12:00:00Z",
                "due_at": None,
                "sent_at": "2026-12-01T12:00:00Z",
                "finished_at": None,
            }
        ],
        "next_cursor": None,
    }


async def test_effects_are_listed_by_state_account_and_page(office: Office) -> None:
    campaign = await a_campaign_with(office, "failed", "done", "failed", "unknown")
    of_campaign = f"/api/v1/campaigns/{campaign}/effects"

    async def ids(path: str) -> list[int]:
        return [item["id"] for item in (await office.reader.get(path)).json()["items"]]

    assert await ids(of_campaign) == [1, 2, 3, 4]
    assert await ids(f"{of_campaign}?state=failed") == [1, 3]
    assert await ids(f"{PATH}?state=unknown&account=default") == [4]
    first = (await office.reader.get(f"{of_campaign}?state=failed&limit=1")).json()
    assert await ids(f"{of_campaign}?state=failed&limit=1&cursor={first['next_cursor']}") == [3]
    assert (await office.reader.get(f"{PATH}?account=other")).status_code == 404
    assert (await office.reader.get(f"{PATH}?state=lost")).status_code == 422
    assert (await office.reader.get("/api/v1/campaigns/77/effects")).status_code == 404


async def test_a_failed_one_is_sent_again_and_a_done_one_is_not(office: Office) -> None:
    await a_campaign_with(office, "failed", "done")
    repeated = await office.admin.post(f"{PATH}/1/repeat")
    assert repeated.status_code == 200
    assert (repeated.json()["state"], repeated.json()["repeats"]) == ("queued", 1)
    assert (await office.admin.post(f"{PATH}/1/repeat")).status_code == 409
    assert (await office.admin.post(f"{PATH}/2/repeat")).status_code == 409
    assert (await office.admin.post(f"{PATH}/77/repeat")).status_code == 404


async def test_all_failed_of_a_campaign_are_sent_again(office: Office) -> None:
    campaign = await a_campaign_with(office, "failed", "unknown", "failed")
    answer = await office.admin.post(f"/api/v1/campaigns/{campaign}/effects/repeat")
    assert answer.json() == {"repeated": 2}
    assert (await office.reader.get(f"{PATH}/2")).json()["state"] == "unknown"


async def test_an_unclear_deal_is_settled_with_its_id(office: Office) -> None:
    await a_campaign_with(office, "unknown", kind="deal")
    missing = await office.admin.post(f"{PATH}/1/confirm", json={})
    assert missing.status_code == 422
    assert missing.json()["errors"] == [
        {"field": "id_deal", "message": "give the id that LiraX shows for the deal"}
    ]
    settled = await office.admin.post(f"{PATH}/1/confirm", json={"id_deal": 1911})
    assert (settled.json()["state"], settled.json()["provider_id"]) == ("done", "1911")
    assert (await office.admin.post(f"{PATH}/1/confirm", json={"id_deal": 1911})).status_code == 409


@pytest.mark.parametrize(
    "path", [f"{PATH}/1/repeat", f"{PATH}/1/confirm", "/api/v1/campaigns/1/effects/repeat"]
)
async def test_only_an_administrators_key_sends_again(office: Office, path: str) -> None:
    assert (await office.trigger.post(path, json={})).status_code == 403
    assert (await office.nobody.post(path, json={})).status_code == 401
