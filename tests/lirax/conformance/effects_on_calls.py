"""What each option of the simulator that is about calls and webhooks changes: see `effects.py`."""

import json
from typing import Any

import httpx

from engine.lirax.simulator.arrivals import Arrival
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.conformance.effects import Effect, export, log_in
from tests.lirax.simulator.building import ANNA, BORYS, IVR, MODEM, World

BUSY = Behaviour(pickup=Pickup.BUSY, ring_seconds=0)
SILENT = Behaviour(pickup=Pickup.NO_ANSWER, ring_seconds=30)
TALKS = Behaviour(ring_seconds=5, talk_seconds=20)  # joined with an IVR after 6 s, hangs up after 26
EMPLOYEES = 40


async def played(world: World, *behaviours: Behaviour, **order: str) -> World:
    """One call from its order to its end."""
    world.exchange.people.script(ANNA, *(behaviours or (TALKS,)))
    await world.call(**order)
    await world.pass_until_quiet()
    return world


def rings(world: World) -> list[float | None]:
    """Seconds at which the person was called."""
    return [world.seconds(ring.started_at) for ring in world.exchange.truth.rings if ring.leg == 1]


async def finished(world: World, *behaviours: Behaviour, **order: str) -> dict[str, str]:
    [told] = (await played(world, *behaviours, **order)).ear.named("make2calls_finished")
    return told


async def an_employees_call(world: World, behaviour: Behaviour) -> dict[str, str]:
    world.exchange.people.script(ANNA, behaviour)
    await world.send("makeCall", **{"from": "101", "to": ANNA})
    await world.pass_until_quiet()
    [told] = world.ear.named("makecall_finished")
    return told


async def outside_its_hours(world: World) -> tuple[int, int, int]:
    answer = await world.send("make2Calls", **{"from": "101", "to1": ANNA, "to2": IVR, "notbefore": "18"})
    await world.pass_time(0)
    return answer.status_code, len(world.ear.named("make2calls_finished")), len(rings(world))


async def at_the_last_hour(world: World) -> int:
    await world.call(notafter="12")
    return len(rings(world))


async def over_midnight(world: World) -> int:
    hours = {"notbefore": "20", "notafter": "8"}
    return (await world.send("make2Calls", **{"from": "101", "to1": ANNA, "to2": IVR, **hours})).status_code


async def redials_after_hours_of_waiting(world: World) -> int:
    return len(rings(await played(world, BUSY, notbefore="13", timeout="10")))


async def second_ring(world: World) -> float | None:
    return rings(await played(world, BUSY, timeout="10"))[1]


async def second_ring_after_a_long_one(world: World) -> float | None:
    return rings(await played(world, Behaviour(Pickup.NO_ANSWER, ring_seconds=60), timeout="20"))[1]


async def rings_within_ten_minutes(world: World) -> int:
    return len(rings(await played(world, BUSY, timeout="10")))


async def rings_of_a_short_talk(world: World) -> int:
    return len(rings(await played(world, Behaviour(talk_seconds=5), timeout="10", successtime="10")))


async def success_without_the_second(world: World) -> str:
    world.exchange.people.script(IVR, BUSY)
    return (await finished(world))["success"]


async def success_of_a_slow_second(world: World) -> str:
    world.exchange.people.script(IVR, Behaviour(ring_seconds=5, talk_seconds=99))
    return (await finished(world, successtime="22"))["duration_success"]


def told_at(world: World, command: str) -> float | None:
    return world.seconds(world.exchange.truth.webhooks_of(command)[0].at)


async def when_two_calls_are_told_of(world: World) -> float | None:
    return told_at(await played(world), "make2calls_finished")


async def when_an_employees_call_is_told_of(world: World) -> float | None:
    await an_employees_call(world, TALKS)
    return told_at(world, "makecall_finished")


async def killed_by_either_spelling(world: World) -> tuple[int, ...]:
    codes = []
    for spelling in ("Call_id", "callid"):
        await world.send("makeCall", **{"from": "101", "to": ANNA})
        [callid] = world.exchange.live
        codes.append((await world.send("killCall", **{spelling: callid})).status_code)
        world.exchange.restart()
    return tuple(codes)


async def killing_the_dead(world: World) -> int:
    return (await world.send("killCall", Call_id="nobody")).status_code


async def one_id_or_two(world: World) -> bool:
    told = await an_employees_call(world, TALKS)
    return told["Call_id"] == world.ear.named("event")[0]["callid"]


async def keys_of_a_call_without_any(world: World) -> str | None:
    return (await finished(world)).get("keys")


async def call_id_of_a_call_that_failed(world: World) -> str | None:
    return (await an_employees_call(world, SILENT)).get("Call_id")


async def name_of_the_key(world: World, command: str) -> list[str]:
    [name] = {name for told in world.ear.named(command) for name in told if "oken" in name}
    return [name]


async def key_of_an_event(world: World) -> list[str]:
    return await name_of_the_key(await played(world), "event")


async def key_of_a_finished_call(world: World) -> list[str]:
    return await name_of_the_key(await played(world), "make2calls_finished")


async def id_of_a_message_received(world: World) -> list[str]:
    world.exchange.modems.receive(ANNA, modem=MODEM, text="STOP", now=world.clock.now())
    await world.pass_time(0)
    [told] = world.ear.named("smsReceived")
    return [name for name in told if name.startswith("id")]


async def keys_at_the_end_of_a_conversation(world: World) -> bool:
    events = (await played(world, Behaviour(keys="1"))).ear.named("event")
    return any("keys" in told for told in events if told["event"] == "COMPLETED")


async def first_event(world: World) -> str:
    return (await played(world)).ear.events()[0]


async def posts_to_a_broken_receiver(world: World) -> int:
    world.ear.codes = [500] * 9
    world.exchange.set_presence("101", 5)
    await world.pass_until_quiet()
    return len(world.ear.heard)


async def patience_with_a_receiver(world: World) -> float:
    """As the request that leaves has it."""
    waited: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        waited.append(request.extensions["timeout"]["read"])
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        exchange = Exchange(
            clock=world.clock, webhook_url="http://dzvin/", client=client, options=world.exchange.options
        )
        exchange.set_presence("101", 5)
        await exchange.run_due()
    return waited[0]


async def what_becomes_of_webhooks(world: World) -> str:
    for number in range(EMPLOYEES):
        world.exchange.directory.users.append(
            {"id": number, "Name": "A", "ext": f"3{number:02}", "active": "1"}
        )
    await world.send("initStatuses")
    await world.pass_until_quiet()
    sent = [each for each in world.exchange.truth.webhooks_of("staton") if each.answer]
    order = [each.fields["ext"] for each in sent]
    if len(order) != EMPLOYEES + 2:
        return "some never" if len(order) < EMPLOYEES + 2 else "each twice"
    if all((world.seconds(each.at) or 0) >= 5 for each in sent):
        return "all late"
    return "each once" if order == [user["ext"] for user in world.exchange.directory.users] else "mixed up"


async def bytes_of_a_text(world: World) -> bytes:
    world.exchange.modems.receive(ANNA, modem=MODEM, text="П", now=world.clock.now())
    await world.pass_time(0)
    return world.ear.bodies[0].split(b"text=")[1].split(b"&")[0]


async def two_calls_at_once(world: World) -> int:
    await world.call(ANNA)
    await world.call(BORYS)
    return len(world.exchange.live)


async def one_call_too_many(world: World) -> tuple[int, int]:
    world.exchange.set_options({"lines": 1})
    await world.call(ANNA)
    answer = await world.send("make2Calls", **{"from": "101", "to1": BORYS, "to2": IVR})
    await world.pass_time(0)
    return answer.status_code, len(world.ear.named("make2calls_finished"))


async def status_of_a_phone_that_rang_in_vain(world: World) -> str | None:
    return (await played(world, SILENT)).ear.named("event")[-1].get("status")


async def where_a_recording_is_told(world: World) -> tuple[bool, int]:
    heard = (await played(world)).ear
    return "record_link" in heard.named("event")[-1], len(heard.named("record"))


async def lines_of_history_at_once_and_later(world: World) -> tuple[int, int]:
    await log_in(await played(world))
    counts = []
    for _ in range(2):
        counts.append(len((await export(world)).text.splitlines()) - 1)
        await world.pass_time(60)
    return counts[0], counts[1]


async def who_is_asked_about(world: World) -> list[str]:
    world.exchange.people.script(ANNA, TALKS)
    await world.call()
    await world.pass_until_quiet()
    world.exchange.incoming.arrive(Arrival(BORYS), now=world.clock.now())
    await world.pass_until_quiet()
    return [told["phone"] for told in world.ear.named("contact")]


async def time_that_it_shows(world: World) -> str:
    return (await world.send("getShops")).headers["date"][-12:]


FAILS: dict[object, Any] = {"wait": (200, 0, 0), "reject": (400, 0, 0), "fail": (200, 1, 0)}

EFFECTS_ON_CALLS = (
    Effect("window_policy", outside_its_hours, FAILS),
    Effect("window_end", at_the_last_hour, {"exclusive": 0, "inclusive_hour": 1}),
    Effect("window_overnight", over_midnight, {"wrap": 200, "reject": 400}),
    Effect("timeout_clock", redials_after_hours_of_waiting, {"first_attempt": 2, "submit": 1}),
    Effect("retry_interval_minutes", second_ring, {10: 600, 3: 180}),
    Effect("retry_anchor", second_ring_after_a_long_one, {"start": 600, "end": 660}),
    Effect("retry_last_inclusive", rings_within_ten_minutes, {True: 2, False: 1}),
    Effect("retry_on_short", rings_of_a_short_talk, {False: 1, True: 2}),
    Effect("success_means", success_without_the_second, {"both": "0", "first_leg": "1"}),
    Effect("duration_from", success_of_a_slow_second, {"bridge": "0", "first_answer": "1"}),
    Effect("make2calls_finished_at", when_two_calls_are_told_of, {"hangup": 26, "answer": 6}),
    Effect("makecall_finished_at", when_an_employees_call_is_told_of, {"answer": 6, "hangup": 26}),
    Effect(
        "killcall_accepts",
        killed_by_either_spelling,
        {"both": (200, 200), "Call_id": (200, 400), "callid": (400, 200)},
    ),
    Effect("killcall_dead_call_code", killing_the_dead, {200: 200, 400: 400}),
    Effect("call_id_equals_callid", one_id_or_two, {True: True, False: False}),
    Effect(
        "keys_when_none",
        keys_of_a_call_without_any,
        {"absent": None, "empty_string": "", "empty_array": json.dumps([])},
    ),
    Effect("call_id_when_failed", call_id_of_a_call_that_failed, {"empty": "", "absent": None}),
    Effect(
        "event_token_name",
        key_of_an_event,
        {each: [each] for each in ("from_LiraX_token", "From_LiraX_token")},
    ),
    Effect(
        "webhook_token_name", key_of_a_finished_call, {each: [each] for each in ("from_LiraX_token", "token")}
    ),
    Effect("sms_received_id_key", id_of_a_message_received, {"id": ["id"], "id_sms": ["id_sms"]}),
    Effect("keys_on_completed_event", keys_at_the_end_of_a_conversation, {False: False, True: True}),
    Effect("outgoing_incoming_event", first_event, {True: "INCOMING", False: "ACCEPTED"}),
    Effect("webhook_attempts", posts_to_a_broken_receiver, {1: 1, 3: 3}),
    Effect("webhook_timeout_seconds", patience_with_a_receiver, {10: 10, 3: 3}),
    Effect(
        "webhook_faults",
        what_becomes_of_webhooks,
        {
            "none": "each once",
            "duplicate": "each twice",
            "reorder": "mixed up",
            "delay": "all late",
            "drop": "some never",
        },
    ),
    Effect("webhook_encoding", bytes_of_a_text, {"utf-8": b"%D0%9F", "cp1251": b"%CF"}),
    Effect("lines", two_calls_at_once, {0: 2, 1: 1}),
    Effect(
        "when_full", one_call_too_many, {"wait": (200, 0), "busy": (200, 1), 429: (429, 0), 503: (503, 0)}
    ),
    Effect(
        "unanswered_status",
        status_of_a_phone_that_rang_in_vain,
        {"NotAvailable": "NotAvailable", "absent": None},
    ),
    Effect(
        "recordings",
        where_a_recording_is_told,
        {"none": (False, 0), "at_once": (True, 0), "later": (False, 1)},
    ),
    Effect("history_lag_seconds", lines_of_history_at_once_and_later, {0: (1, 1), 60: (0, 1)}),
    Effect("contact_asked", who_is_asked_about, {"incoming": [BORYS], "all": [ANNA, BORYS], "none": []}),
    Effect("clock_skew_seconds", time_that_it_shows, {0: "10:00:00 GMT", -60: "09:59:00 GMT"}),
)
