"""Newer LiraX builds: what `extensions` adds, and that without it nothing of it is there."""

from typing import Any

import pytest

from engine.lirax.simulator.newer_forms import NEWER
from engine.lirax.simulator.people import BY_HAND, Behaviour
from tests.lirax.simulator.building import ANNA, IVR, World, a_world
from tests.lirax.simulator.test_request_cases import RPC

pytestmark = pytest.mark.anyio

NEW = {"extensions": True}
KNOWN = {"ext": "101", "ani": "19101234567"}
OLD_FORM = {"from": "101", "to1": ANNA}


async def told(world: World, cmd: str, **fields: str) -> Any:
    answer = await world.send(cmd, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json() if answer.content else None


@pytest.mark.parametrize("name", sorted(set(NEWER) - set(RPC)))
async def test_without_extensions_a_newer_command_is_unknown(name: str) -> None:
    async with a_world(options={"unknown_command_code": 404}) as world:
        assert (await world.send(name, **KNOWN, phone=ANNA)).status_code == 404


async def test_without_extensions_newer_parameters_mean_nothing() -> None:
    async with a_world() as world:
        assert (await world.send("make2Calls", **OLD_FORM, speech="uk Добрий день")).status_code == 400
        assert (await world.send("make2Calls", **OLD_FORM, to2=IVR, FirstInternal="7")).status_code == 200
        assert (
            await world.send("createTask", ext="101", email="a@a.com", text="t", type="1")
        ).status_code == 400


@pytest.mark.parametrize("cmd", ["make2Calls", "AskQuestion"])
async def test_a_text_is_spoken_and_its_keys_come_back(cmd: str) -> None:
    async with a_world(options=NEW) as world:
        world.exchange.people.script(ANNA, Behaviour(keys="3"))
        answer = await told(world, cmd, **OLD_FORM, speech="uk Чи зручно вам?")
        await world.pass_until_quiet()
    [finished] = world.ear.named("make2calls_finished")
    assert finished["id_make2calls"] == answer["id_make2calls"]
    assert '"key":"3"' in finished["keys"]
    assert int(world.ear.named("event")[-1]["call_duration"]) > 20


@pytest.mark.parametrize(
    "wrong", [{"speech": ""}, {"to2": IVR, "FirstInternal": "2"}, {"to2": IVR, "idshop": "8"}, {}]
)
async def test_newer_parameters_are_checked(wrong: dict[str, str]) -> None:
    async with a_world(options=NEW) as world:
        assert (await world.send("make2Calls", **OLD_FORM, **wrong)).status_code == 400
        assert (await world.send("make2Calls", **OLD_FORM, to2=IVR, idshop="7")).status_code == 200


async def test_an_internal_number_is_an_employee_who_is_there() -> None:
    async with a_world(options=NEW) as world:
        await world.call("201", IVR, FirstInternal="1")
        await world.pass_time(2)
        [first, _] = world.exchange.truth.rings
    assert world.seconds(first.answered_at) == 1


async def test_contacts_have_marks_and_tags() -> None:
    async with a_world(options=NEW) as world:
        await told(world, "checkContact", **KNOWN, name="Olga", emails="a@a.com", source="google", tag="vip")
        await told(world, "AddTag", **KNOWN, tag="slow payer")
        await told(world, "AddTag", **KNOWN, tag="slow payer")
        contact = await told(world, "getContact", ani="19101234567")
        await told(world, "DelTag", **KNOWN, tag="slow payer")
        gone = await world.send("DelTag", **KNOWN, tag="slow payer")
        unknown = await world.send("getContact", ani=ANNA)
        await told(world, "createTask", ext="101", email="a@a.com", text="t", type="1", department="x")
        stranger = await world.send("createTask", ext="101", email="b@b.com", text="t", type="1")
    assert (contact["name"], contact["source"], contact["tags"]) == ("Olga", "google", ["slow payer"])
    assert (gone.status_code, unknown.status_code, stranger.status_code) == (400, 400, 400)
    assert len(world.exchange.directory.tasks) == 1


async def test_who_is_on_the_phone_and_who_is_free_can_be_asked() -> None:
    async with a_world(options=NEW) as world:
        world.exchange.people.script(ANNA, BY_HAND)
        assert await told(world, "IsCalling", phone=ANNA) == {"calling": 0}
        await world.call(ANNA)
        assert await told(world, "IsCalling", phone=ANNA) == {"calling": 1}
        assert await told(world, "IsFreeUsers") == {"free": 1, "users": ["101", "201"]}
        for ext in ("101", "201"):
            world.exchange.set_presence(ext, 5)
        assert await told(world, "IsFreeUsers") == {"free": 0, "users": []}
        sips = await told(world, "getUserSips")
    assert [user["ext"] for user in sips["sips"]] == ["101", "201"]


async def test_an_employees_call_can_be_looked_up() -> None:
    async with a_world(options=NEW) as world:
        world.exchange.people.script(ANNA, Behaviour())
        task = (await told(world, "makeCall", **{"from": "101", "to": ANNA}))["id_makecall"]
        before = await told(world, "get_makecall_data", id_makecall=task)
        await world.pass_until_quiet()
        after = await told(world, "get_makecall_data", id_makecall=task)
        unknown = await world.send("get_makecall_data", id_makecall="x")
    [finished] = world.ear.named("makecall_finished")
    assert (before["success"], before["Call_id"]) == (None, "")
    assert (after["success"], after["Call_id"]) == (1, finished["Call_id"])
    assert unknown.status_code == 400


async def test_calls_of_at_most_two_days_are_listed() -> None:
    async with a_world(options={"extensions": True, "recordings": "later"}) as world:
        world.exchange.people.script(ANNA, Behaviour(ring_seconds=5, talk_seconds=20))
        await world.call(ANNA)
        await world.pass_until_quiet()
        day = {"date_start": "2026-01-15 00:00:00", "date_finish": "2026-01-16 00:00:00"}
        [row] = (await told(world, "get_calls", **day))["calls"]
        too_long = await world.send("get_calls", **{**day, "date_finish": "2026-01-17 00:00:01"})
        no_day = await world.send("get_calls", **{**day, "date_finish": "2026-02-30 00:00:00"})
        empty = await told(world, "get_calls", **{**day, "date_start": "2026-01-15 12:00:01"})
    assert (row["ani"], row["dnis"], row["type"], row["duration"]) == ("101", ANNA, 1, 21)
    assert (row["start"], row["connect"]) == ("2026-01-15 12:00:00", "2026-01-15 12:00:05")
    assert row["record"].endswith(f"{row['call_id']}.wav")
    assert (too_long.status_code, no_day.status_code, empty) == (400, 400, {"calls": []})
