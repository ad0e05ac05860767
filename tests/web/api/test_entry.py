"""Who may do what: every route, every scope."""

import re

import httpx
import pytest
from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import Scope
from campaigns.tables import ApiKey
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/openapi.json")
LOCAL = [
    ("POST", "/local/keys"),
    ("POST", "/local/users"),
    ("POST", "/local/imports"),
    ("GET", "/local/imports/1"),
    ("POST", "/local/lirax"),
]


async def every_route(office: Office) -> list[tuple[str, str]]:
    document = (await office.nobody.get("/openapi.json")).json()
    found = [
        (method.upper(), re.sub(r"\{\w+\}", "1", path))
        for path, methods in document["paths"].items()
        for method in methods
    ]
    assert len(found) > 15
    return found


def may(scope: Scope, method: str, path: str) -> bool:
    """The contract's sentence: `read` may every GET, `trigger` also `/calls`, `admin` everything."""
    if scope is Scope.ADMIN or method == "GET":
        return True
    return scope is Scope.TRIGGER and path.startswith("/api/v1/calls")


async def test_every_route_of_the_api_is_shut_without_a_key(office: Office) -> None:
    for method, path in await every_route(office):
        answer = await office.nobody.request(method, path)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_every_scope_may_what_the_contract_says_and_nothing_else(office: Office) -> None:
    clients = {Scope.READ: office.reader, Scope.TRIGGER: office.trigger, Scope.ADMIN: office.admin}
    for method, path in await every_route(office):
        for scope, client in clients.items():
            answer = await client.request(method, path)
            allowed = answer.status_code not in (401, 403)
            assert allowed is may(scope, method, path), f"{scope} {method} {path}: {answer.status_code}"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "dzv_live_x", "Bearer ключ"]
)
async def test_what_is_no_known_key_is_401(office: Office, header: str) -> None:
    headers = httpx.Headers({b"Authorization": header.encode()})
    answer = await office.nobody.get("/api/v1/campaigns", headers=headers)
    assert answer.status_code == 401


async def test_a_key_in_the_address_is_not_looked_at(office: Office) -> None:
    key = office.admin.headers["authorization"].removeprefix("Bearer ")
    assert (await office.nobody.get(f"/api/v1/campaigns?key={key}&token={key}")).status_code == 401


async def test_a_revoked_key_is_refused_at_once(office: Office) -> None:
    assert (await office.reader.get("/api/v1/campaigns")).status_code == 200

    def revoke(connection: Connection) -> None:
        connection.execute(update(ApiKey).values(revoked_at=office.clock.now()))

    await office.house.database.write(revoke)
    assert (await office.reader.get("/api/v1/campaigns")).status_code == 401


async def test_the_key_of_this_machine_may_everything(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.house.local_key}"}
    assert (await office.nobody.get("/api/v1/campaigns", headers=headers)).status_code == 200
    made = await office.nobody.post("/local/keys", json={"name": "billing"}, headers=headers)
    assert made.status_code == 201


async def test_local_routes_are_shut_to_every_other_key(office: Office) -> None:
    for method, path in LOCAL:
        for client in (office.nobody, office.reader, office.trigger, office.admin):
            assert (await client.request(method, path, json={})).status_code == 401, f"{method} {path}"


async def test_a_house_without_a_key_for_this_machine_lets_nobody_in_by_an_empty_one(office: Office) -> None:
    for nothing in (None, ""):
        office.house.local_key = nothing
        for header in ("Bearer ", "Bearer None", "Bearer"):
            answer = await office.nobody.get("/api/v1/campaigns", headers={"Authorization": header})
            assert answer.status_code == 401


async def test_health_and_description_are_open(office: Office) -> None:
    for path in OPEN_PATHS:
        assert (await office.nobody.get(path)).status_code == 200, path


async def test_what_is_secret_does_not_show_when_a_house_is_printed(office: Office) -> None:
    printed = repr(office.house) + repr(office.house.accounts.all())
    assert office.house.local_key is not None
    for secret in ("canary-token", "canary-webhook-token", "k" * 32, office.house.local_key):
        assert secret not in printed


async def test_only_the_hash_of_a_key_is_kept(office: Office) -> None:
    key = office.admin.headers["authorization"].removeprefix("Bearer ")
    assert key.startswith("dzv_live_")
    assert len(key) >= len("dzv_live_") + 43  # 256 bits in base64

    def read(connection: Connection) -> str:
        return str(connection.exec_driver_sql("SELECT * FROM api_key").all())

    assert key not in await office.house.database.read(read)
