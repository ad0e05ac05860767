"""Evidence that comes late, out of order, or of a call nobody knows: none is lost, none is guessed."""

import json
from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import AWAY, BUSY, LISTENS, OLENA, TARAS, presses
from tests.scenarios.silence import id_of, silence
from tests.world import a_world

pytestmark = pytest.mark.anyio

RETRIES = "retry: {attempts: 3, delay: 1h}"
OPT_OUT = "rules: [{when: {key: '9'}, suppress: true}]"
NINE, ONE = (json.dumps([{"ivr_name": "Menu", "ivr_entry": "0", "key": key}]) for key in "91")


async def test_a_finished_webhook_after_the_last_deadline_still_counts(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world)
        world.script(OLENA, presses("9"))
        campaign = await world.campaign(OPT_OUT, people=[OLENA])
        await world.pass_time(minutes=30)
        assert (await world.people(campaign))[OLENA].outcome == "unknown"
        assert await world.state(campaign) == "finished"
        await world.hear(
            "make2calls_finished",
            id_make2calls=id_of(world, OLENA),
            success="1",
            duration_success="1",
            keys=NINE,
        )
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.last_result) == ("done", "opted_out", "answered_full")
        assert await world.state(campaign) == "finished"
        again = await world.campaign(people=[OLENA])
        assert (await world.people(again))[OLENA].state == "suppressed"


async def test_a_call_that_ended_by_its_event_is_corrected_by_a_late_finished_webhook(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        silence(world)
        world.script(OLENA, LISTENS, AWAY)
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.pass_time(minutes=1)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        await world.pass_time(minutes=20)
        assert (await world.people(campaign))[OLENA].outcome == "listened"
        await world.hear(
            "make2calls_finished",
            id_make2calls=id_of(world, OLENA),
            success="1",
            duration_success="0",
        )
        person = (await world.people(campaign))[OLENA]
        # its campaign had finished, so nobody is called again in it
        assert (person.state, person.outcome, person.last_result) == (
            "exhausted",
            "answered",
            "answered_short",
        )
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}


async def test_keys_told_after_the_next_call_still_end_the_calling(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, BUSY)
        campaign = await world.campaign(
            RETRIES + "\nrules: [{when: {key: '1'}, outcome: promised}]", people=[OLENA]
        )
        await world.until("2026-12-01 11:05")
        first, second = await world.attempts(OLENA)
        assert (await world.people(campaign))[OLENA].state == "waiting"
        await world.hear_event(OLENA, str(first.callid), status="Busy", keys=ONE)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "promised", 2)
        assert second.result == person.last_result == "busy"
        await world.pass_time(days=1)
        assert len(world.rings(OLENA)) == 2


async def test_keys_told_while_the_next_call_rings_end_the_calling_with_it(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, BUSY, AWAY)
        campaign = await world.campaign(RETRIES + "\n" + OPT_OUT, people=[OLENA])
        await world.until("2026-12-01 11:00:10")
        assert (await world.people(campaign))[OLENA].state == "calling"
        [first, _] = await world.attempts(OLENA)
        await world.hear_event(OLENA, str(first.callid), status="Busy", keys=NINE)
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.pass_time(days=1)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "opted_out", 2)


async def test_an_aborted_call_in_between_is_no_further_call(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        silence(world)
        world.script(OLENA, BUSY)
        campaign = await world.campaign(
            "retry: {attempts: 3, delay: 20m, by_result: {busy: never}}", people=[OLENA]
        )
        await world.pass_time(seconds=10)
        await world.hear("make2calls_finished", id_make2calls=id_of(world, OLENA), success="0")
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command="*", times=None))
        await world.until("2026-12-01 10:21")  # refused for its key: it never rang
        assert [call.state for call in await world.attempts(OLENA)] == ["done", "unplaced"]
        await world.hear_event(OLENA, "C-1", status="Busy")
        # the newest attempt never rang, so an event without a known call id is not bound by number
        assert (await world.people(campaign))[OLENA].last_result == "no_answer"
        world.exchange.faults.clear()


@pytest.mark.parametrize("delay", [0, 31])
async def test_an_orphan_is_given_to_the_only_call_it_can_be_about(tmp_path: Path, delay: int) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, presses("1"))
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=40)
        await world.hear_event(OLENA, "C-1", status="Success", duration="30")
        await world.pass_time(seconds=delay)
        await world.hear(
            "make2calls_finished", id_make2calls="77", success="1", duration_success="1", keys=ONE
        )
        [attempt] = await world.attempts(OLENA)
        bound = delay < 30  # finished webhook and completed event of one call come close together
        assert (attempt.provider_id, attempt.state) == (("77", "done") if bound else (None, "placed"))
        await world.pass_time(minutes=20)
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_an_orphan_that_may_be_about_two_calls_is_given_to_neither(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world, answers_lost=2)
        world.script(OLENA, presses("1"))
        world.script(TARAS, presses("9"))
        await world.campaign(OPT_OUT, people=[OLENA, TARAS])
        await world.pass_time(seconds=40)
        await world.hear_event(OLENA, "C-1", status="Success", duration="30", keys=ONE)
        # the webhook of Taras overtakes his event: by time and result it could be Olena's
        await world.hear(
            "make2calls_finished",
            id_make2calls=id_of(world, TARAS),
            success="1",
            duration_success="1",
            keys=NINE,
        )
        [olena] = await world.attempts(OLENA)
        assert (olena.state, olena.provider_id) == ("placed", None)
        await world.hear_event(TARAS, "C-2", status="Success", duration="30", keys=NINE)
        await world.pass_time(minutes=30)
        again = await world.campaign(people=[OLENA, TARAS])
        people = await world.people(again)
        assert (people[OLENA].state, people[TARAS].state) != ("suppressed", "suppressed")
        assert people[OLENA].state != "suppressed"
        assert people[TARAS].state == "suppressed"


async def test_late_keys_of_a_call_given_up_are_not_the_next_persons(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=2)
        world.script(OLENA, presses("9"))
        world.script(TARAS, presses("1"))
        campaign = await world.campaign(OPT_OUT + "\npace: {lines: 1}", people=[OLENA, TARAS])
        while not world.rings(TARAS):
            await world.pass_time(minutes=1)
        assert (await world.attempts(OLENA))[0].state == "unknown"
        await world.pass_time(seconds=40)
        await world.hear_event(TARAS, "C-2", status="Success", duration="30")
        # the webhook of Olena comes only now: by time and result it could be that of Taras
        await world.hear(
            "make2calls_finished",
            id_make2calls=id_of(world, OLENA),
            success="1",
            duration_success="1",
            keys=NINE,
        )
        await world.pass_time(minutes=30)
        taras = (await world.people(campaign))[TARAS]
        assert (taras.state, taras.outcome) == ("done", "listened")


@pytest.mark.parametrize(("with_history", "bound"), [(True, True), (False, False)])
async def test_a_result_waits_until_it_is_clear_what_became_of_a_call_that_told_nothing(
    tmp_path: Path, with_history: bool, bound: bool
) -> None:
    """The silent call may be over as well, and its events lost. Only history knows that it never was."""
    async with a_world(tmp_path, lines=2, with_history=with_history) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, presses("1"))
        campaign = await world.campaign(people=[OLENA])
        await world.settle()
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        await world.add(campaign, TARAS)  # after Olena: each request has its own fault
        await world.pass_time(seconds=40)
        assert (len(world.rings(OLENA)), len(world.rings(TARAS))) == (1, 0)
        await world.hear_event(OLENA, "C-1", status="Success", duration="30")
        await world.hear(
            "make2calls_finished", id_make2calls="77", success="1", duration_success="1", keys=ONE
        )
        await world.pass_time(minutes=2)
        attempt = (await world.attempts(OLENA))[0]
        assert (attempt.state, attempt.provider_id) == ("placed", None)
        await world.pass_time(hours=2)
        attempt = (await world.attempts(OLENA))[0]
        assert (attempt.state, attempt.provider_id) == ("done", "77" if bound else None)
        assert [press["key"] for press in attempt.keys or ()] == (["1"] if bound else [])
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_an_orphan_waits_as_long_as_another_call_that_may_be_its_owner_is_up(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world, answers_lost=2)
        world.script(OLENA, presses("1"))
        world.script(TARAS, presses("9"))
        await world.campaign(OPT_OUT, people=[OLENA, TARAS])
        await world.pass_time(seconds=10)
        await world.hear_event(TARAS, "C-2", event="ACCEPTED")
        await world.pass_time(seconds=30)
        await world.hear_event(OLENA, "C-1", status="Success", duration="30", keys=ONE)
        await world.hear(  # that of Olena is lost, and what should tell of the end of Taras's call is late
            "make2calls_finished",
            id_make2calls=id_of(world, TARAS),
            success="1",
            duration_success="1",
            keys=NINE,
        )
        await world.pass_time(seconds=50)
        [olena] = await world.attempts(OLENA)
        assert (olena.state, olena.provider_id) == ("placed", None)
        await world.hear_event(TARAS, "C-2", status="Success", duration="80", keys=NINE)
        await world.pass_time(minutes=30)
        assert (await world.attempts(OLENA))[0].provider_id is None
        again = await world.campaign(people=[OLENA, TARAS])
        states = {phone: person.state for phone, person in (await world.people(again)).items()}
        assert (states[OLENA] == "suppressed", states[TARAS]) == (False, "suppressed")


@pytest.mark.parametrize(("minutes", "is_given"), [(2, False), (6, True)])
async def test_an_orphan_that_may_be_late_word_of_a_call_before_is_given_to_nobody(
    tmp_path: Path, minutes: int, is_given: bool
) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=2)
        for phone in (TARAS, OLENA):
            world.script(phone, presses("1"))
        await world.campaign("pace: {lines: 1}", people=[TARAS])
        await world.pass_time(seconds=40)
        await world.hear_event(TARAS, "C-1", status="Success", duration="30")  # its own webhook never comes
        await world.pass_time(minutes=minutes, seconds=-40)
        await world.campaign("pace: {lines: 1}", people=[OLENA])
        await world.pass_time(seconds=40)
        await world.hear_event(OLENA, "C-2", status="Success", duration="30")
        await world.hear(
            "make2calls_finished", id_make2calls="77", success="1", duration_success="1", keys=ONE
        )
        await world.pass_time(minutes=1)
        assert ((await world.attempts(OLENA))[0].provider_id == "77") is is_given


async def test_a_result_that_lacks_a_key_of_which_an_event_told_is_not_that_calls(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, presses("9"))
        campaign = await world.campaign(OPT_OUT, people=[OLENA])
        await world.pass_time(seconds=24)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20", keys=NINE)
        await world.hear("make2calls_finished", id_make2calls="77", success="1", keys=ONE)
        await world.pass_time(seconds=5)
        assert (await world.attempts(OLENA))[0].provider_id is None
        own = id_of(world, OLENA)
        await world.hear("make2calls_finished", id_make2calls=own, success="1", keys=NINE)
        await world.pass_time(seconds=5)
        assert (await world.attempts(OLENA))[0].provider_id == own
        assert (await world.people(campaign))[OLENA].outcome == "opted_out"


async def test_a_result_is_not_given_to_the_call_beside_whose_own_events_were_lost(tmp_path: Path) -> None:
    """Also where it came in the second in which the other ended."""
    async with a_world(tmp_path, lines=2, with_history=True) as world:
        silence(world, answers_lost=2)
        world.script(OLENA, LISTENS)
        world.script(TARAS, presses("9"))
        campaign = await world.campaign(OPT_OUT, people=[OLENA, TARAS])
        await world.pass_time(seconds=24)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        await world.hear("make2calls_finished", id_make2calls=id_of(world, TARAS), success="1", keys=NINE)
        await world.pass_time(hours=2)
        assert [each.provider_id for each in await world.attempts(OLENA)] == [None]
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_a_result_that_came_while_a_call_was_still_up_is_not_that_calls(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, presses("9"))
        campaign = await world.campaign(OPT_OUT, people=[OLENA])
        await world.pass_time(seconds=12)
        await world.hear(  # of a call that somebody else ordered
            "make2calls_finished", id_make2calls="77", success="1", duration_success="1", keys=ONE
        )
        await world.pass_time(seconds=12)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        assert (await world.attempts(OLENA))[0].provider_id is None
        own = id_of(world, OLENA)
        await world.hear(
            "make2calls_finished", id_make2calls=own, success="1", duration_success="1", keys=NINE
        )
        assert (await world.attempts(OLENA))[0].provider_id == own
        assert (await world.people(campaign))[OLENA].outcome == "opted_out"


async def test_two_orphans_for_one_call_are_given_to_nobody(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        await world.pass_time(seconds=30)
        for provider_id in ("77", "78"):  # one of them is of a call that somebody else ordered
            await world.hear(
                "make2calls_finished", id_make2calls=provider_id, success="1", duration_success="1"
            )
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        await world.pass_time(minutes=1)
        assert (await world.attempts(OLENA))[0].provider_id is None


async def test_a_persons_own_call_from_another_extension_is_none_of_ours(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world)
        world.script(OLENA, AWAY)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=5)
        await world.hear_event(OLENA, "C-9", ext="105", status="Success", duration="300")
        await world.hear_event(OLENA, "C-8", type="in", status="Success", duration="300")
        await world.pass_time(minutes=20)
        assert (await world.people(campaign))[OLENA].outcome == "unknown"


async def test_a_call_made_by_hand_the_next_day_does_not_answer_for_an_unknown_one(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        silence(world)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(days=1)
        await world.hear_event(OLENA, "C-9", status="Success", duration="300")
        assert (await world.people(campaign))[OLENA].outcome == "unknown"


async def test_an_id_that_lirax_gives_twice_spoils_neither_call(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=1)
        [first] = await world.attempts(OLENA)
        world.script(TARAS, LISTENS)
        reused = json.dumps({"id_make2calls": first.provider_id})
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, body=reused))
        second = await world.campaign(people=[TARAS])
        await world.pass_time(minutes=30)
        assert (await world.people(campaign))[OLENA].outcome == "listened"
        assert (await world.people(second))[TARAS].outcome == "listened"
        assert [call.provider_id for call in await world.attempts(OLENA)] == [first.provider_id]


async def test_a_call_that_cannot_be_dealt_with_holds_up_no_other(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world)
        campaign = await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(seconds=5)
        await world.change("recipient", phone=OLENA, state="done")  # no call can end for somebody done
        await world.pass_time(minutes=20)
        assert [(await world.attempts(phone))[0].state for phone in (OLENA, TARAS)] == ["placed", "unknown"]
        await world.change("recipient", phone=OLENA, state="calling")
        await world.pass_time(minutes=2)
        assert (await world.people(campaign))[OLENA].outcome == "unknown"
        assert await world.state(campaign) == "finished"


async def test_a_campaign_whose_last_things_ended_unseen_is_finished_all_the_same(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=1)
        await world.change("campaign", id=campaign, state="running", finished_at=None)
        world.house.bells.housekeeping.set()
        await world.settle()
        assert await world.state(campaign) == "finished"
