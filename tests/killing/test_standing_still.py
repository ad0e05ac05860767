"""Two engines on one PostgreSQL, each a process; one is stopped past its lease and then goes on."""

import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.shell import Running, Shell
from tests.databases import Postgres
from tests.killing.site import SETTINGS, free_port
from tests.killing.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.anyio

PEOPLE = [f"38067400{index:04d}" for index in range(60)]
CAMPAIGN = {
    "name": "Stood still",
    "from": "101",
    "call": {"connect": "5001", "success_after": "5s"},
    "window": {"hours": "00:00-24:00"},
    "pace": {"lines": 6},
    "recipients": [{"phone": phone} for phone in PEOPLE],
}
TAKEN_OVER_WITHIN = 25.0  # seconds: 20, and some for a busy machine


@pytest.mark.proof
async def test_an_engine_stopped_past_its_lease_rings_nobody_twice(
    tmp_path: Path, postgres: Postgres
) -> None:
    port, simulator_port = free_port(), free_port()
    url, lirax = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator_port}"
    of_databases = {"DZVIN_DATABASE_URL": await postgres.fresh(), "DZVIN_PUBLIC_URL": url}
    shell = Shell(tmp_path, {**SETTINGS, **of_databases, "DZVIN_LIRAX_URL": f"{lirax}/general"}, forked=False)
    started: list[Running] = []
    try:
        words = ("simulator", "--port", str(simulator_port), "--webhook", f"{url}/lirax", "--speed", "8")
        started.append(shell.start(*words))
        started.append(shell.start("web", DZVIN_PORT=str(port)))
        started[-1].wait_for("Dzvin listens on")
        engines = [shell.start("engine"), shell.start("engine")]
        started += engines
        for engine in engines:
            engine.wait_for("engine is at work")
        key = shell.run("key", "create", "test", "--scope", "admin").out.strip()
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=PATIENCE) as client:
            campaign = client.post("/campaigns", json=CAMPAIGN).json()["id"]
            assert client.post(f"/campaigns/{campaign}/start").status_code == 200
            wait_until(lambda: len(calls(lirax)) >= 8, what="some requests were sent")
            engines[0].process.send_signal(signal.SIGSTOP)
            stopped_at, before = time.monotonic(), len(calls(lirax))
            wait_until(lambda: len(at_work(url)) == 1, what="the other engine has taken over")
            assert time.monotonic() - stopped_at < TAKEN_OVER_WITHIN
            wait_until(lambda: len(calls(lirax)) > before, what="the other engine goes on")
            engines[0].process.send_signal(signal.SIGCONT)
            wait_until(lambda: len(at_work(url)) == 2, what="the first is back")
            wait_until(lambda: state(client, campaign) == "finished", what="the campaign is finished")
        assert max(Counter(calls(lirax)).values()) == 1
        assert [engine.end() for engine in engines] == [0, 0]
    finally:
        for process in started:
            process.kill()


def calls(lirax: str) -> list[str]:
    """The number of each request to call that reached the simulator."""
    told = httpx.get(f"{lirax}/_truth", timeout=PATIENCE).json()
    return [post["fields"]["to1"] for post in told["posts"] if post["command"] == "make2Calls"]


def at_work(url: str) -> list[Any]:
    """Engines that have a lease."""
    told = httpx.get(f"{url}/readyz", timeout=PATIENCE).json()
    return [row for row in told["engines"] if row["has_lease"]]


def state(client: httpx.Client, campaign: int) -> str:
    return str(client.get(f"/campaigns/{campaign}").json()["state"])
