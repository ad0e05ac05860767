"""Forms and answers: what the reference's own cases do not cover (those are in `conformance`)."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from engine.lirax import wire
from engine.lirax.answers import Answer, Blacklist, CallTaken, Shop, Shops, SmsDelivery, SmsStatus, SmsTaken
from engine.lirax.commands import COMMANDS
from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear
from tests.lirax.exchange import A_CALL
from tests.lirax.recorded import GENERAL_COMMANDS, TOKEN


def answer_of(command: str, body: bytes) -> Answer:
    return wire.read_reply(COMMANDS[command], 200, body=body).answer


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
    assert A_CALL.form()["timeout"] == "0"


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
        wire.read_reply(COMMANDS["make2Calls"], status, body=body)
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
    answer = answer_of("make2Calls", body)
    assert isinstance(answer, CallTaken)
    assert answer.id_make2calls == "0012"


def test_an_unreadable_answer_to_a_command_that_may_be_repeated_is_no_doubt() -> None:
    for status, body in ((200, b"<html>"), (429, b""), (500, b"")):
        with pytest.raises(Unavailable):
            wire.read_reply(COMMANDS["getShops"], status, body=body)
    with pytest.raises(Refused) as caught:
        wire.read_reply(COMMANDS["getShops"], 404, body=b"")
    assert caught.value.kind == "not_supported"


def test_after_a_modem_error_the_pause_is_named() -> None:
    for status, seconds in ((402, 30), (403, 5)):
        with pytest.raises(Unavailable) as caught:
            wire.read_reply(COMMANDS["sendSMS"], status, body=b"")
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
    answer = answer_of("checkSMS", body)
    assert isinstance(answer, SmsStatus)
    assert answer.delivery is expected


@pytest.mark.parametrize(
    "body", [b'{"id_sms": 1910123}', b'{"id_sms": "1910123"}', b'{"id_sms": "01910123"}']
)
def test_an_sms_id_is_one_number_however_it_is_written(body: bytes) -> None:
    assert answer_of("sendSMS", body) == SmsTaken(id_sms="1910123")


def test_entries_that_cannot_be_read_are_left_out_of_a_list() -> None:
    body = b'{"shops": [{"id": "7", "name": "Main"}, {"id": "x"}, "junk", null, {"id": 8}]}'
    assert answer_of("getShops", body) == Shops(shops=[Shop(id=7, name="Main"), Shop(id=8, name="")])


def test_a_blacklist_may_be_long_and_nothing_else_may() -> None:
    numbers = [str(380_000_000_000 + number) for number in range(200_000)]
    listed = answer_of("listBlackPhone", json.dumps({"blacklist": numbers}).encode())
    assert listed == Blacklist(blacklist=numbers)
    for command, length in (("killCall", 64 * 1024), ("listBlackPhone", 16 * 1024 * 1024)):
        with pytest.raises(Unavailable, match=f"more than {length // 1024:,} KB"):
            answer_of(command, b" " * length + b"{}")


def test_a_delivery_that_is_no_number_is_no_answer() -> None:
    with pytest.raises(Unavailable, match="without the promised sms_status"):
        answer_of("checkSMS", b'{"sms_status": "soon"}')


def test_fields_that_a_newer_lirax_adds_are_kept() -> None:
    answer = answer_of("getShops", b'{"shops": [{"id": 7, "name": "Main", "city": "Lviv"}], "total": 1}')
    assert answer.model_dump() == {"shops": [{"id": 7, "name": "Main", "city": "Lviv"}], "total": 1}


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b'{"error": "Invalid para'])
def test_a_page_or_a_cut_answer_is_no_yes_even_where_nothing_is_promised(body: bytes) -> None:
    with pytest.raises(Unclear) as caught:
        wire.read_reply(COMMANDS["createNote"], 200, body=body)
    assert caught.value.kind == "protocol"
