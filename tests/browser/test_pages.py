"""What a person does with a browser: sign in, watch, stop and go on, on any screen, with any eyes."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.people import EMAIL, PASSWORD

PAGES = (
    *("/", "/campaigns", "/campaigns/1", "/campaigns/2", "/campaigns/new"),
    *("/accounts", "/accounts/default", "/accounts/new"),
)
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="session")
def signed_in(browser: Browser, base_url: str) -> Iterator[list[dict[str, object]]]:
    """The cookies of a browser that signed in through the form."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base_url}/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    yield [dict(cookie) for cookie in context.cookies()]
    context.close()


@pytest.fixture
def desk(page: Page, context: BrowserContext, signed_in: list[dict[str, object]]) -> Page:
    """A page of somebody signed in."""
    context.add_cookies(signed_in)  # type: ignore[arg-type]
    return page


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=STANDARDS).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def test_signing_in_with_the_keyboard_leads_to_the_dashboard(page: Page) -> None:
    page.goto("/campaigns")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


def test_a_page_shows_at_once_what_somebody_else_did(desk: Page, context: BrowserContext) -> None:
    desk.goto("/campaigns/1")
    expect(desk.get_by_role("status")).to_have_text("live")
    desk.get_by_label("Find a person").fill("half a num")
    other = context.new_page()
    other.goto("/campaigns/1")
    other.get_by_role("button", name="Pause").click()
    head = desk.locator("#campaign-head")
    expect(head.get_by_role("button", name="Resume")).to_be_visible()
    expect(head).to_contain_text("Pausing: 3 calls are still open")
    expect(desk.get_by_label("Find a person")).to_have_value("half a num")
    other.get_by_role("button", name="Resume").click()
    expect(head.get_by_role("button", name="Pause")).to_be_visible()
    other.close()


def test_cancelling_asks_first_and_can_be_left_alone(desk: Page) -> None:
    desk.goto("/campaigns/1")
    desk.get_by_role("button", name="Cancel…").click()
    asked = desk.get_by_role("dialog")
    expect(asked).to_contain_text("this cannot be undone")
    asked.get_by_role("button", name="Keep it").click()
    expect(asked).to_be_hidden()
    expect(desk.locator("#campaign-head")).to_contain_text("running")


def test_signing_out_elsewhere_is_told_on_an_open_page(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("live")
    other = page.context.new_page()
    other.goto("/campaigns")
    other.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    other.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_hinders_anybody(desk: Page, scheme: str) -> None:
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        desk.goto(path)
        assert violations(desk) == [], path


def test_the_door_hinders_nobody(page: Page) -> None:
    page.goto("/login")
    assert violations(page) == []


def test_on_a_phone_nothing_sticks_out(desk: Page) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    for path in PAGES:
        desk.goto(path)
        assert desk.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert violations(desk) == [], path


def test_a_file_that_is_too_large_is_told_before_it_is_sent(desk: Page) -> None:
    desk.goto("/campaigns/new")
    desk.get_by_label("Sound file").evaluate(
        """input => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(20 * 1024 * 1024 + 1)], "long.mp3"));
            input.files = files.files;
            input.dispatchEvent(new Event("change"));
        }"""
    )
    expect(desk.get_by_text("“long.mp3” is larger than 20 MB.")).to_be_visible()


def test_a_campaign_is_made_by_uploading_and_started_by_hand(desk: Page) -> None:
    definition = b'name: By hand\nfrom: "101"\ncall: {connect: "5001"}\nrecipients: people.csv\n'
    desk.goto("/campaigns/new")
    desk.get_by_label("Definition").set_input_files(
        {"name": "c.yaml", "mimeType": "application/yaml", "buffer": definition}
    )
    desk.get_by_label("List of people").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"phone,name\n0671234567,Olena\n12,Nobody\n"}
    )
    desk.get_by_role("button", name="Upload and check").click()
    expect(desk.locator("#campaign-import")).to_contain_text("1 person taken in")
    expect(desk.locator("#campaign-import")).to_contain_text("1 row rejected")
    desk.get_by_role("button", name="Start").click()
    expect(desk.get_by_role("button", name="Pause")).to_be_visible()


def test_an_account_is_added_changed_and_closed_by_hand(desk: Page) -> None:
    desk.goto("/accounts")
    desk.get_by_role("link", name="Add an account").click()
    desk.get_by_label("Name").fill("by-hand")
    desk.get_by_label("Key").fill("a-canary-key")
    desk.get_by_label("Lines").fill("3")
    desk.get_by_role("button", name="Add").click()
    expect(desk.locator("#new-webhook-key")).to_be_visible()
    assert "a-canary-key" not in desk.content()
    assert violations(desk) == []
    desk.get_by_label("Lines").fill("4")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#standing")).to_contain_text("of 4 lines in a call")
    expect(desk.locator("#new-webhook-key")).to_be_hidden()
    desk.get_by_role("button", name="Close the account").click()
    expect(desk.get_by_role("button", name="Reopen the account")).to_be_visible()
