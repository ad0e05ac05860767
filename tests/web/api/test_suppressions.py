"""`/api/v1/suppressions`, sentence by sentence of the contract."""

from datetime import timedelta

import pytest

from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

PATH = "/api/v1/suppressions"


@pytest.mark.parametrize("spelling", ["0671234567", "+38 (067) 123-45-67", "380671234567", 380671234567])
async def test_any_spelling_is_kept_as_digits(office: Office, spelling: object) -> None:
    answer = await office.admin.post(PATH, json={"phone": spelling, "reason": "asked by mail"})
    assert answer.status_code == 201
    assert answer.json() == {
        "phone": "380671234567",
        "reason": "asked by mail",
        "source": "api",
        "added_at": "2026-12-01T10:00:00Z",
    }


async def test_a_number_that_is_there_already_stays_as_it_was(office: Office) -> None:
    await office.admin.post(PATH, json={"phone": "0671234567", "reason": "first"})
    again = await office.admin.post(PATH, json={"phone": "0671234567", "reason": "second"})
    assert again.status_code == 200
    assert again.json()["reason"] == "first"


async def test_numbers_are_listed_oldest_first_page_by_page(office: Office) -> None:
    phones = ["380991234567", "380671234567", "380501234567"]
    for phone in phones:
        await office.admin.post(PATH, json={"phone": phone})
        office.clock.advance(timedelta(seconds=1))
    first = (await office.reader.get(f"{PATH}?limit=2")).json()
    second = (await office.reader.get(f"{PATH}?limit=2&cursor={first['next_cursor']}")).json()
    assert [entry["phone"] for entry in first["items"] + second["items"]] == phones
    assert second["next_cursor"] is None


@pytest.mark.parametrize("body", [{"phone": "12"}, {"phone": "3.8067E+11"}, {"phone": ""}, {}])
async def test_what_is_no_number_is_422(office: Office, body: dict[str, str]) -> None:
    answer = await office.admin.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "phone"


async def test_a_number_is_taken_off_once(office: Office) -> None:
    await office.admin.post(PATH, json={"phone": "0671234567"})
    assert (await office.admin.delete(f"{PATH}/%2B380671234567")).status_code == 204
    assert (await office.admin.delete(f"{PATH}/380671234567")).status_code == 404
    assert (await office.admin.delete(f"{PATH}/nonsense")).status_code == 404


async def test_whoever_is_on_the_list_is_not_called(office: Office) -> None:
    await office.started(recipients=[{"phone": "0671234567"}], open=True)
    await office.admin.post(PATH, json={"phone": "0671234567"})
    call = {"campaign": "Payment reminder", "phone": "0671234567"}
    triggered = (await office.trigger.post("/api/v1/calls", json=call)).json()
    assert (triggered["state"], triggered["outcome"]) == ("suppressed", "opted_out")
    assert triggered["reason"] == "The number is on the do-not-call list."
