"""What nobody told of is looked for in call history; absence is believed only where history can be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.rules.vocabulary import AccountId
from campaigns.store import reconciliation as store
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import AWAY, BUSY, IVAN, LISTENS, OLENA, TARAS, presses
from tests.scenarios.silence import silence
from tests.world import a_world

pytestmark = pytest.mark.anyio

RETRIES = "retry: {attempts: 3, delay: 1h}"
QUICK = timedelta(milliseconds=300)


async def test_a_call_whose_answer_and_webhooks_were_lost_is_found_in_history(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-01 10:09:59")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:10:01")  # DZVIN_AMBIGUITY_WAIT
        person = (await world.people(campaign))[OLENA]
        [attempt] = await world.attempts(OLENA)
        assert (person.state, person.outcome, person.last_result) == ("done", "listened", "answered_full")
        assert "knows nothing of keys" in (attempt.detail or "")
        await world.pass_time(days=2)
        assert len(world.posts()) == 1


async def test_a_request_that_was_lost_is_proved_never_to_have_rung_and_made_anew(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.until("2026-12-01 10:14:59")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:15:01")
        assert [call.state for call in await world.attempts(OLENA)] == ["unplaced", "placed"]
        await world.pass_time(minutes=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.outcome, person.attempts, person.calls) == ("listened", 1, 2)
        assert len(world.rings(OLENA)) == 1


async def test_a_placed_call_that_nobody_reported_is_found_in_history(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True, lines=1) as world:
        silence(world, OLENA)
        world.script(OLENA, BUSY)
        world.script(TARAS, LISTENS)
        campaign = await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(minutes=17)
        people = await world.people(campaign)
        # history does not tell why nobody picked up
        assert (people[OLENA].state, people[OLENA].last_result) == ("exhausted", "no_answer")
        assert people[TARAS].outcome == "listened"


async def test_an_event_later_than_history_is_told_of_the_call_that_history_showed(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.script(OLENA, BUSY)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        await world.campaign("retry: {attempts: 2, delay: 1m}", people=[OLENA])
        for _ in range(60):
            await world.pass_time(minutes=1)
            if len(await world.attempts(OLENA)) == 2:
                break
        first, second = await world.attempts(OLENA)
        assert (first.result, second.state) == ("no_answer", "placed")
        assert first.history_id is not None
        await world.hear_event(OLENA, first.history_id, status="Busy", duration="0")
        first, second = await world.attempts(OLENA)
        assert (first.result, first.callid) == ("busy", first.history_id)
        assert (second.callid, second.event_status, second.ended_at) == (None, None, None)


async def test_history_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=503, command="historyExport", times=None))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-02 10:14:30")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-02 10:15:10")  # DZVIN_UNKNOWN_AFTER after the waits
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("done", "unknown")
        assert len(world.posts()) == 1


async def test_after_an_outage_history_decides(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.script(OLENA, AWAY)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, command="historyExport", times=None))
        campaign = await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.pass_time(hours=3)
        assert (await world.people(campaign))[OLENA].state == "calling"
        world.exchange.faults.clear()
        await world.pass_time(minutes=30)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.last_result) == ("exhausted", "no_answer")
        assert len(world.posts()) == 1


@pytest.mark.parametrize("seconds", [90, -90])
async def test_a_wrong_clock_of_lirax_is_learned_and_allowed_for(tmp_path: Path, seconds: int) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.set_options({"clock_skew_seconds": seconds})
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        silence(world, OLENA)
        first = await world.campaign(people=[OLENA])  # placed, and found though nothing has taught the clock
        await world.pass_time(minutes=17)
        assert (await world.people(first))[OLENA].outcome == "listened"
        known = await world.campaign(people=[TARAS])
        await world.pass_time(minutes=3)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        again = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=11)
        assert (await world.people(again))[OLENA].outcome == "listened"
        assert (await world.people(known))[TARAS].outcome == "listened"
        health = await world.house.database.read(lambda reading: store.health(reading, AccountId(1)))
        assert health is not None
        assert health.skew_seconds is not None
        assert abs(health.skew_seconds - seconds) < 10


async def test_a_login_page_instead_of_history_is_no_empty_history(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.set_options({"history_unauthorised": 200})
        world.exchange.sessions.password = "another one now"
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(hours=2)
        assert (await world.people(campaign))[OLENA].state == "calling"
        health = await world.house.database.read(lambda reading: store.health(reading, AccountId(1)))
        assert health is not None
        assert "does not let us in" in (health.trouble or "")


async def test_history_that_lags_behind_still_tells_of_the_call(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.exchange.set_options({"history_lag_seconds": 400})
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=13)
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_a_history_that_hides_calls_we_know_of_is_not_believed(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(TARAS, LISTENS)
        known = await world.campaign(people=[TARAS])
        await world.pass_time(minutes=1)
        world.exchange.set_options({"history_lag_seconds": 100_000})
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-01 10:30:50")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:31:12")  # twice the wait after the request, and ten seconds
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("done", "unknown")
        assert (await world.people(known))[TARAS].outcome == "listened"
        assert len(world.posts()) == 2


async def test_a_silent_history_is_believed_at_its_second_look(tmp_path: Path) -> None:
    waits: dict[str, Any] = {"ambiguity_wait": timedelta(seconds=20), "max_call": timedelta(seconds=20)}
    async with a_world(tmp_path, with_history=True, **waits, min_gap=timedelta(0)) as world:
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        await world.campaign(people=[OLENA])
        await world.until("2026-12-01 10:00:21")  # looked at once: well-formed and empty
        assert [call.state for call in await world.attempts(OLENA)] == ["ambiguous"]
        await world.until("2026-12-01 10:00:50")  # at the latest 2 × 20 s + 10 s after the request
        assert (await world.attempts(OLENA))[0].state == "unplaced"


async def test_without_waits_the_decision_falls_at_once(tmp_path: Path) -> None:
    waits: dict[str, Any] = {"ambiguity_wait": timedelta(0), "max_call": timedelta(0)}
    async with a_world(tmp_path, with_history=True, **waits, min_gap=timedelta(0)) as world:
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        await world.campaign(people=[OLENA])
        await world.pass_time(seconds=10)
        assert (await world.attempts(OLENA))[0].state == "unplaced"


@pytest.mark.parametrize("killed_at", ["10:00:00", "10:05", "10:10", "10:12", "10:15"])
@pytest.mark.parametrize("rang", [True, False])
async def test_a_restart_at_any_stage_changes_no_verdict(tmp_path: Path, killed_at: str, rang: bool) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=OLENA, times=3 if rang else 1))
        world.script(OLENA, LISTENS)
        lost = RequestFault.CLOSED_AFTER_DOING if rang else RequestFault.CLOSED_AFTER_READING
        world.exchange.faults.inject(Fault(lost))
        campaign = await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.until(f"2026-12-01 {killed_at}")
        await world.restart()
        await world.until("2026-12-01 10:40")
        person = (await world.people(campaign))[OLENA]
        assert (person.outcome, person.attempts, person.calls) == ("listened", 1, 1 if rang else 2)
        assert len(world.rings(OLENA)) == 1


async def test_a_finished_webhook_of_unknown_id_is_given_to_the_call_that_history_shows(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command="event", times=None))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.script(OLENA, presses("1"))
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(minutes=11)
        person = (await world.people(campaign))[OLENA]
        assert person.keys == [{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}]
        assert (await world.verdicts())["make2calls_finished"] == ["applied"]


async def test_the_end_of_a_call_is_not_what_history_makes_of_it_without_its_ringing(tmp_path: Path) -> None:
    """Found by the simulation: the shortest gap to the next call began before the phone fell silent."""
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command="event", times=None))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.script(OLENA, AWAY)
        await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.pass_time(minutes=20)
        [attempt], [ring] = await world.attempts(OLENA), world.rings(OLENA)
        assert attempt.history_at is not None
        assert attempt.provider_id is not None
        assert attempt.ended_at == attempt.finished_heard_at == ring.ended_at


async def test_history_decides_alike_on_both_databases(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, with_history=True, database_url=database_url) as world:
        silence(world)
        people = [OLENA, TARAS, IVAN]
        for phone in people:
            world.script(phone, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign("retry: {attempts: 1}", people=people)
        await world.pass_time(hours=1)
        assert await world.counts(campaign) == {"done": 3}
        assert len(world.posts()) == 4
        assert len(world.exchange.truth.rings) == 3
        ended = [call.state for phone in people for call in await world.attempts(phone)]
        assert sorted(ended) == ["done", "done", "done", "unplaced"]
