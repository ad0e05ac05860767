"""What LiraX tells us, by the reference's own cases and by what no case covers."""

from typing import Any

import pytest

from campaigns.rules.policy import KeyPress
from engine.lirax.webhooks import (
    CallEvent,
    CallFinished,
    ContactAsked,
    EmployeeCallFinished,
    Incomplete,
    Other,
    RecordingReady,
    SmsDelivered,
    SmsReceived,
    StatusChanged,
    Webhook,
    cmd_of,
    dedupe_key,
    read_fields,
    read_webhook,
    subject_of,
)
from tests.lirax.recorded import REFERENCE, WEBHOOK_TOKEN

GOOD = [case for case in REFERENCE["webhook_cases"] if case["expect"]["status"] == 200]
ATTRIBUTES: dict[str, str] = {
    "id_makecall": "provider_id",
    "Call_id": "callid",
    "is_recorded": "recorded",
    "record_link": "recording",
    "id": "sms_id",
}


def of(form: str) -> Webhook:
    return read_webhook(read_fields(form.encode()).without_token())


def as_our_value(name: str, value: Any) -> Any:
    if name == "keys":
        return tuple(KeyPress(**press) for press in value)
    return str(value) if name == "id" else value


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["id"])
def test_a_webhook_of_the_reference_is_read(case: dict[str, Any]) -> None:
    fields = read_fields(case["raw_body"].encode())
    body = fields.without_token()
    webhook = read_webhook(body)
    expected = dict(case["expect"].get("fields", {}))
    assert fields.token == WEBHOOK_TOKEN
    assert WEBHOOK_TOKEN not in str(body)
    assert body.get("keys") == expected.pop("keys_raw", body.get("keys"))
    assert cmd_of(webhook) == (case["webhook"] or "somethingNew")
    assert isinstance(webhook, Other) == case["expect"].get("stored_as_unknown", False)
    assert case["expect"].get("extra", {}).items() <= body.items()
    for name, value in expected.items():
        assert getattr(webhook, ATTRIBUTES.get(name) or name) == as_our_value(name, value)


@pytest.mark.parametrize("row", REFERENCE["webhooks"], ids=lambda row: row["name"])
def test_the_printed_example_of_a_webhook_is_read(row: dict[str, Any]) -> None:
    fields = read_fields(row["example_wire"].encode())
    assert fields.values == row["example_request"]
    assert cmd_of(read_webhook(fields.values)) == row["name"]


@pytest.mark.parametrize("row", REFERENCE["webhooks"], ids=lambda row: row["name"])
def test_only_what_the_receiver_must_require_is_required(row: dict[str, Any]) -> None:
    needed = {"cmd", *row["receiver_must_require"]}
    example = {name: value for name, value in row["example_request"].items() if name in needed}
    assert cmd_of(read_webhook(example)) == row["name"]
    for name in needed:
        for missing in ({**example, name: " "}, {key: example[key] for key in example if key != name}):
            with pytest.raises(Incomplete):
                read_webhook(missing)


@pytest.mark.parametrize("row", REFERENCE["webhooks"], ids=lambda row: row["name"])
def test_a_webhook_has_a_dedupe_key_exactly_where_the_reference_names_one(row: dict[str, Any]) -> None:
    webhook = read_webhook(row["example_request"])
    assert (dedupe_key("default", webhook) is not None) == (row["dedupe_key"] is not None)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            "cmd=make2calls_finished&id_make2calls=m2&success=1",
            CallFinished("m2", success=True, duration_success=None, keys=()),
        ),
        (
            "CMD=MAKE2CALLS_FINISHED&ID_make2calls= m2 &SUCCESS=0&duration_success=maybe",
            CallFinished("m2", success=False, duration_success=None, keys=()),
        ),
        (
            "cmd=event&event=call_completed&type=OUT&callid=c-1&phone=%2B380+67+1&status=busy&duration=x",
            CallEvent("out", "CALL_COMPLETED", "380671", "", "c-1", None, "Busy", None, ()),
        ),
        (
            "cmd=event&event=Transferred&type=in&Call_id=c-1&phone=anonymous&ext=5001",
            CallEvent("in", "Transferred", "anonymous", "5001", "c-1", None, None, None, ()),
        ),
        ("cmd=makecall_finished&id_makecall=m&success=true", EmployeeCallFinished("m", None, success=True)),
        ("cmd=record&callid=c&record_link=https%3A%2F%2Fx%2Fy", RecordingReady("c", "https://x/y")),
        ("cmd=smsDelivered&id_sms=0012", SmsDelivered("12")),
        ("cmd=smsDelivered&id_sms=a12", SmsDelivered("a12")),
        ("cmd=smsReceived&ani=%2B38012345679", SmsReceived(None, "38012345679", None, "")),
        ("cmd=smsReceived&ani=KYIVSTAR&text=Hi", SmsReceived(None, "KYIVSTAR", None, "Hi")),
        ("cmd=smsReceived&ani=1&id=7&text=+a%0A", SmsReceived("7", "1", None, " a\n")),
        ("cmd=smsReceived&ani=1&id=000", SmsReceived("0", "1", None, "")),
        (f"cmd=smsReceived&ani=1&id=00{'7' * 5000}", SmsReceived("7" * 5000, "1", None, "")),
        ("cmd=smsReceived&ani=1&text=%D1%F2%EE%EF", SmsReceived(None, "1", None, "Стоп")),  # Windows-1251
        ("cmd=smsReceived&ani=1&text=%98%FF", SmsReceived(None, "1", None, "\ufffd\ufffd")),
        ("cmd=staton&ext=910&status=7", StatusChanged("910", 7)),
        ("cmd=contact&phone=%2B1+555", ContactAsked("1555")),
        ("cmd=AskQuestion&a=", Other("AskQuestion")),
    ],
)
def test_a_webhook_is_read_whatever_its_spelling(form: str, expected: Webhook) -> None:
    assert of(form) == expected


@pytest.mark.parametrize(
    "form",
    [
        "",
        "cmd=",
        "cmd=make2calls_finished&id_make2calls=m&success=2",
        "cmd=make2calls_finished&id_make2calls=m&success=yes",
        "cmd=make2calls_finished&success=1&id_make2calls=" + "m" * 256,  # no id is so long
        "cmd=staton&ext=910&status=busy",
        "cmd=event&event=COMPLETED",
    ],
)
def test_a_needed_param_that_cannot_be_read_is_refused(form: str) -> None:
    with pytest.raises(Incomplete):
        of(form)


def test_a_duration_no_call_can_have_is_none() -> None:
    webhook = of("cmd=event&event=COMPLETED&callid=c&duration=" + "9" * 18)
    assert isinstance(webhook, CallEvent)
    assert webhook.duration is None


def test_a_repeat_has_the_same_key_and_another_account_another() -> None:
    form = "cmd=make2calls_finished&id_make2calls=m2&success={}"
    assert dedupe_key("default", of(form.format(1))) == dedupe_key("default", of(form.format(0)))
    assert dedupe_key("default", of(form.format(1))) != dedupe_key("second", of(form.format(1)))


def test_ids_that_only_look_alike_side_by_side_have_different_keys() -> None:
    one = of("cmd=record&callid=a&record_link=b%2Cc")
    other = of("cmd=record&callid=a%2Cb&record_link=c")
    assert dedupe_key("default", one) != dedupe_key("default", other)


def test_a_modem_that_counts_from_one_again_loses_no_stop() -> None:
    form = "cmd=smsReceived&id=1&provider=380&ani=38067&text={}"
    assert dedupe_key("default", of(form.format("Hi"))) == dedupe_key("default", of(form.format("Hi")))
    assert dedupe_key("default", of(form.format("Hi"))) != dedupe_key("default", of(form.format("STOP")))
    assert dedupe_key("default", of("cmd=smsReceived&provider=380&ani=38067&text=STOP")) is None


def test_a_dedupe_key_stays_short_enough_for_an_index() -> None:
    key = dedupe_key("default", of("cmd=record&callid=c&record_link=" + "x" * 60_000))
    assert key is not None
    assert len(key) < 100


@pytest.mark.parametrize(
    ("form", "subject"),
    [
        ("cmd=make2calls_finished&id_make2calls=m2&success=1", "m2"),
        ("cmd=event&event=COMPLETED&callid=c-1", "c-1"),
        ("cmd=record&callid=c1&record_link=x", "c1"),
        ("cmd=smsDelivered&id_sms=12", "12"),
        ("cmd=smsReceived&ani=1", None),
        ("cmd=staton&ext=1&status=1", None),
    ],
)
def test_the_subject_is_the_id_it_speaks_of(form: str, subject: str | None) -> None:
    assert subject_of(of(form)) == subject
