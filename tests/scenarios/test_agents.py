"""Campaigns that join people with agents: never more calls in the air than agents are free for.

That promise is checked at the end of every story, against the simulator's truth (`tests.promises`).
"""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import CampaignView, RecipientView, campaign_view, recipient_views
from engine.lirax.simulator.agents import Queue
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from engine.lirax.simulator.people import Behaviour
from tests.agents_oracle import most_in_the_air
from tests.scenarios.people import AWAY, number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

EXTS = ("201", "202", "203", "204", "205")
JOINED = "call: {connect: '5001', success_after: 15s}\n"
ALL = JOINED + "agents: all\n"
TALKS = Behaviour(ring_seconds=8, talk_seconds=60)
LEAVES = Behaviour(ring_seconds=8, talk_seconds=60, patience_seconds=5)
SILENT = Behaviour(ring_seconds=8, talk_seconds=60, events=False)
WAITING = "Waiting for LiraX to tell who is free."


def staff(world: World, *exts: str, number: str = "5001") -> None:
    world.exchange.directory.users.clear()
    more_staff(world, *exts, number=number)


def more_staff(world: World, *exts: str, number: str) -> None:
    world.exchange.agents.open_queue(number, Queue(exts, answer_seconds=2, wrap_up_seconds=10))


def called(world: World, count: int, *behaviours: Behaviour, first: int = 0) -> list[str]:
    people = [number(first + index) for index in range(count)]
    for person in people:
        world.script(person, *behaviours)
    return people


async def view(world: World, campaign: CampaignId) -> CampaignView:
    def read(connection: Connection) -> CampaignView | None:
        return campaign_view(connection, campaign, now=world.now, policies=world.house.policies)

    found = await world.house.database.read(read)
    assert found is not None
    return found


async def someone(world: World, campaign: CampaignId) -> RecipientView:
    """Somebody who is still to be called."""

    def read(connection: Connection) -> list[RecipientView]:
        return recipient_views(connection, campaign, now=world.now, policies=world.house.policies, limit=100)

    people = await world.house.database.read(read)
    return next(person for person in people if person.state == "pending")


async def test_as_many_calls_are_in_the_air_as_agents_are_free(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        campaign = await world.campaign(ALL, people=called(world, 12, TALKS))
        await world.settle()
        assert len(world.posts()) == 5
        await world.pass_time(minutes=6)
        assert most_in_the_air(world.exchange.truth) == 5
        seen = await view(world, campaign)
        assert (seen.calls.answered, seen.calls.abandoned, seen.state) == (12, 0, "finished")


async def test_an_agent_who_becomes_free_is_given_a_call_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202")
        world.exchange.set_presence("201", 5)
        world.exchange.set_presence("202", 0)
        campaign = await world.campaign(ALL, people=called(world, 3, TALKS))
        await world.pass_time(minutes=1)
        assert world.posts() == []
        assert (await view(world, campaign)).reason == "No agent is free (1 of 2 busy, 1 not signed in)."
        assert (await someone(world, campaign)).reason == "No agent is free (1 of 2 busy, 1 not signed in)."
        world.exchange.set_presence("202", 1)
        await world.settle()
        assert len(world.posts()) == 1
        assert (await view(world, campaign)).reason is None
        assert (await someone(world, campaign)).reason == (
            "Waiting for a free agent: 1 call is in the air for 1 free agent."
        )


async def test_only_agents_who_are_named_count(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        campaign = await world.campaign(
            JOINED + "agents: [201, 202, '299']\n", people=called(world, 9, TALKS)
        )
        await world.settle()
        assert len(world.posts()) == 2
        agents = (await view(world, campaign)).agents
        assert agents is not None
        assert (agents.free, agents.busy, agents.away, agents.in_the_air) == (2, 0, 1, 2)


async def test_people_whom_nobody_takes_are_abandoned_and_called_again(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, lines=20, database_url=database_url) as world:
        staff(world, "201")
        people = called(world, 2, LEAVES)
        more = "pace: {per_agent: 2}\ngoal: answered\nretry: {attempts: 2, delay: 20m}\n"
        campaign = await world.campaign(ALL + more, people=people)
        await world.pass_time(minutes=3)
        seen = await view(world, campaign)
        assert (seen.calls.placed, seen.calls.answered, seen.calls.abandoned) == (2, 2, 1)
        results = {call.result: call for person in people for call in await world.attempts(person)}
        assert set(results) == {"answered_full", "answered_short"}
        alone = results["answered_short"]
        assert (alone.abandoned, alone.agent, results["answered_full"].agent) == (True, None, "201")
        assert seen.counts["waiting"] == 1  # the goal is not reached by who found nobody
        await world.pass_time(minutes=25)
        seen = await view(world, campaign)
        assert (seen.calls.placed, seen.calls.abandoned, seen.outcomes) == (3, 1, {"listened": 2})


async def test_too_many_abandoned_people_slow_the_dialling_by_themselves(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=40) as world:
        staff(world, *EXTS)
        more = ALL + "pace: {per_agent: 3, max_abandoned: 10%}\n"
        campaign = await world.campaign(more, people=called(world, 25, LEAVES))
        await world.settle()
        assert len(world.posts()) == 15
        await world.pass_time(seconds=20)
        seen = await view(world, campaign)
        assert seen.calls.abandoned == 10
        assert seen.agents is not None
        assert seen.agents.effective == 1
        await world.pass_time(seconds=65)  # the first five have talked, their agents are free again
        seen = await view(world, campaign)
        assert seen.reason == (
            "Dialling slower, 1 instead of 3 calls for each free agent: 10 of the last 15 people "
            "who answered found nobody, and at most 10% may."
        )
        before = len(world.posts())
        await world.pass_time(minutes=5)
        seen = await view(world, campaign)
        assert before < len(world.posts()) == 25
        assert seen.calls.abandoned == 10


async def test_after_a_restart_nobody_is_dialled_until_lirax_tells_who_is_free(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202")
        campaign = await world.campaign(ALL, people=called(world, 6, TALKS))
        await world.pass_time(seconds=30)
        assert len(world.posts()) == 2
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="initStatuses", times=2, code=503))
        await world.restart()
        await world.pass_time(seconds=1)
        assert WAITING[:-1] in ((await view(world, campaign)).reason or "")
        assert "503" in ((await someone(world, campaign)).reason or "")
        await world.pass_time(seconds=120)
        assert len(world.posts("initStatuses")) == 4
        assert len(world.posts()) > 2
        await world.pass_time(minutes=10)
        assert await world.state(campaign) == "finished"


async def test_what_was_told_before_the_roll_is_called_is_not_believed(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201")
        campaign = await world.campaign(ALL, people=called(world, 3, AWAY))
        await world.settle()
        assert len(world.posts()) == 1
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="initStatuses", times=None, code=503))
        await world.restart()
        await world.pass_time(minutes=2)  # the call has long been over
        assert len(world.posts()) == 1
        assert ((await view(world, campaign)).reason or "").startswith(WAITING[:-1])
        world.exchange.set_presence("201", 5)
        world.exchange.set_presence("201", 1)
        await world.settle()
        assert len(world.posts()) == 2  # what changes is told by itself


async def test_the_roll_is_called_once_at_every_start_where_nobody_needs_agents(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.pass_time(hours=1)
        assert len(world.posts("initStatuses")) == 1
        await world.restart()
        await world.pass_time(hours=1)
        assert len(world.posts("initStatuses")) == 2


async def test_a_closed_account_is_left_alone(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.change("account", id=1, closed_at=world.now)
        await world.house.accounts.refresh(world.house.database)
        await world.pass_time(hours=1)
        assert world.posts("initStatuses") == []


async def test_a_lost_staton_is_made_good_by_the_next_roll_call(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201")
        world.exchange.set_presence("201", 5)
        await world.campaign(ALL, people=called(world, 1, TALKS))
        await world.pass_time(minutes=1)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command="staton"))
        world.exchange.set_presence("201", 1)
        await world.pass_time(minutes=3)
        assert world.posts() == []
        await world.pass_time(minutes=2)
        assert len(world.posts()) == 1


async def test_repeated_statons_change_nothing(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        world.exchange.set_options({"webhook_faults": "duplicate"})
        staff(world, *EXTS)
        campaign = await world.campaign(ALL, people=called(world, 8, TALKS))
        await world.pass_time(minutes=8)
        assert (await view(world, campaign)).calls.abandoned == 0
        assert await world.state(campaign) == "finished"


async def test_a_joined_agent_is_not_free_although_the_staton_is_late(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202")
        await world.campaign(ALL, people=called(world, 9, TALKS))
        late = Fault(WebhookFault.DELAYED, command="staton", seconds=30, times=2)
        await world.pass_time(seconds=5)
        world.exchange.faults.inject(late)
        await world.pass_time(seconds=20)  # both talk, and are told to be free
        assert len(world.posts()) == 2


async def test_agents_who_leave_are_not_dialled_for(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        campaign = await world.campaign(ALL, people=called(world, 7, TALKS))
        await world.pass_time(seconds=4)
        for ext in EXTS[:4]:
            world.exchange.set_presence(ext, 0)
        await world.pass_time(minutes=30)
        seen = await view(world, campaign)
        assert seen.state == "finished"
        assert 0 < seen.calls.abandoned < 5  # those who were in the air when their agents left


async def test_where_events_tell_nothing_an_open_call_counts_as_in_the_air(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202", "203")
        campaign = await world.campaign(ALL, people=called(world, 9, SILENT))
        await world.pass_time(seconds=30)
        assert len(world.posts()) == 3
        world.exchange.set_presence("203", 5)
        await world.pass_time(minutes=10)
        assert await world.state(campaign) == "finished"


async def test_where_lirax_is_known_to_tell_no_events_agents_who_turn_busy_do(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202")
        await world.change("account", id=1, capabilities={"events_for_make2calls": False})
        people = called(world, 1, SILENT) + called(world, 5, AWAY, first=1)
        await world.campaign(ALL, people=people)
        await world.pass_time(seconds=12)
        (joined,) = await world.attempts(people[0])
        assert joined.agent in ("201", "202")
        await world.pass_time(seconds=30)
        assert len(world.posts()) == 3  # the second one rang in vain; its agent is given another


async def test_two_campaigns_share_their_agents(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        first = await world.campaign(ALL, people=called(world, 8, TALKS))
        second = await world.campaign(ALL, people=called(world, 8, TALKS, first=100))
        await world.pass_time(minutes=2)
        assert most_in_the_air(world.exchange.truth) == 5
        seen = [(await view(world, each)).calls.placed for each in (first, second)]
        assert min(seen) >= 4
        await world.pass_time(minutes=6)
        assert [await world.state(each) for each in (first, second)] == ["finished", "finished"]


async def test_a_campaign_with_agents_of_its_own_leaves_the_shared_ones(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201", "202")
        both = await world.campaign(JOINED + "agents: [201, 202]\n", people=called(world, 4, TALKS))
        one = await world.campaign(JOINED + "agents: [201]\n", people=called(world, 4, TALKS, first=50))
        await world.pass_time(minutes=15)
        assert [await world.state(each) for each in (both, one)] == ["finished", "finished"]
        assert most_in_the_air(world.exchange.truth) == 2


async def test_a_campaign_without_agents_dials_beside_one_with_agents(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=6) as world:
        staff(world, "201", "202")
        await world.campaign(ALL, people=called(world, 5, TALKS))
        await world.campaign(people=called(world, 9, TALKS, first=50))
        await world.settle()
        assert len(world.posts()) == 6  # two for the agents, the other four lines for who needs none


async def test_a_campaign_keeps_to_lines_and_pace_beside_its_agents(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        await world.campaign(ALL + "pace: {lines: 3}\n", people=called(world, 5, TALKS))
        await world.campaign(ALL + "pace: {per_minute: 1}\n", people=called(world, 5, TALKS, first=50))
        await world.settle()
        assert len(world.posts()) == 4


@pytest.mark.parametrize(
    "options",
    [
        {"initstatuses_scope": "logged_in"},
        {"success_means": "first_leg"},
        {"make2calls_finished_at": "answer"},
        {"outgoing_incoming_event": False},
        {"webhook_faults": "reorder"},
    ],
)
async def test_the_promise_holds_whatever_lirax_does(tmp_path: Path, options: dict[str, Any]) -> None:
    async with a_world(tmp_path, lines=20) as world:
        world.exchange.set_options(options)
        staff(world, *EXTS)
        campaign = await world.campaign(ALL, people=called(world, 7, TALKS))
        await world.pass_time(minutes=8)
        assert await world.state(campaign) == "finished"


async def test_when_a_hold_is_lifted_the_roll_is_called_anew(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, "201")
        world.exchange.set_presence("201", 5)
        campaign = await world.campaign(ALL, people=called(world, 3, TALKS))
        await world.campaign(people=called(world, 1, TALKS, first=50))
        world.exchange.revoked = True
        world.exchange.set_presence("201", 1)
        await world.pass_time(minutes=1)
        assert "LiraX refuses the key" in ((await view(world, campaign)).reason or "")
        asked = len(world.posts("initStatuses"))
        world.exchange.revoked = False
        await world.pass_time(seconds=90)
        assert len(world.posts("initStatuses")) > asked
        assert len(world.posts()) >= 2
        await world.pass_time(minutes=10)
        assert await world.state(campaign) == "finished"
