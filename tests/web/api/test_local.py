"""What only the command line of this machine may ask."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.commands.people import sign_in
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio


async def ask(office: Office, method: str, address: str, /, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {office.house.local_key}"}
    return await office.nobody.request(method, address, json=body or None, headers=headers)


async def imported(office: Office, **order: Any) -> httpx.Response:
    """The answer once the import is over."""
    job = (await ask(office, "POST", "/local/imports", **order)).json()["job"]
    for _ in range(1000):
        answer = await ask(office, "GET", f"/local/imports/{job}")
        if answer.is_error or answer.json()["done"]:
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("the import has not ended")


async def test_a_key_made_here_opens_what_its_scope_allows(office: Office) -> None:
    made = (await ask(office, "POST", "/local/keys", name="billing", scope="trigger")).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert (await office.nobody.get("/api/v1/campaigns", headers=headers)).status_code == 200
    assert (await office.nobody.post("/api/v1/campaigns", headers=headers)).status_code == 403


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "x", "scope": "root"}, {"scope": "read"}])
async def test_a_key_needs_a_name_and_a_scope_that_exists(office: Office, body: dict[str, str]) -> None:
    assert (await ask(office, "POST", "/local/keys", **body)).status_code == 422


async def test_a_user_made_here_may_sign_in(office: Office) -> None:
    asked = {"email": "olena@example.com", "password": "a long and good one", "role": "viewer"}
    assert (await ask(office, "POST", "/local/users", **asked)).status_code == 201
    assert (await ask(office, "POST", "/local/users", **asked)).status_code == 409
    assert await sign_in(office.house, asked["email"], password=asked["password"]) is not None


async def test_a_password_nobody_should_use_is_refused(office: Office) -> None:
    asked = {"email": "olena@example.com", "password": "short", "role": "admin"}
    answer = await ask(office, "POST", "/local/users", **asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "password"


async def test_a_list_is_imported_by_its_path(office: Office, tmp_path: Path) -> None:
    await office.create()
    source, rejected = tmp_path / "list.csv", tmp_path / "rejected.csv"
    source.write_text("phone,name\n0671234567,Олена\n12,Ніхто\n")
    answer = await imported(office, campaign="Payment reminder", path=str(source), rejected=str(rejected))
    assert answer.json()["result"]["accepted"] == 1
    assert answer.json()["result"]["rejected"][0]["row"] == 3
    assert answer.json()["rows"] == 2
    assert "Ніхто" in rejected.read_text()


async def test_what_stops_an_import_is_told_as_a_problem(office: Office, tmp_path: Path) -> None:
    await office.create()
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    answer = await imported(office, campaign="Payment reminder", path=str(empty))
    assert answer.status_code == 422
    assert "empty.csv" in answer.json()["errors"][0].get("file", "") + answer.json()["detail"]


async def test_an_import_into_no_campaign_or_of_no_job_is_404(office: Office) -> None:
    assert (await ask(office, "POST", "/local/imports", campaign="none", path="/x")).status_code == 404
    assert (await ask(office, "GET", "/local/imports/none")).status_code == 404


async def test_an_unknown_lirax_command_is_wrong_input(office: Office) -> None:
    answer = await ask(office, "POST", "/local/lirax", command="make2Call", params={})
    assert answer.status_code == 422
    assert "make2Calls" in answer.json()["detail"]
