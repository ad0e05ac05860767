"""Health, figures and the description: open to everybody, and telling nobody's name, number or key."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

from campaigns.moments import utc_text
from campaigns.tables import Modem, Tally
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

SECRETS = ["Payment reminder", "380671234567", "canary-token", "canary-webhook-token", "Олена", "default"]


async def test_healthz_says_that_we_are_alive(office: Office) -> None:
    answer = await office.nobody.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_readyz_tells_of_database_lirax_modems_and_engine(office: Office) -> None:
    body = (await office.nobody.get("/readyz")).json()
    assert body["status"] == "ok"
    assert body["lirax"] == {"accounts": 1, "held": {}}
    assert body["accounts"] == [
        {
            "id": 1,
            "state": "open",
            "hold": None,
            "lines": {"total": 10, "busy": 0},
            "history": "not configured",
            "history_health": None,
            "last_webhook_at": None,
        }
    ]
    assert body["lines"] == {"total": 10, "busy": 0}
    assert body["engine"] == "not in this process"
    assert body["history"] == "not configured"


async def test_readyz_is_503_while_the_database_is_not_migrated(office: Office) -> None:
    def rewind(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM alembic_version")

    await office.house.database.write(rewind)
    answer = await office.nobody.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "not migrated")


async def test_readyz_is_503_once_the_database_is_gone(office: Office) -> None:
    await office.house.database.close()
    assert (await office.nobody.get("/readyz")).status_code == 503
    assert (await office.nobody.get("/healthz")).status_code == 200


async def test_figures_count_calls_people_lines_and_what_waits(office: Office) -> None:
    campaign = await office.started(recipients=[{"phone": "0671234567", "name": "Олена"}])

    def three_calls(connection: Connection) -> None:
        connection.execute(
            insert(Tally).values(campaign_id=campaign["id"], kind="result", word="busy", count=3)
        )

    await office.house.database.write(three_calls)
    text = (await office.nobody.get("/metrics")).text
    for line in (
        'dzvin_attempts_total{result="busy"} 3.0',
        'dzvin_recipients{state="pending"} 1.0',
        'dzvin_campaigns{state="running"} 1.0',
        'dzvin_lines{account="1"} 10.0',
        'dzvin_lines_busy{account="1"} 0.0',
        'dzvin_account_at_work{account="1"} 1.0',
        "dzvin_calls_in_flight 0.0",
        "dzvin_sms_queued 0.0",
        "dzvin_inbox_waiting 0.0",
        'dzvin_http_requests_total{method="POST",status="201"} 1.0',
    ):
        assert line in text


async def test_open_paths_hold_no_name_number_or_key(office: Office) -> None:
    await office.started(recipients=[{"phone": "0671234567", "name": "Олена"}])

    def trouble(connection: Connection) -> None:
        connection.execute(
            insert(Modem).values(
                account_id=1,
                number="380671234567",
                free_at=office.clock.now(),
                trouble="modem 380671234567 is off",
            )
        )

    await office.house.database.write(trouble)
    for path in ("/healthz", "/readyz", "/metrics"):
        text = (await office.nobody.get(path)).text
        assert [secret for secret in SECRETS if secret in text] == []


async def test_the_description_covers_the_api_and_nothing_private(office: Office) -> None:
    document = (await office.nobody.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    paths = set(document["paths"])
    assert paths == {
        "/api/v1/campaigns",
        "/api/v1/campaigns/{id}",
        *(f"/api/v1/campaigns/{{id}}/{verb}" for verb in ("start", "pause", "resume", "cancel")),
        *(f"/api/v1/campaigns/{{id}}/{part}" for part in ("recipients", "results.csv", "attempts.csv")),
        "/api/v1/calls",
        "/api/v1/calls/{id}",
        "/api/v1/campaigns/{id}/effects",
        "/api/v1/campaigns/{id}/effects/repeat",
        "/api/v1/effects",
        "/api/v1/effects/{id}",
        *(f"/api/v1/effects/{{id}}/{verb}" for verb in ("repeat", "confirm")),
        "/api/v1/suppressions",
        "/api/v1/suppressions/{phone}",
        "/api/v1/consents",
        "/api/v1/consents/{phone}",
        "/api/v1/erasures",
        "/api/v1/suppressions/sync",
        "/api/v1/accounts",
        "/api/v1/accounts/{name}",
        *(f"/api/v1/accounts/{{name}}/{verb}" for verb in ("close", "reopen", "rotate-webhook")),
        *(f"/api/v1/accounts/{{name}}/blacklist/{part}" for part in ("phones", "ips", "ips/{ip}")),
        "/api/v1/accounts/{name}/received",
        *(f"/api/v1/accounts/{{name}}/received/{verb}" for verb in ("again", "{id}/again", "{id}/discard")),
        "/api/v1/accounts/{name}/directory",
        "/api/v1/accounts/{name}/directory/refresh",
    }
    body = document["paths"]["/api/v1/calls"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == {"campaign", "phone"}


async def test_there_are_no_interactive_documents(office: Office) -> None:
    for path in ("/docs", "/redoc"):
        assert (await office.nobody.get(path)).status_code == 404


async def test_readyz_tells_that_the_clock_jumped(office: Office) -> None:
    async def clock() -> object:
        return (await office.nobody.get("/readyz")).json()["clock"]

    assert await clock() == {
        "trusted": True,
        "jumps": 0,
        "last_jump_seconds": None,
        "last_jump_at": None,
    }
    office.clock.jump(timedelta(hours=-1))
    office.house.watch.look()
    assert await clock() == {
        "trusted": False,
        "jumps": 1,
        "last_jump_seconds": -3600.0,
        "last_jump_at": utc_text(office.clock.now()),
    }
