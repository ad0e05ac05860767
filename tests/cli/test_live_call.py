"""`dzvin doctor --live` beside a simulated LiraX: what one real call shows, and when there is none."""

import asyncio
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from campaigns.problems import WrongInput
from engine.errors import CannotDo, Conflict
from engine.lirax.capabilities import FinishedAt, OutsideHours
from engine.lirax.simulator.options import Options
from tests.cli.exchanges import Couple, a_couple, two_ports
from tests.cli.shell import Ended
from web.cli.doctor.live import LiveResult, call_live
from web.cli.doctor.ordering import live_order

ANNA, BORYS, VERA, NOBODY = "380671112233", "380502223344", "380639998877", "380933334455"
PLAY = ("--play", "https://files.example.com/a.mp3")
ASKED = (*PLAY, "--from", "101", "--any-hour", "--yes", "--patience", "4s")

WHO = {"account": "default", "from_ext": None, "any_hour": True, "outside_hours": False}


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couple]:
    folder = tmp_path_factory.mktemp("live")
    with a_couple(folder, ports=two_ports(), speed=10, DZVIN_MIN_GAP="0s") as couple:
        couple.control("people", number=ANNA, calls=[{"ring_seconds": 10, "talk_seconds": 30}] * 9)
        couple.control("people", number=VERA, calls=[{"ring_seconds": 3, "talk_seconds": 10}])
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


def test_account_show_tells_what_is_known(couple: Couple) -> None:
    said = couple.shell.run("account", "show", "default")
    assert "events come for campaign calls: INCOMING, ACCEPTED" in said.out
    assert "history lists campaign calls" in said.out


def called(couple: Couple, phone: str, **more: Any) -> LiveResult:
    """As the command would, in this process."""
    order = live_order(phone, play=PLAY[1], connect=None, patience="4s", **{**WHO, **more})
    return asyncio.run(call_live(couple.settings(), order))


def test_another_lirax_shows_other_things(couple: Couple) -> None:
    other = {"make2calls_finished_at": "answer", "outgoing_incoming_event": False, "history_format": "html"}
    usual = {name: getattr(Options(), name) for name in (*other, "account_timezone")}
    couple.control("options", **other, account_timezone="Europe/London")
    result = called(couple, ANNA)
    couple.control("options", **usual)
    shown = result.shown
    assert shown.event_names == ("ACCEPTED", "COMPLETED", "CALL_COMPLETED")
    assert (shown.incoming_event, shown.finished_at) == (False, FinishedAt.ANSWER)
    assert (shown.history_form or "").startswith("a page")
    assert shown.history_zone_off_minutes == -120
    broken = [finding.says for finding in result.findings if finding.is_broken]
    assert "2 h behind the account's time zone" in broken[0]


def test_what_happens_outside_hours_is_found_out_by_a_second_request(
    couple: Couple, capsys: pytest.CaptureFixture[str]
) -> None:
    couple.control("people", number=BORYS, calls=[{"pickup": "busy"}] * 2)
    result = called(couple, BORYS, outside_hours=True)
    assert "for extension 101" in capsys.readouterr().err  # the first that LiraX lists
    assert result.shown.outside_hours is OutsideHours.WAITS
    assert result.findings[-1].says.startswith(f"LiraX may still ring {BORYS} when its hours begin")
    posts = [post for post in couple.truth("posts") if post["fields"].get("to1") == BORYS]
    assert [post["fields"]["timeout"] for post in posts] == ["0", "0"]


def test_who_does_not_say_what_to_play_hears_tones_of_ours(couple: Couple) -> None:
    said = live(couple, VERA, "--any-hour", "--yes", "--patience", "4s")
    assert said.code == 0, said.out + said.err
    played = [post["fields"]["to2"] for post in couple.truth("posts") if post["fields"].get("to1") == VERA]
    assert len(played) == 1
    sound = httpx.get(played[0])
    assert sound.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(sound.content)) as heard:
        assert heard.getnframes() / heard.getframerate() == 10


def test_nobody_is_called_without_a_yes(couple: Couple) -> None:
    said = live(couple, NOBODY, *PLAY, "--from", "101", "--any-hour")
    assert (said.code, "may it ring" in said.err) == (1, True)
    assert not [post for post in couple.truth("posts") if post["fields"].get("to1") == NOBODY]


@pytest.mark.parametrize("words", [{"play": PLAY[1], "connect": "5001"}, {"patience": "soon"}])
def test_words_that_will_not_do_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(WrongInput):
        live_order(NOBODY, **{"play": PLAY[1], "connect": None, "patience": "1s", **words})


def test_the_do_not_call_list_holds_for_the_doctor_too(couple: Couple) -> None:
    assert couple.shell.run("suppress", "add", NOBODY).code == 0
    with pytest.raises(Conflict, match="do-not-call list"):
        called(couple, NOBODY)


def test_without_a_server_nothing_would_be_heard(couple: Couple, tmp_path: Path) -> None:
    settings = couple.settings(DZVIN_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(CannotDo, match="start `dzvin serve`"):
        asyncio.run(call_live(settings, live_order(ANNA, play=PLAY[1], connect=None, patience="1s", **WHO)))
