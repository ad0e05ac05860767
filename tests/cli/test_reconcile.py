"""`dzvin reconcile`, as a process of its own."""

import json
from pathlib import Path

from tests.cli.shell import Shell


def test_the_sources_are_compared_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"DZVIN_LIRAX_TOKEN": "a-key", "DZVIN_WEBHOOK_TOKEN": "another-key"})
    looked = shell.run("reconcile")
    assert looked.code == 1  # nothing can be looked at
    assert "call history is not asked" in looked.err
    report = shell.run("reconcile", "--report", "--since", "2h", "--json")
    assert report.code == 0
    [item] = json.loads(report.out)["items"]
    assert (item["account"], item["calls"], item["history"]["configured"]) == ("default", 0, False)
    wrong = shell.run("reconcile", "--report", "--since", "never")
    assert wrong.code == 2
    assert "--since" in wrong.err
    assert shell.run("reconcile", "--account", "nobody").code == 1
