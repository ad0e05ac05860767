"""`dzvin check` and `dzvin run` against the simulator, as processes."""

import csv
import io
import re
import signal
from pathlib import Path

import pytest

from tests.cli.shell import Running, Shell

TOKENS = {"DZVIN_LIRAX_TOKEN": "t" * 16, "DZVIN_WEBHOOK_TOKEN": "w" * 16}
SHORT = {
    "DZVIN_MIN_GAP": "0s",
    "DZVIN_MAX_CALL": "20s",
    "DZVIN_AMBIGUITY_WAIT": "5s",
    "DZVIN_SMS_INTERVAL": "0s",
}
DEFINITION = """\
name: Reminder
from: "101"
call: {connect: "5001", variables: {money: "{{ amount }}"}}
recipients: people.csv
window: {hours: "00:00-24:00"}
retry: {attempts: 2, delay: 1s}
rules:
  - when: {key: "1"}
    outcome: promised
"""


def write_campaign(folder: Path, *, people: int = 12, definition: str = DEFINITION) -> None:
    (folder / "reminder.yaml").write_text(definition, "utf-8")
    rows = "".join(f"06712345{number:02},{100 + number}\n" for number in range(people))
    (folder / "people.csv").write_text("phone,amount\n" + rows + "12,5\n", "utf-8")


def simulated(shell: Shell, started: list[Running], *, port: int, speed: str) -> str:
    simulator = shell.start(
        *("simulator", "--port", "0", "--speed", speed, "--option", "window_end=inclusive_hour"),
        *("--webhook", f"http://127.0.0.1:{port}/lirax"),
    )
    started.append(simulator)
    return simulator.wait_for(r"listens on (\S+)")[1]


@pytest.fixture
def ready(shell: Shell, started: list[Running], free_port: int) -> Shell:
    """A shell whose simulator calls back to the port that `run` will take."""
    shell.settings |= TOKENS | SHORT | {"DZVIN_PORT": str(free_port)}
    return shell


def test_a_campaign_runs_to_its_end_and_is_not_begun_again(
    ready: Shell, started: list[Running], free_port: int
) -> None:
    ready.settings["DZVIN_LIRAX_URL"] = simulated(ready, started, port=free_port, speed="200")
    write_campaign(ready.folder)
    said = ready.run("run", "reminder.yaml", "--results", "results.csv")
    assert said.code == 0, said.err
    assert "accepted 12, duplicates 0, rejected 1" in said.err
    assert "row 14: 12: " in said.err
    assert said.lines[0].startswith("Reminder: finished; 12 people, ")
    rows = list(csv.DictReader(io.StringIO((ready.folder / "results.csv").read_text("utf-8"))))
    assert {row["state"] for row in rows} <= {"done", "exhausted", "invalid", "suppressed"}
    assert len(rows) == 12
    placed = re.search(r"(\d+) calls placed", said.lines[0])
    again = ready.run("run", "reminder.yaml")
    assert again.code == 0
    assert placed is not None
    assert f"{placed[1]} calls placed" in again.lines[0]
    (ready.folder / "reminder.yaml").write_text(DEFINITION.replace("attempts: 2", "attempts: 3"), "utf-8")
    changed = ready.run("run", "reminder.yaml")
    assert changed.code == 2
    assert "made from another definition" in changed.err


def test_an_interrupted_run_loses_nothing_and_goes_on(
    ready: Shell, started: list[Running], free_port: int
) -> None:
    ready.settings["DZVIN_LIRAX_URL"] = simulated(ready, started, port=free_port, speed="10")
    write_campaign(ready.folder, people=30)
    first = ready.start("run", "reminder.yaml")
    started.append(first)
    first.wait_for(r"accepted 30")
    first.wait_for(r"running: .* [1-9]\d* calls placed")
    assert first.end(signal.SIGINT) == 1
    assert "interrupted" in first.all_said
    said = ready.run("run", "reminder.yaml")
    assert said.code == 0, said.err
    assert "going on with “Reminder”" in said.err
    assert said.lines[0].startswith("Reminder: finished; 30 people, ")


def test_check_says_what_would_happen_and_names_the_rows_left_out(shell: Shell) -> None:
    write_campaign(shell.folder)
    said = shell.run("check", "reminder.yaml")
    assert said.code == 0, said.err
    assert "Of the list 12 would be called, 0 are duplicates, 1 are rejected." in said.lines
    assert any(line.startswith("row 14: ") for line in said.lines)
    assert [path.name for path in shell.folder.iterdir() if path.suffix == ".db"] == []


def test_check_names_every_mistake_with_its_line(shell: Shell) -> None:
    wrong = "name: X\nfrom: 101\ncall: {conect: 5001}\nretry: {attempts: none, delay: soon}\nstart: soon\n"
    write_campaign(shell.folder, definition=wrong)
    said = shell.run("check", "reminder.yaml")
    assert said.code == 2
    assert len(said.err.splitlines()) >= 4
    assert all(line.startswith("reminder.yaml:") for line in said.err.splitlines())


def test_check_names_the_mistakes_of_the_list_beside_those_of_the_definition(shell: Shell) -> None:
    write_campaign(
        shell.folder, definition=DEFINITION.replace("{{ amount }}", "{{ debt }}") + "countri: UA\n"
    )
    said = shell.run("check", "reminder.yaml")
    assert said.code == 2
    assert "countri: “countri” is not a key here" in said.err
    assert "the list has no column “debt”" in said.err


def test_check_refuses_a_list_in_which_nobody_can_be_called_as_an_import_does(shell: Shell) -> None:
    write_campaign(shell.folder)
    (shell.folder / "people.csv").write_text("phone,name,amount\n123,Olena,5\nabc,Ivan,5\n")
    said = shell.run("check", "reminder.yaml")
    assert said.code == 2
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        "nobody in the list can be called",
        "row 2",
        "row 3",
    ]


def test_a_list_without_a_column_that_texts_use_is_wrong_input(shell: Shell) -> None:
    write_campaign(shell.folder, definition=DEFINITION.replace("{{ amount }}", "{{ debt }}"))
    for words in (["check", "reminder.yaml"], ["run", "reminder.yaml"]):
        said = shell.run(*words)
        assert said.code == 2
        assert "“debt”" in said.err
