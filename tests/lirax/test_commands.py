"""The table of commands against the reference, name by name."""

from typing import Any

import pytest

from engine.lirax.commands import COMMANDS, UnknownWord, check_params, command_named
from engine.lirax.requests import Repeat
from tests.lirax.recorded import GENERAL_COMMANDS


def test_all_22_commands_of_the_reference_are_known_and_no_other() -> None:
    assert set(COMMANDS) == {row["name"] for row in GENERAL_COMMANDS}
    assert len(COMMANDS) == 22


@pytest.mark.parametrize("row", GENERAL_COMMANDS, ids=lambda row: row["name"])
def test_a_command_takes_exactly_the_parameters_printed(row: dict[str, Any]) -> None:
    printed = {param["name"] for param in row["params"]} - {"cmd", "token"}
    assert set(COMMANDS[row["name"]].params) == printed


@pytest.mark.parametrize("row", GENERAL_COMMANDS, ids=lambda row: row["name"])
def test_a_command_may_be_repeated_where_the_reference_says_so(row: dict[str, Any]) -> None:
    assert (COMMANDS[row["name"]].repeat is Repeat.SAFE) == row["idempotent"]


@pytest.mark.parametrize("row", GENERAL_COMMANDS, ids=lambda row: row["name"])
def test_a_command_promises_the_field_that_its_schema_requires(row: dict[str, Any]) -> None:
    schema = next(response["body_schema"] for response in row["responses"] if response["code"] == 200)
    promised = schema["required"][0] if schema else None
    assert COMMANDS[row["name"]].promises == promised


def test_an_unknown_command_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownWord, match=r"no command 'makecall'; did you mean 'makeCall'\?"):
        command_named("makecall")


def test_an_unknown_parameter_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownWord, match=r"killCall has no parameter 'callid'; did you mean 'Call_id'\?"):
        check_params(COMMANDS["killCall"], {"callid": "1"})


def test_the_key_and_the_command_cannot_be_given_as_parameters() -> None:
    for name in ("token", "cmd"):
        with pytest.raises(UnknownWord, match="getShops has no parameter"):
            check_params(COMMANDS["getShops"], {name: "x"})
