"""Forms and answers, by the reference's own cases and by what no case covers."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from engine.lirax import wire
from engine.lirax.commands import COMMANDS
from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear
from engine.lirax.wire import SmsDelivery
from tests.lirax.exchange import A_CALL
from tests.lirax.recorded import GENERAL_COMMANDS, REFERENCE, TOKEN

CASES = REFERENCE["response_cases"]
GOOD = [case for case in CASES if case["expect"]["ok"]]
BAD = [case for case in CASES if not case["expect"]["ok"]]
LISTS = {"getUsers": "users", "getStages": "stages", "getUserStatuses": "statuses"}


def read(case: dict[str, Any]) -> dict[str, Any]:
    http = case["http"]
    return wire.read_answer(COMMANDS[case["command"]], http["code"], body=http["body"].encode())


def as_typed(case: dict[str, Any], answer: dict[str, Any]) -> Any:
    """The answer in the form of the case's `value`, for what has a reader of its own."""
    match case["command"]:
        case "makeCall":
            return {"id_makecall": wire.read_id(answer, "id_makecall")}
        case "make2Calls":
            return {"id_make2calls": wire.read_id(answer, "id_make2calls")}
        case "createDeal":
            return {"id_deal": wire.read_whole_number(answer["id_deal"])}
        case "checkSMS":
            return {"sms_status": wire.read_whole_number(answer["sms_status"])}
        case "getShops":
            return [{"id": shop.id, "name": shop.name} for shop in wire.read_shops(answer)]
        case "killCall":
            return answer or None
        case "listBlackPhone" | "listBlackIP":
            return [str(entry) for entry in answer["blacklist"] or []]
        case other:
            return answer[LISTS[other]]


@pytest.mark.parametrize(
    "case", [case for case in GOOD if case["command"] not in LISTS], ids=lambda case: case["id"]
)
def test_a_good_answer_of_the_reference_is_read(case: dict[str, Any]) -> None:
    assert as_typed(case, read(case)) == case["expect"]["value"]


@pytest.mark.parametrize(
    "case", [case for case in GOOD if case["command"] in LISTS], ids=lambda case: case["id"]
)
def test_a_list_of_the_reference_is_kept_as_it_came(case: dict[str, Any]) -> None:
    assert read(case) == json.loads(case["http"]["body"])


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["id"])
def test_a_bad_answer_of_the_reference_becomes_its_error(case: dict[str, Any]) -> None:
    expect = case["expect"]
    with pytest.raises(LiraxError) as caught:
        read(case)
    assert caught.value.kind == expect["error"]
    assert caught.value.status == case["http"]["code"]
    assert caught.value.ambiguous == expect.get("ambiguous", False)
    assert isinstance(caught.value, Unavailable) == expect.get("retry_safe", False)


@pytest.mark.parametrize("row", GENERAL_COMMANDS, ids=lambda row: row["name"])
def test_the_printed_example_of_a_command_is_what_we_send(row: dict[str, Any]) -> None:
    printed = dict(parse_qsl(row["example_wire"]))
    params = {name: value for name, value in printed.items() if name not in {"cmd", "token"}}
    form = wire.form_of(COMMANDS[row["name"]], params, token=TOKEN)
    assert dict(parse_qsl(form.decode())) == printed


def test_every_make2calls_goes_with_timeout_0_unless_another_was_asked_for() -> None:
    command = COMMANDS["make2Calls"]
    assert b"timeout=0" in wire.form_of(command, {"to1": "1"}, token=TOKEN)
    assert b"timeout=60" in wire.form_of(command, {"timeout": "60"}, token=TOKEN)
    assert wire.call_params(A_CALL)["timeout"] == "0"


def test_numbers_go_without_plus_spaces_brackets_and_dashes_and_addresses_as_they_are() -> None:
    assert wire.bare_number("+38 (067) 123-45\u00a067") == "380671234567"
    assert wire.call_params(A_CALL)["to2"] == "https://files.example.com/reminder.mp3"


def test_ivr_values_are_left_out_when_there_are_none() -> None:
    params = wire.call_params(A_CALL)
    assert params["vmoney"] == "1250.00"
    assert not {"vdate", "vtime"} & params.keys()


def test_half_a_character_in_a_text_does_not_stop_the_message() -> None:
    assert b"text=a%3Fb" in wire.form_of(COMMANDS["sendSMS"], {"text": "a\ud800b"}, token=TOKEN)


# status, body → class and kind; make2Calls must not be repeated
MAKE2CALLS_ANSWERS = [
    (400, b"", Refused, "invalid_parameters"),
    (401, b"", Refused, "invalid_token"),
    (200, b'{"error": "Invalid token"}', Refused, "invalid_token"),
    (200, b'{"error": "database is away"}', Unclear, "protocol"),
    (200, b'{"error": "Invalid parameters", "id_make2calls": "a1"}', Unclear, "protocol"),  # says both
    (200, b"<html>Welcome</html>", Unclear, "protocol"),
    (200, b"OK", Unclear, "protocol"),
    (200, b"{}", Unclear, "protocol"),
    (200, b'["ef232234feb12"]', Unclear, "protocol"),
    (200, b'{"id_make2calls": ""}', Unclear, "protocol"),
    (200, b'{"id_make2calls": "  "}', Unclear, "protocol"),
    (200, b'{"id_make2calls": null}', Unclear, "protocol"),
    (200, b'{"id_make2calls": true}', Unclear, "protocol"),
    (200, b'{"id_make2calls": 1.5}', Unclear, "protocol"),
    (200, b'{"id_make2calls": {"id": 1}}', Unclear, "protocol"),
    (200, b'{"id_make2calls": "a\\u0000b"}', Unclear, "protocol"),  # no database takes it
    (200, b'{"id_make2calls": "' + b"a" * 256 + b'"}', Unclear, "protocol"),  # no index of ours either
    (200, b'{"id_make2calls": "ef2322', Unclear, "protocol"),  # cut
    (200, b"[" * 60_000, Unclear, "protocol"),  # deeper than a parser goes
    (200, b'{"id_make2calls": "a1"' + b" " * 65_536 + b"}", Unclear, "protocol"),  # over 64 KB
    (201, b'{"id_make2calls": "a1"}', Unclear, "protocol"),
    (204, b"", Unclear, "protocol"),
    (302, b"", Unclear, "protocol"),
    (402, b"", Unclear, "protocol"),  # of modems only sendSMS and checkSMS know
    (403, b"", Unclear, "protocol"),
    (404, b"", Unclear, "protocol"),
    (405, b"", Unclear, "protocol"),
    (429, b"", Unclear, "protocol"),
    (500, b"", Unclear, "server"),
    (503, b'{"id_make2calls": "a1"}', Unclear, "server"),
    (599, b"", Unclear, "server"),
]


@pytest.mark.parametrize(("status", "body", "error", "kind"), MAKE2CALLS_ANSWERS)
def test_only_400_and_401_are_a_certain_no_to_make2calls(
    status: int, body: bytes, error: type[LiraxError], kind: str
) -> None:
    with pytest.raises(error) as caught:
        wire.read_answer(COMMANDS["make2Calls"], status, body=body)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "body",
    [
        b'{"id_make2calls": "0012"}',
        b'\xef\xbb\xbf {"id_make2calls": "0012"}\n',
        b'{"id_make2calls": "0012", "error": ""}',
        b'{"id_make2calls": "0012", "error": null, "extra": [1]}',
    ],
)
def test_an_id_is_kept_byte_for_byte(body: bytes) -> None:
    answer = wire.read_answer(COMMANDS["make2Calls"], 200, body=body)
    assert wire.read_id(answer, "id_make2calls") == "0012"


def test_an_unreadable_answer_to_a_command_that_may_be_repeated_is_no_doubt() -> None:
    for status, body in ((200, b"<html>"), (429, b""), (500, b"")):
        with pytest.raises(Unavailable):
            wire.read_answer(COMMANDS["getShops"], status, body=body)
    with pytest.raises(Refused) as caught:
        wire.read_answer(COMMANDS["getShops"], 404, body=b"")
    assert caught.value.kind == "not_supported"


def test_after_a_modem_error_the_pause_is_named() -> None:
    for status, seconds in ((402, 30), (403, 5)):
        with pytest.raises(Unavailable) as caught:
            wire.read_answer(COMMANDS["sendSMS"], status, body=b"")
        assert caught.value.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"sms_status": 1}', SmsDelivery.HANDED_OVER),
        (b'{"sms_status": "2"}', SmsDelivery.IN_PROGRESS),
        (b'{"sms_status": 3}', SmsDelivery.DELIVERED),
        (b'{"sms_status": "4"}', SmsDelivery.EXPIRED),
        (b'{"sms_status": 9}', SmsDelivery.HANDED_OVER),  # a number LiraX may add: nothing is known
    ],
)
def test_a_delivery_is_read_quoted_or_bare(body: bytes, expected: SmsDelivery) -> None:
    assert wire.read_delivery(wire.read_answer(COMMANDS["checkSMS"], 200, body=body)) is expected


@pytest.mark.parametrize(
    "body", [b'{"id_sms": 1910123}', b'{"id_sms": "1910123"}', b'{"id_sms": "01910123"}']
)
def test_an_sms_id_is_one_number_however_it_is_written(body: bytes) -> None:
    assert wire.read_sms_id(wire.read_answer(COMMANDS["sendSMS"], 200, body=body)) == "1910123"


def test_shops_that_cannot_be_read_are_left_out() -> None:
    answer = {"shops": [{"id": "7", "name": "Main"}, {"id": "x"}, "junk", {"id": 8}]}
    assert wire.read_shops(answer) == [wire.Shop(7, "Main"), wire.Shop(8, "")]
