"""`dzvin received` as a process: what could not be applied, and what may be done about it."""

from tests.cli.shell import Shell


def test_where_nothing_was_set_aside_there_is_nothing_to_list_or_to_apply(shell: Shell) -> None:
    listed = shell.run("received", "list")
    assert (listed.code, listed.lines) == (0, ["id\treceived\twebhook\tbecame\ttries\terror"])
    missing = shell.run("received", "again", "7")
    assert (missing.code, missing.err.strip()) == (1, "There is no webhook 7 that waits to be applied")
    assert shell.run("received", "discard", "seven").code == 2
