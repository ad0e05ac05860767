"""`dzvin effects` as a process: what there is, and a sentence where there is nothing."""

from tests.cli.shell import Shell


def test_where_nothing_was_ordered_there_is_nothing_to_list_or_to_send_again(shell: Shell) -> None:
    listed = shell.run("effects", "list")
    assert (listed.code, listed.lines) == (0, ["id\tcampaign\tphone\tkind\tstate\twhat LiraX said"])
    missing = shell.run("effects", "repeat", "7")
    assert (missing.code, missing.err.strip()) == (1, "There is no effect 7")
