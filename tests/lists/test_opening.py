"""Every encoding with every delimiter, with and without a header, and files that are no lists."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from campaigns.problems import WrongInput
from tests.lists.writing_lists import ods_list, opened, text_list, xlsx_list

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "cp1125", "koi8-u"]
DELIMITERS = [";", ",", "\t", "|"]
PEOPLE = [
    ["ПІБ", "Телефон", "Сума"],
    ["Олена Коваль", "067 123-45-67", "1 250"],
    ["Сергій Мороз", "+380501234567", "40"],
    ["Тарас Бойко", "0631234567", ""],
]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_list_is_read_in_any_encoding_with_any_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = "".join(delimiter.join(row) + "\r\n" for row in PEOPLE)
    if encoding == "cp866":
        text = text.replace("І", "И").replace("і", "и")  # it has no Ukrainian letters
    people = opened(text_list(tmp_path, text, encoding=encoding))
    header, *rows = [line.split(delimiter) for line in text.splitlines()]
    assert people.heading.columns == tuple(header)
    assert people.heading.phone == 1
    assert list(people.rows) == [(number, cells, None) for number, cells in enumerate(rows, start=2)]


@pytest.mark.parametrize("encoding", ["cp1251", "cp1125", "koi8-u", "utf-16-le"])
def test_one_short_row_is_enough_to_tell_the_encoding(tmp_path: Path, encoding: str) -> None:
    people = opened(text_list(tmp_path, "Оля;0671234567\n", encoding=encoding))
    assert [cells for _, cells, _ in people.rows] == [["Оля", "0671234567"]]


def test_letters_far_down_in_the_file_tell_the_encoding(tmp_path: Path) -> None:
    text = "phone;name\n" + "0671234567;Anna\n" * 20_000 + "0501234567;Олена\n"
    people = opened(text_list(tmp_path, text, encoding="cp1251"))
    assert list(people.rows)[-1] == (20_002, ["0501234567", "Олена"], None)


def test_polish_names_are_not_taken_for_cyrillic(tmp_path: Path) -> None:
    text = "Łukasz Żółć;48601234567\nBłażej Gęś;48601234568\nŚwiętosława Dąbrowska;48601234569\n"
    people = opened(text_list(tmp_path, text, encoding="cp1250"))
    assert next(people.rows)[1][0] == "Łukasz Żółć"


def test_what_was_found_out_is_told(tmp_path: Path) -> None:
    assert opened(text_list(tmp_path, "Ім'я;Телефон\nОля;0671234567\n", encoding="cp1251")).about == (
        "Windows-1251, semicolon"
    )
    assert opened(xlsx_list(tmp_path, [["phone"], ["0671234567"]])).about == "sheet “Sheet1”"


def test_the_first_line_by_which_excel_names_its_delimiter_is_no_row(tmp_path: Path) -> None:
    people = opened(text_list(tmp_path, "sep=,\r\nphone,name\r\n0671234567,a;b;c;d\r\n"))
    assert people.heading.columns == ("phone", "name")
    assert list(people.rows) == [(2, ["0671234567", "a;b;c;d"], None)]


def test_quoted_cells_may_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    people = opened(text_list(tmp_path, 'phone,address\n0671234567,"Kyiv, Main St\n5"\n0501234567,x\n'))
    assert list(people.rows) == [
        (2, ["0671234567", "Kyiv, Main St\n5"], None),
        (3, ["0501234567", "x"], None),
    ]


def test_a_spreadsheet_shows_its_cells_as_a_person_sees_them(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["phone", "sum", "day", "paid"], [380671234567, 1250.5, date(2026, 12, 1), True]]
    people = opened(xlsx_list(tmp_path, rows))
    assert list(people.rows) == [(2, ["380671234567", "1250.5", "01.12.2026", "TRUE"], None)]


def test_a_time_of_a_spreadsheet_is_hours_and_minutes(tmp_path: Path) -> None:
    people = opened(xlsx_list(tmp_path, [["phone", "at"], ["0671234567", time(9, 30)]], date_format="hh:mm"))
    assert list(people.rows) == [(2, ["0671234567", "09:30"], None)]


def test_the_first_sheet_with_rows_is_read_and_its_row_numbers_are_those_shown(tmp_path: Path) -> None:
    people = opened(xlsx_list(tmp_path, [], [[], [], ["Телефон"], ["0671234567"], [], ["0501234567"]]))
    assert [(number, cells) for number, cells, _ in people.rows if any(cells)] == [
        (4, ["0671234567"]),
        (6, ["0501234567"]),
    ]


def test_an_open_document_is_read(tmp_path: Path) -> None:
    people = opened(ods_list(tmp_path, PEOPLE))
    assert people.heading.columns == ("ПІБ", "Телефон", "Сума")
    assert next(people.rows)[1][:2] == ["Олена Коваль", "067 123-45-67"]


def test_a_text_that_calls_itself_a_spreadsheet_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text("phone\tname\n0671234567\tAnn\n")
    assert next(opened(path).rows)[1] == ["0671234567", "Ann"]


NO_LISTS = [
    (b"", "the file is empty"),
    (b"\n\n  \n", "the list is empty"),
    (b"phone;name\n", "nobody in it"),
    (b"name;city\nAnn;Kyiv\n", "no column of the list holds phone numbers; it has: name, city"),
    (b"\x89PNG\r\n\x1a\n" + bytes(500), "neither text nor a spreadsheet"),
    (bytes(range(256)) * 20, "neither text nor a spreadsheet"),
    (b"PK\x03\x04" + bytes(200), "damaged"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "spreadsheet cannot be read"),
    (
        (";".join(f"c{n}" for n in range(1500)) + "\n" + "0671234567;" * 1500).encode(),
        "more than 1,000 columns",
    ),
]


@pytest.mark.parametrize(("body", "message"), NO_LISTS, ids=lambda value: str(value)[:30])
def test_what_is_no_list_gets_one_sentence(tmp_path: Path, body: bytes, message: str) -> None:
    with pytest.raises(WrongInput, match=message) as caught:
        opened(text_list(tmp_path, body))
    [problem] = caught.value.problems
    assert problem.file == "list.csv"


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="cannot be read: No such file"):
        opened(tmp_path / "list.csv")


def test_a_spreadsheet_without_rows_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="none of its sheets has any rows"):
        opened(xlsx_list(tmp_path, [], []))


def test_a_phone_column_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    path = text_list(tmp_path, "tel;name\n0671234567;Ann\n")
    with pytest.raises(WrongInput, match="no column “phone”; it has: tel, name"):
        opened(path, phone_column="phone")
