"""Lists and sounds beside a definition, and recipients written into it."""

import json
from pathlib import Path

import pytest

from campaigns.problems import Problem
from tests.definition.reading_aloud import MINIMAL, a_wav, an_mp3, minimal, problem_of, problems_of, read

PLAYING = 'name: Reminder\nfrom: "101"\ncall: {play: %s}\n'


def playing_problem(name: str, folder: Path) -> Problem:
    (problem,) = problems_of(PLAYING % json.dumps(name), beside=folder)
    assert problem.field == "call.play"
    return problem


@pytest.mark.parametrize(
    ("name", "body"),
    [("hello.wav", a_wav()), ("hello.mp3", an_mp3()), ("HELLO.MP3", b"ID3\x04\0\0\0\0\0\0" + an_mp3())],
)
def test_a_sound_beside_the_definition_is_hosted_later_and_kept_by_name(
    name: str, body: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(body)
    definition = read(PLAYING % name, beside=tmp_path)
    assert definition.play_file == tmp_path / name
    assert definition.policy.call.play == name


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("page.mp3", b"<!doctype html><title>404</title>", "is not mp3 inside"),
        ("page.wav", b"<!doctype html><title>404</title>", "is not wav inside"),
        ("mp3.wav", an_mp3(), "is not wav inside"),
        ("wav.mp3", a_wav(), "is not mp3 inside"),
        ("empty.mp3", b"", "is not mp3 inside"),
        ("cut.wav", a_wav()[:30], "holds no sound"),
        ("silent.wav", a_wav(0), "holds no sound"),
        ("tag.mp3", b"ID3\x04\0\0\0\0\0\0", "holds no sound"),
        ("long.mp3", an_mp3(48_000), "has 20 MB"),
        ("hello.ogg", b"OggS", "must be an mp3 or wav file"),
        ("hello", b"", "must be an mp3 or wav file"),
    ],
)
def test_what_is_no_sound_is_refused(name: str, body: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    assert told in playing_problem(name, tmp_path).message


@pytest.mark.parametrize("name", ["nowhere.mp3", "folder.mp3"])
def test_a_missing_sound_is_a_problem(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.mp3").mkdir()
    assert "there is no file" in playing_problem(name, tmp_path).message


def test_nothing_outside_the_folder_is_ever_touched(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "secret.wav").write_bytes(a_wav())
    (tmp_path / "secret.csv").write_text("phone\n")
    (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
    for name in ("../secret.wav", str(tmp_path / "secret.wav"), "link.wav"):
        assert "is not beside the definition" in playing_problem(name, folder).message
    assert "is not beside the definition" in problem_of("recipients: ../secret.csv\n", beside=folder).message


def test_over_the_api_a_file_name_is_a_problem() -> None:
    text = PLAYING % "hello.mp3" + "recipients: list.csv\n"
    found = problems_of(text)
    assert [problem.field for problem in found] == ["call.play", "recipients"]
    assert all("is a file name; over the API" in problem.message for problem in found)


@pytest.mark.parametrize("name", ["list.csv", "list.TSV", "list.xlsx", "list.ods", "lists/list.csv"])
def test_a_list_beside_the_definition_is_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / name).write_text("phone\n")
    assert read(f"{MINIMAL}recipients: {name}\n", beside=tmp_path).recipients == tmp_path / name


def test_a_list_named_by_its_whole_path_within_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("phone\n")
    definition = read(f"{MINIMAL}recipients: {tmp_path / 'list.csv'}\n", beside=tmp_path)
    assert definition.recipients == tmp_path / "list.csv"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere.csv", "there is no file “nowhere.csv” beside the definition"),
        ("list.xls", "is not a list: csv, tsv, xlsx and ods"),
        ("list.pdf", "is not a list"),
        (".", "is not a list"),
        ("a" * 300 + ".csv", "is not a file name"),
        ('"a\\0.csv"', "cannot be printed"),
        ("true", "is not a list"),
        ("{file: list.csv}", "must be one line of text"),
    ],
)
def test_what_is_no_list_is_refused(name: str, told: str, tmp_path: Path) -> None:
    problem = problem_of(f"recipients: {name}\n", beside=tmp_path)
    assert problem.field == "recipients"
    assert told in problem.message


def test_recipients_may_be_left_out_and_a_file_is_told_so(tmp_path: Path) -> None:
    told = "There are no recipients yet: they have to be imported, added or triggered."
    assert told in read(MINIMAL, beside=tmp_path).notes
    assert told not in read(MINIMAL).notes


def test_recipients_in_the_definition_are_kept_as_they_stand() -> None:
    definition = minimal(
        "recipients:\n- {phone: 067 123 45 67, Ім'я: Анна, amount: '1 250,5'}\n- {phone: '', b: }\n"
    )
    assert definition.recipients == [
        {"phone": "067 123 45 67", "Ім'я": "Анна", "amount": "1 250,5"},
        {"phone": "", "b": ""},
    ]
    assert minimal("recipients: []\n").recipients == []


@pytest.mark.parametrize(
    ("rows", "field", "told"),
    [
        ("[0671234567]", "recipients.0", "must be a mapping with phone"),
        ("[{phone: 1}, {name: Anna}]", "recipients.1", "has no phone"),
        ("[{Phone: 1}]", "recipients.0", "has no phone"),
        ("[{phone: [1, 2]}]", "recipients.0", "“phone” must be a single value"),
        ("[{phone: 1, phone: 2}]", "recipients.0", "has the column “phone” twice"),
        ('[{phone: 1, a: "\\a"}]', "recipients.0", "holds a character that cannot be printed"),
        ("[{phone: 1, a: !tag b}]", "recipients.0", "“a” must be a single value"),
        ("[[{phone: 1}]]", "recipients.0", "must be a mapping with phone"),
    ],
)
def test_recipients_that_cannot_be_read_are_named(rows: str, field: str, told: str) -> None:
    problem = problem_of(f"recipients: {rows}\n")
    assert problem.field == field
    assert told in problem.message


def test_a_recipient_problem_has_its_own_line() -> None:
    assert problem_of("recipients:\n  - phone: 1\n  - name: Anna\n").line == 6


def test_many_wrong_recipients_are_told_shortly() -> None:
    found = problems_of(MINIMAL + "recipients:\n" + "- a: 1\n" * 1_000)
    assert len(found) == 21
    assert "980 further recipients" in found[0].message


def test_a_column_that_no_recipient_has_is_a_problem_of_the_text_that_uses_it() -> None:
    problem = problem_of(
        "recipients: [{phone: 1, 'Сума боргу': 5}]\n"
        "sms: {modem: 1}\n"
        "rules:\n"
        "- when: {key: 1}\n"
        "  sms: '{{ phone }} {{ сума_боргу }} {{ name }} {{ city|default(\"-\") }}'\n"
    )
    assert (problem.field, problem.line) == ("rules.0.sms", 8)
    assert (
        problem.message
        == "uses {{ name }}, which no recipient has; they have: external_id, phone, сума_боргу"
    )


def test_many_recipients_in_json_are_kept_as_text() -> None:
    rows = [{"phone": 380670000000 + number, "name": "Анна", "amount": 12.5} for number in range(5_000)]
    text = json.dumps({"name": "a", "from": "1", "call": {"connect": "1"}, "recipients": rows})
    recipients = read(text, form="json").recipients
    assert isinstance(recipients, list)
    assert len(recipients) == 5_000
    assert recipients[-1] == {"phone": "380670004999", "name": "Анна", "amount": "12.5"}
