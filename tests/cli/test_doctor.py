"""`dzvin doctor` beside a simulated LiraX: what is in order, what is not, and what to do about it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.exchanges import Couple, a_couple, two_ports
from tests.cli.shell import Shell
from web.cli.doctor.examining import examine


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couple]:
    with a_couple(tmp_path_factory.mktemp("couple"), ports=two_ports()) as couple:
        yield couple


def examined(couple: Couple, **settings: str) -> dict[str, tuple[str, str]]:
    found = asyncio.run(examine(couple.settings(**settings)))
    return {each.name: (each.state.value, each.says) for each in found}


def test_everything_is_in_order(couple: Couple) -> None:
    said = couple.shell.run("doctor")
    assert said.code == 0, said.out
    assert "broken" not in said.out
    assert "takes our key" in said.out
    assert "one that we sent to" in said.out
    assert "/lirax arrived" in said.out
    assert "lets us in: 0 calls of the last 6 hours, as text with semicolons in utf-8, 15 columns" in said.out
    assert "no live call was made" in said.out


BROKEN: list[tuple[dict[str, str], dict[str, str]]] = [
    # settings, and what is said of which part
    (
        {
            "DZVIN_LIRAX_TOKEN": "wrong",
            "DZVIN_PUBLIC_URL": "http://127.0.0.1:1",
            "DZVIN_HISTORY_PASSWORD": "wrong",
        },
        {
            "lirax": "invalid_token",
            "webhooks": "nothing gets there by http://127.0.0.1:1",
            "history": "invalid_login",
        },
    ),
    (
        {
            "DZVIN_LIRAX_URL": "https://lirax.invalid/general",
            "DZVIN_WEBHOOK_TOKEN": "wrong",
            "DZVIN_HISTORY_URL": "http://127.0.0.1:1",
        },
        {
            "lirax": "network",
            "webhooks": "refuses our key",
            "history": "network",
            "address": "LiraX reaches only an address of the Internet",
        },
    ),
]


@pytest.mark.parametrize(("settings", "expected"), BROKEN)
def test_what_is_broken_is_named_with_what_to_do(
    couple: Couple, settings: dict[str, str], expected: dict[str, str]
) -> None:
    found = examined(couple, **settings)
    assert {part: found[part][0] for part in expected} == dict.fromkeys(expected, "broken")
    assert [part for part, says in expected.items() if says not in found[part][1]] == []
    assert not any(secret in str(found) for secret in ("the-key-of", "secret", "wrong"))


def test_a_public_address_that_is_not_ours_is_told(couple: Couple) -> None:
    found = examined(couple, DZVIN_PUBLIC_URL=couple.simulator)
    assert found["webhooks"][0] == "broken"
    assert "that is not dzvin" in found["webhooks"][1]


def test_without_a_server_it_cannot_tell_whether_webhooks_arrive(couple: Couple, tmp_path: Path) -> None:
    alone = {"DZVIN_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}", "DZVIN_PORT": str(two_ports()[0])}
    state, says = examined(couple, **alone)["webhooks"]
    assert (state, "start `dzvin serve`" in says) == ("look", True)


def test_it_changes_nothing_where_there_is_nothing_and_says_as_json_which_account_lacks_what(
    shell: Shell,
) -> None:
    said = shell.run("doctor", "--json")
    assert said.code == 1
    found = {each["part"]: each for each in json.loads(said.out)}
    assert "DZVIN_LIRAX_TOKEN is not set" in found["lirax"]["says"]
    assert (found["lirax"]["state"], found["lirax"]["account"]) == ("broken", "default")
    assert (found["database"]["state"], found["database"]["account"]) == ("look", None)
    assert list(shell.folder.iterdir()) == []
