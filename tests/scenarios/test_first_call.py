"""The ordinary life of a call, told day by day."""

from pathlib import Path

import pytest

from tests.scenarios.people import AWAY, BUSY, FORBIDDEN, HANGS_UP, LISTENS, OFF, OLENA, TARAS, presses
from tests.world import a_world

pytestmark = pytest.mark.anyio


async def test_a_listener_is_called_once_and_done(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, presses("1"))
        campaign = await world.campaign("retry: {attempts: 3, delay: 1h}", people=[OLENA])
        await world.pass_time(hours=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "listened", 1)
        assert person.keys is not None
        assert [press["key"] for press in person.keys] == ["1"]
        assert world.ring_times(OLENA) == ["2026-12-01 10:00:00"]
        assert await world.state(campaign) == "finished"
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}


async def test_busy_recipient_is_called_again_after_the_pause(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(TARAS, BUSY, LISTENS)
        campaign = await world.campaign(
            "retry: {attempts: 3, delay: 2h, by_result: {busy: 20m}}", people=[TARAS]
        )
        await world.pass_time(minutes=10)
        person = (await world.people(campaign))[TARAS]
        assert (person.state, person.last_result) == ("waiting", "busy")
        await world.pass_time(minutes=20)
        # busy is told after 2 s, and the pause of 20 m counts from then
        [call] = [time for time in world.posts() if time["to1"] == TARAS][1:]
        assert call["timeout"] == "0"
        assert world.ring_times(TARAS)[1] == "2026-12-01 10:20:02"
        assert (await world.people(campaign))[TARAS].outcome == "listened"


@pytest.mark.parametrize(
    ("behaviour", "result", "state", "outcome"),
    [
        (LISTENS, "answered_full", "done", "listened"),
        (HANGS_UP, "answered_short", "exhausted", "answered"),
        (BUSY, "busy", "exhausted", "unreached"),
        (AWAY, "no_answer", "exhausted", "unreached"),
        (OFF, "unreachable", "exhausted", "unreached"),
        (FORBIDDEN, "not_allowed", "exhausted", "unreached"),
    ],
)
async def test_each_way_a_call_ends_has_its_word(
    tmp_path: Path, behaviour: object, result: str, state: str, outcome: str
) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, behaviour)  # type: ignore[arg-type]
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=10)
        person = (await world.people(campaign))[OLENA]
        assert (person.last_result, person.state, person.outcome) == (result, state, outcome)
        assert await world.state(campaign) == "finished"


async def test_attempts_are_used_up_and_no_more(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, AWAY)
        campaign = await world.campaign("retry: {attempts: 3, delay: 1h}", people=[OLENA])
        await world.pass_time(days=2)
        # each call ends after 30 s of ringing
        assert [time[11:] for time in world.ring_times(OLENA)] == ["10:00:00", "11:00:30", "12:01:00"]
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("exhausted", "unreached", 3)


async def test_a_result_that_is_never_called_again_ends_the_calling(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, AWAY)
        campaign = await world.campaign(
            "retry: {attempts: 3, delay: 1h, by_result: {no_answer: never}}", people=[OLENA]
        )
        await world.pass_time(days=1)
        assert len(world.ring_times(OLENA)) == 1
        assert (await world.people(campaign))[OLENA].state == "exhausted"


async def test_a_short_pause_is_stretched_to_the_minimum_gap(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, BUSY)
        await world.campaign("retry: {attempts: 2, delay: 1m}", people=[OLENA])
        await world.pass_time(hours=1)
        assert world.ring_times(OLENA)[1] == "2026-12-01 10:15:02"


async def test_the_goal_decides_what_ends_the_calling(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS, presses("5"))
        campaign = await world.campaign("{goal: key, retry: {attempts: 3, delay: 1h}}", people=[OLENA])
        await world.pass_time(minutes=30)
        assert (await world.people(campaign))[OLENA].state == "waiting"
        await world.pass_time(hours=2)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "listened", 2)


async def test_what_the_person_hears_is_sent_with_the_call(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:30") as world:
        await world.campaign(
            """
            call:
              connect: "5001"
              success_after: 15s
              variables: {money: "{{ amount }}", date: tomorrow, time: "12:30"}
            window: {hours: "09:30-17:45"}
            """,
            people=[{"phone": OLENA, "amount": "1 250,5"}],
        )
        await world.pass_time(minutes=1)
        [sent] = world.posts()
        wanted = {
            "to2": "5001",
            "from": "101",
            "vmoney": "1250.50",
            "vdate": "tomorrow",
            "vtime": "12:30",
            "successtime": "15",
            "timeout": "0",
            "notbefore": "09",
            "notafter": "18",
        }
        assert {name: sent[name] for name in wanted} == wanted
