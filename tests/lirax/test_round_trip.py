"""Client, simulator and webhooks together, in virtual time: each side understands how the other spells."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from campaigns.rules.policy import KeyPress
from engine.clock import MovedClock
from engine.lirax.answers import SmsDelivery
from engine.lirax.client import LiraxClient
from engine.lirax.errors import Refused, Unavailable
from engine.lirax.requests import AddBlackPhone, CheckSms, GetShops, ListBlackPhone, SendSms
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people import Behaviour
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.webhooks import CallEvent, CallFinished, SmsDelivered, Webhook, read_webhook
from tests.lirax.exchange import A_CALL, a_client
from tests.lirax.simulator.building import ANNA, IVR, MODEM, NOON, Ear

pytestmark = pytest.mark.anyio

A_MENU_CALL = A_CALL.model_copy(update={"to1": ANNA, "to2": IVR})
SPELLINGS: list[dict[str, object]] = [
    {},
    {"id_style": "all_numbers"},
    {"id_style": "all_strings"},
    {"response_content_type": "text/html"},
    {"event_token_name": "From_LiraX_token"},
    {"webhook_token_name": "token"},
    {"keys_on_completed_event": True},
    {"keys_when_none": "empty_string"},
    {"keys_when_none": "empty_array"},
    {"sms_received_id_key": "id_sms"},
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class World:
    def __init__(self, clock: MovedClock, exchange: Exchange, ear: Ear, client: LiraxClient) -> None:
        self.clock, self.exchange, self.ear, self.client = clock, exchange, ear, client

    async def pass_until_quiet(self) -> None:
        while (moment := self.exchange.next_at()) is not None:
            self.clock.move_to(max(moment, self.clock.now()))
            await self.exchange.run_due()

    def heard(self) -> list[Webhook]:
        return [read_webhook(fields) for fields in self.ear.heard]


@asynccontextmanager
async def a_world(options: Mapping[str, object]) -> AsyncIterator[World]:
    clock, ear = MovedClock(NOON), Ear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(ear)) as webhooks:
        exchange = Exchange(
            clock=clock,
            webhook_url="http://dzvin/lirax",
            client=webhooks,
            options=Options().having(options),
        )
        async with SimulatorServer(exchange) as simulator, a_client(simulator.url) as client:
            yield World(clock, exchange, ear, client)


async def nothing() -> None:
    """Nothing stands against sending."""


def an_sms(text: str) -> SendSms:
    return SendSms(ext="101", provider=MODEM, phone=ANNA, text=text)


@pytest.mark.parametrize("options", SPELLINGS, ids=str)
async def test_a_call_comes_back_under_its_id_with_its_keys(options: dict[str, object]) -> None:
    async with a_world(options) as world:
        world.exchange.people.script(ANNA, Behaviour(keys="97", talk_seconds=30))
        provider_id = await world.client.make_two_calls(A_MENU_CALL, before_send=nothing)
        await world.pass_until_quiet()
    [finished] = [webhook for webhook in world.heard() if isinstance(webhook, CallFinished)]
    assert (finished.provider_id, finished.success, finished.duration_success) == (provider_id, True, True)
    assert [press.key for press in finished.keys] == ["9", "7"]
    assert all(isinstance(press, KeyPress) for press in finished.keys)
    events = [webhook for webhook in world.heard() if isinstance(webhook, CallEvent)]
    assert {(event.direction, event.phone, event.ext) for event in events} == {("out", ANNA, "101")}
    assert events[-1].status == "Success"


@pytest.mark.parametrize("options", SPELLINGS, ids=str)
async def test_an_sms_comes_back_under_its_id(options: dict[str, object]) -> None:
    async with a_world(options) as world:
        sms_id = (await world.client.send(an_sms("Дякуємо!"))).id_sms
        await world.pass_until_quiet()
        world.clock.advance(timedelta(seconds=5))
        asked = await world.client.send(CheckSms(ext="101", provider=MODEM, id_sms=sms_id))
    delivered = [webhook for webhook in world.heard() if isinstance(webhook, SmsDelivered)]
    assert delivered == [SmsDelivered(sms_id)]
    assert asked.delivery is SmsDelivery.DELIVERED


@pytest.mark.parametrize("error_body", ["empty", "json", "text"])
async def test_a_refusal_is_understood_however_it_is_worded(error_body: str) -> None:
    async with a_world({"error_body": error_body}) as world:
        with pytest.raises(Refused) as caught:
            wrong = A_CALL.model_copy(update={"vmoney": "10,5"})
            await world.client.make_two_calls(wrong, before_send=nothing)
        assert caught.value.kind == "invalid_parameters"
        world.exchange.token = "another"
        with pytest.raises(Refused) as caught:
            await world.client.send(GetShops())
        assert caught.value.kind == "invalid_token"


@pytest.mark.parametrize("ok_body", ["empty", "{}", "OK"])
async def test_a_plain_yes_is_understood_however_it_is_worded(ok_body: str) -> None:
    async with a_world({"ok_body": ok_body}) as world:
        await world.client.send(AddBlackPhone(phone=ANNA))
        listed = await world.client.send(ListBlackPhone())
    assert ANNA in listed.blacklist


async def test_a_second_sms_within_five_seconds_is_put_off() -> None:
    async with a_world({}) as world:
        await world.client.send(an_sms("1"))
        with pytest.raises(Unavailable) as caught:
            await world.client.send(an_sms("2"))
    assert (caught.value.kind, caught.value.retry_after) == ("modem_busy", timedelta(seconds=5))
