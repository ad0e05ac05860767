"""The two lists over the API: joined, and LiraX's own looked at and changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.web.api.conftest import clients_of
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

SYNC = "/api/v1/suppressions/sync"
IPS = "/api/v1/accounts/default/blacklist/ips"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def admin(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with clients_of(world.house) as client:
        yield client(world.house.local_key)


async def test_both_lists_are_joined(world: World, admin: httpx.AsyncClient) -> None:
    world.exchange.directory.black_phones[:] = ["0671234567", "x"]
    added = await admin.post("/api/v1/suppressions", json={"phone": "380991234567"})
    assert added.json()["source"] == "operator"  # this machine's own key
    joined = {
        "account": "default",
        "taken_over": 1,
        "sent": 1,
        "on_both": 0,
        "left": 0,
        "unreadable": ["x"],
        "refused": [],
        "trouble": None,
    }
    would = await admin.post(SYNC, json={"account": "default", "dry_run": True})
    assert would.json() == {"items": [joined]}
    assert len((await admin.get("/api/v1/suppressions")).json()["items"]) == 1
    assert (await admin.post(SYNC, json={})).json() == {"items": [joined]}
    phones = await admin.get("/api/v1/accounts/default/blacklist/phones")
    assert phones.json() == {"items": ["0671234567", "x", "380991234567"]}


async def test_a_list_that_cannot_be_read_is_an_error_of_lirax(
    world: World, admin: httpx.AsyncClient
) -> None:
    world.exchange.set_options({"require_list_phone": True})
    answer = await admin.post(SYNC, json={})
    assert answer.status_code == 502
    assert answer.json()["kind"] == "invalid_parameters"
    assert (await admin.get("/api/v1/suppressions")).json()["items"] == []
    assert (await admin.post(SYNC, json={"account": "other"})).status_code == 404
    assert (await admin.post(SYNC, json={"acount": "default"})).status_code == 422


async def test_addresses_are_listed_put_on_and_taken_off(admin: httpx.AsyncClient) -> None:
    assert (await admin.get(IPS)).json() == {"items": ["100.111.000.101"]}
    assert (await admin.post(IPS, json={"ip": "100.111.0.101"})).status_code == 200
    made = await admin.post(IPS, json={"ip": "203.0.113.7"})
    assert (made.status_code, made.json()) == (201, {"ip": "203.0.113.7"})
    wrong = await admin.post(IPS, json={"ip": "203.0.113"})
    assert wrong.json()["errors"][0]["field"] == "ip"
    assert (await admin.delete(f"{IPS}/100.111.0.101")).status_code == 204
    assert (await admin.delete(f"{IPS}/100.111.0.101")).status_code == 404
    assert (await admin.get(IPS)).json() == {"items": ["203.0.113.7"]}
