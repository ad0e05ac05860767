"""Text messages: the modem's pace and moods, delivery, expiry, and what people write back."""

from itertools import pairwise
from typing import Any

import pytest

from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.people import Behaviour
from tests.lirax.simulator.building import ANNA, MODEM, World, a_world

pytestmark = pytest.mark.anyio


async def check(world: World, sms_id: object, *, modem: str = MODEM) -> tuple[int, Any]:
    answer = await world.send("checkSMS", ext="101", provider=modem, id_sms=str(sms_id))
    return answer.status_code, answer.json().get("sms_status") if answer.content else None


async def test_a_message_is_delivered_and_reported() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=7))
        sms_id = (await world.text()).json()["id_sms"]
        await world.pass_time(6)
        assert await check(world, sms_id) == (200, 2)
        await world.pass_time(6)
        assert await check(world, sms_id) == (200, 3)
    assert world.ear.named("smsDelivered")[0]["id_sms"] == str(sms_id)
    [message] = world.exchange.truth.messages
    assert (message.text, world.seconds(message.delivered_at)) == ("Добрий день", 7)


async def test_a_message_that_cannot_be_delivered_expires_without_a_webhook() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=None))
        sms_id = (await world.text()).json()["id_sms"]
        await world.pass_time(3600)
        assert await check(world, sms_id) == (200, 4)
    assert world.ear.heard == []


async def test_a_message_nobody_sent_is_unknown() -> None:
    async with a_world() as world:
        assert await check(world, 77) == (400, None)


async def test_people_write_back_and_we_are_told() -> None:
    async with a_world() as world:
        person = Behaviour(sms_delivered_seconds=3, sms_reply="СТОП", sms_reply_seconds=60)
        world.exchange.people.script(ANNA, person)
        await world.text()
        await world.pass_until_quiet()
    [received] = world.ear.named("smsReceived")
    assert (received["ani"], received["provider"], received["text"]) == (ANNA, MODEM, "СТОП")
    assert received["id"].isdigit()


@pytest.mark.parametrize(("state", "code"), [(ModemState.OFF, 402), (ModemState.BUSY, 403)])
async def test_a_modem_that_is_off_or_busy_sends_nothing(state: ModemState, code: int) -> None:
    async with a_world() as world:
        world.exchange.modems.set_state(MODEM, state)
        assert (await world.text()).status_code == code
        world.exchange.modems.set_state(MODEM, ModemState.CONNECTED)
        assert (await world.text()).status_code == 200
    assert len(world.exchange.truth.messages) == 1


# options, what is sent at which second, the codes
PACES: list[tuple[dict[str, Any], list[tuple[float, str]], list[int]]] = [
    ({}, [(0, "sendSMS"), (4.9, "sendSMS")], [200, 403]),
    ({}, [(0, "sendSMS"), (5, "sendSMS")], [200, 200]),
    ({}, [(0, "sendSMS"), (1, "checkSMS")], [200, 403]),
    ({}, [(0, "sendSMS"), (4, "sendSMS"), (5, "sendSMS")], [200, 403, 200]),  # a refusal does not count
    (
        {"sms_limit_scope": "provider_per_command"},
        [(0, "sendSMS"), (0, "checkSMS"), (1, "checkSMS")],
        [200, 200, 403],
    ),
    ({"sms_limit_scope": "off"}, [(0, "sendSMS"), (0, "sendSMS")], [200, 200]),
    ({"sms_limit_code": 400}, [(0, "sendSMS"), (1, "sendSMS")], [200, 400]),
]


@pytest.mark.parametrize(("options", "requests", "codes"), PACES)
async def test_a_modem_takes_one_request_in_five_seconds(
    options: dict[str, Any], requests: list[tuple[float, str]], codes: list[int]
) -> None:
    answered: list[int] = []
    async with a_world(options=options) as world:
        for second, command in requests:
            await world.pass_time(second - (world.seconds(world.clock.now()) or 0))
            if command == "sendSMS":
                answered.append((await world.text()).status_code)
            else:
                answered.append((await check(world, 1910123))[0])
        gap = world.exchange.truth.smallest_modem_gap(MODEM)
    assert answered == codes
    assert gap is not None
    assert gap.total_seconds() == min(b - a for (a, _), (b, _) in pairwise(requests))


async def test_each_modem_keeps_its_own_pace() -> None:
    async with a_world() as world:
        assert (await world.text(modem="380671000001")).status_code == 200
        assert (await world.text(modem="380671000002")).status_code == 200


async def test_the_id_of_a_received_message_may_be_spelled_the_other_way() -> None:
    async with a_world(options={"sms_received_id_key": "id_sms"}) as world:
        world.exchange.modems.receive(ANNA, modem=MODEM, text="hello", now=world.clock.now())
        await world.pass_time(0)
    assert "id_sms" in world.ear.heard[0]


async def test_webhooks_may_come_in_windows_1251() -> None:
    async with a_world(options={"webhook_encoding": "cp1251"}) as world:
        world.exchange.modems.receive(ANNA, modem=MODEM, text="стоп", now=world.clock.now())
        await world.pass_time(0)
    assert b"text=%F1%F2%EE%EF" in world.ear.bodies[0]
