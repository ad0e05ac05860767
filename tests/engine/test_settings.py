from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.problems import WrongInput
from engine.settings import Settings, key_names, read_settings

ROOT = Path(__file__).parents[2]
LONG_KEY = "k" * 32


def problems_of(environ: dict[str, str], *, directory: Path) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        read_settings(environ, directory=directory)
    return [str(problem) for problem in caught.value.problems]


def test_nothing_set_gives_the_defaults_of_the_contract(tmp_path: Path) -> None:
    assert read_settings({"HOME": "/root"}, directory=tmp_path) == Settings()


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "DZVIN_DATABASE_URL": "postgresql://dzvin:secret@db:5432/dzvin",
            "DZVIN_SECRET_KEY": LONG_KEY,
            "DZVIN_HOST": "0.0.0.0",
            "DZVIN_PORT": " 0 ",
            "DZVIN_PUBLIC_URL": "https://dzvin.example.com/",
            "DZVIN_LIRAX_URL": "http://127.0.0.1:8482/general",
            "DZVIN_ACCOUNT_TIMEZONE": "Europe/Warsaw",
            "DZVIN_LINES": "25",
            "DZVIN_MAX_CALL": "90s",
            "DZVIN_MIN_GAP": "0s",
            "DZVIN_CALLBACK_ALLOW": "10.0.0.5:8080, Billing:80",
        },
        directory=tmp_path,
    )
    assert settings.port == 0
    assert settings.public_url == "https://dzvin.example.com"
    assert settings.max_call == timedelta(seconds=90)
    assert settings.min_gap == timedelta(0)
    assert settings.lines == 25
    assert settings.callback_allow == ("10.0.0.5:8080", "billing:80")
    assert settings.account_timezone == "Europe/Warsaw"


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("127.0.0.1", "9000", "http://127.0.0.1:9000"),
        ("::1", "80", "http://[::1]:80"),
        ("[::1]", "81", "http://[::1]:81"),
    ],
)
def test_the_public_address_follows_host_and_port(
    tmp_path: Path, host: str, port: str, expected: str
) -> None:
    settings = read_settings({"DZVIN_HOST": host, "DZVIN_PORT": port}, directory=tmp_path)
    assert settings.public_url == expected


def test_the_port_that_was_taken_shows_in_the_public_address_unless_one_was_set(tmp_path: Path) -> None:
    plain = read_settings({"DZVIN_PORT": "0"}, directory=tmp_path).on_port(41234)
    named = read_settings(
        {"DZVIN_PORT": "0", "DZVIN_PUBLIC_URL": "https://dzvin.example.com"}, directory=tmp_path
    ).on_port(41234)
    assert (plain.port, plain.public_url) == (41234, "http://127.0.0.1:41234")
    assert (named.port, named.public_url) == (41234, "https://dzvin.example.com")


WRONG = [
    ("DZVIN_DATABASE_URL", "mysql://b/c"),
    ("DZVIN_DATABASE_URL", "sqlite://dzvin.db"),
    ("DZVIN_DATABASE_URL", "sqlite:///"),
    ("DZVIN_DATABASE_URL", "sqlite:///:memory:"),
    ("DZVIN_DATABASE_URL", "postgresql://host-without-name"),
    ("DZVIN_DATABASE_URL", "postgresql:///name-without-host"),
    ("DZVIN_HOST", "http://example.com"),
    ("DZVIN_HOST", "two words"),
    ("DZVIN_PORT", "65536"),
    ("DZVIN_PORT", "-1"),
    ("DZVIN_PORT", "8_000"),
    ("DZVIN_PORT", "abc"),
    ("DZVIN_PUBLIC_URL", "dzvin.example.com"),
    ("DZVIN_PUBLIC_URL", "http://a.b:notaport"),
    ("DZVIN_SECRET_KEY", "k" * 31),
    ("DZVIN_LIRAX_URL", "http://lira.voip.com.ua:8482/general"),
    ("DZVIN_LIRAX_URL", "ftp://127.0.0.1/x"),
    ("DZVIN_HISTORY_URL", "http://10.0.0.1"),
    ("DZVIN_ACCOUNT_TIMEZONE", "Europe/Kiyv"),
    ("DZVIN_ACCOUNT_TIMEZONE", "../../etc/passwd"),
    ("DZVIN_LINES", "0"),
    ("DZVIN_LINES", "ten"),
    ("DZVIN_LIRAX_TIMEOUT", "20"),
    ("DZVIN_MAX_CALL", "-5m"),
    ("DZVIN_CALLBACK_ALLOW", "example.com"),
    ("DZVIN_CALLBACK_ALLOW", "http://example.com:80"),
]


@pytest.mark.parametrize(("key", "text"), WRONG)
def test_a_wrong_value_is_refused_with_its_key_what_was_read_and_what_is_expected(
    tmp_path: Path, key: str, text: str
) -> None:
    [problem] = problems_of({key: text}, directory=tmp_path)
    assert problem.startswith(f"{key}: read ")
    assert ", expected " in problem
    assert (repr(text) in problem) != (key == "DZVIN_SECRET_KEY")


def test_all_wrong_keys_are_named_at_once(tmp_path: Path) -> None:
    found = problems_of(
        {"DZVIN_PORT": "x", "DZVIN_LINES": "x", "DZVIN_MIN_GAP": "x", "DZVIN_HOST": "a b"}, directory=tmp_path
    )
    assert [problem.split(":")[0] for problem in found] == [
        "DZVIN_HOST",
        "DZVIN_PORT",
        "DZVIN_LINES",
        "DZVIN_MIN_GAP",
    ]


def test_a_time_zone_misspelt_gets_the_nearest_right_one(tmp_path: Path) -> None:
    [problem] = problems_of({"DZVIN_ACCOUNT_TIMEZONE": "Europe/Kiyv"}, directory=tmp_path)
    assert problem.endswith(("such as Europe/Kyiv", "such as Europe/Kiev"))


def test_secrets_never_stand_in_a_message(tmp_path: Path) -> None:
    found = problems_of(
        {
            "DZVIN_SECRET_KEY": "hush",
            "DZVIN_DATABASE_URL": "postgresql://u:hush@host",
            "DZVIN_LIRAX_TOKEN": "hush\x00",
        },
        directory=tmp_path,
    )
    assert len(found) == 3
    assert not any("hush" in problem for problem in found)


def test_postgresql_needs_a_secret_key(tmp_path: Path) -> None:
    [problem] = problems_of({"DZVIN_DATABASE_URL": "postgresql://u@host/name"}, directory=tmp_path)
    assert problem.startswith("DZVIN_SECRET_KEY: is not set")


def test_postgresql_may_live_behind_a_socket_folder(tmp_path: Path) -> None:
    url = "postgresql://postgres:@/postgres?host=/var/run/pg"
    settings = read_settings({"DZVIN_DATABASE_URL": url, "DZVIN_SECRET_KEY": LONG_KEY}, directory=tmp_path)
    assert settings.database_url == url


def test_a_file_beside_us_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "﻿# ours\nDZVIN_PORT=9000\nexport DZVIN_LINES='7'  # seven\nDZVIN_LIRAX_TOKEN=\nOTHER=1\n", "utf-8"
    )
    settings = read_settings({"DZVIN_PORT": "9100"}, directory=tmp_path)
    assert (settings.port, settings.lines, settings.lirax_token) == (9100, 7, None)


def test_a_wrong_value_in_the_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# ours\nDZVIN_PORT=none\n'what is this\n", "utf-8")
    assert problems_of({}, directory=tmp_path) == [
        ".env:3: expected a line such as DZVIN_PORT=8000",
        ".env:2: DZVIN_PORT: read 'none', expected a port from 0 to 65535 (0 takes a free one)",
    ]


def test_a_file_that_is_no_text_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DZVIN_PORT=\xff\xfe\n")
    [problem] = problems_of({}, directory=tmp_path)
    assert problem.startswith(".env: the file cannot be read")


def test_an_unknown_variable_is_warned_about_with_the_nearest_right_name(tmp_path: Path) -> None:
    settings = read_settings({"DZVIN_WEBHOK_TOKEN": "t", "DZVIN_XYZZY": "1"}, directory=tmp_path)
    assert settings.warnings == (
        "DZVIN_WEBHOK_TOKEN is not a setting of dzvin and is ignored; did you mean DZVIN_WEBHOOK_TOKEN?",
        "DZVIN_XYZZY is not a setting of dzvin and is ignored",
    )


def test_history_without_its_login_is_warned_about(tmp_path: Path) -> None:
    settings = read_settings({"DZVIN_HISTORY_URL": "https://history.example.com"}, directory=tmp_path)
    assert "DZVIN_HISTORY_LOGIN and DZVIN_HISTORY_PASSWORD" in settings.warnings[0]


def test_every_field_has_its_key_and_the_example_file_lists_them_all_with_their_defaults() -> None:
    assert set(key_names().values()) == {field.name for field in fields(Settings)} - {"warnings"}
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if line.startswith("DZVIN_")]
    assert names == list(key_names())
    assert read_settings(dict(_pairs(lines)), directory=ROOT / "docs") == Settings()


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, mark, text in (line.partition("=") for line in lines)
        if mark and name[:1] != "#"
    ]


def test_how_long_people_are_kept_is_a_duration_or_for_ever(tmp_path: Path) -> None:
    asked = {"DZVIN_KEEP_CALLS": "forever", "DZVIN_KEEP_WEBHOOKS": "7d", "DZVIN_MIN_GAP": "20d"}
    settings = read_settings(asked, directory=tmp_path)
    assert settings.keep_calls is None
    assert settings.keep_webhooks == timedelta(days=7)
    assert settings.keep_recordings == timedelta(days=90)
    assert settings.keeping.least > timedelta(days=20)
    assert problems_of({"DZVIN_KEEP_CALLS": "a year"}, directory=tmp_path) == [
        "DZVIN_KEEP_CALLS: read 'a year', expected a duration such as 30d, or `forever`"
    ]
