"""Every webhook that leaves the simulator has the form of the reference, whatever happens on the line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.lirax.simulator.arrivals import Arrival
from tests.lirax.simulator.building import World, a_world

pytestmark = pytest.mark.anyio

RECORDED = json.loads((Path(__file__).parents[2] / "recorded" / "lirax-api.json").read_text("utf-8"))
FORMS: dict[str, list[dict[str, Any]]] = {
    webhook["name"]: webhook["params"] for webhook in RECORDED["webhooks"]
}
ENDED = ("COMPLETED", "CALL_COMPLETED")


def is_due(parameter: dict[str, Any], told: dict[str, str]) -> bool:
    """Whether this webhook must have this parameter."""
    if parameter["presence"] == "always":
        return True
    return parameter["presence"] == "on_completed" and told.get("event") in ENDED


def is_right(parameter: dict[str, Any], value: str) -> bool:
    if "enum" in parameter and value not in parameter["enum"]:
        return False
    return re.search(parameter.get("pattern", ""), value) is not None


def problems_of(told: dict[str, str]) -> list[str]:
    form = {parameter["name"]: parameter for parameter in FORMS[told["cmd"]]}
    unknown = [f"{name} is not in the form" for name in told if name not in form]
    missing = [f"{name} is missing" for name, p in form.items() if is_due(p, told) and name not in told]
    wrong = [
        f"{name}={told[name]}" for name, p in form.items() if name in told and not is_right(p, told[name])
    ]
    return unknown + missing + wrong


async def a_busy_day(world: World) -> None:
    for number in range(40):
        phone = f"38067{number:07d}"
        await world.call(phone, timeout="10", successtime="15")
        await world.send("makeCall", **{"from": "101", "to": phone})
        await world.text(phone, modem=f"38050{number:07d}")
        world.exchange.incoming.arrive(Arrival(phone, utm={"cs": "google"}), now=world.clock.now())
    await world.send("initStatuses")
    await world.pass_until_quiet()


async def test_webhooks_have_the_names_and_values_of_the_reference() -> None:
    async with a_world(seed=3, options={"recordings": "later"}) as world:
        await a_busy_day(world)
    assert [(told, problems) for told in world.ear.heard if (problems := problems_of(told))] == []
    assert {told["cmd"] for told in world.ear.heard} == set(FORMS)
    pressed = [json.loads(told["keys"]) for told in world.ear.heard if "keys" in told]
    assert pressed
    assert all(set(key) == {"ivr_name", "ivr_entry", "key"} for keys in pressed for key in keys)
