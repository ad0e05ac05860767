"""`dzvin lirax` as a person uses it, against a simulator in a process of its own."""

import json

import pytest

from tests.cli.shell import Running, Shell

TOKEN = "a-key-of-lirax-202cb962"
BLOCKED = "380671112233"
THAT_DAY = ("date_start=2026-01-01 00:00:00", "date_finish=2026-01-01 23:59:59")


@pytest.fixture
def ready(shell: Shell, started: list[Running]) -> Shell:
    """A shell beside a simulator."""
    shell.settings["DZVIN_LIRAX_TOKEN"] = TOKEN
    simulator = shell.start("simulator", "--port", "0", "--speed", "100")
    started.append(simulator)
    address = simulator.wait_for(r"listens on (http://[^/\s]+)")[1]
    shell.settings |= {
        "DZVIN_LIRAX_URL": f"{address}/general",
        "DZVIN_HISTORY_URL": address,
        "DZVIN_HISTORY_LOGIN": "api@example.com",
        "DZVIN_HISTORY_PASSWORD": "secret",
    }
    return shell


def test_what_lirax_answers_comes_out_as_json(ready: Shell) -> None:
    users = ready.run("lirax", "getUsers", "--account", "default")
    assert users.code == 0, users.err
    assert [user["Name"] for user in json.loads(users.out)["users"]] == ["Dima", "Olga"]
    assert json.loads(ready.run("lirax", "addBlackPhone", f"phone={BLOCKED}").out) == {}
    assert BLOCKED in json.loads(ready.run("lirax", "listBlackPhone").out)["blacklist"]
    history = ready.run("lirax", "historyExport", *THAT_DAY)
    assert history.code == 0, history.err
    assert json.loads(history.out)["calls"] == []


def test_a_refusal_is_exit_1_with_its_kind_and_never_with_the_key(ready: Shell) -> None:
    unknown = ready.run("lirax", "createNote", "ext=101", "ani=380000000000", "text=Hello")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("invalid_parameters: LiraX refused createNote")
    wrong = ready.run(
        "lirax", "getShops", DZVIN_LIRAX_TOKEN="another-key-202cb962", DZVIN_DATABASE_URL="sqlite:///b.db"
    )
    assert wrong.code == 1
    assert wrong.err.startswith("invalid_token: ")
    password = ready.run("lirax", "historyAuth", "USER_HASH=wrong")
    assert password.code == 1
    assert password.err.startswith("invalid_login: ")
    assert "202cb962" not in unknown.err + wrong.err + password.err
    assert ready.run("lirax", "getShops", "--account", "nowhere").code == 1
