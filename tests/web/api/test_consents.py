"""`/api/v1/consents`: recorded, listed, withdrawn; and what follows for calls."""

from datetime import timedelta

import pytest

from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

PATH = "/api/v1/consents"


async def test_consent_is_recorded_with_where_and_when(office: Office) -> None:
    told = {
        "phone": "0671234567",
        "source": "Form on example.com",
        "given_at": "2026-11-30",
        "proof": "form 17",
    }
    answer = await office.admin.post(PATH, json=told)
    assert answer.status_code == 201
    assert answer.json() == {
        "phone": "380671234567",
        "source": "Form on example.com",
        "given_at": "2026-11-29T22:00:00Z",  # the beginning of that day in Kyiv
        "proof": "form 17",
        "added_at": "2026-12-01T10:00:00Z",
        "withdrawn_at": None,
    }
    assert (await office.reader.get(PATH)).json()["items"] == [answer.json()]


async def test_left_out_it_is_given_now(office: Office) -> None:
    answer = await office.admin.post(PATH, json={"phone": "0671234567", "source": "a call"})
    assert answer.json()["given_at"] == "2026-12-01T10:00:00Z"


async def test_an_older_record_changes_nothing(office: Office) -> None:
    await office.admin.post(PATH, json={"phone": "0671234567", "source": "new", "given_at": "2026-11-30"})
    again = {"phone": "0671234567", "source": "old", "given_at": "2025-01-01"}
    answer = await office.admin.post(PATH, json=again)
    assert (answer.status_code, answer.json()["source"]) == (200, "new")


async def test_withdrawn_consent_is_only_brought_back_by_a_later_one(office: Office) -> None:
    told = {"phone": "0671234567", "source": "form", "given_at": "2026-11-30"}
    await office.admin.post(PATH, json=told)
    assert (await office.admin.delete(f"{PATH}/0671234567")).status_code == 204
    stays = await office.admin.post(PATH, json=told)
    assert (stays.status_code, stays.json()["withdrawn_at"]) == (200, "2026-12-01T10:00:00Z")
    office.clock.advance(timedelta(hours=1))
    back = await office.admin.post(PATH, json={"phone": "0671234567", "source": "a call"})
    assert (back.status_code, back.json()["withdrawn_at"]) == (201, None)


async def test_records_are_listed_oldest_first_page_by_page(office: Office) -> None:
    phones = ["380991234567", "380671234567", "380501234567"]
    for phone in phones:
        await office.admin.post(PATH, json={"phone": phone, "source": "form"})
        office.clock.advance(timedelta(seconds=1))
    first = (await office.reader.get(f"{PATH}?limit=2")).json()
    second = (await office.reader.get(f"{PATH}?limit=2&cursor={first['next_cursor']}")).json()
    assert [entry["phone"] for entry in first["items"] + second["items"]] == phones
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone": "12", "source": "form"}, "phone"),
        ({"phone": "0671234567"}, "source"),
        ({"phone": "0671234567", "source": " "}, "source"),
        ({"phone": "0671234567", "source": "x" * 1001}, "source"),
        ({"phone": "0671234567", "source": "form", "given_at": "lately"}, "given_at"),
        ({"phone": "0671234567", "source": "form", "given_at": "2027-01-01"}, "given_at"),
    ],
)
async def test_what_is_wrong_is_422_with_its_field(office: Office, body: dict[str, str], field: str) -> None:
    answer = await office.admin.post(PATH, json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_only_an_administrator_may_change_it(office: Office) -> None:
    for caller in (office.reader, office.trigger):
        assert (await caller.post(PATH, json={"phone": "0671234567", "source": "x"})).status_code == 403
        assert (await caller.delete(f"{PATH}/0671234567")).status_code == 403


async def test_a_wider_definition_is_422_with_its_dotted_field(office: Office) -> None:
    definition = {
        "name": "Debts",
        "from": "101",
        "call": {"connect": "5001"},
        "profile": "ua-debt",
        "window": {"hours": "08:00-20:00"},
    }
    answer = await office.admin.post("/api/v1/campaigns", json=definition)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "window.hours"
    assert "09:00-20:00" in error["message"]
