"""Stories about messages to employees and SMS to people, under any options of LiraX."""

from engine.lirax.answers import SmsDelivery
from engine.lirax.requests import CheckSms, SendMsg, SendSms
from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.people import Behaviour
from engine.lirax.webhooks import SmsDelivered, SmsReceived
from tests.lirax.conformance.talk import Talk, story
from tests.lirax.simulator.building import ANNA, MODEM


def an_sms(text: str = "Добрий день") -> SendSms:
    return SendSms(ext="101", provider=MODEM, phone=ANNA, text=text)


def a_look_at(id_sms: str) -> CheckSms:
    return CheckSms(ext="101", provider=MODEM, id_sms=id_sms)


@story("sendMsg")
async def an_employee_gets_a_message(talk: Talk) -> None:
    await talk.client.send(SendMsg(ext="101", ani="Анна", text="Просить передзвонити"))
    assert [(line["ani"], line["text"]) for line in talk.directory.chat] == [("Анна", "Просить передзвонити")]


@story("sendMsg")
async def nobody_has_this_short_number(talk: Talk) -> None:
    await talk.is_refused(SendMsg(ext="999", ani=ANNA, text="Hello"))


@story("sendSMS")
async def an_sms_is_delivered_and_answered(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=7, sms_reply="стоп"))
    taken = await talk.client.send(an_sms())
    await talk.play()
    assert set(talk.told_at_least_once(SmsDelivered)) <= {SmsDelivered(taken.id_sms)}
    for received in talk.told(SmsReceived):
        assert (received.phone, received.modem, received.text) == (ANNA, MODEM, "стоп")
        assert received.sms_id is not None


@story("sendSMS")
async def a_second_sms_leaves_too_soon(talk: Talk) -> None:
    await talk.client.send(an_sms())
    if talk.options.sms_limit_scope == "off":
        await talk.client.send(an_sms())
    else:
        await talk.finds_the_modem_busy(an_sms())
    await talk.pass_seconds(5)
    await talk.client.send(an_sms())


@story("sendSMS")
async def the_modem_is_off(talk: Talk) -> None:
    talk.exchange.modems.set_state(MODEM, ModemState.OFF)
    error = await talk.refusal_of(an_sms())
    assert error.kind == "modem_not_connected"
    assert talk.exchange.truth.messages == []


@story("checkSMS")
async def a_delivery_is_asked_for(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=60))
    id_sms = (await talk.client.send(an_sms())).id_sms
    await talk.pass_seconds(5)
    assert (await talk.client.send(a_look_at(id_sms))).delivery is SmsDelivery.IN_PROGRESS
    await talk.pass_seconds(60)
    assert (await talk.client.send(a_look_at(id_sms))).delivery is SmsDelivery.DELIVERED


@story("checkSMS")
async def a_delivery_that_never_comes_expires(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(sms_delivered_seconds=None))
    id_sms = (await talk.client.send(an_sms())).id_sms
    await talk.play()
    await talk.pass_seconds(5)
    assert (await talk.client.send(a_look_at(id_sms))).delivery is SmsDelivery.EXPIRED


@story("checkSMS")
async def a_delivery_is_asked_for_too_soon(talk: Talk) -> None:
    id_sms = (await talk.client.send(an_sms())).id_sms
    if talk.options.sms_limit_scope == "provider_shared":
        await talk.finds_the_modem_busy(a_look_at(id_sms))
    else:
        await talk.client.send(a_look_at(id_sms))


MESSAGE_STORIES = (
    an_employee_gets_a_message,
    nobody_has_this_short_number,
    an_sms_is_delivered_and_answered,
    a_second_sms_leaves_too_soon,
    the_modem_is_off,
    a_delivery_is_asked_for,
    a_delivery_that_never_comes_expires,
    a_delivery_is_asked_for_too_soon,
)
