"""The simulator's page over HTTP: what it shows, what its buttons do, and whom it does not listen to."""

from collections.abc import AsyncIterator

import pytest

from engine.clock import SystemClock
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.page.buttons import BUTTONS
from engine.lirax.simulator.page.routes import Page
from engine.lirax.simulator.people import BY_HAND, Behaviour
from tests.lirax.simulator.building import ANNA, BORYS, MODEM, World, a_world

pytestmark = pytest.mark.anyio

BY_SCRIPT = {"Accept": "application/json"}


async def page_of(world: World) -> str:
    answer = await world.http.get("/")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    return answer.text


async def pressed(world: World, button: str, **fields: str) -> str:
    """The sentence of a refusal; empty when it was done."""
    answer = await world.http.post(f"/_page/{button}", data=fields, headers=BY_SCRIPT)
    assert answer.status_code == 200
    return str(answer.json().get("said", ""))


async def test_a_ringing_phone_is_shown_and_answered_pressed_and_hung_up_by_buttons() -> None:
    async with a_world() as world:
        await pressed(world, "by_hand", number="+38 (067) 111-22-33", wait="1")
        await world.call(ANNA)
        await world.pass_time(3)
        shown = await page_of(world)
        assert f'aria-label="Answer as {ANNA}"' in shown
        assert "rings since" in shown
        [callid] = world.exchange.live
        assert await pressed(world, "press", callid=callid, key="1") == (
            "keys can be pressed once the phone is answered"
        )
        assert await pressed(world, "pick_up", callid=callid) == ""
        await world.pass_time(2)
        assert await pressed(world, "press", callid=callid, key="1") == ""
        assert await pressed(world, "press", callid=callid, key="11") == "there is no key '11' on a phone"
        assert "pressed <kbd>1</kbd>" in await page_of(world)
        assert await pressed(world, "hang_up", callid=callid) == ""
        assert await pressed(world, "hang_up", callid=callid) == "this call is over"
        await world.pass_until_quiet()
        shown = await page_of(world)
    assert "No phone rings" in shown
    assert "make2calls_finished" in shown


async def test_everything_that_happens_is_on_the_page() -> None:
    async with a_world(lines=1, options={"recordings": "later"}) as world:
        world.ear.says = '{"contact_name": "Ганна <b>"}'.encode()
        world.exchange.people.everyone(Behaviour(keys="7", sms_reply="дякую"))
        world.exchange.faults.inject(Fault(RequestFault.DRIP, times=None))
        world.exchange.faults.clear()
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="getUsers", times=None))
        await world.call()
        assert "1 waits for a line" not in await page_of(world)
        await world.call(BORYS)
        assert "1 wait for a line" in await page_of(world)
        await world.text()
        assert (
            await pressed(world, "incoming", phone=ANNA)
            == "every line is taken: the caller hears that we are busy"
        )
        await world.pass_until_quiet()
        assert await pressed(world, "incoming", phone=ANNA) == ""
        await world.pass_until_quiet()
        shown = await page_of(world)
    for words in (
        "Ганна &lt;b&gt;",
        "<kbd>7</kbd>",
        "дякую",
        "error of getUsers",
        ".wav",
        "called us",
        MODEM,
    ):
        assert words in shown


async def test_every_switch_can_be_turned_on_the_page() -> None:
    async with a_world() as world:
        exchange = world.exchange
        assert await pressed(world, "option", name="ok_body", value="OK") == ""
        assert (
            await pressed(world, "fault", kind="error", command="*", code="503", times="", seconds="2") == ""
        )
        assert await pressed(world, "modem", modem=MODEM, state="off") == ""
        assert await pressed(world, "presence", ext="101", status="5") == ""
        assert await pressed(world, "sms", phone=ANNA, modem=MODEM, text="STOP") == ""
        assert await pressed(world, "key", revoked="1") == ""
        assert (exchange.options.ok_body, exchange.revoked) == ("OK", True)
        assert exchange.faults.waiting() == [
            Fault(RequestFault.ERROR, command="*", code=503, times=None, seconds=2)
        ]
        assert "Give the key back" in await page_of(world)
        assert await pressed(world, "clear_faults") == ""
        assert exchange.faults.waiting() == []
        await world.pass_time(0)
    assert [told["cmd"] for told in world.ear.heard] == ["staton", "smsReceived"]


async def test_a_script_can_be_taken_back() -> None:
    async with a_world() as world:
        await pressed(world, "by_hand", number="*", wait="1")
        assert world.exchange.people.called(ANNA) == BY_HAND
        await pressed(world, "by_hand", number="*", wait="0")
        assert world.exchange.people.called(ANNA) != BY_HAND


@pytest.mark.parametrize("button", sorted(BUTTONS))
@pytest.mark.parametrize(
    "fields", [{}, {"callid": "x", "number": "\ud800", "seconds": "9" * 5000, "kind": "drip"}]
)
async def test_no_button_breaks_whatever_its_form_says(button: str, fields: dict[str, str]) -> None:
    async with a_world() as world:
        body = "&".join(f"{name}={value!a}" for name, value in fields.items())
        answer = await world.http.post(f"/_page/{button}", content=body, headers=BY_SCRIPT)
        assert answer.status_code == 200
        await page_of(world)


async def test_without_the_script_a_button_leads_back_or_says_why_not() -> None:
    async with a_world() as world:
        done = await world.http.post("/_page/clear_faults")
        refused = await world.http.post("/_page/option", data={"name": "ok_body", "value": "<b>"})
        unknown = await world.http.post("/_page/nothing")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert refused.status_code == 400
    assert "option ok_body is one of empty, {}, OK, not &#39;&lt;b&gt;&#39;" in refused.text
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:8482"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[broken"}, 403),
        ({}, 200),
    ],
)
@pytest.mark.parametrize("path", ["/_page/clear_faults", "/_control/faults/clear"])
async def test_another_site_presses_nothing(path: str, headers: dict[str, str], code: int) -> None:
    async with a_world() as world:
        said = {**BY_SCRIPT, "host": "127.0.0.1:8482", **headers}
        assert (await world.http.post(path, headers=said)).status_code == code


@pytest.mark.parametrize(
    ("host", "code"), [("127.0.0.1:1", 200), ("[::1]:1", 200), ("localhost", 200), ("evil.example", 403)]
)
async def test_a_browser_reads_us_only_by_our_address(host: str, code: int) -> None:
    async with a_world() as world:
        said = {"host": host, "sec-fetch-site": "none"}
        assert (await world.http.get("/_truth", headers=said)).status_code == code


async def test_style_and_scripts_are_served_and_nothing_else() -> None:
    async with a_world() as world:
        codes = [
            (await world.http.get(f"/static/{name}")).status_code
            for name in ("simulator.js", "tokens.css", "../pyproject.toml", "campaign.css")
        ]
    assert codes == [200, 200, 404, 404]


async def test_changes_are_sent_as_they_happen() -> None:
    exchange = Exchange(clock=SystemClock())
    changes: AsyncIterator[str] = Page(exchange).changes()
    first = await anext(changes)
    assert first.startswith("event: patch\ndata: ")
    assert 'id="sim-phones"' in first
    exchange.set_options({"ok_body": "OK"})
    second = await anext(changes)
    assert ('id="sim-options"' in second, 'id="sim-phones"' in second) == (True, False)
    await exchange.close()
    assert [more async for more in changes] == []
