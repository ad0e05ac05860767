"""The simulator in real time and over processes' borders: sped up, controlled by HTTP, stopped gracefully."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from engine.lirax.simulator.http import HttpServer
from engine.lirax.simulator.options import WrongOption
from engine.lirax.simulator.serve import serve_simulator
from engine.lirax.simulator.server import SimulatorServer
from tests.lirax.simulator.building import ANNA, BORYS, MODEM, Ear

pytestmark = pytest.mark.anyio

SPEED = 200
PATIENCE = 30  # seconds, of a test that waits for what takes milliseconds on an idle machine
ORDER = {
    "cmd": "make2Calls",
    "from": "101",
    "to2": "5001",
    "notbefore": "0",
    "notafter": "24",
    "token": "key",
}


@asynccontextmanager
async def a_live_simulator(ear: Ear, **more: Any) -> AsyncIterator[tuple[SimulatorServer, httpx.AsyncClient]]:
    receiver = HttpServer(ear, host="127.0.0.1", port=0)
    await receiver.start()
    started: asyncio.Future[SimulatorServer] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    serving = asyncio.create_task(
        serve_simulator(
            host="127.0.0.1",
            port=0,
            webhook_url=f"{receiver.url}/lirax",
            token="key",
            webhook_token="hook-key",
            speed=SPEED,
            seed=3,
            started=started.set_result,
            stop=stop,
            **more,
        )
    )
    server = await started
    async with httpx.AsyncClient(base_url=server.base_url, trust_env=False) as http:
        yield server, http
    stop.set()
    await serving
    await receiver.stop()


async def heard(ear: Ear, command: str, *, count: int = 1) -> list[dict[str, str]]:
    async with asyncio.timeout(PATIENCE):
        while len(ear.named(command)) < count:
            await asyncio.sleep(0.005)
    return ear.named(command)


async def control(http: httpx.AsyncClient, name: str, **values: object) -> None:
    answer = await http.post(f"/_control/{name}", json=values)
    assert answer.status_code == 200, answer.text


async def test_a_call_goes_its_way_by_itself_and_much_faster() -> None:
    ear = Ear()
    async with a_live_simulator(ear) as (_, http):
        await control(
            http, "people", number=ANNA, calls=[{"ring_seconds": 10, "talk_seconds": 30, "keys": "1"}]
        )
        answer = await http.post("/general", data={**ORDER, "to1": ANNA, "successtime": "30"})
        [finished] = await heard(ear, "make2calls_finished")
    assert finished["id_make2calls"] == answer.json()["id_make2calls"]
    assert (finished["duration_success"], finished["from_LiraX_token"]) == ("1", "hook-key")
    assert ear.events() == ["INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED"]
    assert ear.named("event")[-1]["duration"] == "31"  # simulated seconds, the join included


async def test_another_process_can_set_everything_and_read_the_truth() -> None:
    ear = Ear()
    async with a_live_simulator(ear) as (_, http):
        await control(http, "options", lines=1)
        await control(http, "people", number="*", calls=[{"talk_seconds": 5, "events": False}])
        await control(http, "modems", modem=MODEM, state="off")
        await control(http, "sms", phone=ANNA, modem=MODEM, text="STOP")
        for phone in (ANNA, BORYS):
            await http.post("/", data={**ORDER, "to1": phone})
        await heard(ear, "make2calls_finished", count=2)
        sms = {"cmd": "sendSMS", "ext": "101", "provider": MODEM, "phone": ANNA, "text": "a", "token": "key"}
        assert (await http.post("/", data=sms)).status_code == 402
        truth = (await http.get("/_truth", params={"part": ["rings", "messages"]})).json()
    assert [ring["number"] for ring in truth["rings"] if ring["leg"] == 1] == [ANNA, BORYS]
    assert (truth["most_calls"], truth["messages"]) == (1, [])
    assert [told["text"] for told in ear.named("smsReceived")] == ["STOP"]


async def test_faults_and_keys_are_set_from_outside_too() -> None:
    ear = Ear()
    async with a_live_simulator(ear) as (_, http):
        shops = {"cmd": "getShops", "token": "key"}
        await control(http, "faults", kind="error", code=500, command="getShops", times=None)
        assert (await http.post("/", data=shops)).status_code == 500
        await control(http, "faults/clear")
        assert (await http.post("/", data=shops)).status_code == 200
        await control(http, "keys", revoked=True)
        assert (await http.post("/", data=shops)).status_code == 401
        await control(http, "keys", revoked=False)
        assert (await http.post("/", data=shops)).status_code == 200
        await control(http, "keys", token="another key")
        assert (await http.post("/", data=shops)).status_code == 401


@pytest.mark.parametrize(
    ("path", "values", "sentence"),
    [
        ("options", {"colour": "red"}, "there is no option 'colour'"),
        ("options", {"window_policy": "hope"}, "option window_policy is one of"),
        ("people", {"calls": []}, "number is missing"),
        ("people", {"number": ANNA, "calls": [{"pickup": "sings"}]}, "'sings' is not a valid Pickup"),
        ("faults", {"kind": "earthquake"}, "there is no fault 'earthquake'"),
        ("faults", {"kind": "error", "force": 9}, "a fault has no 'force'"),
        ("modems", {"modem": MODEM, "state": "asleep"}, "'asleep' is not a valid ModemState"),
        ("sms", {"phone": ANNA}, "modem is missing"),
        ("ivrs", {"number": "5001", "keys": 1}, "keys of an IVR are"),
        ("incoming", {"phone": 1}, "phone of a call to us cannot be 1"),
        ("presence", {"ext": "101", "status": "free"}, "status is a whole number from 0 to 1000"),
        ("outage", {"seconds": "long"}, "seconds is a whole number from 0 to 3600"),
        ("keys", {"revoked": "yes"}, "revoked is true or false"),
        ("people", {"number": ANNA, "calls": [5]}, "calls is a list of objects"),
    ],
)
async def test_a_wrong_wish_is_told_in_a_sentence(path: str, values: dict[str, Any], sentence: str) -> None:
    async with a_live_simulator(Ear()) as (_, http):
        answer = await http.post(f"/_control/{path}", json=values)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


async def test_a_slow_receiver_does_not_hold_up_other_calls() -> None:
    ear = Ear()
    slow = asyncio.Event()

    async def receiver(scope: Any, receive: Any, send: Any) -> None:
        body = await receive()
        if ANNA.encode() in body["body"]:
            await slow.wait()

        async def again() -> Any:
            return body

        await ear(scope, again, send)

    server = HttpServer(receiver, host="127.0.0.1", port=0)
    await server.start()
    async with a_live_simulator(ear) as (_, http):
        await control(http, "webhook", url=server.url)
        for phone in (ANNA, BORYS):
            await http.post("/", data={**ORDER, "to1": phone})
        async with asyncio.timeout(PATIENCE):
            while BORYS not in {told.get("phone") for told in ear.heard}:
                await asyncio.sleep(0.005)
        assert ANNA not in {told.get("phone") for told in ear.heard}
        slow.set()
    await server.stop()


async def test_a_wrong_option_is_told_before_anything_listens() -> None:
    with pytest.raises(WrongOption):
        await serve_simulator(
            host="127.0.0.1", port=0, webhook_url=None, token="a", webhook_token="b", options={"line": "1"}
        )


async def test_two_runs_of_one_seed_never_give_the_same_id() -> None:
    ids = set()
    for _ in range(2):
        async with a_live_simulator(Ear()) as (_, http):
            ids.add((await http.post("/", data={**ORDER, "to1": ANNA})).json()["id_make2calls"])
    assert len(ids) == 2


async def test_an_outage_set_from_outside_ends_by_itself() -> None:
    async with a_live_simulator(Ear()) as (_, http):
        await control(http, "outage", seconds=20)  # a tenth of a second at this speed
        shops = {"cmd": "getShops", "token": "key"}
        async with asyncio.timeout(PATIENCE):
            while not await refused(http, shops):
                await asyncio.sleep(0.005)
            while await refused(http, shops):
                await asyncio.sleep(0.005)


async def refused(http: httpx.AsyncClient, fields: dict[str, str]) -> bool:
    try:
        return (await http.post("/", data=fields)).status_code != 200
    except httpx.TransportError:
        return True
