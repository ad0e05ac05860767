"""A person's page: all that happened to them, with the recordings of their calls."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from campaigns.rules.vocabulary import RecipientState
from engine.house import House
from engine.lirax.simulator.http import HttpServer
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_account, an_attempt, recount, table
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(200))


async def _wav(request: Request) -> Response:
    piece = request.headers.get("range")
    if piece == "bytes=0-3":
        headers = {"Content-Range": f"bytes 0-3/{len(WAV)}"}
        return Response(WAV[:4], 206, headers, media_type="audio/x-wav")
    return Response(WAV, media_type="audio/x-wav")


async def _elsewhere(request: Request) -> Response:
    return RedirectResponse("http://127.0.0.1:1/secret")


async def _page(request: Request) -> Response:
    return HTMLResponse("<script>alert(1)</script>")


@pytest.fixture
async def sounds(house: House) -> AsyncIterator[str]:
    """A host of recordings, which is the exchange's own."""
    routes = [Route("/a.wav", _wav), Route("/moved.wav", _elsewhere), Route("/page.wav", _page)]
    server = HttpServer(Starlette(routes=routes), host="127.0.0.1", port=0)
    await server.start()

    def own(connection: Connection) -> None:
        account_id = an_account(connection)
        of_account = table("account")
        connection.execute(
            update(of_account).where(of_account.c.id == account_id).values(lirax_url=f"{server.url}/general")
        )

    await house.database.write(own)
    house.settings = replace(house.settings, lirax_url=f"{server.url}/general")
    await house.accounts.refresh(house.database)
    yield server.url
    await server.stop()


async def put_there(house: House, *, recording: str | None = None) -> tuple[int, int, int]:
    """Campaign, person and call; the person has been called, has called back, and got a note."""

    def write(connection: Connection) -> tuple[int, int, int]:
        campaign = a_campaign(connection)
        person = a_recipient(
            connection,
            campaign,
            phone="380671234501",
            state=RecipientState.DONE,
            outcome="listened",
            finished_at=NOON,
            due_at=None,
            closes_at=None,
            calls=1,
            attempts=1,
            data={"name": "Олена", "amount": "12.50"},
        )
        call = an_attempt(
            connection,
            person,
            recording=recording,
            agent="103",
            callid="C-1",
            utm={"cs": "google"},
            duration=44,
            keys=[{"ivr_name": "M", "ivr_entry": "0", "key": "1"}],
        )
        account_id = an_account(connection)
        for minutes, more in ((20, {"answered_at": NOON, "ext": "104"}), (30, {"status": "Missed"})):
            row = {
                "account_id": account_id,
                "callid": f"IN-{minutes}",
                "callid_plain": f"IN{minutes}",
                "direction": "in",
                "phone": "380671234501",
                "heard_at": NOON + timedelta(minutes=minutes),
                "recording": recording,
                **more,
            }
            add_row(connection, "heard_call", row)
        recount(connection, campaign)
        return campaign, person, call

    return await house.database.write(write)


async def test_the_page_tells_all_that_happened_in_order(house: House, viewer: Browser) -> None:
    campaign, person, _ = await put_there(house)
    seen = await viewer.see(f"/campaigns/{campaign}/people/{person}")
    for words in ("Олена", "12.50", "joined with 103", "44 s", "source: google", "answered by 104", "missed"):
        assert words in seen
    assert seen.index("Call 1") < seen.index("answered by 104") < seen.index("missed")
    listed = await viewer.get(f"/campaigns/{campaign}")
    assert f'href="/campaigns/{campaign}/people/{person}"' in listed.text


async def test_a_person_of_another_campaign_is_not_found(house: House, viewer: Browser) -> None:
    campaign, person, _ = await put_there(house)
    for path in (f"/campaigns/{campaign + 1}/people/{person}", f"/campaigns/{campaign}/people/{person + 1}"):
        assert (await viewer.get(path)).status_code == 404


async def test_a_recording_is_played_through_us(house: House, viewer: Browser, sounds: str) -> None:
    campaign, person, call = await put_there(house, recording=f"{sounds}/a.wav?key=secret {sounds}/a.wav")
    page = await viewer.get(f"/campaigns/{campaign}/people/{person}")
    path = f"/campaigns/{campaign}/calls/{call}/recordings/2"
    assert f'src="{path}"' in page.text
    assert "secret" not in page.text
    heard = await viewer.get(path)
    assert (heard.status_code, heard.content) == (200, WAV)
    assert heard.headers["content-type"] == "audio/x-wav"
    assert "sandbox" in heard.headers["content-security-policy"]
    piece = await viewer.get(path, headers={"Range": "bytes=0-3"})
    assert (piece.status_code, piece.content) == (206, WAV[:4])
    assert piece.headers["content-range"] == f"bytes 0-3/{len(WAV)}"
    assert (await viewer.get(f"/campaigns/{campaign}/calls-back/1/recordings/1")).content == WAV


async def test_who_is_not_signed_in_hears_nothing(house: House, stranger: Browser, sounds: str) -> None:
    campaign, _, call = await put_there(house, recording=f"{sounds}/a.wav")
    answer = await stranger.get(f"/campaigns/{campaign}/calls/{call}/recordings/1")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("moved.wav", "its host answered 307"),
        ("page.wav", "a page came instead of the sound"),
        ("gone.wav", "its host answered 404"),
    ],
)
async def test_what_is_no_sound_is_said_so(
    house: House, viewer: Browser, sounds: str, name: str, says: str
) -> None:
    campaign, _, call = await put_there(house, recording=f"{sounds}/{name}")
    answer = await viewer.get(f"/campaigns/{campaign}/calls/{call}/recordings/1")
    assert answer.status_code == 502
    assert says.lower() in answer.text.lower()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.wav", "https://localhost/a.wav", "ftp://x/a", "x"])
async def test_nothing_inside_our_network_is_fetched(
    house: House, viewer: Browser, sounds: str, address: str
) -> None:
    campaign, _, call = await put_there(house, recording=address)
    answer = await viewer.get(f"/campaigns/{campaign}/calls/{call}/recordings/1")
    assert answer.status_code == 502
    assert "127.0.0.1" not in answer.text


async def test_a_recording_that_was_never_told_is_not_found(house: House, viewer: Browser) -> None:
    campaign, _, call = await put_there(house, recording="https://files.example.com/a.wav")
    for path in (
        f"/campaigns/{campaign}/calls/{call}/recordings/2",
        f"/campaigns/{campaign}/calls/{call}/recordings/0",
        f"/campaigns/{campaign + 1}/calls/{call}/recordings/1",
        f"/campaigns/{campaign}/calls-back/77/recordings/1",
    ):
        assert (await viewer.get(path)).status_code == 404
