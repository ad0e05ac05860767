"""Whatever is given as a definition: it is read, or refused with sentences; nothing else happens."""

import json
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.definition import Definition, outline, policy_of, read_definition
from campaigns.definition.policy_building import DEFINITION_KEYS
from campaigns.problems import WrongInput

Form = Literal["yaml", "json"]
WORDS = st.sampled_from(
    [
        *DEFINITION_KEYS,
        *(
            "play",
            "connect",
            "variables",
            "money",
            "hours",
            "days",
            "timezone",
            "holidays",
            "lines",
            "attempts",
        ),
        *(
            "by_result",
            "busy",
            "delay",
            "when",
            "key",
            "state",
            "exhausted",
            "suppress",
            "task",
            "text",
            "modem",
        ),
        *("101", "09:00-20:00", "mon", "Europe/Kyiv", "UA", "2026-12-01 09:00", "15m", "{{ name }}", "true"),
        *(
            "*a",
            "&a",
            "!!x",
            "<<",
            "- ",
            ": ",
            "{",
            "}",
            "[",
            "]",
            "\n",
            "\n  ",
            "'",
            '"',
            "#",
            "|",
            "~",
            "\t",
        ),
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=10,
)
SKELETON = st.fixed_dictionaries(
    {"name": WORDS, "from": st.just("101"), "call": st.just({"connect": "5001"})},
    optional={key: VALUES for key in DEFINITION_KEYS if key not in ("name", "from", "call")},
)


def read_or_refuse(text: str | bytes, form: Form) -> Definition | None:
    try:
        definition = read_definition(
            text, file="a", form=form, beside=None, account_timezone="Europe/Kyiv", today=date(2026, 11, 23)
        )
    except WrongInput as error:
        assert error.problems
        assert all(problem.message and "\n" not in str(problem) for problem in error.problems)
        return None
    again = policy_of(json.loads(json.dumps(definition.document)), account_timezone="Europe/Kyiv")
    assert again == definition.policy
    assert all(sentence.endswith(".") for sentence in outline(definition))
    return definition


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(deadline=None)
@given(text=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(form: Form, text: bytes) -> None:
    assert read_or_refuse(text, form) is None  # nothing so short by chance has all that is required


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(form: Form, text: str) -> None:
    assert read_or_refuse(text, form) is None


@settings(deadline=None)
@given(st.lists(WORDS | st.text(max_size=3), max_size=40).map("".join))
def test_pieces_of_definitions_are_read_or_refused(text: str) -> None:
    read_or_refuse("name: a\nfrom: 1\ncall: {connect: 1}\n" + text, "yaml")


@settings(max_examples=60, deadline=None)
@given(SKELETON)
def test_any_values_under_known_keys_are_read_or_refused(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    from_json = read_or_refuse(text, "json")
    if from_json is not None:
        assert json.loads(text)["name"].strip() == from_json.policy.name
