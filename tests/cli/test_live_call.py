"""`dzvin doctor --live` beside a simulated LiraX: what one real call shows, and when there is none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.exchanges import Couple, a_couple, two_ports
from tests.cli.shell import Ended, Shell

ANNA, BORYS, NOBODY = "380671112233", "380502223344", "380933334455"
PLAY = ("--play", "https://files.example.com/a.mp3")
ASKED = (*PLAY, "--from", "101", "--any-hour", "--yes", "--patience", "4s")


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couple]:
    folder = tmp_path_factory.mktemp("live")
    with a_couple(folder, ports=two_ports(), speed=10, DZVIN_MIN_GAP="0s") as couple:
        couple.control("people", number=ANNA, calls=[{"ring_seconds": 10, "talk_seconds": 30}] * 9)
        yield couple


def live(couple: Couple, *words: str) -> Ended:
    return couple.shell.run("doctor", "--live", *words)


def capabilities(couple: Couple) -> dict[str, Any]:
    account: dict[str, Any] = json.loads(couple.shell.run("account", "show", "default", "--json").out)
    return dict(account["capabilities"])


def test_a_live_call_shows_what_this_lirax_does_and_it_is_kept_with_the_account(couple: Couple) -> None:
    said = live(couple, ANNA, *ASKED, "--json")
    assert said.code == 0, said.out + said.err
    told = json.loads(said.out)
    shown = told["capabilities"]
    assert (told["call"]["phone"], told["call"]["result"]) == (ANNA, "answered_full")
    assert shown["event_names"] == ["INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED"]
    assert (shown["event_types"], shown["event_ext_is_from"], shown["call_ids"]) == (["out"], True, 1)
    assert 0 <= shown["rings_after_seconds"] < 2
    assert 3.5 < shown["finished_seconds"] < 10
    assert (shown["finished_at"], shown["accepted_event"]) == ("hangup", True)
    assert (shown["history_lists_make2calls"], shown["history_has_callid"]) == (True, True)
    assert (shown["history_zone_off_minutes"], shown["history_lag_seconds"] < 10) == (0, True)
    assert shown["history_columns"][0] == "call_id"
    assert abs(shown["clock_ahead_seconds"]) < 5
    assert capabilities(couple) == shown
    assert "event ACCEPTED" in said.err


def test_doctor_and_account_show_what_is_known(couple: Couple) -> None:
    said = couple.shell.run("doctor")
    assert "events come for campaign calls: INCOMING, ACCEPTED" in said.out
    assert "history lists campaign calls" in said.out
    assert "events come for campaign calls" in couple.shell.run("account", "show", "default").out


def test_another_lirax_shows_other_things(couple: Couple) -> None:
    options = {"make2calls_finished_at": "answer", "outgoing_incoming_event": False, "history_format": "html"}
    couple.control("options", **options, account_timezone="Europe/London")
    said = live(couple, ANNA, *ASKED, "--json")
    couple.control(
        "options",
        make2calls_finished_at="hangup",
        outgoing_incoming_event=True,
        history_format="csv_semicolon_utf8",
        account_timezone="Europe/Kyiv",
    )
    shown = json.loads(said.out)["capabilities"]
    assert shown["event_names"] == ["ACCEPTED", "COMPLETED", "CALL_COMPLETED"]
    assert (shown["incoming_event"], shown["finished_at"]) == (False, "answer")
    assert shown["history_form"].startswith("a page")
    assert shown["history_zone_off_minutes"] == -120
    assert said.code == 1
    assert "2 h behind the account's time zone" in said.out


def test_what_happens_outside_hours_is_found_out_by_a_second_request(couple: Couple) -> None:
    couple.control("people", number=BORYS, calls=[{"pickup": "busy"}] * 2)
    said = live(couple, BORYS, *PLAY, "--any-hour", "--yes", "--patience", "3s", "--outside-hours")
    assert said.code == 0, said.out + said.err
    assert "for extension 101" in said.err  # the first that LiraX lists
    assert "a request outside its hours is kept, and rings when they begin" in said.out
    assert f"may still ring {BORYS}" in said.out
    posts = [post for post in couple.truth("posts") if post["fields"].get("to1") == BORYS]
    assert [post["fields"]["timeout"] for post in posts] == ["0", "0"]


REFUSED: list[tuple[list[str], int, str]] = [
    ([NOBODY, "--from", "101", "--yes", "--any-hour"], 2, "--play"),
    (["12", *PLAY, "--from", "101", "--yes", "--any-hour"], 2, "12"),
    ([NOBODY, *PLAY, "--from", "101", "--any-hour"], 1, "may it ring"),  # nobody says yes
]


@pytest.mark.parametrize(("words", "code", "says"), REFUSED)
def test_nobody_is_called_for_words_that_will_not_do(
    couple: Couple, words: list[str], code: int, says: str
) -> None:
    said = live(couple, *words)
    assert (said.code, says in said.err) == (code, True), said.err
    assert not [post for post in couple.truth("posts") if post["fields"].get("to1") == NOBODY]


def test_the_do_not_call_list_holds_for_the_doctor_too(couple: Couple) -> None:
    assert couple.shell.run("suppress", "add", NOBODY).code == 0
    said = live(couple, NOBODY, *ASKED)
    assert (said.code, "do-not-call list" in said.err) == (1, True)


def test_without_a_server_nothing_would_be_heard(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"DZVIN_LIRAX_TOKEN": "x"})
    said = shell.run("doctor", "--live", ANNA, *ASKED)
    assert (said.code, "start `dzvin serve`" in said.err) == (1, True)
