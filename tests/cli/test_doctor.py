"""`dzvin doctor` beside a simulated LiraX: what is in order, what is not, and what to do about it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.exchanges import Couple, a_couple, two_ports
from tests.cli.shell import Ended, Shell


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couple]:
    with a_couple(tmp_path_factory.mktemp("couple"), ports=two_ports()) as couple:
        yield couple


def parts(said: Ended) -> dict[str, tuple[str, str]]:
    return {each["part"]: (each["state"], each["says"]) for each in json.loads(said.out)}


def test_everything_is_in_order(couple: Couple) -> None:
    said = couple.shell.run("doctor")
    assert said.code == 0, said.out
    assert "broken" not in said.out
    assert "takes our key" in said.out
    assert "one that we sent to" in said.out
    assert "/lirax arrived" in said.out
    assert "lets us in: 0 calls of the last 6 hours, as text with semicolons in utf-8, 15 columns" in said.out
    assert "no live call was made" in said.out


def test_as_json_each_finding_names_part_state_and_account(couple: Couple) -> None:
    found = json.loads(couple.shell.run("doctor", "--json").out)
    whose = {each["part"]: each["account"] for each in found}
    assert (whose["lirax"], whose["disk"]) == ("default", None)
    states = {each["part"]: each["state"] for each in found}
    assert (states["clock"], states["history"], states["webhooks"]) == ("ok", "ok", "ok")


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
def test_what_is_broken_is_named_with_what_to_do_and_ends_with_1(
    couple: Couple, settings: dict[str, str], expected: dict[str, str]
) -> None:
    said = couple.shell.run("doctor", "--json", **settings)
    found = parts(said)
    assert said.code == 1
    assert {part: found[part][0] for part in expected} == dict.fromkeys(expected, "broken")
    assert [part for part, says in expected.items() if says not in found[part][1]] == []
    assert not any(secret in said.out for secret in ("the-key-of", "secret", "wrong"))


def test_a_public_address_that_is_not_ours_is_told(couple: Couple) -> None:
    found = parts(couple.shell.run("doctor", "--json", DZVIN_PUBLIC_URL=couple.simulator))
    assert found["webhooks"][0] == "broken"
    assert "that is not dzvin" in found["webhooks"][1]


def test_without_a_server_it_cannot_tell_whether_webhooks_arrive(tmp_path: Path) -> None:
    settings = {"DZVIN_WEBHOOK_TOKEN": "x", "DZVIN_PORT": str(two_ports()[0])}
    shell = Shell(tmp_path, settings)
    assert shell.run("db", "upgrade").code == 0
    state, says = parts(shell.run("doctor", "--json"))["webhooks"]
    assert (state, "start `dzvin serve`" in says) == ("look", True)


def test_it_changes_nothing_where_there_is_nothing(shell: Shell) -> None:
    said = shell.run("doctor")
    assert said.code == 1
    assert "DZVIN_LIRAX_TOKEN is not set" in said.out
    assert list(shell.folder.iterdir()) == []
