"""Nobody comes in unasked: every page route, every method, every role."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from engine.house import House
from tests.builders import a_campaign
from tests.web.pages.browsing import Browser
from web.pages.desk import Desk
from web.pages.routes import page_routes

pytestmark = pytest.mark.anyio

OPEN = {"/login", "/first-run"}
OPERATING = {
    ("GET", "/campaigns/new"),
    ("POST", "/campaigns"),
    ("POST", "/campaigns/{campaign_id}/list"),
    ("POST", "/campaigns/{campaign_id}/{action}"),
    ("POST", "/do-not-call"),
    ("POST", "/consent"),
    ("POST", "/consent/withdraw"),
    ("POST", "/do-not-call/remove"),
    ("POST", "/do-not-call/sync"),
    ("POST", "/accounts/{name}/directory/refresh"),
}
MANAGING = {
    ("GET", "/accounts/new"),
    ("POST", "/accounts"),
    ("POST", "/accounts/{name}"),
    ("POST", "/accounts/{name}/rotate-webhook"),
    ("POST", "/accounts/{name}/{action}"),
}
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
)


def doors(house: House, desk: Desk) -> Iterator[tuple[str, str, str]]:
    """(method, path as declared, an address of it) of every page route."""
    for route in iter_route_contexts(page_routes(house, desk=desk).routes):
        path = route.path or ""
        for method in sorted(route.methods or ()):
            yield (
                method,
                path,
                path.replace("{campaign_id}", "1").replace("{action}", "pause").replace("{name}", "default"),
            )


async def test_every_page_but_the_doors_asks_to_sign_in_first(
    house: House, desk: Desk, stranger: Browser
) -> None:
    asked = []
    for method, path, address in doors(house, desk):
        if path not in OPEN:
            response = await stranger.request(method, address)
            assert response.status_code == 303, (method, path)
            assert response.headers["location"].startswith("/login"), (method, path)
            asked.append(path)
    assert len(asked) >= 14


async def test_every_form_from_another_site_is_refused(
    house: House, desk: Desk, stranger: Browser, admin: Browser
) -> None:
    for method, path, address in doors(house, desk):
        if method == "GET":
            continue
        for headers in FOREIGN:
            for who in (stranger, admin):
                form = {"token": admin.form_token}
                response = await who.request(method, address, data=form, headers=headers)
                assert response.status_code == 403, (method, path, headers)


async def test_every_form_without_the_token_of_its_session_is_refused(
    house: House, desk: Desk, admin: Browser, viewer: Browser
) -> None:
    for method, path, address in doors(house, desk):
        if method == "GET" or path in OPEN:
            continue
        for token in ("", "guessed", viewer.form_token):
            response = await admin.post(address, data={"token": token})
            assert response.status_code == 403, (method, path, token)
        bodies = (b'{"token": "%s"}' % admin.form_token.encode(), b"")
        for body in bodies:
            response = await admin.post(address, content=body, headers={"Content-Type": "application/json"})
            assert response.status_code == 403, (method, path)


async def test_a_viewer_may_look_and_not_touch(house: House, desk: Desk, viewer: Browser) -> None:
    for method, path, address in doors(house, desk):
        if (method, path) in OPERATING | MANAGING:
            response = await viewer.request(method, address, data={"token": viewer.form_token})
            assert response.status_code == 403, (method, path)
            assert "you are signed in as viewer" in response.text


async def test_a_stream_tells_that_nobody_is_signed_in_by_its_status(stranger: Browser) -> None:
    response = await stranger.get("/live", headers={"Accept": "text/event-stream"})
    assert response.status_code == 401


async def test_an_origin_of_our_own_is_let_in_where_browsers_send_nothing_else(admin: Browser) -> None:
    for origin in ("http://testserver", "http://127.0.0.1:8000"):
        response = await admin.post("/logout", data={"token": "wrong"}, headers={"Origin": origin})
        assert "belongs to another session" in response.text
    response = await admin.post(
        "/logout", data={"token": admin.form_token}, headers={"Origin": "http://testserver"}
    )
    assert response.status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/login", "/", "/campaigns", "/campaigns/new", "/campaigns/404", "/first-run", "/accounts/default"],
)
async def test_every_page_forbids_foreign_code_frames_and_caches(admin: Browser, path: str) -> None:
    headers = (await admin.get(path)).headers
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(
        policy
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/login", "/", "/campaigns", "/campaigns/new", "/accounts", "/do-not-call"])
async def test_no_page_holds_inline_code_or_styles_or_names_another_host(admin: Browser, path: str) -> None:
    text = (await admin.get(path)).text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert "<script>" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


async def test_what_a_page_links_to_is_there_and_kept_by_caches(admin: Browser) -> None:
    text = (await admin.get("/")).text
    names = {piece.split('"')[0] for piece in text.split('"/static/')[1:]}
    assert len(names) >= 6
    for name in names:
        response: httpx.Response = await admin.get(f"/static/{name}")
        assert response.status_code == 200, name
        assert "immutable" in response.headers["cache-control"]
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_fault_of_ours_shows_a_number_and_nothing_of_the_inside(house: House, admin: Browser) -> None:
    campaign = await house.database.write(lambda c: a_campaign(c, definition={"from": "a secret"}))
    response = await admin.get(f"/campaigns/{campaign}")
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text


async def test_a_database_in_trouble_is_told_without_its_words(house: House, admin: Browser) -> None:
    await house.database.write(lambda c: c.exec_driver_sql("ALTER TABLE campaign RENAME COLUMN name TO gone"))
    response = await admin.get("/campaigns")
    assert response.status_code == 503
    assert "The database cannot be used at the moment." in response.text
    assert "column" not in response.text


async def test_a_page_that_is_not_there_says_so(admin: Browser) -> None:
    for path in ("/campaigns/77", "/campaigns/abc", "/campaigns/0", "/campaigns/1/results.csv"):
        response = await admin.get(path)
        assert response.status_code == 404, path
        assert "There is no such page." in response.text
