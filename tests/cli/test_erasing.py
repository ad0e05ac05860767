"""`dzvin erase`, as a process."""

import json

from tests.cli.shell import Shell


def test_a_person_is_erased_only_if_somebody_says_so(shell: Shell) -> None:
    assert shell.run("suppress", "add", "0671234567").code == 0
    unasked = shell.run("erase", "0671234567")
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    done = shell.run("erase", "067 123 45 67", "--yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["state"], told["scrubbed"]) == ("erased", True)
    assert shell.run("suppress", "list").lines[1:] == []
    assert shell.run("suppress", "remove", "0671234567").code == 0
    wrong = shell.run("erase", "12", "--yes")
    assert wrong.code == 2
    unasked = shell.run("erase", "12")
    assert (unasked.code, unasked.err) == (2, wrong.err)
