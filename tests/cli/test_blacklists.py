"""`dzvin suppress sync` and `dzvin blacklist` against the simulator, as processes."""

from tests.cli.shell import Running, Shell


def test_both_lists_are_joined_and_theirs_looked_at(shell: Shell, started: list[Running]) -> None:
    simulator = shell.start("simulator", "--port", "0", "--token", "t" * 16)
    started.append(simulator)
    shell.settings |= {
        "DZVIN_LIRAX_URL": simulator.wait_for(r"listens on (\S+)")[1],
        "DZVIN_LIRAX_TOKEN": "t" * 16,
    }
    assert shell.run("suppress", "add", "0671234567").code == 0
    rehearsed = shell.run("suppress", "sync", "--dry-run")
    assert rehearsed.lines == ["taken over 2, sent 1, already on both 0, could not be read 0"]
    assert "nothing was changed" in rehearsed.err
    done = shell.run("suppress", "sync", "--account", "default")
    assert done.code == 0, done.err
    assert done.lines == rehearsed.lines
    again = shell.run("suppress", "sync")
    assert again.lines == ["taken over 0, sent 0, already on both 3, could not be read 0"]
    listed = shell.run("suppress", "list")
    assert sorted(line.split("\t")[2] for line in listed.lines[1:]) == ["lirax", "lirax", "operator"]
    assert shell.run("blacklist", "phone", "list").lines[-1] == "380671234567"

    assert shell.run("blacklist", "ip", "add", "203.000.113.007").code == 0
    assert shell.run("blacklist", "ip", "remove", "100.111.0.101").code == 0
    assert shell.run("blacklist", "ip", "list").lines == ["203.000.113.007"]
    wrong = shell.run("blacklist", "ip", "add", "203.0.113")
    assert (wrong.code, wrong.err) == (2, "ip: '203.0.113' is not an IPv4 address such as 203.0.113.7\n")

    simulator.kill()
    unreachable = shell.run("suppress", "sync")
    assert unreachable.code == 1
    assert "LiraX cannot be reached" in unreachable.err
