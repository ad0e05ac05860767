"""The options of the reference: every name, every value, and a sentence for what is not one."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.lirax.simulator.options import Options, WrongOption

RECORDED = json.loads((Path(__file__).parents[2] / "recorded" / "lirax-api.json").read_text("utf-8"))
OPTIONS: dict[str, dict[str, Any]] = RECORDED["simulator_options"]
OURS = {
    "lines",
    "unanswered_status",
    "recordings",
    "history_lag_seconds",
    "contact_asked",
    "when_full",
    "clock_skew_seconds",
}


def test_the_options_are_those_of_the_reference_and_seven_of_ours() -> None:
    assert set(Options.__dataclass_fields__) == set(OPTIONS) | OURS


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_begins_with_the_default_of_the_reference(name: str) -> None:
    assert getattr(Options(), name) == OPTIONS[name]["default"]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, option in OPTIONS.items() for value in option["choices"]]
)
def test_every_value_is_taken_as_it_is_and_as_text(name: str, value: object) -> None:
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    assert getattr(Options().having({name: value}), name) == value
    assert getattr(Options().having({name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("speed_of_light", "1", "there is no option 'speed_of_light' of the simulator"),
        ("window_policy", "hope", "option window_policy is one of wait, reject, fail, not 'hope'"),
        ("sms_limit_code", 402, "option sms_limit_code is one of 403, 400, not '402'"),
        ("retry_on_short", "maybe", "option retry_on_short is one of false, true, not 'maybe'"),
        (
            "account_timezone",
            "Kyiv",
            "option account_timezone is a time zone such as Europe/Kyiv, not 'Kyiv'",
        ),
        ("account_timezone", "../etc/passwd", "option account_timezone is a time zone such as Europe/Kyiv"),
        (
            "retry_interval_minutes",
            0,
            "option retry_interval_minutes is a whole number of at least 1, not '0'",
        ),
        ("lines", "-1", "option lines is a whole number of at least 0, not '-1'"),
        (
            "history_cookie_name",
            "a b",
            "option history_cookie_name is a word of letters and digits, not 'a b'",
        ),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(name: str, value: object, sentence: str) -> None:
    with pytest.raises(WrongOption) as problem:
        Options().having({name: value})
    assert str(problem.value).startswith(sentence)


def test_other_zones_and_intervals_are_taken_too() -> None:
    options = Options().having({"account_timezone": "Asia/Almaty", "retry_interval_minutes": "3"})
    assert (options.account_timezone, options.retry_interval_minutes) == ("Asia/Almaty", 3)
