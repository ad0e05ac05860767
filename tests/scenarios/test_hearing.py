"""What `event` and `record` tell beside the result: recordings, agents, tracking marks, calls back."""

import itertools
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from engine.lirax.recordings import NoRecording, Recordings
from engine.lirax.simulator.faults import Fault, WebhookFault
from tests.scenarios.people import LISTENS, OLENA, TARAS
from tests.world import KYIV, World, a_world

pytestmark = pytest.mark.anyio

WAV = "https://files.example.com/a.wav"
CONNECT = 'call: {connect: "5001", success_after: 5s}'


async def one_call(world: World, more: str = "") -> None:
    """A call to Olena, of which LiraX itself says nothing: the test speaks for it."""
    world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
    world.script(OLENA, LISTENS)
    await world.campaign(more, people=[OLENA])
    await world.pass_time(seconds=8)


async def recording_of(world: World, phone: str = OLENA) -> str | None:
    return (await world.attempts(phone))[-1].recording


async def test_a_recording_is_linked_by_its_call_id(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        await world.hear("record", callid="C-1", record_link=WAV)
        assert await recording_of(world) == WAV
        assert (await world.verdicts())["record"] == ["applied"]


async def test_a_recording_whose_call_id_lost_its_dashes_is_linked_all_the_same(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear_event(OLENA, "D10D-0EB1-1511", status="Success", duration="20")
        await world.hear("record", callid="D10D0EB11511", record_link=WAV)
        assert await recording_of(world) == WAV


async def test_a_recording_that_comes_before_its_event_waits_for_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear("record", callid="C1", record_link=WAV)
        assert (await world.verdicts())["record"] == ["orphan"]
        assert await recording_of(world) is None
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        assert await recording_of(world) == WAV
        assert (await world.verdicts())["record"] == ["applied"]


async def test_all_recordings_of_a_call_are_kept_each_once(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20", record_link=WAV)
        for link in (WAV, "https://files.example.com/b c.wav", WAV):
            await world.hear("record", callid="C-1", record_link=link)
        assert await recording_of(world) == f"{WAV} https://files.example.com/b%20c.wav"


async def test_another_calls_recording_goes_to_nobody(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        await world.hear("record", callid="C-2", record_link=WAV)
        assert await recording_of(world) is None
        assert (await world.verdicts())["record"] == ["orphan"]


async def test_where_the_person_came_from_and_when_they_answered_is_kept(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear_event(OLENA, "C-1", "ACCEPTED", cs="google", cm="cpc")
        answered_at = world.now
        await world.pass_time(seconds=20)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20", cs="other", ct="термін")
        [attempt] = await world.attempts(OLENA)
        assert attempt.answered_at == answered_at
        assert attempt.utm == {"cs": "google", "cm": "cpc", "ct": "термін"}
        assert (attempt.duration, attempt.callid, attempt.agent) == (20, "C-1", None)


async def test_a_joined_call_keeps_its_agent_and_its_further_legs(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world, CONNECT)
        await world.hear_event(OLENA, "C-1", "ACCEPTED")
        await world.hear_event(OLENA, "C-2", "ACCEPTED", ext="103")
        await world.hear("record", callid="C2", record_link=WAV)
        await world.hear_event(OLENA, "C-2", ext="103", status="Busy", duration="3")
        [attempt] = await world.attempts(OLENA)
        assert (attempt.callid, attempt.agent, attempt.recording) == ("C-1", "103", WAV)
        assert attempt.event_status is None  # the leg of an agent does not tell how the person's ended
        [leg] = await world.heard_calls(OLENA)
        assert (leg.callid, leg.attempt_id, leg.ext, leg.status) == ("C-2", attempt.id, "103", "Busy")


async def test_one_call_id_with_another_extension_names_the_agent(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world, CONNECT)
        await world.hear_event(OLENA, "C-1", "ACCEPTED")
        await world.hear_event(OLENA, "C-1", ext="104", status="Success", duration="12")
        [attempt] = await world.attempts(OLENA)
        assert (attempt.agent, attempt.result) == ("104", None)
        await world.pass_time(minutes=20)
        assert (await world.attempts(OLENA))[0].result == "answered_full"


async def test_who_calls_back_is_seen_and_called_on(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, LISTENS)
        campaign = await world.draft("start: 2026-12-01 12:00", people=[OLENA])
        call = {"type": "in", "phone": f"+{OLENA}", "ext": "101", "callid": "IN-1"}
        await world.hear("record", callid="IN1", record_link=WAV)
        await world.hear("event", event="INCOMING", **call)
        await world.hear("event", event="ACCEPTED", **{**call, "ext": "103"})
        await world.pass_time(seconds=90)
        await world.hear("event", event="COMPLETED", duration="85", status="Success", **call)
        await world.hear("event", event="CALL_COMPLETED", duration="90", **{**call, "ext": "380441112233"})
        [back] = await world.heard_calls(OLENA)
        assert (back.direction, back.ext, back.status, back.duration) == ("in", "103", "Success", 90)
        assert (back.attempt_id, back.recording) == (None, WAV)
        assert back.heard_at.astimezone(KYIV).strftime("%H:%M:%S") == "10:00:00"
        assert (await world.people(campaign))[OLENA].state == "pending"


async def test_calls_of_people_in_no_campaign_are_none_of_ours(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        await world.hear("event", type="in", event="INCOMING", phone=TARAS, ext="101", callid="IN-1")
        assert await world.heard_calls(TARAS) == []
        assert (await world.verdicts())["event"] == ["ignored"]


ORDERS = list(itertools.permutations(("record", "ACCEPTED", "COMPLETED", "finished")))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(word[:3] for word in order))
async def test_one_call_ends_the_same_in_whatever_order_it_is_told(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    async with a_world(tmp_path) as world:
        await one_call(world)
        for word in (*order, *order):  # all of it twice
            if word == "record":
                await world.hear("record", callid="C1", record_link=WAV)
            elif word == "finished":
                task = world.rings(OLENA)[-1].task
                await world.hear("make2calls_finished", id_make2calls=task, success="1", duration_success="1")
            else:
                more = {"status": "Success", "duration": "20"} if word == "COMPLETED" else {}
                await world.hear_event(OLENA, "C-1", word, cs="google", **more)
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.result, attempt.recording) == ("done", "answered_full", WAV)
        assert (attempt.callid, attempt.duration, attempt.utm) == ("C-1", 20, {"cs": "google"})
        assert attempt.answered_at == world.now
        assert await world.counts(CampaignId(1)) == {"done": 1}


async def test_a_recording_of_the_exchange_can_be_heard(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"recordings": "later"})
        world.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        await world.pass_time(minutes=1)
        address = await recording_of(world)
        assert address is not None
        heard = b""
        async with Recordings().open(address, lirax_url=world.simulator.url, piece=None) as sound:
            async for chunk in sound.chunks:
                heard += chunk
        assert (sound.status, heard[:4], heard[8:12]) == (200, b"RIFF", b"WAVE")
        with pytest.raises(NoRecording, match="not https"):
            async with Recordings().open(address, lirax_url="https://lirax.example.com/general", piece=None):
                raise AssertionError("it was fetched")
