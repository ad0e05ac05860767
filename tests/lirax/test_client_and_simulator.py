"""Our client and our reading of webhooks, against the simulator over real HTTP: both speak one LiraX."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import MovedClock
from engine.lirax.answers import SmsDelivery
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear
from engine.lirax.requests import CheckSms, GetShops, MakeTwoCalls, SendSms
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, Exchange
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.http import HttpServer
from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.people import Behaviour, Pickup
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.webhooks import (
    CallEvent,
    CallFinished,
    SmsDelivered,
    SmsReceived,
    read_fields,
    read_webhook,
)
from tests.lirax.simulator.building import Ear

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
ANNA, MODEM = "380671112233", "380671234567"
CALL = MakeTwoCalls(
    from_ext="101",
    to1=ANNA,
    to2="5001",
    successtime=15,
    notbefore="09",
    notafter="18",
    vmoney="1250.50",
    vdate="tomorrow",
    vtime="09:30",
)


@asynccontextmanager
async def both() -> AsyncIterator[tuple[LiraxClient, Exchange, Ear]]:
    ear = Ear()
    receiver = HttpServer(ear, host="127.0.0.1", port=0)
    await receiver.start()
    exchange = Exchange(clock=MovedClock(NOON), webhook_url=receiver.url)
    async with SimulatorServer(exchange) as simulator:
        client = LiraxClient(simulator.url, token=SAMPLE_TOKEN, timeout=timedelta(seconds=0.5), lines=2)
        yield client, exchange, ear
        await client.close()
    await receiver.stop()


async def play(exchange: Exchange) -> None:
    clock = exchange.clock
    assert isinstance(clock, MovedClock)
    while (moment := exchange.next_at()) is not None:
        clock.move_to(max(moment, clock.now()))
        await exchange.run_due()


async def test_a_call_comes_back_as_events_and_a_result() -> None:
    async with both() as (client, exchange, ear):
        exchange.people.script(ANNA, Behaviour(talk_seconds=20, keys="1"))
        task = (await client.send(CALL)).id_make2calls
        await play(exchange)
        told = [read_webhook(read_fields(body).without_token()) for body in ear.bodies]
    finished = told[-1]
    assert isinstance(finished, CallFinished)
    assert (finished.provider_id, finished.success, finished.duration_success) == (task, True, True)
    assert [press.key for press in finished.keys] == ["1"]
    events = [event for event in told if isinstance(event, CallEvent)]
    assert [event.status for event in events] == [None, None, "Success", "Success"]
    assert {(event.phone, event.ext) for event in events} == {(ANNA, "101")}


@pytest.mark.parametrize(
    ("pickup", "status"),
    [(Pickup.BUSY, "Busy"), (Pickup.UNAVAILABLE, "NotAvailable"), (Pickup.NOT_ALLOWED, "NotAllowed")],
)
async def test_why_nobody_answered_is_read_from_the_event(pickup: Pickup, status: str) -> None:
    async with both() as (client, exchange, ear):
        exchange.people.script(ANNA, Behaviour(pickup=pickup))
        await client.send(CALL)
        await play(exchange)
        told = [read_webhook(read_fields(body).without_token()) for body in ear.bodies]
    assert [event.status for event in told if isinstance(event, CallEvent)][-1] == status
    assert isinstance(told[-1], CallFinished)
    assert not told[-1].success


async def test_a_message_is_sent_asked_about_and_reported() -> None:
    async with both() as (client, exchange, ear):
        exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=7, sms_reply="STOP"))
        sent = await client.send(SendSms(ext="101", provider=MODEM, phone=ANNA, text="Добрий день"))
        await play(exchange)
        state = await client.send(CheckSms(ext="101", provider=MODEM, id_sms=sent.id_sms))
        told = [read_webhook(read_fields(body).without_token()) for body in ear.bodies]
    assert state.delivery is SmsDelivery.DELIVERED
    delivered, received = told
    assert isinstance(delivered, SmsDelivered)
    assert isinstance(received, SmsReceived)
    assert (delivered.sms_id, received.phone, received.modem, received.text) == (
        sent.id_sms,
        ANNA,
        MODEM,
        "STOP",
    )


async def test_a_modem_that_is_off_is_a_reason_to_wait() -> None:
    async with both() as (client, exchange, _):
        exchange.modems.set_state(MODEM, ModemState.OFF)
        with pytest.raises(Unavailable) as problem:
            await client.send(SendSms(ext="101", provider=MODEM, phone=ANNA, text="a"))
    assert problem.value.kind == "modem_not_connected"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(RequestFault.LOST_ANSWER), Unclear),
        (Fault(RequestFault.LOST_REQUEST), Unclear),
        (Fault(RequestFault.CLOSED_AFTER_DOING), Unclear),
        (Fault(RequestFault.CLOSED_AFTER_READING), Unclear),
        (Fault(RequestFault.ERROR_AFTER_DOING, code=502), Unclear),
        (Fault(RequestFault.GARBAGE), Unclear),
        (Fault(RequestFault.ERROR, code=429), Unclear),
        (Fault(RequestFault.ERROR, code=401), Refused),
        (Fault(RequestFault.ERROR, code=400), Refused),
    ],
    ids=lambda value: f"{value.kind} {value.code}" if isinstance(value, Fault) else value.__name__,
)
async def test_what_a_fault_means_to_the_client_is_never_more_than_it_can_know(
    fault: Fault, kind: type[LiraxError]
) -> None:
    async with both() as (client, exchange, _):
        exchange.faults.inject(fault)
        with pytest.raises(kind):
            await client.send(CALL)
        may_have_rung = kind is Unclear
        assert may_have_rung or exchange.truth.rings == []


async def test_the_shops_are_read() -> None:
    async with both() as (client, _, __):
        shops = (await client.send(GetShops())).shops
    assert [(shop.id, shop.name) for shop in shops] == [(7, "Main")]
