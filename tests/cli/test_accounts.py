"""`dzvin account`: accounts from the command line, whose words never hold a key."""

import json
from pathlib import Path

from tests.cli.shell import Running, Shell

KEY, PASSWORD = "canary-key-of-the-shop", "canary-password-of-the-shop"
URL = "https://lirax.example.com/general"


def test_an_account_is_added_shown_changed_closed_and_reopened(shell: Shell) -> None:
    words = ("--url", URL, "--lines", "4", "--extensions", "101,102", "--timezone", "Europe/Warsaw")
    added = shell.run("account", "add", "shop", *words, stdin=f"{KEY}\n")
    assert added.code == 0, added.err
    assert len(added.out.strip()) == 40
    shown = shell.run("account", "show", "shop")
    assert shown.lines[:4] == [
        "shop: open, 0 of 4 lines in a call, 0 campaigns running",
        f"address: {URL}",
        "key: set",
        "time zone: Europe/Warsaw",
    ]
    (shell.folder / "password").write_text(f"{PASSWORD}\n")
    history = ("--history-url", "https://h.example.com", "--history-login", "me")
    changed = shell.run(
        "account",
        "set",
        "shop",
        *history,
        "--history-password-file",
        "password",
        "--extensions",
        "any",
        "--per-day",
        "1",
        "--per-week",
        "none",
        "--json",
    )
    assert changed.code == 0, changed.err
    body = json.loads(changed.out)
    assert (body["has_history_password"], body["extensions"], body["lines"]) == (True, None, 4)
    assert body["caps"] == {"per_day": 1, "per_week": None}
    assert "caps: at most 1 call a day" in shell.run("account", "show", "shop").lines
    assert shell.run("account", "close", "shop").lines[0].startswith("shop: closed")
    assert shell.run("account", "close", "shop").code == 1
    assert shell.run("account", "reopen", "shop").code == 0
    listed = shell.run("account", "list", "--json")
    assert [account["name"] for account in json.loads(listed.out)] == ["default", "shop"]
    for ended in (added, shown, changed, listed):
        assert KEY not in ended.out + ended.err
        assert PASSWORD not in ended.out + ended.err
    assert_nowhere_readable(shell.folder, KEY, PASSWORD)


def test_wrong_words_are_named_and_nothing_is_kept(shell: Shell) -> None:
    wrong = shell.run("account", "add", "a shop", "--url", "ftp://x", "--lines", "0", stdin=f"{KEY}\n")
    assert wrong.code == 2
    assert "name: expected up to 40 Latin letters" in wrong.err
    assert "url: expected an https address" in wrong.err
    assert "lines: expected a whole number from 1 to 10000" in wrong.err
    assert shell.run("account", "add", "shop", "--url", URL).code == 2  # no key on standard input
    assert shell.run("account", "show", "shop").code == 1
    fixed = shell.run("account", "set", "default", "--lines", "5")
    assert fixed.code == 2
    assert "lines: is set by DZVIN_LINES for the account default" in fixed.err


def test_accounts_are_managed_while_the_server_runs(shell: Shell, started: list[Running]) -> None:
    server = shell.start("serve")
    started.append(server)
    server.wait_for(r"Dzvin listens on (http://\S+)|http://\S+")
    (shell.folder / "key").write_text(KEY)
    added = shell.run("account", "add", "shop", "--url", URL, "--token-file", "key")
    assert added.code == 0, added.err
    rotated = shell.run("account", "rotate-webhook", "shop")
    assert rotated.code == 0
    assert len(rotated.out.strip()) == 40
    assert shell.run("account", "rotate-webhook", "shop", "--finish").code == 0
    assert server.end() == 0
    assert KEY not in server.all_said
    assert rotated.out.strip() not in server.all_said
    assert_nowhere_readable(shell.folder, KEY, rotated.out.strip(), besides="key")


def assert_nowhere_readable(folder: Path, *canaries: str, besides: str = "password") -> None:
    files = [path for path in folder.iterdir() if path.is_file() and path.name != besides]
    kept = b"".join(path.read_bytes() for path in files)
    assert b"lirax.example.com" in kept  # the account is there
    assert all(canary.encode() not in kept for canary in canaries)


def test_check_and_run_name_what_the_account_does_not_have(shell: Shell) -> None:
    definition = 'name: Reminder\naccount: shop\nfrom: "103"\ncall: {connect: "5001"}\n'
    (shell.folder / "reminder.yaml").write_text(definition)
    unknown = shell.run("check", "reminder.yaml")
    assert unknown.code == 2
    assert unknown.err == (
        "reminder.yaml:2: account: there is no LiraX account “shop”; known here: default\n"
    )
    shell.run("account", "add", "shop", "--url", URL, "--extensions", "101,102", stdin=f"{KEY}\n")
    for word in ("check", "run"):
        said = shell.run(word, "reminder.yaml")
        assert said.code == 2
        assert said.err.startswith("reminder.yaml:3: from: “103” is not one of the extensions")
