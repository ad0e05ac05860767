"""The server is killed in the middle of a campaign, and nobody notices on the telephone."""

import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.shell import PATIENCE, Running, Shell

PEOPLE = [f"38067300{index:04d}" for index in range(60)]
FINAL = {"done", "exhausted", "suppressed", "invalid", "cancelled", "expired"}
CAMPAIGN = {
    "name": "Through fire",
    "from": "101",
    "call": {"connect": "5001", "success_after": "5s"},
    "window": {"hours": "00:00-24:00"},
    "recipients": [{"phone": phone} for phone in PEOPLE],
}
SETTINGS = {
    "DZVIN_LINES": "10",
    "DZVIN_LIRAX_TOKEN": "token-of-the-test",
    "DZVIN_WEBHOOK_TOKEN": "webhook-token-of-the-test",
    "DZVIN_LIRAX_TIMEOUT": "5s",
    "DZVIN_AMBIGUITY_WAIT": "6s",
    "DZVIN_MAX_CALL": "8s",
    "DZVIN_MIN_GAP": "0s",
}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(holds: Any, *, what: str) -> Any:
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError(f"never came true: {what}")


class Site:
    """A server and the simulator it speaks to, as processes."""

    def __init__(self, folder: Path) -> None:
        self.port, simulator_port = free_port(), free_port()
        self.simulator_url = f"http://127.0.0.1:{simulator_port}"
        self.url = f"http://127.0.0.1:{self.port}"
        settings = {
            **SETTINGS,
            "DZVIN_PORT": str(self.port),
            "DZVIN_LIRAX_URL": f"{self.simulator_url}/general",
        }
        self.shell = Shell(folder, settings)
        simulator = self.shell.start(
            "simulator", "--port", str(simulator_port), "--webhook", f"{self.url}/lirax", "--speed", "15"
        )
        self.started = [simulator]
        wait_until(self._simulator_answers, what="the simulator answers")

    def serve(self) -> Running:
        server = self.shell.start("serve")
        self.started.append(server)
        server.wait_for(r"Dzvin listens on ")
        return server

    def client(self, key: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE
        )

    def truth(self) -> dict[str, Any]:
        told: dict[str, Any] = httpx.get(f"{self.simulator_url}/_truth", timeout=PATIENCE).json()
        return told

    def calls(self) -> list[str]:
        """The number of each request to call that reached the simulator."""
        return [post["fields"]["to1"] for post in self.truth()["posts"] if post["command"] == "make2Calls"]

    def wait_for_requests(self, many: int) -> None:
        wait_until(lambda: len(self.calls()) >= many, what=f"{many} requests were sent")

    def _simulator_answers(self) -> bool:
        try:
            return httpx.get(f"{self.simulator_url}/_truth").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def site(tmp_path: Path) -> Iterator["Site"]:
    site = Site(tmp_path)
    yield site
    for process in site.started:
        process.kill()


def test_killed_in_mid_campaign_every_recipient_is_finished_and_nobody_rang_twice(site: "Site") -> None:
    server = site.serve()
    key = site.shell.run("key", "create", "test", "--scope", "admin").out.strip()
    with site.client(key) as client:
        campaign = _started(client)
        for requests in (15, 35):
            site.wait_for_requests(requests)
            assert server.end(signal.SIGKILL) == -signal.SIGKILL
            server = site.serve()
        finished = wait_until(lambda: _finished(client, campaign), what="the campaign is finished")
        people = client.get(f"/campaigns/{campaign}/recipients?limit=500").json()["items"]
    assert server.end(signal.SIGTERM) == 0
    assert {person["state"] for person in people} <= FINAL
    assert len(people) == finished["counts"]["total"] == len(PEOPLE)
    # What the simulator knows is the truth: a request for each person at most, and one ring
    assert max(Counter(site.calls()).values()) == 1
    rings = Counter(ring["number"] for ring in site.truth()["rings"] if ring["leg"] == 1)
    assert max(rings.values()) == 1
    assert set(rings) <= set(PEOPLE)
    assert {person["phone"] for person in people if person["outcome"] != "unknown"} <= set(rings)


def _started(client: httpx.Client) -> int:
    made = client.post("/campaigns", json=CAMPAIGN)
    assert made.status_code == 201, made.text
    campaign: int = made.json()["id"]
    assert client.post(f"/campaigns/{campaign}/start").status_code == 200
    return campaign


def _finished(client: httpx.Client, campaign: int) -> dict[str, Any] | None:
    told: dict[str, Any] = client.get(f"/campaigns/{campaign}").json()
    return told if told["state"] == "finished" else None
