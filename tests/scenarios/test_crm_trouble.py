"""An order to LiraX's CRM is carried out once or told to have failed, whatever happens on the way."""

from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.options import Options
from tests.scenarios.people import LISTENS, OLENA, TARAS, number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


def a_rule(action: str) -> str:
    return f"rules: [{{when: {{result: answered_full}}, {action}}}]"


NOTE = a_rule('note: "Listened"')
TASK = a_rule('task: {ext: "101", text: "Call back", type: call, due: 1h}')
DEAL = a_rule('deal: {name: "Debt", sum: "1250.50", stage: 1}')
MESSAGE = a_rule('message: {ext: "101", text: "Listened"}')
COMMANDS = {"createNote": NOTE, "createTask": TASK, "createDeal": DEAL, "sendMsg": MESSAGE}
every_command = pytest.mark.parametrize("command", COMMANDS)


async def an_order(world: World, rule: str, *, fault: Fault | None = None) -> None:
    """Olena listens, and the rule fires; one minute later."""
    world.script(OLENA, LISTENS)
    if fault is not None:
        world.exchange.faults.inject(fault)
    await world.campaign(rule, people=[OLENA])
    await world.pass_time(minutes=1)


async def told(world: World) -> list[tuple[str, str]]:
    return [(effect.state, effect.detail or "") for effect in await world.effects()]


def arrived(world: World, command: str) -> int:
    """How often LiraX did it."""
    return sum(post.done for post in world.exchange.truth.posts_of(command))


@every_command
async def test_an_order_whose_answer_is_lost_is_unclear_and_never_sent_again(
    tmp_path: Path, command: str
) -> None:
    async with a_world(tmp_path) as world:
        await an_order(
            world, COMMANDS[command], fault=Fault(RequestFault.CLOSED_AFTER_DOING, command=command)
        )
        await world.pass_time(hours=30)
        [(state, detail)] = await told(world)
        assert state == "unknown"
        assert f"{command} was sent, but no whole answer came" in detail
        assert (len(world.posts(command)), arrived(world, command)) == (1, 1)
        assert await world.state(CampaignId(1)) == "finished"


@every_command
async def test_an_error_of_the_server_leaves_an_order_unclear(tmp_path: Path, command: str) -> None:
    async with a_world(tmp_path) as world:
        fault = Fault(RequestFault.ERROR_AFTER_DOING, code=502, body="Bad gateway", command=command)
        await an_order(world, COMMANDS[command], fault=fault)
        [(state, detail)] = await told(world)
        assert (state, arrived(world, command)) == ("unknown", 1)
        assert "502" in detail
        assert "Bad gateway" in detail


@every_command
async def test_what_lirax_refuses_has_failed_with_its_word(tmp_path: Path, command: str) -> None:
    async with a_world(tmp_path) as world:
        fault = Fault(RequestFault.ERROR, code=400, body="no such thing", command=command, times=None)
        await an_order(world, COMMANDS[command], fault=fault)
        [(state, detail)] = await told(world)
        assert state == "failed"
        assert "no such thing" in detail
        assert arrived(world, command) == 0
        assert await world.state(CampaignId(1)) == "finished"


@every_command
async def test_a_key_refused_to_an_order_alone_is_tried_again_with_the_same_order(
    tmp_path: Path, command: str
) -> None:
    async with a_world(tmp_path) as world:
        await an_order(world, COMMANDS[command], fault=Fault(RequestFault.ERROR, code=401, command=command))
        await world.pass_time(seconds=90)
        assert [state for state, _ in await told(world)] == ["done"]
        assert (len(world.posts(command)), arrived(world, command)) == (2, 1)


async def test_orders_wait_while_lirax_cannot_be_reached(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(TASK, people=[OLENA])
        await world.pass_time(seconds=20)  # the call is open: it ends after 25 seconds
        await world.lose_lirax()
        await world.pass_time(seconds=100)
        [(state, detail)] = await told(world)
        assert state == "queued"
        assert "cannot be reached" in detail
        assert await world.state(campaign) == "running"
        await world.pass_time(hours=2)
        await world.find_lirax()
        await world.pass_time(minutes=1)
        [task] = world.exchange.directory.tasks
        assert task["date"] == "2026-12-01 12:03:05"  # a minute after LiraX was back: the hour had passed
        assert "the time that was ordered has passed" in (await told(world))[0][1]
        assert await world.state(campaign) == "finished"


@pytest.mark.parametrize("command", ["createNote", "createTask", "createDeal"])
async def test_an_order_whose_contact_cannot_be_saved_fails_with_that_reason(
    tmp_path: Path, command: str
) -> None:
    async with a_world(tmp_path) as world:
        fault = Fault(RequestFault.ERROR, code=400, command="checkContact", times=None)
        await an_order(world, COMMANDS[command], fault=fault)
        [(state, detail)] = await told(world)
        assert state == "failed"
        assert detail.startswith("not sent: its contact could not be saved first. LiraX refused checkContact")
        assert world.posts(command) == []


async def test_an_order_waits_while_its_contact_cannot_be_saved_yet(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        fault = Fault(RequestFault.ERROR, code=500, command="checkContact", times=4)
        await an_order(world, TASK, fault=fault)
        assert [state for state, _ in await told(world)] == ["queued"]
        await world.pass_time(minutes=2)  # 5, 10, 20 and 40 seconds between the five tries
        assert [state for state, _ in await told(world)] == ["done"]
        assert (len(world.posts("checkContact")), arrived(world, "createTask")) == (5, 1)


async def test_what_lirax_cannot_take_for_a_day_is_given_up_and_told(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await an_order(
            world, TASK, fault=Fault(RequestFault.ERROR, code=500, command="checkContact", times=None)
        )
        await world.pass_time(hours=25)
        [(state, detail)] = await told(world)
        assert state == "failed"
        assert detail.startswith("given up after 1d. LiraX answered checkContact with 500")
        assert len(world.posts("checkContact")) < 110
        assert await world.state(CampaignId(1)) == "finished"


async def test_a_contact_that_somebody_deleted_in_lirax_is_saved_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(minutes=1)
        del world.exchange.directory.contacts[OLENA]
        world.script(OLENA, LISTENS)
        await world.pass_time(hours=1)
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(minutes=1)
        assert [state for state, _ in await told(world)] == ["done", "done"]
        assert len(world.exchange.directory.notes) == 2
        assert OLENA in world.exchange.directory.contacts


async def test_a_stage_that_does_not_exist_is_refused_once_and_no_more(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await an_order(world, a_rule('deal: {name: "Debt", sum: 5, stage: 77}'))
        [(state, detail)] = await told(world)
        assert (state, len(world.posts("createDeal"))) == ("failed", 1)
        assert "LiraX refused createDeal" in detail


async def test_many_orders_of_one_account_leave_a_few_at_a_time(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        people = [number(index) for index in range(8)]
        for person in people:
            world.script(person, LISTENS)
        await world.campaign(NOTE, people=people)
        await world.pass_time(minutes=1)
        assert sorted(note["ani"] for note in world.exchange.directory.notes) == people


async def test_orders_of_one_person_keep_their_order_and_hold_up_nobody_else(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        for person in (OLENA, TARAS):
            world.script(person, LISTENS)
        refused = Fault(RequestFault.ERROR, code=500, command="checkContact", phone=OLENA, times=3)
        world.exchange.faults.inject(refused)
        await world.campaign(
            a_rule('note: "Listened", message: {ext: "101", text: "x"}'), people=[OLENA, TARAS]
        )
        await world.pass_time(minutes=3)
        sent = [
            post.fields["ani"]
            for post in world.exchange.truth.posts
            if post.command in ("createNote", "sendMsg")
        ]
        assert sent == [TARAS, TARAS, OLENA, OLENA]
        assert {state for state, _ in await told(world)} == {"done"}


async def test_an_account_that_is_held_holds_up_no_other(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        zone = "Europe/Warsaw"
        warsaw = await world.add_account("warsaw", timezone=zone, options=Options(account_timezone=zone))
        world.script(OLENA, LISTENS)
        warsaw.people.script(TARAS, LISTENS)
        for command in ("createTask", "getShops"):
            world.exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command=command, times=None))
        await world.campaign(TASK, people=[OLENA])
        await world.campaign(f"account: warsaw\n{TASK}", people=[TARAS])
        await world.pass_time(minutes=2)
        [task] = warsaw.directory.tasks
        assert (task["ani"], task["date"]) == (TARAS, "2026-12-01 10:00:25")  # an hour later, in Warsaw
        assert {effect.account_id: effect.state for effect in await world.effects()} == {
            1: "queued",
            2: "done",
        }
        world.exchange.faults.clear()
        await world.pass_time(minutes=1)
        assert {state for state, _ in await told(world)} == {"done"}
