"""Two sources contradict each other: what was decided stands, and the clash is kept with the attempt."""

from pathlib import Path

import pytest

from campaigns.rules.vocabulary import AccountId
from engine.lirax.simulator.people import Behaviour
from engine.reconciliation.taking_in import take_in_history
from tests.scenarios.people import BUSY, LISTENS, OLENA
from tests.world import a_world

pytestmark = pytest.mark.anyio

RETRIES = "retry: {attempts: 3, delay: 3h}"
TALKED = "Conflict: a webhook told that the person picked up, call history that nobody did"
NOBODY = "Conflict: webhooks told that nobody picked up, call history that somebody did"


@pytest.mark.parametrize(
    ("behaviour", "result", "state", "said"),
    [(LISTENS, "answered_full", "done", TALKED), (BUSY, "busy", "waiting", NOBODY)],
)
async def test_history_that_contradicts_a_webhook_is_kept_and_changes_nothing(
    tmp_path: Path, behaviour: Behaviour, result: str, state: str, said: str
) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, behaviour)
        since = world.now
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.pass_time(minutes=5)
        [call] = world.exchange.truth.calls
        call.connected = not call.connected  # as history will write it
        taken = await take_in_history(world.house, AccountId(1), since=since, until=world.now)
        assert (taken.learned, taken.adopted) == (1, 0)
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.result, attempt.detail) == ("done", result, said)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.attempts) == (state, 1)
