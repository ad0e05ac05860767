"""A file that says who answers when."""

import pytest

from engine.lirax.simulator.ivr import Ivr
from engine.lirax.simulator.people import Behaviour, Pickup
from engine.lirax.simulator.people_file import WrongPeople, WrongPlace, read_people
from tests.lirax.simulator.building import ANNA, BORYS, IVR, OLENA, a_world

FILE = """
people:
  "380671112233": [{pickup: busy}, {talk_seconds: 20, keys: "17"}]
  "38050*": {pickup: no_answer}
  "*": [{keys: "1", keys_after_seconds: 0}, {pickup: unavailable}]
ivrs:
  "5001": {name: Reminder, menus: {"0": Main}}
"""
AS_JSON = '{"people": {"*": {"pickup": "by_hand"}}}'


def wrong_in(text: str) -> list[tuple[str | None, str]]:
    with pytest.raises(WrongPeople) as problem:
        read_people(text)
    return [(place.field, place.sentence) for place in problem.value.places]


def test_people_are_read_by_number_pattern_and_everyone() -> None:
    cast = read_people(FILE)
    assert cast.people[ANNA] == (Behaviour(pickup=Pickup.BUSY), Behaviour(talk_seconds=20, keys="17"))
    assert cast.people["38050*"] == (Behaviour(pickup=Pickup.NO_ANSWER),)
    assert cast.ivrs == {"5001": Ivr("Reminder", {"0": "Main"})}


def test_json_is_read_too() -> None:
    assert [each.pickup for each in read_people(AS_JSON).people["*"]] == [Pickup.BY_HAND]


@pytest.mark.anyio
async def test_everybody_behaves_as_the_file_says_call_by_call() -> None:
    async with a_world() as world:
        read_people(FILE).join(world.exchange)
        for phone in (ANNA, ANNA, BORYS, OLENA, OLENA):
            await world.call(phone, IVR)
            await world.pass_until_quiet()
        rings = [ring for ring in world.exchange.truth.rings if ring.leg == 1]
    assert [ring.status for ring in rings] == ["Busy", "Success", "NoAnswer", "Success", "NotAvailable"]
    assert [ring.keys for ring in rings] == ["", "17", "", "1", ""]


def test_everything_wrong_is_named_at_once() -> None:
    text = """
people:
  "380671112233": [{pickup: sings}, 5]
  anna: {}
ivrs:
  "5001": {menus: {1: Main}}
colour: red
"""
    assert wrong_in(text) == [
        ("colour", "there is no 'colour'; known are people, ivrs"),
        ("people.380671112233[0]", "'sings' is not a valid Pickup"),
        ("people.380671112233[1]", "read 5, expected what the person does, such as {pickup: busy}"),
        ("people.anna", "read 'anna', expected digits, or a pattern such as 38050*"),
        (
            "ivrs.5001",
            "the path of a menu begins with 0 and goes on with keys, in quotes, not 1",
        ),
    ]


@pytest.mark.parametrize("text", ["", "5", "people: 5", "people: {a: [", "people: &a [*a", "- 1"])
def test_a_file_of_something_else_is_refused_in_a_sentence(text: str) -> None:
    [(_, sentence)] = wrong_in(text)
    assert sentence


def test_the_line_is_named_where_the_file_is_no_yaml() -> None:
    with pytest.raises(WrongPeople) as problem:
        read_people("people:\n  a: [")
    [place] = problem.value.places
    assert isinstance(place, WrongPlace)
    assert place.line == 2
