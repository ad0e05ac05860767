"""What the models of the commands take, refuse and write, and that they say it all."""

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.lirax.errors import Refused
from engine.lirax.requests import (
    GROUPS,
    AddBlackIp,
    AddBlackPhone,
    CheckContact,
    CreateDeal,
    CreateNote,
    CreateTask,
    KillCall,
    ListBlackPhone,
    MakeCall,
    MakeTwoCalls,
    Request,
    SendMsg,
    TaskType,
    wire_names,
)
from engine.lirax.spelling import comparable_ip
from tests.lirax.conformance.coverage import covers
from tests.lirax.recorded import GENERAL_COMMANDS

KINDS = {kind.cmd: kind for group in GROUPS.values() for kind in group}
PERSON = {"ext": "101", "ani": "380671112233"}
DUE = datetime.fromisoformat("2026-02-01 17:00:01.75")
CALL = {"from_ext": "101", "to1": "380671112233", "to2": "5001"}


def test_what_was_not_given_is_not_sent() -> None:
    assert MakeCall(from_ext="101", to="380671112233").form() == {"from": "101", "to": "380671112233"}
    assert ListBlackPhone().form() == {}
    assert CheckContact(**PERSON, name="Anna").form() == {**PERSON, "name": "Anna"}


def test_values_are_written_as_the_reference_prints_them() -> None:
    contact = CheckContact(**PERSON, name="Anna", add_phone=("+38 050 1",), emails=("a@a.com", "b@b.com"))
    assert contact.form()["add_phone"] == "380501"
    assert contact.form()["emails"] == "a@a.com,b@b.com"
    task = CreateTask(**PERSON, text="Call", date=DUE, type=TaskType.CALL)
    assert (task.form()["date"], task.form()["type"]) == ("2026-02-01 17:00:01", "3")


@covers("C10")
def test_the_id_of_a_call_can_go_under_both_spellings() -> None:
    assert KillCall(call_id="a1").form() == {"Call_id": "a1"}
    assert KillCall(call_id="a1", both_spellings=True).form() == {"Call_id": "a1", "callid": "a1"}


@covers("C26")
def test_the_name_of_a_contact_can_go_under_both_spellings() -> None:
    form = CheckContact(**PERSON, name="Anna", both_spellings=True).form()
    assert form == {**PERSON, "name": "Anna", "Name": "Anna"}


@covers("C51")
def test_numbers_go_without_plus_spaces_brackets_and_dashes_and_addresses_as_they_are() -> None:
    assert AddBlackPhone(phone="+38 (067) 123-45\u00a067").phone == "380671234567"
    address = "https://files.example.com/reminder (1).mp3".replace(" ", "%20")
    assert MakeTwoCalls(**{**CALL, "to2": address}).form()["to2"] == address


@covers("C31")
def test_a_message_to_an_employee_comes_from_a_name_or_a_number() -> None:
    assert SendMsg(ext="101", ani="Анна", text="Hello").form()["ani"] == "Анна"
    assert SendMsg(ext="101", ani="+380671112233", text="Hello").form()["ani"] == "+380671112233"


def test_half_a_character_goes_as_a_question_mark() -> None:
    assert SendMsg(ext="101", ani="Anna", text="a\ud800b").text == "a?b"


WRONG: list[tuple[type[Request[Any]], dict[str, Any], str]] = [
    (MakeCall, {"from_ext": "A1", "to": "1"}, "from: read 'A1', expected digits"),
    (MakeCall, {"from_ext": "101", "to": "my phone"}, "to: read 'my phone', expected the digits of a phone"),
    (MakeCall, {"from_ext": "101", "to": ""}, "to: read ''"),
    (MakeCall, {"from_ext": "101"}, "to is missing"),
    (MakeCall, {"from_ext": "101", "to": "1", "idshop": -1}, "idshop: read '-1'"),
    (MakeCall, {"from_ext": "101", "to": "1", "shop": 1}, "shop: read '1', extra inputs"),
    (MakeTwoCalls, {**CALL, "to2": "https://a b/c.mp3"}, "to2: read 'https://a b/c.mp3'"),
    (MakeTwoCalls, {**CALL, "notbefore": "8"}, "notbefore: read '8', expected an hour from 00 to 23"),
    (MakeTwoCalls, {**CALL, "notafter": "24"}, "notafter: read '24'"),
    (MakeTwoCalls, {**CALL, "vtime": "25:00"}, "vtime: read '25:00', expected hh:mm"),
    (MakeTwoCalls, {**CALL, "vdate": "2026-02-01"}, "vdate: read '2026-02-01', expected dd.mm.YYYY"),
    (MakeTwoCalls, {**CALL, "vmoney": "10,5"}, "vmoney: read '10,5', expected a sum such as 1250.00"),
    (MakeTwoCalls, {**CALL, "timeout": -1}, "timeout: read '-1'"),
    (CreateNote, {**PERSON, "text": " \n"}, "text: read ' \\n', expected a text that is not empty"),
    (CreateTask, {**PERSON, "text": "t", "date": DUE, "type": 4}, "type: read '4'"),
    (CreateTask, {**PERSON, "text": "t", "date": DUE.replace(tzinfo=UTC), "type": 1}, "without a zone"),
    (CreateDeal, {**PERSON, "name": "d", "sum": "12.50", "stage": 1}, "sum: read '12.50'"),
    (CreateDeal, {**PERSON, "name": "d", "sum": 1, "stage": "New"}, "stage: read 'New'"),
    (CheckContact, {**PERSON, "name": "A", "emails": ("a@a.com,b",)}, "emails: read 'a@a.com,b'"),
    (CheckContact, {**PERSON, "name": "A", "add_phone": ("none",)}, "add_phone: read 'none'"),
    (AddBlackIp, {"ip": "localhost"}, "IP: read 'localhost', expected an IP address"),
]


@covers("C19", "C21", "C32", "C52")
@pytest.mark.parametrize(("kind", "values", "sentence"), WRONG)
def test_a_value_that_lirax_would_not_take_is_refused_before_anything_is_sent(
    kind: type[Request[Any]], values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused) as caught:
        kind(**values)
    assert caught.value.kind == "invalid_parameters"
    assert caught.value.status is None
    assert str(caught.value).startswith(f"{kind.cmd} was not sent: ")
    assert sentence in str(caught.value)


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(Refused) as caught:
        MakeCall(from_ext="A1", to="")
    assert "from: " in str(caught.value)
    assert "; to: " in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("100.111.000.101", "100.111.0.101"),
        ("010.001.000.000", "10.1.0.0"),
        ("2001:0DB8::0001", "2001:db8::1"),
        (" 10.0.0.1 ", "10.0.0.1"),
    ],
)
@covers("C33")
def test_addresses_are_compared_without_leading_zeros(one: str, other: str) -> None:
    assert comparable_ip(one) == comparable_ip(other)
    assert comparable_ip("10.0.0.1") != comparable_ip("10.0.0.10")


@pytest.mark.parametrize("row", GENERAL_COMMANDS, ids=lambda row: row["name"])
def test_a_command_needs_what_the_reference_requires_and_nothing_else(row: dict[str, Any]) -> None:
    kind = KINDS[row["name"]]
    names = wire_names(kind)
    needed = {names[name] for name, field in kind.model_fields.items() if field.is_required()}
    printed = {param["name"] for param in row["params"] if param["required"]}
    assert needed == printed - {"cmd", "token"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_command_says_what_it_does_how_it_fails_and_where_that_is_written(kind: type[Request[Any]]) -> None:
    told = inspect.cleandoc(kind.__doc__ or "")
    assert told.partition("\n")[0].endswith(".")
    assert "Errors: 400 invalid_parameters" in told
    assert "401 invalid_token" in told
    assert ("402 modem_not_connected" in told) == kind.over_modem
    assert f"LiraX reference, section {section_of(kind)}, {kind.cmd}." in told
    assert all(field.description for field in kind.model_fields.values())


def section_of(kind: type[Request[Any]]) -> int:
    return {"calls": 2, "messages": 4}.get(kind.__module__.rpartition(".")[2], 3)
