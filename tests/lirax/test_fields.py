"""The body of a webhook as fields, and the pressed keys among them."""

import json
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.policy import KeyPress
from engine.lirax.fields import Fields, Unreadable, read_fields
from engine.lirax.pressed_keys import read_keys


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"", {}),
        (b"a=1&b=&c", {"a": "1", "b": "", "c": ""}),  # blank values are kept
        (b"a=1&A=2&a=3", {"a": "1"}),  # of a repeated name the first counts
        (b"&&a=1&&", {"a": "1"}),
        (b"a=x%2By+z%20w=", {"a": "x+y z w="}),
        (b"a=%zz%4", {"a": "%zz%4"}),
        ("a=Привіт".encode(), {"a": "Привіт"}),  # not escaped at all
        (b'\xef\xbb\xbf{"a": "1"}\n', {"a": "1"}),
        (
            b'{"a": 910, "b": null, "c": true, "d": 1.50, "e": false}',
            {"a": "910", "b": "", "c": "1", "d": "1.50", "e": "0"},
        ),
        (b'{"keys": [{"key": 7}]}', {"keys": '[{"key": "7"}]'}),
        (b'{"a": 1, "A": 2}', {"a": "1"}),
        (b'{"a": "x\\u0000y\\ud800"}', {"a": "x\ufffdy\ufffd"}),  # what no database takes
    ],
)
def test_fields_are_read(body: bytes, values: dict[str, str]) -> None:
    assert read_fields(body) == Fields(values)


@pytest.mark.parametrize("body", [b"{", b'{"a": 1', b"{}x", b"{" * 5000, b'{"a":' * 5000])
def test_what_begins_like_json_and_is_none_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_fields(body)


def test_bytes_that_are_no_utf_8_are_replaced_and_kept_beside() -> None:
    values = read_fields("cmd=smsReceived&text=стоп".encode("cp1251")).values
    assert values["text"] == "\ufffd" * 4
    assert unquote_to_bytes(values["text:raw"]).decode("cp1251") == "стоп"


@pytest.mark.parametrize(
    ("body", "token"),
    [
        (b"from_LiraX_token=a&token=b", "a"),
        (b"token=b&From_lirax_TOKEN=a", "a"),
        (b"TOKEN=b", "b"),
        (b"from_LiraX_token=&token=b", "b"),
        (b"token=first&token=second", "first"),
        (b'{"token": "b"}', "b"),
        (b"tokens=b", None),
        (b"token=", None),
    ],
)
def test_the_key_is_found_and_never_stored(body: bytes, token: str | None) -> None:
    fields = read_fields(body)
    assert fields.token == token
    assert not any(name.lower() == "token" or "lirax" in name.lower() for name in fields.without_token())


def test_a_key_that_is_no_utf_8_is_not_kept_beside_either() -> None:
    assert read_fields(b"token=%ff&a=1").without_token() == {"a": "1"}


def test_of_too_many_fields_the_first_64_are_read_and_the_rest_is_known_to_be_missing() -> None:
    form = "&".join(f"f{number}=1" for number in range(65)).encode()
    document = json.dumps({f"f{number}": 1 for number in range(65)}).encode()
    for body in (form, document):
        fields = read_fields(body)
        assert (len(fields.values), fields.is_whole) == (64, False)
    assert read_fields(form.rpartition(b"&")[0]).is_whole


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_fail_in_another_way(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except Unreadable:
        return
    for text in (*fields.values, *fields.values.values()):
        text.encode()  # no lone surrogates
        assert "\x00" not in text


PRESS = {"ivr_name": "Test", "ivr_entry": "09", "key": "4"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ()),
        ("  ", ()),
        ("[]", ()),
        ("null", ()),
        ("7", ()),
        ("[oops", ()),
        (json.dumps([PRESS]), (KeyPress("Test", "09", "4"),)),
        (json.dumps(PRESS), (KeyPress("Test", "09", "4"),)),
        ('[{"IVR_Name": "T", "ivr_entry": 0, "key": 7}]', (KeyPress("T", "0", "7"),)),
        ('[{"key": "#"}, {"key": "*"}]', (KeyPress("", "", "#"), KeyPress("", "", "*"))),
        ('[{"ivr_name": "T"}, {"key": ""}, {"key": null}, 5, [1]]', ()),  # nothing was pressed
        (json.dumps([PRESS] * 100), ()),  # over 4 KB
        ('[{"key": "1", "more": {"a": {"b": {}}}}]', (KeyPress("", "", "1"),)),  # five levels
        ('[{"key": "1", "more": {"a": {"b": {"c": {}}}}}]', ()),  # six
        ("[" * 4000, ()),
    ],
)
def test_pressed_keys_are_read_or_there_are_none(text: str, keys: tuple[KeyPress, ...]) -> None:
    assert read_keys(text) == keys
