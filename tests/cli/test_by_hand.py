"""`dzvin call` and `dzvin campaigns test`, as processes beside a running server and a simulated LiraX."""

import json
from pathlib import Path

from tests.cli.exchanges import a_couple, two_ports


def test_a_call_is_made_shown_and_hung_up(tmp_path: Path) -> None:
    with a_couple(tmp_path, ports=two_ports()) as couple:
        shell = couple.shell
        made = shell.run("call", "101", "067 123 45 01", "--any-hour")
        assert (made.code, made.err) == (0, "")
        assert made.out.startswith("call 1 from 101 to 380671234501: LiraX took the call")
        shown = shell.run("call", "show", "1", "--json")
        assert json.loads(shown.out)["phone"] == "380671234501"
        again = shell.run("call", "101", "380671234501", "--any-hour")
        assert again.code == 1
        assert "may still go on" in again.err
        gone = shell.run("call", "hangup", "77")
        assert gone.code == 1
        assert "no call 77" in gone.err
        for wrong in (("call", "sales", "0671234502"), ("call", "101", "12"), ("call", "hangup", "x")):
            assert shell.run(*wrong).code == 2
        unknown = shell.run("campaigns", "test", "Reminder", "0671234503")
        assert unknown.code == 1
        assert "Reminder" in unknown.err
