"""`/api/v1/campaigns/{id}/recipients` and the exports, sentence by sentence of the contract."""

import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest

from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

PEOPLE: list[dict[str, Any]] = [
    {"phone": "0671234567", "external_id": "inv-1", "name": "Олена", "amount": 1250},
    {"phone": "+38 (050) 123-45-67", "external_id": "inv-2", "name": "=cmd|' /C calc'!A0"},
    {"phone": 380931234567, "state": "VIP"},
    {"phone": "067 123 45 67", "external_id": "again"},
    {"phone": "12"},
]


async def people_path(office: Office, **more: Any) -> str:
    campaign = await office.create(**more)
    return f"/api/v1/campaigns/{campaign['id']}/recipients"


async def test_json_recipients_are_accepted_counted_and_rejected_with_their_row(office: Office) -> None:
    answer = await office.admin.post(await people_path(office), json={"recipients": PEOPLE})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"accepted", "duplicates", "rejected_count", "rejected"}
    assert (body["accepted"], body["duplicates"], body["rejected_count"]) == (3, 1, 1)
    assert body["rejected"][0]["row"] == 5
    assert body["rejected"][0]["phone"] == "12"
    assert body["rejected"][0]["reason"]


async def test_a_csv_counts_rows_as_a_spreadsheet_does(office: Office) -> None:
    body = "телефон;ім'я\n0671234567;Олена\nабв;Ніхто\n".encode("cp1251")
    answer = await office.admin.post(
        await people_path(office), content=body, headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1
    assert answer.json()["rejected"][0]["row"] == 3


async def test_a_csv_with_half_a_character_says_of_that_row_what_is_wrong(office: Office) -> None:
    """Found by fuzzing: the reason named the cell with its half character, which no answer can hold."""
    call = {"play": "https://files.example.com/hello.mp3", "variables": {"money": "{{ sum }}"}}
    answer = await office.admin.post(
        await people_path(office, call=call),
        content=b"phone;sum\n0671234567;12,50\n0501112233;\xd93\n0671234568;\xd0\xbe\n",
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["accepted"], body["rejected_count"]) == (1, 2)
    assert "call.variables.money: “?3” is not a sum" in body["rejected"][0]["reason"]


async def test_whose_consent_cannot_be_kept_is_taken_in_and_named(office: Office) -> None:
    consent = {"given": "{{ day }}", "source": "Form"}
    people = [{"phone": "0671234567", "day": "2099-01-31"}, {"phone": "0501112233", "day": "2026-01-31"}]
    path = await people_path(office, consent=consent)
    body = (await office.admin.post(path, json={"recipients": people})).json()
    assert (body["accepted"], body["rejected_count"], body["warned_count"]) == (2, 0, 1)
    why = "no consent is recorded: 2099-01-31 has not come yet"
    assert body["warned"] == [{"row": 1, "phone": "380671234567", "warning": why}]
    found = (await office.admin.get("/api/v1/consents")).json()["items"]
    assert [each["phone"] for each in found] == ["380501112233"]


async def test_a_csv_may_come_in_any_number_of_pieces(office: Office) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"phone,name\n"
        for number in range(3000):
            yield f"38067{number:07},Name {number}\n".encode()

    path = await people_path(office)
    answer = await office.admin.post(path, content=pieces(), headers={"Content-Type": "text/csv"})
    assert answer.json()["accepted"] == 3000
    assert (await office.reader.get(f"{path}?limit=500&q=38067000000")).json()["items"][9]["data"][
        "name"
    ] == "Name 9"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/pdf"])
async def test_another_kind_of_body_is_415(office: Office, kind: str) -> None:
    answer = await office.admin.post(
        await people_path(office), content=b"phone\n0671234567", headers={"Content-Type": kind}
    )
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"recipients": "0671234567"}', 422),
        (b'{"recipients": [1]}', 422),
        (b'{"recipients": [], "more": 1}', 422),
        (rb'{"recipients": [{"phone": "0671234567", "name": "\u0000"}]}', 422),
    ],
)
async def test_a_body_that_is_no_list_of_people_is_refused(office: Office, body: bytes, status: int) -> None:
    answer = await office.admin.post(
        await people_path(office), content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_a_cancelled_campaign_takes_nobody(office: Office) -> None:
    campaign = await office.started()
    await office.admin.post(f"/api/v1/campaigns/{campaign['id']}/cancel")
    path = f"/api/v1/campaigns/{campaign['id']}/recipients"
    as_json = await office.admin.post(path, json={"recipients": PEOPLE})
    as_csv = await office.admin.post(path, content=b"phone\n1", headers={"Content-Type": "text/csv"})
    assert (as_json.status_code, as_csv.status_code) == (409, 409)


async def test_people_are_listed_oldest_first_each_with_its_reason(office: Office) -> None:
    path = await people_path(office, recipients=PEOPLE)
    first = (await office.reader.get(f"{path}?limit=2")).json()
    second = (await office.reader.get(f"{path}?limit=2&cursor={first['next_cursor']}")).json()
    people = first["items"] + second["items"]
    assert [person["phone"] for person in people] == ["380671234567", "380501234567", "380931234567"]
    assert second["next_cursor"] is None
    assert set(people[0]) == {
        *("id", "phone", "external_id", "state", "outcome", "attempts"),
        *("due_at", "reason", "keys", "data"),
    }
    assert people[0]["reason"] == "The campaign is not started."
    assert people[0]["data"]["name"] == "Олена"
    assert people[0]["keys"] == []


@pytest.mark.parametrize(
    ("query", "phones"),
    [
        ("state=pending", ["380671234567", "380501234567", "380931234567"]),
        ("state=done", []),
        ("q=38067", ["380671234567"]),
        ("q=%2B38+(067)+123", ["380671234567"]),
        ("q=0501234567", ["380501234567"]),
        ("q=inv", ["380671234567", "380501234567"]),
        ("q=inv-2", ["380501234567"]),
        ("q=inv-2&state=pending", ["380501234567"]),
        ("q=inv-2&state=done", []),
        ("q=' OR 1=1 --", []),
        ("q=%25", []),
    ],
)
async def test_people_are_found_by_state_phone_and_external_id(
    office: Office, query: str, phones: list[str]
) -> None:
    path = await people_path(office, recipients=PEOPLE)
    found = (await office.reader.get(f"{path}?{query}")).json()["items"]
    assert [person["phone"] for person in found] == phones


@pytest.mark.parametrize("query", ["state=sleeping", "limit=1000", f"q={'x' * 500}"])
async def test_a_filter_that_cannot_be_is_422(office: Office, query: str) -> None:
    answer = await office.reader.get(f"{await people_path(office)}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_results_are_a_row_a_recipient_with_the_lists_own_columns_behind(office: Office) -> None:
    campaign = await office.create(recipients=PEOPLE)
    answer = await office.reader.get(f"/api/v1/campaigns/{campaign['id']}/results.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert list(rows[0]) == [
        *("phone", "external_id", "state", "outcome", "attempts", "last_result"),
        *("keys", "last_attempt_at", "finished_at", "sms_state"),
        *("name", "amount", "list.state"),
    ]
    assert len(rows) == 3
    assert (rows[0]["phone"], rows[0]["state"], rows[0]["amount"]) == ("380671234567", "pending", "1250")
    assert rows[1]["name"].startswith("'=cmd")
    assert rows[2]["list.state"] == "VIP"


async def test_attempts_are_a_table_even_before_the_first(office: Office) -> None:
    campaign = await office.create()
    answer = await office.reader.get(f"/api/v1/campaigns/{campaign['id']}/attempts.csv")
    assert answer.content.decode() == (
        "phone,external_id,attempt,placed_at,finished_at,result,keys,provider_id,recording\n"
    )
    assert answer.headers["content-disposition"].startswith("attachment")
