"""A backup takes the place of the database: nobody is rung before history told and a person released it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from engine.commands.backing_up import back_up
from engine.commands.calling_by_hand import call_from_employee
from engine.commands.lirax import send_command
from engine.commands.quarantine import NOT_HELD, Standing, begin, release, standing
from engine.database.address import sqlite_path
from engine.errors import Conflict
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.people import Behaviour
from tests.scenarios.people import AWAY, BUSY, IVAN, LISTENS, MARTA, OLENA, TARAS, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

TWICE = """
pace: {lines: 1, per_minute: 1}
retry: {attempts: 2, delay: 1h}
"""


async def working(world: World, more: str = TWICE) -> CampaignId:
    """Olena listens, Taras is busy first, Ivan never answers, Marta listens."""
    world.script(OLENA, LISTENS)
    world.script(TARAS, BUSY, LISTENS)
    world.script(IVAN, AWAY, AWAY)
    world.script(MARTA, LISTENS)
    return await world.campaign(more, people=[OLENA, TARAS, IVAN, MARTA])


def copy_of(world: World, target: Path) -> Path:
    back_up(world.house.settings, target, force=False, clock=world.clock)
    return target


async def restore(world: World, backup: Path, *, marks_too: bool = False) -> None:
    """As the operator's guide has it: stop, put the copy in place, start."""
    await world.shut()
    path = sqlite_path(world.house.settings.database_url)
    assert path is not None
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    if marks_too:
        path.with_name(path.name + ".custody").unlink()
    shutil.copy(backup, path)
    await world.open_again()


async def held(world: World) -> Standing:
    found = await standing(world.house)
    assert found is not None, "it should be in quarantine"
    return found


def requests(world: World) -> int:
    return len(world.posts())


@pytest.mark.parametrize("by_our_backup", [True, False])
async def test_after_a_restore_nobody_is_rung_twice_for_one_reason(
    tmp_path: Path, by_our_backup: bool
) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        campaign = await working(world)
        await world.pass_time(seconds=50)
        if by_our_backup:
            backup = copy_of(world, tmp_path / "backup.db")
        else:  # a file copied while the program stood still, as cp does
            await world.shut()
            backup = Path(shutil.copy(tmp_path / "dzvin.db", tmp_path / "backup.db"))
            await world.open_again()
        await world.pass_time(minutes=80)
        sent = requests(world)
        assert sent > 4  # all were called, and Taras or Ivan a second time

        await restore(world, backup)
        await world.pass_time(hours=2)
        assert requests(world) == sent, "nothing is dialled in quarantine"
        found = await held(world)
        assert found.objection is None
        assert found.accounts[0].taken_in >= 3

        await release(world.house, by="ann@example.com", without_history=False, send_waiting=False)
        await world.pass_time(hours=6)
        assert await world.state(campaign) == "finished"
        rings = {phone: len(world.rings(phone)) for phone in (OLENA, TARAS, IVAN, MARTA)}
        assert rings == {OLENA: 1, TARAS: 2, IVAN: 2, MARTA: 1}
        people = await world.people(campaign)
        assert {phone: person.attempts for phone, person in people.items()} == rings
        assert {phone: person.outcome for phone, person in people.items()} == {
            OLENA: "listened",
            TARAS: "listened",
            IVAN: "unreached",
            MARTA: "listened",
        }


async def test_before_history_has_told_it_cannot_be_released(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        await working(world)
        await world.pass_time(seconds=50)
        backup = copy_of(world, tmp_path / "backup.db")
        await world.pass_time(minutes=5)
        sent = requests(world)
        await restore(world, backup)
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, command="historyExport", times=30))
        await world.pass_time(minutes=5)
        assert "when calls of then must be over" in str((await held(world)).objection)
        await world.pass_time(minutes=12)
        found = await held(world)
        assert not found.accounts[0].taken and found.accounts[0].trouble
        with pytest.raises(Conflict, match="--without-history"):
            await release(world.house, by="ann", without_history=False, send_waiting=False)
        assert requests(world) == sent
        await world.pass_time(hours=2)  # history has come back
        assert (await held(world)).objection is None
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=6)
        assert [len(world.rings(phone)) for phone in (OLENA, TARAS, IVAN, MARTA)] == [1, 2, 2, 1]


async def test_without_history_a_person_decides_and_is_warned(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await working(world)
        await world.pass_time(seconds=50)
        backup = copy_of(world, tmp_path / "backup.db")
        await restore(world, backup)  # nothing was called since
        await world.pass_time(hours=3)
        assert "nobody can tell whom default called" in str((await held(world)).objection)
        sent = requests(world)
        with pytest.raises(Conflict, match="may be rung a second time"):
            await release(world.house, by="ann", without_history=False, send_waiting=False)
        await release(world.house, by="ann", without_history=True, send_waiting=False)
        await world.pass_time(hours=6)
        assert requests(world) > sent
        with pytest.raises(Conflict, match=NOT_HELD):
            await release(world.house, by="ann", without_history=True, send_waiting=False)


async def test_restarts_in_quarantine_and_after_it_change_nothing(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await working(world)
        await world.pass_time(seconds=50)
        backup = copy_of(world, tmp_path / "backup.db")
        await restore(world, backup, marks_too=True)
        reason = (await held(world)).row.quarantine_reason
        await world.shut()
        await world.open_again()
        assert (await held(world)).row.quarantine_reason == reason
        await release(world.house, by="ann", without_history=True, send_waiting=False)
        await world.shut()
        await world.open_again()
        assert await standing(world.house) is None
        await restore(world, backup)  # the same backup once more: of before the release
        assert await standing(world.house) is not None


async def test_in_quarantine_no_hand_reaches_lirax_either_and_webhooks_come_in(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await begin(world.house)
        campaign = await world.campaign(people=[OLENA])
        with pytest.raises(Conflict, match="quarantine"):
            await call_from_employee(
                world.house, "default", ext="101", phone=OLENA, shop=None, requested_by="ann"
            )
        with pytest.raises(Conflict, match="quarantine"):
            await send_command(world.house, "makeCall", {"from": "101", "to": OLENA})
        await world.hear("smsReceived", id="1", provider="380501112233", ANI=TARAS, text="stop")
        await world.pass_time(minutes=5)
        assert (await world.verdicts())["smsReceived"] == ["applied"]
        assert [post.command for post in world.exchange.truth.posts] == []
        assert (await world.people(campaign))[OLENA].state == "pending"


@pytest.mark.parametrize("send_waiting", [False, True])
async def test_what_waited_to_be_sent_is_not_sent_again_by_itself(tmp_path: Path, send_waiting: bool) -> None:
    promised = """
    sms: {modem: "380501112233", ext: "101"}
    goal: key
    rules: [{when: {key: "1"}, outcome: promised, sms: "Thank you"}]
    """
    async with a_world(tmp_path, sms_interval=timedelta(minutes=30)) as world:
        for phone in (OLENA, TARAS):
            world.script(phone, presses("1"))
        await world.campaign(promised, people=[OLENA, TARAS])
        await world.pass_time(minutes=3)
        backup = copy_of(world, tmp_path / "backup.db")  # the second message waits for its modem
        await restore(world, backup)
        assert (await held(world)).messages_waiting == 1
        await world.pass_time(hours=1)
        assert len(world.exchange.truth.messages) == 1
        await release(world.house, by="ann", without_history=True, send_waiting=send_waiting)
        await world.pass_time(hours=1)
        states = [message.state for message in await world.messages()]
        assert ("unknown" in states) is not send_waiting
        assert len(world.exchange.truth.messages) == (2 if send_waiting else 1)


async def test_who_answered_and_may_have_said_stop_is_not_called_again(tmp_path: Path) -> None:
    stopping = """
    retry: {attempts: 3, delay: 1h}
    pace: {lines: 1, per_minute: 1}
    rules: [{when: {key: "9"}, suppress: true}]
    """
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        says_stop = Behaviour(ring_seconds=5, talk_seconds=4, keys="9", keys_after_seconds=2)
        world.script(TARAS, says_stop)
        campaign = await world.campaign(stopping, people=[OLENA, TARAS])
        await world.pass_time(seconds=50)
        backup = copy_of(world, tmp_path / "backup.db")
        await world.pass_time(minutes=5)
        assert len(world.rings(TARAS)) == 1
        await restore(world, backup)
        await world.pass_time(minutes=20)
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=6)
        assert len(world.rings(TARAS)) == 1
        people = await world.people(campaign)
        assert (people[TARAS].state, people[TARAS].last_result) == ("done", "unknown")
        assert people[OLENA].outcome == "listened"


async def test_the_quarantine_of_a_backup_begins_where_an_engine_first_runs_on_it(tmp_path: Path) -> None:
    """A backup of last night knows nothing of calls that were up a moment ago: history lists them later."""
    async with a_world(tmp_path, with_history=True) as world:
        await working(world)
        await world.pass_time(seconds=50)
        backup = copy_of(world, tmp_path / "backup.db")
        await world.pass_time(hours=10)
        await restore(world, backup)
        begun = (await held(world)).row
        assert begun.quarantined_at is not None and begun.since is not None
        assert begun.quarantined_at >= begun.since + timedelta(hours=9)
        assert (await held(world)).look_at > world.clock.now() + timedelta(minutes=10)
        await world.pass_time(minutes=5)
        await world.shut()
        await world.open_again()
        assert (await held(world)).row.quarantined_at == begun.quarantined_at, "a restart begins nothing anew"
        await world.pass_time(hours=1)
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=6)


async def test_a_backup_made_in_quarantine_has_a_quarantine_of_its_own(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        await working(world)
        await world.pass_time(seconds=50)
        await begin(world.house)
        await world.pass_time(hours=1)
        before = (await held(world)).row
        assert before.reconciled_at is not None
        backup = copy_of(world, tmp_path / "backup.db")
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=10)
        await restore(world, backup)
        after = (await held(world)).row
        assert after.since == before.since
        assert after.reconciled_at is None, "what history told before the backup is not all that was called"
        await world.pass_time(hours=1)
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=6)
