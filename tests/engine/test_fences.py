"""The last look before a request leaves, beside a database that answers slowly."""

from datetime import timedelta

import pytest

from engine.clock import MovedClock
from engine.fences import HELD_BACK, Fence
from engine.lirax.errors import Unavailable
from tests.builders import NOON

pytestmark = pytest.mark.anyio

PATIENCE = timedelta(seconds=10)


async def test_an_answer_that_took_long_is_asked_for_again() -> None:
    clock, asked = MovedClock(NOON), []

    async def objection() -> str | None:
        asked.append(clock.now())
        clock.move_to(clock.now() + timedelta(seconds=3 if len(asked) == 1 else 0.1))
        return "somebody said stop" if len(asked) == 2 else None

    with pytest.raises(Unavailable, match="somebody said stop"):
        await Fence(clock, patience=PATIENCE).before_send(objection)()


async def test_a_database_that_always_answers_slowly_is_asked_until_the_deadline_and_nothing_leaves() -> None:
    clock, asked = MovedClock(NOON), []

    async def objection() -> str | None:
        asked.append(clock.now())
        clock.move_to(clock.now() + timedelta(seconds=3))
        return None

    with pytest.raises(Unavailable, match=HELD_BACK):
        await Fence(clock, patience=PATIENCE).before_send(objection)()
    assert len(asked) == 4
