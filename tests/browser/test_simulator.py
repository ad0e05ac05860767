"""The simulator's page in a real browser: a phone rings, is answered, a key is pressed, the call is heard."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, START_SECONDS
from tests.browser.test_pages import violations

ANNA = "380671112233"


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a simulator of its own, in real time."""
    address = tmp_path_factory.mktemp("simulator") / "address"
    command = [sys.executable, "-m", "tests.browser.simulating", str(address)]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        yield _when_it_listens(server, address)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _when_it_listens(server: "subprocess.Popen[bytes]", address: Any) -> str:
    given_up = time.monotonic() + START_SECONDS
    while time.monotonic() < given_up:
        assert server.poll() is None
        url = address.read_text() if address.exists() else ""
        if url:
            return str(url)
        time.sleep(0.05)
    raise AssertionError("the simulator did not start")


def ask(url: str, **fields: str) -> Any:
    form = {"token": "key", "notbefore": "0", "notafter": "23", **fields}
    with urllib.request.urlopen(f"{url}/general", data=urlencode(form).encode()) as answer:
        return json.loads(answer.read() or b"{}")


def call(url: str, phone: str) -> None:
    ask(url, cmd="make2Calls", to1=phone, to2="5001", **{"from": "101"})


def card(page: Page, phone: str) -> Locator:
    return page.locator(".phone-card").filter(has_text=phone)


def test_a_phone_rings_and_a_person_answers_presses_and_hangs_up(page: Page, simulator: str) -> None:
    page.goto(simulator)
    expect(page.get_by_role("status")).to_have_text("live")
    page.get_by_label("Wait for me when this number rings").fill(ANNA)
    page.get_by_role("button", name="Wait for my hand").click()
    expect(page.locator("#scripted")).to_contain_text(ANNA)
    call(simulator, ANNA)
    page.get_by_role("button", name=f"Answer as {ANNA}").click()
    page.get_by_role("button", name=f"{ANNA} presses 1").click()
    expect(card(page, ANNA)).to_contain_text("pressed 1")
    page.get_by_role("button", name=f"Hang up the call with {ANNA}").click()
    expect(card(page, ANNA)).to_have_count(0)
    row = page.locator("#sim-calls tbody tr").filter(has_text=ANNA).first
    expect(row.locator("kbd")).to_have_text("1")
    row.locator("audio").evaluate("sound => sound.play().then(() => sound.pause())")


def test_a_button_too_late_is_told_in_a_sentence(page: Page, simulator: str) -> None:
    page.goto(simulator)
    page.get_by_label("Let this number call in").fill("nobody")
    with page.expect_response("**/_page/incoming") as answered:
        page.get_by_role("button", name="Call in").click()
    assert answered.value.ok
    expect(page.get_by_role("alert")).to_contain_text("phone of a call to us cannot be 'nobody'")


def test_a_call_to_us_a_text_and_an_option(page: Page, simulator: str) -> None:
    page.goto(simulator)
    page.get_by_label("Let this number call in").fill("380502223344")
    page.get_by_role("button", name="Call in").click()
    expect(card(page, "380502223344")).to_contain_text("calls us")
    page.get_by_label("Send a text message from").fill("380933334455")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#sim-texts")).to_contain_text("380933334455")
    page.get_by_text("All 5").click()
    page.locator("#option-ok_body").select_option("OK")
    expect(page.locator("#sim-options li").first).to_contain_text("ok_body changed")


def test_the_page_hinders_nobody_in_light_dark_and_on_a_phone(page: Page, simulator: str) -> None:
    call(simulator, "380671110000")
    page.goto(simulator)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
