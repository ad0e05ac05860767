"""What LiraX has, over the API; and campaigns that name what it has not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.api.conftest import REMINDER, clients_of
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

PATH = "/api/v1/accounts/default/directory"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def admin(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with clients_of(world.house) as client:
        yield client(world.house.local_key)


async def test_lists_are_empty_until_they_are_read(world: World, admin: httpx.AsyncClient) -> None:
    never: dict[str, Any] = {"entries": [], "fetched_at": None, "trouble": None}
    answer = await admin.get(PATH)
    assert answer.json() == {
        "account": "default",
        **dict.fromkeys(("users", "shops", "stages", "statuses"), never),
    }
    read = (await admin.post(f"{PATH}/refresh")).json()
    assert read["users"]["entries"][0] == {"ext": "101", "name": "Dima", "active": True}
    assert read["stages"]["entries"][0] == {"stage": 1, "title": "New"}
    assert read["shops"]["entries"] == [{"id": 7, "name": "Main"}]
    assert read["statuses"]["entries"][0] == {"status": 1, "title": "Free"}
    assert read["users"]["fetched_at"] == "2026-12-01T08:00:00Z"
    assert (await admin.get(PATH)).json() == read


async def test_of_an_account_nobody_knows_there_is_nothing(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/api/v1/accounts/other/directory")).status_code == 404
    assert (await admin.post("/api/v1/accounts/other/directory/refresh")).status_code == 404


async def test_why_a_list_could_not_be_read_stands_beside_it(world: World, admin: httpx.AsyncClient) -> None:
    world.exchange.token = "another"
    read = (await admin.post(f"{PATH}/refresh")).json()
    assert {read[kind]["trouble"] for kind in ("users", "shops", "stages", "statuses")} == {
        "LiraX refused our key."
    }


async def test_a_campaign_of_an_unknown_extension_is_422_with_the_dotted_field(
    world: World, admin: httpx.AsyncClient
) -> None:
    rules = [{"when": {"key": "1"}, "deal": {"name": "Debt", "sum": "5", "stage": "9"}}]
    answer = await admin.post("/api/v1/campaigns", json={**REMINDER, "from": "109", "rules": rules})
    assert answer.status_code == 422
    assert [(error["field"], error["message"]) for error in answer.json()["errors"]] == [
        ("from", "LiraX has no extension 109; it has 101 (Dima), 201 (Olga); did you mean 101 (Dima)?"),
        ("rules.0.deal.stage", "LiraX has no deal stage 9; it has 1 (New), 2 (Won)"),
    ]
    assert (await admin.get("/api/v1/campaigns")).json()["items"] == []


async def test_what_could_not_be_checked_is_remarked_and_the_campaign_made(
    world: World, admin: httpx.AsyncClient
) -> None:
    world.exchange.directory.users.clear()
    answer = await admin.post("/api/v1/campaigns", json=REMINDER)
    assert answer.status_code == 201
    assert answer.json()["remarks"] == [
        "from (101) could not be checked against LiraX: its list of employees is empty."
    ]
    world.exchange.directory.users.append({"id": 15, "Name": "Dima", "ext": "101", "active": "1"})
    again = await admin.post("/api/v1/campaigns", json={**REMINDER, "name": "Another"})
    assert "remarks" not in again.json()
