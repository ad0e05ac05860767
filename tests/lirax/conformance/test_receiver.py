"""The receiver against the reference: every webhook, every case, answered, stored and applied once.

Driven by `tests/recorded/lirax-api.json` alone; over real HTTP.
"""

import json
import random
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from engine.database.opening import open_database
from engine.lirax.webhooks import (
    CallEvent,
    CallFinished,
    EmployeeCallFinished,
    Other,
    SmsReceived,
    Webhook,
    cmd_of,
    read_webhook,
)
from tests.lirax.conformance.coverage import covers, proving
from tests.lirax.conformance.receiving import (
    OUR_CALL,
    THE_PERSON,
    THE_TEXTED,
    Receiver,
    a_receiver,
)
from tests.lirax.recorded import REFERENCE, WEBHOOK_TOKEN

pytestmark = pytest.mark.anyio

CASES = REFERENCE["webhook_cases"]
HOOKS = {hook["name"]: hook for hook in REFERENCE["webhooks"]}
SPELLINGS = ("from_LiraX_token", "From_LiraX_token", "FROM_LIRAX_TOKEN", "token", "Token")
AS_RECORDED = f"from_LiraX_token={WEBHOOK_TOKEN}"
OURS = {  # what the reference calls a field, and we otherwise
    "record_link": "recording",
    "id_makecall": "provider_id",
    "Call_id": "callid",
    "is_recorded": "recorded",
    "id": "sms_id",
}
FURTHER = {  # contradictions and silences of section 7 that a case shows
    "W01": ["C2"],
    "W02": ["C1"],
    "W08": ["C8"],
    "W09": ["C14"],
    "W10": ["C14"],
    "W11": ["C10"],
    "W12": ["C49"],
    "W13": ["C49"],
    "W14": ["C49"],
    "W15": ["C49"],
    "W17": ["C37"],
    "W18": ["C37"],
    "W20": ["C39", "C40"],
    "W22": ["C52"],
    "W23": ["C40"],
    "W25": ["C42"],
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def listening(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Receiver]:
    folder = tmp_path_factory.mktemp("receiver")
    migrated = folder / "migrated.db"
    database = await open_database(f"sqlite:///{migrated}", upgrade=True)
    await database.close()
    async with a_receiver(folder, migrated=migrated) as receiver:
        yield receiver


@pytest.fixture
async def receiver(listening: Receiver) -> Receiver:
    await listening.forget()
    return listening


def words_of(case: Mapping[str, Any]) -> list[str]:
    hook = [case["webhook"]] if case["webhook"] else []
    return [case["id"], *hook, *FURTHER.get(case["id"], [])]


def told(webhook: Webhook, name: str) -> Any:
    """A field of the reference as our value has it."""
    value = getattr(webhook, OURS.get(name, name))
    if name == "keys":
        return [press._asdict() for press in value]
    if isinstance(webhook, SmsReceived) and name == "id":
        return int(value)
    return value


def with_token_as(body: str, spelling: str) -> str:
    return body.replace(AS_RECORDED, f"{spelling}={WEBHOOK_TOKEN}")


@pytest.mark.parametrize("case", [proving(case, *words_of(case)) for case in CASES])
async def test_each_case_is_answered_and_stored_as_the_reference_says(
    receiver: Receiver, case: Mapping[str, Any]
) -> None:
    expected = case["expect"]
    good = expected["status"] == 200
    for spelling in SPELLINGS:
        await receiver.forget()
        for _ in range(2):
            response = await receiver.hear(with_token_as(case["raw_body"], spelling), **sent_as(case))
            assert response.status_code == expected["status"]
            assert response.json() == expected.get("body", {})
        stored = await receiver.inbox()
        assert bool(stored) is good
        if good:
            check_stored(case, stored[0]["body"])
            await receiver.apply()
            assert {row["verdict"] for row in await receiver.inbox()} <= {
                "applied",
                "orphan",
                "ignored",
                "stored",
            }
        assert WEBHOOK_TOKEN not in str(stored)


def sent_as(case: Mapping[str, Any]) -> dict[str, str]:
    return {"content_type": case["content_type"]} if "content_type" in case else {}


def check_stored(case: Mapping[str, Any], body: Mapping[str, str]) -> None:
    expected = case["expect"]
    webhook = read_webhook(body)
    assert isinstance(webhook, Other) is bool(expected.get("stored_as_unknown"))
    if case["webhook"]:
        assert cmd_of(webhook) == case["webhook"]
    for name, value in expected.get("fields", {}).items():
        if name.endswith("_raw"):
            assert body[name.removesuffix("_raw")] == value
        else:
            assert told(webhook, name) == value, name
    for name, value in expected.get("extra", {}).items():
        assert body[name] == value


EXAMPLES = [
    proving(hook, name, *(f"{name}.{param['name']}" for param in hook["params"]))
    for name, hook in HOOKS.items()
]


@covers("C3")
@pytest.mark.parametrize("hook", EXAMPLES)
async def test_each_webhook_is_read_from_its_example(receiver: Receiver, hook: Mapping[str, Any]) -> None:
    """With every optional field beside, which the examples leave out."""
    more = {param["name"]: "x1" for param in hook["params"] if param["presence"] == "sometimes"}
    more = {name: value for name, value in more.items() if name not in {*hook["example_request"], "keys"}}
    await receiver.furnish()
    for _ in range(2):
        response = await receiver.hear(f"{hook['example_wire']}&{urlencode(more)}")
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    if hook.get("synchronous"):
        assert response.json() == {"contact_name": "Ivan Ivanov", "responsible": 102}
    else:
        assert response.json() == {}
    stored = await receiver.inbox()
    assert len(stored) == (1 if hook["dedupe_key"] else 2)
    expected = {**hook["example_request"], **more}
    token = expected.pop("from_LiraX_token")
    assert dict(stored[0]["body"]) == expected
    assert token == WEBHOOK_TOKEN


@pytest.mark.parametrize("name", HOOKS)
async def test_a_json_body_says_the_same_as_a_form(receiver: Receiver, name: str) -> None:
    example = HOOKS[name]["example_request"]
    response = await receiver.hear(_as_json(example), content_type="application/json")
    assert response.status_code == 200
    stored = await receiver.inbox()
    assert read_webhook(stored[0]["body"]) == read_webhook(example)


@covers("C46")
@pytest.mark.parametrize("name", HOOKS)
async def test_each_needed_field_is_missed_and_no_other(receiver: Receiver, name: str) -> None:
    hook = HOOKS[name]
    example = hook["example_request"]
    for param in hook["params"]:
        field = param["name"]
        if field in ("cmd", "from_LiraX_token"):
            continue
        needed = field in hook["receiver_must_require"]
        for body in (
            {key: value for key, value in example.items() if key != field},
            {**example, field: ""},
        ):
            response = await receiver.hear(urlencode(body))
            assert response.status_code == (400 if needed else 200), (field, body)
            if needed:
                assert response.json() == {"error": "Invalid parameters"}
        await receiver.forget()


@covers("C46")
@pytest.mark.parametrize("name", HOOKS)
async def test_a_wrong_key_is_told_in_json_by_every_webhook(receiver: Receiver, name: str) -> None:
    for body in (urlencode({**HOOKS[name]["example_request"], "from_LiraX_token": "x"}), f"cmd={name}"):
        response = await receiver.hear(body)
        assert (response.status_code, response.json()) == (401, {"error": "Invalid token"})
    assert await receiver.inbox() == []


@pytest.mark.parametrize("name", HOOKS)
async def test_names_and_commands_are_read_in_any_letter_case(receiver: Receiver, name: str) -> None:
    example = HOOKS[name]["example_request"]
    shouted = {key.upper(): value for key, value in example.items()} | {"CMD": name.upper()}
    assert (await receiver.hear(urlencode(shouted))).status_code == 200
    [stored] = await receiver.inbox()
    assert read_webhook(stored["body"]) == read_webhook(example)


@covers("webhook_encoding=cp1251", "webhook_encoding=utf-8", "C48")
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("form", [True, False], ids=["form", "json"])
async def test_a_stop_word_is_heard_in_either_encoding(receiver: Receiver, encoding: str, form: bool) -> None:
    said = {**HOOKS["smsReceived"]["example_request"], "text": "СТОП"}
    body = urlencode(said, encoding=encoding).encode() if form else _as_json(said).encode(encoding)
    assert (await receiver.hear(body)).status_code == 200
    await receiver.apply()
    assert [row["phone"] for row in await receiver.rows("suppression")] == [THE_TEXTED]
    [stored] = await receiver.inbox()
    assert ("text:raw" in stored["body"]) is (encoding == "cp1251")


@covers("C10", "C11", "C12", "C13", "C38", "C39", "C40", "C41", "C47", "webhook_faults=reorder")
@covers("webhook_faults=duplicate", "webhook_faults=none", "makecall_finished_at=answer")
@pytest.mark.parametrize("seed", range(12))
async def test_all_eight_in_any_order_and_twice_end_the_same(receiver: Receiver, seed: int) -> None:
    await receiver.furnish()
    bodies = [hook["example_wire"] for hook in HOOKS.values()] * 2
    bodies = [_of_our_call(body) if "cmd=record&" in body else body for body in bodies]
    chance = random.Random(seed)
    chance.shuffle(bodies)
    for body in bodies:
        assert (await receiver.hear(body)).status_code == 200
        if chance.random() < 0.5:  # applied one by one, or many at once
            await receiver.apply()
    await receiver.apply()
    [call] = await receiver.rows("attempt")
    assert (call["state"], call["result"], call["callid"]) == ("done", "answered_short", OUR_CALL)
    assert sorted(call["recording"].split()) == ["https://link/file.wav", "https://link/later.wav"]
    assert call["duration"] == 124
    assert sorted(press["key"] for press in call["keys"]) == ["4", "7", "9"]  # both examples' keys
    [by_hand] = await receiver.rows("employee_call")
    assert (by_hand["state"], by_hand["call_id"]) == ("answered", "b964b07152d")
    [message] = await receiver.rows("sms")
    assert message["state"] == "delivered"
    assert {row["verdict"] for row in await receiver.inbox()} <= {"applied", "stored"}
    kept = [row["cmd"] for row in await receiver.inbox()]
    assert {cmd: kept.count(cmd) for cmd in kept} == {
        name: 1 if hook["dedupe_key"] else 2 for name, hook in HOOKS.items()
    }


def _of_our_call(record: str) -> str:
    """The example of `record` with the event's call id, dashes left out; as printed it has a 0 instead."""
    said = {"cmd": "record", "callid": OUR_CALL.replace("-", ""), "record_link": "https://link/later.wav"}
    assert "D10D0EB124F4E64AF4EA01511" in record
    return f"{urlencode(said)}&{AS_RECORDED}"


@covers("call_id_when_failed=empty", "call_id_when_failed=absent", "C13", "C14")
@pytest.mark.parametrize("call_id", [{"Call_id": ""}, {}], ids=["empty", "absent"])
async def test_an_employees_call_that_nobody_answered_has_ended(
    receiver: Receiver, call_id: dict[str, str]
) -> None:
    await receiver.furnish()
    said = {"cmd": "makecall_finished", "id_makecall": "ef232234feb12", "success": "0", **call_id}
    assert (await receiver.hear(f"{urlencode(said)}&{AS_RECORDED}")).status_code == 200
    await receiver.apply()
    [by_hand] = await receiver.rows("employee_call")
    assert (by_hand["state"], by_hand["call_id"], by_hand["result"]) == ("ended", None, "no_answer")


@covers("C42", "C51")
@pytest.mark.parametrize("spelling", [THE_PERSON, f"+{THE_PERSON}", "1 (910) 123-45-67"])
async def test_a_contact_is_known_in_every_spelling_of_the_number(receiver: Receiver, spelling: str) -> None:
    await receiver.furnish()
    asked = urlencode({"cmd": "contact", "phone": spelling, "token": WEBHOOK_TOKEN})
    assert (await receiver.hear(asked)).json() == {"contact_name": "Ivan Ivanov", "responsible": 102}


@covers("keys_when_none=absent", "keys_when_none=empty_string", "keys_when_none=empty_array", "C49")
@pytest.mark.parametrize("keys", ["", "&keys=", "&keys=%5B%5D", "&keys=null", "&keys=%7B%7D", "&keys=7"])
async def test_no_press_is_no_key_however_it_is_said(receiver: Receiver, keys: str) -> None:
    await receiver.furnish()
    finished = "cmd=make2calls_finished&id_make2calls=ef232234feb12&success=1&duration_success=1"
    assert (await receiver.hear(f"{finished}{keys}&{AS_RECORDED}")).status_code == 200
    await receiver.apply()
    [call] = await receiver.rows("attempt")
    assert (call["result"], call["keys"]) == ("answered_full", None)


@covers("C52", "C53")
async def test_what_is_new_to_us_is_kept_and_harms_nothing(receiver: Receiver) -> None:
    await receiver.furnish()
    for body in (
        "cmd=somethingNew&a=1",
        f"cmd=event&type=out&event=PARKED&phone={THE_PERSON}&ext=102&callid={OUR_CALL}&status=Weird",
        "cmd=staton&ext=910&status=4711",
        "cmd=event&event=COMPLETED&callid=c9",
        f"cmd=event&type=sideways&event=COMPLETED&callid=c9&phone={THE_PERSON}&duration=-5",
    ):
        assert (await receiver.hear(f"{body}&{AS_RECORDED}")).status_code == 200
    await receiver.apply()
    assert len(await receiver.inbox()) == 5
    assert not any(row["dead"] or row["error"] for row in await receiver.inbox())
    [call] = await receiver.rows("attempt")
    assert (call["state"], call["callid"], call["event_status"]) == ("placed", OUR_CALL, None)


async def test_of_a_repeated_field_the_first_counts(receiver: Receiver) -> None:
    body = f"cmd=staton&ext=910&ext=911&Status=1&status=2&{AS_RECORDED}&token=x"
    assert (await receiver.hear(body)).status_code == 200
    [stored] = await receiver.inbox()
    assert dict(stored["body"]) == {"cmd": "staton", "ext": "910", "Status": "1"}


async def test_a_body_over_64_kb_is_refused(receiver: Receiver) -> None:
    body = f"cmd=staton&ext=910&status=1&{AS_RECORDED}&pad="
    assert (await receiver.hear(body + "x" * (64 * 1024 - len(body)))).status_code == 200
    assert (await receiver.hear(body + "x" * (64 * 1024 - len(body) + 1))).status_code == 413
    assert len(await receiver.inbox()) == 1


def test_what_must_be_there_is_what_the_reference_says() -> None:
    """The kinds of our values cover all eight; each is told apart by what it needs."""
    read = {name: type(read_webhook(hook["example_request"])) for name, hook in HOOKS.items()}
    assert len(set(read.values())) == len(HOOKS) == 8
    assert read["event"] is CallEvent
    assert (read["make2calls_finished"], read["makecall_finished"]) == (CallFinished, EmployeeCallFinished)


def _as_json(fields: Mapping[str, str]) -> str:
    return json.dumps(dict(fields), ensure_ascii=False)
