"""What the API tells once phones have rung: one story, on both databases."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from campaigns.rules.vocabulary import Scope
from engine.commands.keys import create_key
from tests.scenarios.people import AWAY, BUSY, HANGS_UP, IVAN, MARTA, OLENA, TARAS, presses
from tests.web.api.conftest import clients_of
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

MORE = """
retry: {attempts: 2, delay: 1h}
rules:
  - when: {key: "1"}
    outcome: promised
    sms: "Thank you, {{ name }}!"
sms: {modem: "380671234567", ext: "101"}
"""
PEOPLE = [
    {"phone": OLENA, "external_id": "inv-1", "name": "Олена"},
    {"phone": TARAS, "name": "Тарас"},
    {"phone": IVAN, "name": "Іван"},
    {"phone": MARTA, "name": "Марта"},
]


def rows_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode())))


async def play(world: World) -> int:
    world.script(OLENA, presses("41"))
    world.script(TARAS, BUSY, HANGS_UP)
    world.script(IVAN, AWAY, AWAY)
    world.script(MARTA, BUSY)
    return await world.campaign(MORE, people=PEOPLE, name="Reminder")


async def test_results_come_out(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00", database_url=database_url) as world:
        campaign = await play(world)
        key = (await create_key(world.house, "test", scope=Scope.READ)).key
        async with clients_of(world.house) as client:
            api = client(key)
            path = f"/api/v1/campaigns/{campaign}"
            await world.pass_time(minutes=10)
            await check_half_way(api, path)
            await world.pass_time(hours=5)
            await check_the_end(api, path)


async def check_half_way(api: httpx.AsyncClient, path: str) -> None:
    body = (await api.get(path)).json()
    assert (body["counts"]["done"], body["counts"]["waiting"]) == (1, 3)
    assert body["reason"].startswith("Waiting to call 3 people again; the next call is due at 11:00")
    taras = (await api.get(f"{path}/recipients?q={TARAS}")).json()["items"][0]
    assert taras["state"] == "waiting"
    assert taras["attempts"] == 1
    assert taras["reason"] == "To be called again after busy, not before 11:00 (Europe/Kyiv)."
    assert taras["due_at"].startswith("2026-12-01T09:00:02")


async def check_the_end(api: httpx.AsyncClient, path: str) -> None:
    body = (await api.get(path)).json()
    assert body["state"] == "finished"
    assert body["counts"] | {"done": 1, "exhausted": 3, "total": 4} == body["counts"]
    assert body["outcomes"] == {"promised": 1, "answered": 1, "unreached": 2}
    assert body["calls"]["in_flight"] == 0
    assert body["finished_at"] is not None
    results = {row["phone"]: row for row in rows_of(await api.get(f"{path}/results.csv"))}
    olena = results[OLENA]
    assert (olena["state"], olena["outcome"], olena["keys"]) == ("done", "promised", "4 1")
    assert (olena["last_result"], olena["sms_state"], olena["name"]) == (
        "answered_full",
        "delivered",
        "Олена",
    )
    assert results[TARAS]["outcome"] == "answered"
    assert results[IVAN]["last_result"] == "no_answer"
    attempts = rows_of(await api.get(f"{path}/attempts.csv"))
    assert [row["attempt"] for row in attempts if row["phone"] == TARAS] == ["1", "2"]
    assert all(row["provider_id"] and row["placed_at"] and row["finished_at"] for row in attempts)
    assert [row["placed_at"] for row in attempts] == sorted(row["placed_at"] for row in attempts)
    metrics = (await api.get("/metrics")).text
    for result in {row["result"] for row in attempts}:
        counted = len([row for row in attempts if row["result"] == result])
        assert f'dzvin_attempts_total{{result="{result}"}} {counted}.0' in metrics
