"""Signing in and out: who gets in, for how long, and what guessing meets."""

import re
from datetime import timedelta

import pytest

from campaigns.rules.vocabulary import Role
from campaigns.store import users
from engine.clock import MovedClock
from engine.commands.people import create_user, first_run_link
from engine.house import House
from tests.web.pages.browsing import Browser, text_of

pytestmark = pytest.mark.anyio

EMAIL = "olena@example.com"
PASSWORD = "a long walk by the river"


async def make_olena(house: House) -> None:
    await create_user(house, EMAIL, password=PASSWORD, role=Role.MARKETER)


async def log_in(browser: Browser, password: str = PASSWORD, email: str = EMAIL, **more: str) -> int:
    response = await browser.post("/login", data={"email": email, "password": password, **more})
    return response.status_code


async def test_the_right_password_opens_the_dashboard(house: House, stranger: Browser) -> None:
    await make_olena(house)
    response = await stranger.post("/login", data={"email": " Olena@Example.com ", "password": PASSWORD})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Dashboard" in await stranger.see("/")


async def test_the_cookie_is_for_the_server_alone(house: House, stranger: Browser) -> None:
    await make_olena(house)
    response = await stranger.post("/login", data={"email": EMAIL, "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("dzvin=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "Path=/" in cookie


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    house: House, stranger: Browser
) -> None:
    await make_olena(house)
    wrong = await stranger.post("/login", data={"email": EMAIL, "password": "not the river"})
    unknown = await stranger.post("/login", data={"email": "nobody@example.com", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert "E-mail or password is wrong." in text_of(wrong)
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


async def test_a_disabled_user_does_not_get_in(house: House, stranger: Browser) -> None:
    await make_olena(house)
    await house.database.write(lambda c: c.exec_driver_sql("UPDATE app_user SET disabled = 1"))
    assert await log_in(stranger) == 401


async def test_signing_in_leads_back_to_where_one_wanted_to_go(house: House, stranger: Browser) -> None:
    await make_olena(house)
    asked = await stranger.get("/campaigns?before=7")
    assert asked.headers["location"] == "/login?next=%2Fcampaigns%3Fbefore%3D7"
    page = await stranger.get(asked.headers["location"])
    assert 'name="next" value="/campaigns?before=7"' in page.text
    response = await stranger.post(
        "/login", data={"email": EMAIL, "password": PASSWORD, "next": "/campaigns?before=7"}
    )
    assert response.headers["location"] == "/campaigns?before=7"


@pytest.mark.parametrize(
    "foreign", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/x", ""]
)
async def test_signing_in_never_leads_to_another_site(house: House, stranger: Browser, foreign: str) -> None:
    await make_olena(house)
    response = await stranger.post("/login", data={"email": EMAIL, "password": PASSWORD, "next": foreign})
    assert response.headers["location"] == "/"


async def test_signing_out_ends_the_session_at_the_server(house: House, stranger: Browser) -> None:
    await make_olena(house)
    await log_in(stranger)
    kept = dict(stranger.cookies)
    form_token = re.search(r'name="token" value="([^"]+)"', (await stranger.get("/")).text)
    assert form_token is not None
    response = await stranger.post("/logout", data={"token": form_token[1]})
    assert response.headers["location"] == "/login"
    stranger.cookies.update(kept)
    assert (await stranger.get("/")).headers["location"] == "/login"


async def test_a_session_known_before_signing_in_is_dead_afterwards(house: House, stranger: Browser) -> None:
    await make_olena(house)
    await log_in(stranger)
    earlier = dict(stranger.cookies)
    await log_in(stranger)
    assert dict(stranger.cookies) != earlier
    stranger.cookies.update(earlier)
    assert (await stranger.get("/")).status_code == 303


async def test_half_an_hour_without_a_click_ends_the_session(
    house: House, stranger: Browser, clock: MovedClock
) -> None:
    await make_olena(house)
    await log_in(stranger)
    for _ in range(3):
        clock.advance(timedelta(minutes=29))
        assert (await stranger.get("/")).status_code == 200
    clock.advance(timedelta(minutes=31))
    assert (await stranger.get("/")).status_code == 303


async def test_twelve_hours_end_the_session_whatever_was_clicked(
    house: House, stranger: Browser, clock: MovedClock
) -> None:
    await make_olena(house)
    await log_in(stranger)
    for _ in range(25):
        clock.advance(timedelta(minutes=28))
        assert (await stranger.get("/")).status_code == 200
    clock.advance(timedelta(minutes=28))
    assert (await stranger.get("/")).status_code == 303


async def test_five_failures_make_the_next_try_wait_and_the_right_password_works_after_it(
    house: House, stranger: Browser, clock: MovedClock
) -> None:
    await make_olena(house)
    assert [await log_in(stranger, "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert await log_in(stranger) == 429
    clock.advance(timedelta(seconds=11))
    assert await log_in(stranger) == 303


async def test_guessing_many_accounts_from_one_address_is_slowed_too(
    house: House, stranger: Browser, clock: MovedClock
) -> None:
    answers = [await log_in(stranger, "wrong", f"user{n}@example.com") for n in range(21)]
    assert answers == [401] * 20 + [429]


async def test_guessing_does_not_end_a_session_that_is_open(house: House, stranger: Browser) -> None:
    await make_olena(house)
    await log_in(stranger)
    for _ in range(7):
        await log_in(stranger, "wrong")
    assert (await stranger.get("/")).status_code == 200


async def test_a_cookie_is_secure_and_bound_to_the_host_where_there_is_https(
    house: House, stranger: Browser
) -> None:
    from dataclasses import replace

    house.settings = replace(house.settings, public_url="https://dzvin.example")
    await make_olena(house)
    response = await stranger.post("/login", data={"email": EMAIL, "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-dzvin=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_the_first_run_link_makes_one_administrator_and_works_once(
    house: House, stranger: Browser
) -> None:
    link = await first_run_link(house)
    assert link is not None
    path = link.removeprefix(house.settings.public_url)
    assert "first administrator" in await stranger.see(path)
    token = path.partition("token=")[2]
    form = {"token": token, "email": EMAIL, "password": PASSWORD}
    response = await stranger.post("/first-run", data=form)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Dashboard" in await stranger.see("/")
    user = await house.database.read(lambda c: users.find_user(c, EMAIL))
    assert user is not None
    assert user.role is Role.ADMIN
    again = await stranger.post("/first-run", data={**form, "email": "mallory@example.com"})
    assert again.status_code == 409
    assert (await stranger.get(path)).status_code == 409
    assert await first_run_link(house) is None


async def test_a_link_that_was_never_printed_makes_nobody(house: House, stranger: Browser) -> None:
    await first_run_link(house)
    form = {"token": "guessed", "email": EMAIL, "password": PASSWORD}
    assert (await stranger.post("/first-run", data=form)).status_code == 409
    assert not await house.database.read(users.anybody)


async def test_a_link_is_too_old_after_a_day(house: House, stranger: Browser, clock: MovedClock) -> None:
    link = await first_run_link(house)
    assert link is not None
    clock.advance(timedelta(hours=24, seconds=1))
    assert (await stranger.get(link.removeprefix(house.settings.public_url))).status_code == 409


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("olena", PASSWORD, "This is not an e-mail address"),
        (EMAIL, "short", "The password has 5 characters; use at least 8"),
        (EMAIL, "x" * 129, "at most 128 are allowed"),
        (EMAIL, "Password123", "guessed first"),
        (EMAIL, "пароль2026", "guessed first"),
        (EMAIL, "12345678", "guessed first"),
        (EMAIL, EMAIL, "the e-mail address"),
    ],
)
async def test_a_first_administrator_with_a_bad_address_or_password_is_told_so(
    house: House, stranger: Browser, email: str, password: str, said: str
) -> None:
    link = await first_run_link(house)
    assert link is not None
    form = {"token": link.partition("token=")[2], "email": email, "password": password}
    response = await stranger.post("/first-run", data=form)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not await house.database.read(users.anybody)


async def test_a_field_with_nul_is_no_form_of_ours(house: House, stranger: Browser) -> None:
    await make_olena(house)
    assert await log_in(stranger, email="olena\x00@example.com") == 400
