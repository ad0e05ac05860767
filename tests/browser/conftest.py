"""A real Chromium against a real server. A console error or a request that leaves here fails the test."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: after one of them no async test of the same process can begin its event loop."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: apt-get install -y chromium fonts-noto-core")
        pytest.skip("no Chromium: install it, or set CHROMIUM")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1360, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Europe/Kyiv",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, with a campaign of 60 people that no engine works on."""
    folder = tmp_path_factory.mktemp("browser")
    address = folder / "address"
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "tests.browser.serving", str(folder / "dzvin.db"), str(address)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield _when_it_answers(server, address, log=folder / "log")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _when_it_answers(server: "subprocess.Popen[bytes]", address: Path, *, log: Path) -> str:
    given_up = time.monotonic() + START_SECONDS
    while time.monotonic() < given_up:
        assert server.poll() is None, log.read_text()
        url = address.read_text() if address.exists() else ""
        if url:
            with urllib.request.urlopen(f"{url}/login") as answer:
                assert answer.status == 200
            return url
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    ours = ("http://127.0.0.1", "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(ours) else wrong.append(asked.url))
    yield page
    assert wrong == []
