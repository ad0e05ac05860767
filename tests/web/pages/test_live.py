"""Live pages: rendered once for all who look, only what changed, ended with session and server."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from campaigns.store.sessions import end_session
from engine.house import House, fingerprint_of
from tests.builders import a_campaign, a_session
from tests.web.pages.browsing import Browser
from web.pages.desk import Desk
from web.pages.live import ENDED, LiveHub, Rhythm

pytestmark = pytest.mark.anyio

QUICK = Rhythm(at_most_every=0.01, at_least_every=0.02, sessions=0.02, keepalive=5.0)
ONLY_BY_BELL = Rhythm(at_most_every=0.01, at_least_every=60.0, sessions=60.0, keepalive=60.0)
IMPATIENT = Rhythm(at_most_every=60.0, at_least_every=60.0, sessions=60.0, keepalive=0.01)


class Screen:
    """A page of two parts that a test writes on, counting how often it is rendered."""

    def __init__(self) -> None:
        self.parts = {"head": '<p id="head">running</p>', "calls": '<p id="calls">0</p>'}
        self.rendered = 0

    async def render(self) -> Mapping[str, str]:
        self.rendered += 1
        return dict(self.parts)


@pytest.fixture
async def session(house: House) -> str:
    token_hash = fingerprint_of("a browser")
    await house.database.write(lambda c: a_session(c, token_hash=token_hash))
    return token_hash


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(5):
        return await anext(stream)


async def test_a_newcomer_gets_the_whole_page_and_then_only_what_changed(house: House, session: str) -> None:
    screen = Screen()
    stream = LiveHub(house, rhythm=ONLY_BY_BELL).stream("page", session=session, render=screen.render)
    first = await next_of(stream)
    assert first == b'event: patch\ndata: <p id="head">running</p>\ndata: <p id="calls">0</p>\nid: 1\n\n'
    screen.parts["calls"] = '<p id="calls">1</p>'
    house.bells.changes.ring()
    assert await next_of(stream) == b'event: patch\ndata: <p id="calls">1</p>\nid: 2\n\n'


async def test_many_browsers_of_one_page_cost_one_rendering(house: House, session: str) -> None:
    screen = Screen()
    hub = LiveHub(house, rhythm=ONLY_BY_BELL)
    streams = [hub.stream("page", session=session, render=screen.render) for _ in range(20)]
    first = await asyncio.gather(*(next_of(stream) for stream in streams))
    assert len({id(event) for event in first}) == 1  # encoded once, the very same bytes for all
    rendered = screen.rendered
    screen.parts["calls"] = '<p id="calls">1</p>'
    house.bells.changes.ring()
    second = await asyncio.gather(*(next_of(stream) for stream in streams))
    assert len({id(event) for event in second}) == 1
    assert screen.rendered == rendered + 1


async def test_what_another_process_did_is_seen_without_a_bell(house: House, session: str) -> None:
    screen = Screen()
    stream = LiveHub(house, rhythm=QUICK).stream("page", session=session, render=screen.render)
    await next_of(stream)
    screen.parts["head"] = '<p id="head">paused</p>'
    assert b"paused" in await next_of(stream)


async def test_a_quiet_stream_is_kept_alive(house: House, session: str) -> None:
    stream = LiveHub(house, rhythm=IMPATIENT).stream("page", session=session, render=Screen().render)
    await next_of(stream)
    assert await next_of(stream) == b": ping\n\n"


async def test_a_stream_ends_with_its_session_at_once(house: House, session: str) -> None:
    hub = LiveHub(house, rhythm=ONLY_BY_BELL)
    stream = hub.stream("page", session=session, render=Screen().render)
    await next_of(stream)
    hub.end_session(session)
    assert await next_of(stream) == ENDED
    with pytest.raises(StopAsyncIteration):
        await next_of(stream)


async def test_a_stream_ends_when_its_session_was_ended_elsewhere(house: House, session: str) -> None:
    stream = LiveHub(house, rhythm=QUICK).stream("page", session=session, render=Screen().render)
    await next_of(stream)
    await house.database.write(lambda c: end_session(c, session))
    assert await next_of(stream) == ENDED


async def test_streams_end_when_the_server_stops(house: House, session: str) -> None:
    stream = LiveHub(house, rhythm=ONLY_BY_BELL).stream("page", session=session, render=Screen().render)
    await next_of(stream)
    house.stopping.set()
    with pytest.raises(StopAsyncIteration):
        await next_of(stream)


async def test_nothing_works_on_when_nobody_looks(house: House, session: str) -> None:
    before = asyncio.all_tasks()
    stream = LiveHub(house, rhythm=QUICK).stream("page", session=session, render=Screen().render)
    await next_of(stream)
    at_work = asyncio.all_tasks() - before
    assert len(at_work) == 2
    await stream.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(asyncio.gather(*at_work), 5)


async def test_a_browser_that_does_not_read_gets_the_whole_page_anew(house: House, session: str) -> None:
    screen = Screen()
    hub = LiveHub(house, rhythm=QUICK)
    slow = hub.stream("page", session=session, render=screen.render)
    quick = hub.stream("page", session=session, render=screen.render)
    await asyncio.gather(next_of(slow), next_of(quick))
    for number in range(1, 40):
        screen.parts["calls"] = f'<p id="calls">{number}</p>'
        house.bells.changes.ring()
        await next_of(quick)
    events = [await next_of(slow)]
    while b">39<" not in events[-1]:
        events.append(await next_of(slow))
    assert len(events) <= 16
    assert any(b'id="head"' in event for event in events)


async def test_the_stream_of_a_campaign_shows_what_the_page_shows(
    house: House, desk: Desk, admin: Browser
) -> None:
    campaign = await house.database.write(lambda c: a_campaign(c, name="Листопад"))
    desk.live = LiveHub(house, rhythm=QUICK)
    async with admin.listen(f"/campaigns/{campaign}/live") as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "no-store" in stream.headers["cache-control"]
        whole = await stream.next()
        for part in ("page-state", "campaign-head", "campaign-progress", "last-calls", "campaign-people"):
            assert f'id="{part}"' in whole
        await admin.submit(f"/campaigns/{campaign}/pause")
        changed = await stream.next()
        assert "Paused; resume it to go on calling." in changed
        assert 'id="last-calls"' not in changed
        assert admin.form_token not in whole + changed  # what all browsers share holds no secret of one


async def test_people_found_by_a_search_stay_as_they_were_found(
    house: House, desk: Desk, admin: Browser
) -> None:
    campaign = await house.database.write(lambda c: a_campaign(c))
    async with admin.listen(f"/campaigns/{campaign}/live?q=067") as stream:
        assert 'id="campaign-people"' not in await stream.next()


async def test_signing_out_ends_the_streams_of_that_browser(desk: Desk, admin: Browser) -> None:
    async with admin.listen("/live") as stream:
        assert 'id="dashboard-figures"' in await stream.next()
        await admin.submit("/logout")
        assert await stream.next() == ENDED.decode()
