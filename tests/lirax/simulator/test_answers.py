"""How answers look, and what the account remembers between commands."""

from typing import Any

import pytest

from tests.lirax.simulator.building import ANNA, World, a_world

TASK = {"ext": "101", "ani": "19101234567", "text": "t", "type": "1"}

pytestmark = pytest.mark.anyio

DEAL = {"ext": "101", "ani": "19101234567", "name": "d", "sum": "100", "stage": "1"}

# options, command, parameters, code, body
ANSWERS: list[tuple[dict[str, Any], str, dict[str, str], int, str]] = [
    ({}, "addBlackPhone", {"phone": "1"}, 200, ""),
    ({"ok_body": "{}"}, "addBlackPhone", {"phone": "1"}, 200, "{}"),
    ({"ok_body": "OK"}, "addBlackPhone", {"phone": "1"}, 200, "OK"),
    ({}, "makeCall", {}, 400, ""),
    ({"error_body": "json"}, "makeCall", {}, 400, '{"error": "Invalid parameters"}'),
    ({"error_body": "text"}, "makeCall", {}, 400, "Invalid parameters"),
    ({"error_body": "json"}, "getShops", {"token": "x"}, 401, '{"error": "Invalid token"}'),
    ({"check_order": "params_first"}, "makeCall", {"token": "x"}, 400, ""),
    ({"check_order": "params_first"}, "getShops", {"token": "x"}, 401, ""),
    ({"unknown_command_code": 404}, "getWeather", {}, 404, ""),
    ({"unknown_command_code": 200}, "getWeather", {}, 200, ""),
    ({}, "getShops", {}, 200, '{"shops": [{"id": "7", "name": "Main"}]}'),
    ({"id_style": "all_numbers"}, "getShops", {}, 200, '{"shops": [{"id": 7, "name": "Main"}]}'),
    ({"id_style": "all_strings"}, "createDeal", DEAL, 200, '{"id_deal": "1911"}'),
    ({"id_style": "documented"}, "createDeal", DEAL, 200, '{"id_deal": 1911}'),
    ({"require_list_phone": True}, "listBlackIP", {}, 400, ""),
    ({"checkcontact_name_key": "name"}, "checkContact", {"ext": "101", "ani": ANNA, "Name": "A"}, 400, ""),
    ({"checkcontact_name_key": "Name"}, "checkContact", {"ext": "101", "ani": ANNA, "Name": "A"}, 200, ""),
    ({}, "makeCall", {"from": "101", "to": ANNA, "idshop": "99"}, 400, ""),
    ({}, "make2Calls", {"from": "101", "to1": ANNA, "to2": "1234", "vdate": "31.02.2026"}, 400, ""),
    ({}, "make2Calls", {"from": "101", "to1": ANNA, "to2": "1234", "notbefore": "24"}, 400, ""),
    ({}, "make2Calls", {"from": "101", "to1": "380 67", "to2": "1234"}, 400, ""),
    ({}, "make2Calls", {"from": "101", "to1": ANNA, "to2": "ftp://x/a.mp3"}, 400, ""),
    ({}, "createNote", {"ext": "101", "ani": ANNA, "text": "t"}, 400, ""),
    ({"unknown_contact_code": 200}, "createNote", {"ext": "101", "ani": ANNA, "text": "t"}, 200, ""),
    ({"blacklist_duplicate_code": 400}, "addBlackPhone", {"phone": "100111000101"}, 400, ""),
    ({"blacklist_missing_code": 400}, "delBlackPhone", {"phone": "1"}, 400, ""),
    ({"ip_leading_zeros": "reject"}, "addBlackIP", {"IP": "10.0.000.1"}, 400, ""),
    ({}, "sendMsg", {"ext": "999", "ani": "Anna", "text": "t"}, 400, ""),
]


@pytest.mark.parametrize(("options", "command", "fields", "code", "body"), ANSWERS)
async def test_an_answer_looks_as_the_options_have_it(
    options: dict[str, Any], command: str, fields: dict[str, str], code: int, body: str
) -> None:
    async with a_world(options=options) as world:
        answer = await world.send(command, **fields)
    assert (answer.status_code, answer.text) == (code, body)


async def test_ids_may_all_be_numbers_and_come_back_the_same() -> None:
    async with a_world(options={"id_style": "all_numbers"}) as world:
        answer = await world.send("make2Calls", **{"from": "101", "to1": ANNA, "to2": "5001"})
        await world.pass_until_quiet()
    number = answer.json()["id_make2calls"]
    assert isinstance(number, int)
    assert world.ear.named("make2calls_finished")[0]["id_make2calls"] == str(number)


async def test_the_content_type_may_lie() -> None:
    async with a_world(options={"response_content_type": "text/html"}) as world:
        answer = await world.send("getShops")
    assert answer.headers["content-type"] == "text/html"


async def test_any_command_may_come_by_get_where_options_allow_it() -> None:
    async with a_world(options={"method_policy": "any"}) as world:
        fields = {"cmd": "getShops", "token": "202cb962ac59075b964b07152d234b70"}
        assert (await world.http.get("/general", params=fields)).status_code == 200


async def test_of_a_repeated_parameter_the_first_counts() -> None:
    async with a_world() as world:
        body = "cmd=getShops&cmd=nope&token=202cb962ac59075b964b07152d234b70&token=x"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await world.http.post("/general", content=body, headers=form)).status_code == 200


async def test_a_contact_once_known_takes_notes_tasks_and_deals() -> None:
    async with a_world() as world:
        about = {"ext": "101", "ani": ANNA}
        assert (await world.send("checkContact", **about, name="Анна")).status_code == 200
        assert (await world.send("createNote", **about, text="t")).status_code == 200
        tomorrow = {"date": "2026-01-16 10:00:00", "type": "3", "text": "call"}
        assert (await world.send("createTask", **about, **tomorrow)).status_code == 200
        deal = (await world.send("createDeal", **{**DEAL, "ani": ANNA})).json()["id_deal"]
        assert await update(world, deal, sum="200") == 200
        assert await update(world, deal, sum="200") == 400  # nothing changed
        assert await update(world, 999999, sum="200") == 400
        directory = world.exchange.directory
    assert directory.contacts[ANNA]["name"] == "Анна"
    assert (len(directory.notes), len(directory.tasks), directory.deals[deal]["sum"]) == (1, 1, "200")


async def update(world: World, deal: int, **changes: str) -> int:
    fields = {**DEAL, "ani": ANNA, "id_deal": str(deal), "status": "0", **changes}
    return (await world.send("updateDeal", **fields)).status_code


async def test_the_blacklists_keep_what_was_added_and_drop_what_was_deleted() -> None:
    async with a_world() as world:
        await world.send("addBlackPhone", phone="380501112233")
        await world.send("delBlackPhone", phone="100111000101")
        await world.send("delBlackIP", IP="100.111.0.101")
        phones = (await world.send("listBlackPhone")).json()
        ips = (await world.send("listBlackIP")).json()
    assert phones == {"blacklist": ["100111000102", "380501112233"]}
    assert ips == {"blacklist": []}


async def test_statuses_of_all_employees_come_as_webhooks() -> None:
    async with a_world() as world:
        await world.send("initStatuses")
        await world.pass_time(0)
    assert [(told["ext"], told["status"]) for told in world.ear.named("staton")] == [
        ("101", "1"),
        ("201", "1"),
    ]


@pytest.mark.parametrize(
    ("scope", "told"),
    [("all_users", [("101", "0"), ("201", "5")]), ("logged_in", [("201", "5")])],
)
async def test_statuses_are_told_of_everybody_or_of_those_logged_in(
    scope: str, told: list[tuple[str, str]]
) -> None:
    async with a_world(options={"initstatuses_scope": scope}) as world:
        world.exchange.directory.presence.update({"101": 0, "201": 5})
        await world.send("initStatuses")
        await world.pass_time(0)
    assert [(each["ext"], each["status"]) for each in world.ear.named("staton")] == told


async def test_an_employee_who_goes_is_told_of_once() -> None:
    async with a_world() as world:
        for status in (1, 5, 5, 0):
            world.exchange.set_presence("101", status)
        await world.pass_time(0)
    assert [each["status"] for each in world.ear.named("staton")] == ["5", "0"]


async def test_the_clock_of_the_exchange_may_be_ahead() -> None:
    async with a_world(options={"clock_skew_seconds": 3600}) as world:
        answer = await world.send("getShops")
        late = await world.send("createTask", **TASK, date="2026-01-15 12:59:59")
        ahead = await world.send("createTask", **TASK, date="2026-01-15 13:00:01")
    assert answer.headers["date"] == "Thu, 15 Jan 2026 11:00:00 GMT"  # noon in Kyiv is 10:00
    assert (late.status_code, ahead.status_code) == (400, 200)
