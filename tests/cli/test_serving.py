"""A server, and everything a person may do beside it on the same SQLite file."""

import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from tests.cli.shell import Running, Shell

CAMPAIGN = {"name": "Нагадування", "from": "101", "call": {"connect": "5001"}}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def server(shell: Shell) -> Iterator[Running]:
    server = replace(shell, forked=False).start("serve")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def url(server: Running) -> str:
    return server.wait_for(r"Dzvin listens on (http://\S+)")[1]


@pytest.fixture(scope="module")
def key(shell: Shell, url: str) -> str:
    said = shell.run("key", "create", "everything", "--scope", "admin")
    assert said.code == 0, said.err
    return said.out.strip()


@pytest.fixture(scope="module")
def campaign(url: str, key: str) -> dict[str, object]:
    answer = httpx.post(f"{url}/api/v1/campaigns", json=CAMPAIGN, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def test_it_tells_where_it_listens_and_how_the_first_administrator_comes_in(
    server: Running, url: str
) -> None:
    assert httpx.get(f"{url}/healthz").status_code == 200
    link = server.wait_for(r"first administrator, once: (http://\S+)")[1]
    assert link.startswith(url)


def test_the_lock_file_is_for_its_owner_only(shell: Shell, url: str) -> None:
    assert stat.S_IMODE((shell.folder / "dzvin.db.lock").stat().st_mode) == 0o600


def test_a_second_engine_on_the_file_is_refused_and_the_file_is_named(shell: Shell, url: str) -> None:
    began = time.monotonic()
    said = shell.run("serve")
    assert said.code == 1
    assert "dzvin.db is in use" in said.err
    assert time.monotonic() - began < 15
    assert shell.run("web").code == 1


def test_a_key_stands_alone_on_standard_output_and_opens_the_api(url: str, key: str) -> None:
    assert len(key.splitlines()) == 1
    answer = httpx.get(f"{url}/api/v1/campaigns", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_a_user_is_made_with_the_password_of_standard_input(shell: Shell, url: str) -> None:
    asked = ("user", "create", "olena@example.com", "--role", "marketer")
    said = shell.run(*asked, stdin="long enough to keep strangers out\n")
    assert said.code == 0, said.err
    again = shell.run(*asked, stdin="long enough to keep strangers out\n")
    assert again.code == 1
    assert "olena@example.com" in again.err


def test_a_user_without_a_password_is_wrong_input(shell: Shell, url: str) -> None:
    assert shell.run("user", "create", "taras@example.com").code == 2


def test_a_campaign_is_shown_started_and_paused_by_its_name(
    shell: Shell, campaign: dict[str, object]
) -> None:
    listed = shell.run("campaigns", "list")
    assert "Нагадування" in listed.out
    assert "\x1b" not in listed.out
    assert shell.run("campaigns", "start", "Нагадування").out.startswith("Нагадування: running (")
    assert "running" in shell.run("campaigns", "show", str(campaign["id"])).lines[0]
    again = shell.run("campaigns", "start", "Нагадування")
    assert again.code == 1
    assert "running" in again.err
    assert shell.run("campaigns", "pause", "Нагадування").out.startswith("Нагадування: paus")


def test_an_unknown_campaign_is_told_in_a_sentence(shell: Shell, url: str) -> None:
    said = shell.run("campaigns", "pause", "Ніхто")
    assert said.code == 1
    assert "there is no campaign “Ніхто”" in said.err


def test_a_list_goes_in_and_results_come_out(shell: Shell, campaign: dict[str, object]) -> None:
    people = "ПІБ;Телефон\r\nОлена;067 123-45-67\r\nТарас;немає\r\nОлена;+380671234567\r\n"
    (shell.folder / "people.csv").write_bytes(people.encode("cp1251"))
    said = shell.run("import", "Нагадування", "people.csv", "--rejected", "rejected.csv")
    assert said.code == 0, said.err
    assert said.lines[0] == "accepted 1, duplicates 1, rejected 1"
    assert said.lines[1].startswith("row 3: немає: ")
    assert "Тарас" in (shell.folder / "rejected.csv").read_text("utf-8-sig")
    exported = shell.run("export", "Нагадування")
    assert exported.lines[0].startswith("phone,external_id,state,outcome,attempts,last_result,keys,")
    assert exported.lines[1].startswith("380671234567,,")
    assert shell.run("export", "Нагадування", "--format", "xlsx", "--out", "results.xlsx").code == 0
    assert (shell.folder / "results.xlsx").read_bytes()[:2] == b"PK"


def test_whoever_is_taken_in_with_a_remark_is_named(shell: Shell, campaign: dict[str, object]) -> None:
    (shell.folder / "more.csv").write_bytes(b"phone\n19101234567\n0501112233\n")
    said = shell.run("import", "Нагадування", "more.csv")
    assert said.lines == ["accepted 2, duplicates 0, rejected 0"]
    assert "row 2: 19101234567: is taken in, but " in said.err
    assert "row 3" not in said.err


def test_a_list_that_is_none_is_wrong_input(shell: Shell, campaign: dict[str, object]) -> None:
    (shell.folder / "empty.csv").write_bytes(b"")
    said = shell.run("import", "Нагадування", "empty.csv")
    assert said.code == 2
    assert "empty" in said.err
    assert shell.run("import", "Нагадування", "missing.csv").code == 2


def test_numbers_are_put_on_the_do_not_call_list_and_taken_off_again(shell: Shell, url: str) -> None:
    assert shell.run("suppress", "add", "050 111 22 33", "--reason", "asked by letter").code == 0
    assert shell.run("suppress", "list").lines[1].startswith("380501112233\tasked by letter\t")
    assert shell.run("suppress", "remove", "+380501112233").code == 0
    assert shell.run("suppress", "remove", "+380501112233").code == 1
    half_wrong = shell.run("suppress", "add", "12", "0501112234")
    assert half_wrong.code == 2
    assert half_wrong.err == "12: 12 is too short for a phone number\n"
    assert half_wrong.out == "380501112234 will not be called or texted again\n"


def test_zz_sigterm_ends_it_with_0_though_a_live_page_is_open(server: Running, url: str, key: str) -> None:
    began = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 10
