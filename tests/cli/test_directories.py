"""`dzvin directory`, and `dzvin check` against what LiraX has, as processes."""

from tests.cli.shell import Running, Shell

DEFINITION = """\
name: Reminder
from: "{ext}"
call: {{connect: "5001"}}
"""


def write(shell: Shell, *, ext: str) -> None:
    (shell.folder / "reminder.yaml").write_text(DEFINITION.format(ext=ext), "utf-8")


def test_a_definition_is_checked_against_what_lirax_has(shell: Shell, started: list[Running]) -> None:
    simulator = shell.start("simulator", "--port", "0", "--token", "t" * 16)
    started.append(simulator)
    shell.settings |= {
        "DZVIN_LIRAX_URL": simulator.wait_for(r"listens on (\S+)")[1],
        "DZVIN_LIRAX_TOKEN": "t" * 16,
    }
    write(shell, ext="999")
    for words in (["check", "reminder.yaml"], ["run", "reminder.yaml"]):
        said = shell.run(*words)
        assert said.code == 2
        assert "reminder.yaml:2: from: LiraX has no extension 999" in said.err
    said = shell.run("directory", "refresh")
    assert said.code == 0, said.err
    assert any(line.startswith("101\tDima\tyes") for line in said.lines)

    simulator.kill()
    write(shell, ext="101")
    known = shell.run("check", "reminder.yaml")
    assert known.code == 0
    assert "could not be checked" not in known.out
    write(shell, ext="999")
    unreachable = shell.run("check", "reminder.yaml")
    assert unreachable.code == 0
    assert "from (999) could not be checked against LiraX: LiraX cannot be reached" in unreachable.out
    said = shell.run("directory", "refresh")
    assert said.code == 1
    assert any(line.startswith("101\tDima\tyes") for line in said.lines)
    assert shell.run("directory", "show", "--account", "other").code == 1


def test_without_a_key_a_definition_is_checked_as_far_as_it_goes(shell: Shell) -> None:
    write(shell, ext="999")
    said = shell.run("check", "reminder.yaml")
    assert said.code == 0
    assert said.lines[-1] == (
        "from (999) could not be checked against LiraX: there is no key of LiraX here: set DZVIN_LIRAX_TOKEN."
    )
    assert [path.name for path in shell.folder.iterdir()] == ["reminder.yaml"]
