from typing import Any

import pytest

from campaigns.rules.mentions import is_number, spelling_of, without

PHONE = "380671234567"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("380671234567", "[erased]"),
        ("+38 (067) 123-45-67", "[erased]"),
        ("00380671234567", "[erased]"),
        ("067 123 45 67", "[erased]"),
        ("80671234567", "[erased]"),
        ("671234567", "[erased]"),  # as a spreadsheet leaves it
        ("call 067-123-45-67, or 0501112233", "call [erased], or 0501112233"),
        ("rec_380671234567_101.mp3", "rec_[erased]_101.mp3"),
        ("out380671234567x", "out[erased]x"),
        ("1671234567.89", "1671234567.89"),  # an id made of a time
        ("9380671234567", "9380671234567"),
        ("a671234567f", "a671234567f"),  # part of a hash
        (380671234567, "[erased]"),
        (12, 12),
        (None, None),
        (True, True),
        (["380671234567", "1"], ["1"]),
        ({"second": "0671234567", "n": 1}, {"second": "[erased]", "n": 1}),
        ([{"phone": "+380671234567", "name": "Олена"}, {"phone": "2"}], [{"phone": "2"}]),
        ([{"text": "ask 0671234567"}], [{"text": "ask [erased]"}]),
    ],
)
def test_a_number_is_taken_out_in_any_spelling(written: Any, left: Any) -> None:
    assert without(written, spelling_of(PHONE)) == left


@pytest.mark.parametrize(
    ("value", "is_it"),
    [("+380671234567", True), (" 0671234567 ", True), ("call 0671234567", False), ("", False)],
)
def test_a_field_is_the_number_or_only_names_it(value: str, is_it: bool) -> None:
    assert is_number(value, spelling_of(PHONE)) is is_it
