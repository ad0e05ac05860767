"""What the command line says before it does anything."""

from dataclasses import replace

import pytest

from engine.lirax.requests import EVERY, wire_names
from tests.cli.shell import Shell

COMMANDS = [
    *("serve", "web", "engine", "simulator", "demo", "check", "run", "campaigns", "import", "export"),
    *("effects", "suppress", "key", "user", "db", "lirax", "doctor"),
]


def test_without_a_word_the_help_is_printed_and_it_names_every_command(shell: Shell) -> None:
    said = replace(shell, forked=False).run()
    assert said.code == 0
    assert [word for word in COMMANDS if f" {word} " not in said.out] == []


@pytest.mark.parametrize(
    "words",
    [
        ["bogus"],
        ["key", "create"],
        ["key", "create", "billing", "--scope", "everything"],
        ["simulator", "--port", "70000"],
        ["simulator", "--speed", "0"],
        ["simulator", "--option", "window_end=tomorrow"],
        ["simulator", "--option", "nonsense"],
        ["simulator", "--people", "missing.yaml"],
        ["lirax", "getShops", "novalue"],
        ["check", "missing.yaml"],
        ["effects", "repeat"],
        ["effects", "repeat", "1", "--failed-of", "x"],
        ["effects", "list", "x", "--account", "y"],
        ["effects", "list", "--state", "lost"],
        ["export", "x", "--format", "xlsx"],
        ["erase", "garbage", "--yes"],
        ["erase", "+380 67 123 45 01"],
        ["consent", "add", "garbage"],
        ["profiles", "show", "mars"],
        ["backup"],
        ["received", "apply", "x"],
    ],
    ids=" ".join,
)
def test_wrong_words_end_with_2_a_sentence_and_no_traceback(shell: Shell, words: list[str]) -> None:
    said = shell.run(*words)
    assert said.code == 2
    assert said.out == ""
    assert len(said.err.strip()) > 10
    assert "Traceback" not in said.err


def test_every_wrong_setting_is_named_at_once(shell: Shell) -> None:
    itself = replace(shell, forked=False)
    said = itself.run("campaigns", "list", DZVIN_PORT="many", DZVIN_MIN_GAP="soon")
    assert said.code == 2
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["DZVIN_PORT", "DZVIN_MIN_GAP"]


def test_an_unknown_setting_is_warned_about_and_stops_nothing(shell: Shell) -> None:
    said = shell.run("db", "upgrade", DZVIN_LINE="3")
    assert said.code == 0
    assert "did you mean DZVIN_LINES?" in said.err


@pytest.mark.parametrize("half", ["web", "engine"])
def test_a_half_on_sqlite_is_wrong_input(shell: Shell, half: str) -> None:
    said = shell.run(half)
    assert said.code == 2
    assert "the two halves need PostgreSQL; on SQLite use `dzvin serve`" in said.err


def test_a_folder_that_is_not_there_is_told_in_a_sentence(shell: Shell) -> None:
    said = shell.run("campaigns", "list", DZVIN_DATABASE_URL="sqlite:///missing/dzvin.db")
    assert said.code == 1
    assert "missing" in said.err
    assert "Traceback" not in said.err


def test_debug_shows_where_it_went_wrong(shell: Shell) -> None:
    said = shell.run("campaigns", "list", "--debug", DZVIN_DATABASE_URL="sqlite:///missing/dzvin.db")
    assert said.code == 1
    assert "Traceback" in said.err


def test_the_help_of_lirax_explains_every_command_and_every_parameter(shell: Shell) -> None:
    said = shell.run("lirax", "--help")
    assert said.code == 0
    explained = {line.split()[0] for line in said.lines if line.startswith("   ") and line.split()}
    for kind in EVERY:
        assert kind.cmd in explained
        assert set(wire_names(kind).values()) <= explained
    assert "the client's phone number" in said.out
    assert "(required)" in said.out


def test_the_help_of_one_lirax_command_tells_how_it_is_used_and_what_it_answers(shell: Shell) -> None:
    said = shell.run("lirax", "makeCall", "--help")
    assert said.code == 0
    assert "Usage: dzvin lirax makeCall from=… to=… [idshop=…]" in said.out
    assert "Errors: 400 invalid_parameters" in said.out
    assert "must not be repeated blindly" in said.out
    assert "getShops" in said.out
    assert "killCall" not in said.out


def test_a_lirax_word_that_does_not_exist_is_wrong_input_before_any_key_is_asked_for(shell: Shell) -> None:
    assert shell.run("lirax", "getshops").err == "LiraX has no command 'getshops'; did you mean 'getShops'?\n"
    said = shell.run("lirax", "addBlackPhone", "fone=380671112233")
    assert (said.code, said.err) == (2, "addBlackPhone has no parameter 'fone'; did you mean 'phone'?\n")


def test_the_key_of_the_environment_wins_over_the_one_in_the_database(shell: Shell) -> None:
    assert "has no key" in shell.run("lirax", "getShops").err
    said = shell.run(
        "lirax", "getShops", DZVIN_LIRAX_TOKEN="new", DZVIN_LIRAX_URL="http://127.0.0.1:1/general"
    )
    assert (said.code, said.err.split(":")[0]) == (1, "network")
