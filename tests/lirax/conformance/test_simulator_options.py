"""Every value of every option of the simulator changes what it says it changes."""

from typing import Any

import pytest

from engine.lirax.simulator.options import KINDS, Options, as_text
from tests.lirax.conformance.coverage import covers, option_word
from tests.lirax.conformance.effects import EFFECTS, Effect
from tests.lirax.conformance.effects_on_calls import EFFECTS_ON_CALLS
from tests.lirax.recorded import REFERENCE
from tests.lirax.simulator.building import a_world

ALL = (*EFFECTS, *EFFECTS_ON_CALLS)
OPTIONS: dict[str, dict[str, Any]] = REFERENCE["simulator_options"]


def row(effect: Effect, value: object) -> Any:
    """Values that the reference does not name prove nothing of it."""
    word = option_word(effect.option, value)
    named = value in OPTIONS.get(effect.option, {"choices": ()})["choices"]
    return pytest.param(effect, value, id=word, marks=[covers(effect.option, word)] if named else [])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("effect", "value"), [row(effect, value) for effect in ALL for value in effect.shows]
)
async def test_an_option_changes_what_it_says(effect: Effect, value: object) -> None:
    async with a_world(options={effect.option: value}) as world:
        assert await effect.experiment(world) == effect.of(value)


def test_every_option_of_the_simulator_has_its_experiment() -> None:
    assert sorted(effect.option for effect in ALL) == sorted(KINDS)


@pytest.mark.parametrize("effect", ALL, ids=[effect.option for effect in ALL])
def test_an_experiment_tells_every_value_from_every_other(effect: Effect) -> None:
    shown = [repr(each) for each in effect.shows.values()]
    assert len(shown) > 1
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("name", OPTIONS)
def test_no_value_of_the_reference_is_left_out_and_the_first_is_the_usual_one(name: str) -> None:
    [effect] = [each for each in ALL if each.option == name]
    tried = {as_text(value) for value in effect.shows}
    assert {as_text(value) for value in OPTIONS[name]["choices"]} <= tried
    assert getattr(Options(), name) == OPTIONS[name]["default"]
