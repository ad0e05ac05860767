"""`dzvin demo` as a process: it shows itself, moves, ends, and leaves nothing behind."""

import signal
import time
from dataclasses import replace

import httpx

from tests.cli.shell import Running, Shell


def placed(url: str, key: str) -> int:
    answer = httpx.get(f"{url}/api/v1/campaigns", headers={"Authorization": f"Bearer {key}"})
    return sum(int(campaign["calls"]["placed"]) for campaign in answer.json()["items"])


def test_the_demo_dials_at_once_and_ends_without_a_trace(shell: Shell, started: list[Running]) -> None:
    shell = replace(shell, forked=False)
    demo = shell.start("demo")
    started.append(demo)
    url = demo.wait_for(r"Open\s+(http://\S+)")[1]
    email = demo.wait_for(r"E-mail\s+(\S+)")[1]
    password = demo.wait_for(r"Password\s+(\S+)")[1]
    shown_at = time.monotonic()
    with httpx.Client(base_url=url, follow_redirects=True) as browser:
        signed_in = browser.post(
            "/login", data={"email": email, "password": password}, headers={"Origin": url}
        )
        assert signed_in.status_code == 200
        assert "Payment reminder" in browser.get("/campaigns").text
    beside = {"DZVIN_DATABASE_URL": "sqlite:///.demo/dzvin.db"}
    key = shell.run("key", "create", "look", **beside).out.strip()
    while placed(url, key) < 10:
        assert time.monotonic() - shown_at < 30  # ten seconds, on a machine that has nothing else to do
    assert demo.end(signal.SIGINT) == 0
    again = shell.start("demo")
    started.append(again)
    assert again.wait_for(r"Password\s+(\S+)")[1] == password
    assert again.wait_for(r"Campaign\s+(.+?)\s*│")[1] == "Payment reminder"
    assert again.end(signal.SIGTERM) == 0
