"""Stories of every command alike: with a wrong key, without its parameters; and of a command nobody knows."""

from typing import ClassVar

import pytest

from engine.lirax.answers import Answer, Done
from engine.lirax.client import LiraxClient
from engine.lirax.errors import Refused
from engine.lirax.requests import Request
from tests.lirax.conformance.examples import KINDS, WITH_EVERY_PARAMETER
from tests.lirax.conformance.talk import PATIENCE, Story, Talk, Told
from tests.lirax.recorded import GENERAL_COMMANDS


class AskQuestion(Request[Done]):
    """A command of newer LiraX builds, which promises nothing here."""

    cmd: ClassVar[str] = "AskQuestion"
    answer: ClassVar[type[Answer]] = Done


def with_a_wrong_key(command: str) -> Story:
    async def play(talk: Talk) -> None:
        client = LiraxClient(talk.url, token="x", timeout=PATIENCE, lines=1)
        with pytest.raises(Refused) as caught:
            await client.send(WITH_EVERY_PARAMETER[command])
        await client.close()
        assert caught.value.kind == "invalid_token"

    return play


def without_parameters(command: str) -> Story:
    async def play(talk: Talk) -> None:
        with pytest.raises(Refused) as caught:
            await talk.client.command(command, {})
        assert caught.value.kind == KINDS[command].kind_of_400

    return play


async def a_command_that_this_lirax_does_not_have(talk: Talk) -> None:
    if talk.options.unknown_command_code == 200:
        assert await talk.client.send(AskQuestion()) == Done()
        return
    error = await talk.refusal_of(AskQuestion())
    kinds = {400: "invalid_parameters", 404: "not_supported"}
    assert isinstance(error, Refused)
    assert error.kind == kinds[talk.options.unknown_command_code]


NEEDING = [
    row["name"]
    for row in GENERAL_COMMANDS
    if any(param["required"] for param in row["params"] if param["name"] not in {"cmd", "token"})
]
REFUSAL_STORIES = (
    *(Told(command, with_a_wrong_key(command)) for command in KINDS),
    *(Told(command, without_parameters(command)) for command in NEEDING),
    Told("AskQuestion", a_command_that_this_lirax_does_not_have),
)
