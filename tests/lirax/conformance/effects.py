"""What each option of the simulator changes: a small experiment, and what it shows for each value.

The experiments about calls stand in `effects_on_calls.py`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from engine.lirax.simulator.options import as_text
from tests.lirax.simulator.building import ANNA, BORYS, MODEM, World

Experiment = Callable[[World], Awaitable[Any]]
KNOWN = {"ext": "101", "ani": "19101234567"}
DEAL = {**KNOWN, "name": "Deal", "sum": "10", "stage": "1"}
TASK = {**KNOWN, "text": "t", "type": "1"}


@dataclass(frozen=True)
class Effect:
    """`shows` by value, written as text."""

    option: str
    experiment: Experiment
    shows: Mapping[object, Any]

    def of(self, value: object) -> Any:
        return {as_text(known): shown for known, shown in self.shows.items()}[as_text(value)]


async def code(world: World, cmd: str, **fields: str) -> int:
    return (await world.send(cmd, **fields)).status_code


async def by_get(world: World) -> int:
    told = {"cmd": "getShops", "token": world.exchange.token}
    return (await world.http.get("/general", params=told)).status_code


async def wrong_in_two_ways(world: World) -> int:
    return (await world.http.post("/", data={"cmd": "makeCall", "token": "x"})).status_code


async def nobody_knows_it(world: World) -> int:
    return await code(world, "nope")


async def body_of_a_refusal(world: World) -> str:
    return (await world.http.post("/", data={"cmd": "getUsers", "token": "x"})).text


async def body_of_a_note(world: World) -> str:
    return (await world.send("createNote", **KNOWN, text="t")).text


async def content_type(world: World) -> str:
    return (await world.send("getShops")).headers["content-type"]


async def kinds_of_ids(world: World) -> tuple[str, ...]:
    call = await world.send("make2Calls", **{"from": "101", "to1": ANNA, "to2": BORYS})
    deal = await world.send("createDeal", **DEAL)
    [shop] = (await world.send("getShops")).json()["shops"]
    ids = (call.json()["id_make2calls"], deal.json()["id_deal"], shop["id"])
    return tuple(type(each).__name__ for each in ids)


async def spellings_of_a_name(world: World) -> tuple[int, ...]:
    contact = {"ext": "101", "ani": ANNA}
    return await code(world, "checkContact", **contact, name="O"), await code(
        world, "checkContact", **contact, Name="O"
    )


async def a_list_without_a_phone(world: World) -> tuple[int, ...]:
    return await code(world, "listBlackPhone"), await code(world, "listBlackIP")


async def a_task_for_half_past_twelve(world: World) -> int:
    return await code(world, "createTask", **TASK, date="2026-01-15 12:30:00")


async def requests_to_a_modem(world: World) -> tuple[int, ...]:
    asked = {"ext": "101", "provider": MODEM, "id_sms": "1910123"}
    return (
        (await world.text()).status_code,
        (await world.text()).status_code,
        await code(world, "checkSMS", **asked),
    )


async def a_second_message(world: World) -> int:
    await world.text()
    return (await world.text()).status_code


async def the_same_deal_again(world: World) -> int:
    changed = {**DEAL, "id_deal": "1910", "status": "0"}
    assert await code(world, "updateDeal", **changed) == 200
    return await code(world, "updateDeal", **changed)


async def a_note_of_a_stranger(world: World) -> int:
    return await code(world, "createNote", ext="101", ani=ANNA, text="t")


async def a_number_blackened_twice(world: World) -> int:
    await code(world, "addBlackPhone", phone=ANNA)
    return await code(world, "addBlackPhone", phone=ANNA)


async def a_number_that_is_not_black(world: World) -> int:
    return await code(world, "delBlackPhone", phone=ANNA)


async def an_address_with_zeros(world: World) -> tuple[int, list[str]]:
    answered = await code(world, "addBlackIP", IP="010.0.0.1")
    return answered, world.exchange.directory.black_ips[1:]


async def who_is_told_of(world: World) -> list[tuple[str, str]]:
    world.exchange.directory.presence["101"] = 0
    await world.send("initStatuses")
    await world.pass_time(0)
    return [(told["ext"], told["status"]) for told in world.ear.named("staton")]


async def a_newer_command(world: World) -> int:
    return await code(world, "getContact", ani=KNOWN["ani"])


LOGIN = {"USER_LOGIN": "api@example.com", "USER_HASH": "secret"}
EXPORT = {
    "action": "show",
    "date_start": "2026-01-15 00:00:00",
    "date_finish": "2026-01-15 23:59:59",
    "call_export": "1",
}


async def log_in(world: World, **changed: str) -> httpx.Response:
    return await world.http.post("/api/private/api/auth.php", data={**LOGIN, **changed})


async def export(world: World) -> httpx.Response:
    return await world.http.get("/services/call_show.php", params=EXPORT)


async def form_of_the_export(world: World) -> tuple[str, bytes]:
    await log_in(world)
    answer = await export(world)
    return answer.headers["content-type"], answer.content[:8]


async def name_of_the_cookie(world: World) -> list[str]:
    return list((await log_in(world)).cookies)


async def two_exports_ten_minutes_apart(world: World) -> tuple[int, ...]:
    await log_in(world)
    codes = []
    for _ in range(2):
        await world.pass_time(600)
        codes.append((await export(world)).status_code)
    return tuple(codes)


async def an_export_for_a_stranger(world: World) -> int:
    return (await export(world)).status_code


async def a_wrong_password(world: World) -> int:
    return (await log_in(world, USER_HASH="x")).status_code


UTF8, CP1251 = "text/csv; charset=utf-8", "text/csv; charset=windows-1251"
TOLD = '{"error": "Invalid token"}'
KYIV_ALMATY: Mapping[object, Any] = {
    "Europe/Kyiv": 200,
    "Asia/Almaty": 400,
}  # there it is three in the afternoon

EFFECTS = (
    Effect("method_policy", by_get, {"documented": 400, "any": 200}),
    Effect("check_order", wrong_in_two_ways, {"token_first": 401, "params_first": 400}),
    Effect("unknown_command_code", nobody_knows_it, {400: 400, 404: 404, 200: 200}),
    Effect("error_body", body_of_a_refusal, {"empty": "", "json": TOLD, "text": "Invalid token"}),
    Effect("ok_body", body_of_a_note, {"empty": "", "{}": "{}", "OK": "OK"}),
    Effect("response_content_type", content_type, {each: each for each in ("application/json", "text/html")}),
    Effect(
        "id_style",
        kinds_of_ids,
        {
            "documented": ("str", "int", "str"),
            "all_strings": ("str", "str", "str"),
            "all_numbers": ("int", "int", "int"),
        },
    ),
    Effect(
        "checkcontact_name_key",
        spellings_of_a_name,
        {"either": (200, 200), "name": (200, 400), "Name": (400, 200)},
    ),
    Effect("require_list_phone", a_list_without_a_phone, {False: (200, 200), True: (400, 400)}),
    Effect("account_timezone", a_task_for_half_past_twelve, KYIV_ALMATY),
    Effect(
        "sms_limit_scope",
        requests_to_a_modem,
        {"provider_shared": (200, 403, 403), "provider_per_command": (200, 403, 200), "off": (200, 200, 200)},
    ),
    Effect("sms_limit_code", a_second_message, {403: 403, 400: 400}),
    Effect("updatedeal_noop_code", the_same_deal_again, {400: 400, 200: 200}),
    Effect("unknown_contact_code", a_note_of_a_stranger, {400: 400, 200: 200}),
    Effect("blacklist_duplicate_code", a_number_blackened_twice, {200: 200, 400: 400}),
    Effect("blacklist_missing_code", a_number_that_is_not_black, {200: 200, 400: 400}),
    Effect(
        "ip_leading_zeros",
        an_address_with_zeros,
        {"keep": (200, ["010.0.0.1"]), "strip": (200, ["10.0.0.1"]), "reject": (400, [])},
    ),
    Effect(
        "initstatuses_scope",
        who_is_told_of,
        {"all_users": [("101", "0"), ("201", "1")], "logged_in": [("201", "1")]},
    ),
    Effect("extensions", a_newer_command, {False: 400, True: 200}),
    Effect(
        "history_format",
        form_of_the_export,
        {
            "csv_semicolon_utf8": (UTF8, b"call_id;"),
            "csv_comma_utf8": (UTF8, b"call_id,"),
            "csv_semicolon_cp1251": (CP1251, b"call_id;"),
            "html": ("text/html; charset=utf-8", b"<html><b"),
        },
    ),
    Effect("history_cookie_name", name_of_the_cookie, {each: [each] for each in ("PHPSESSID", "LX")}),
    Effect(
        "history_session",
        two_exports_ten_minutes_apart,
        {"sliding_15min": (200, 200), "absolute_15min": (200, 401)},
    ),
    Effect("history_unauthorised", an_export_for_a_stranger, {401: 401, 302: 302, 200: 200}),
    Effect("history_bad_login", a_wrong_password, {401: 401, 200: 200}),
)
