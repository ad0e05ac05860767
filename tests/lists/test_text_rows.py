"""Text lists that mean harm, or were made by careless programs: every row by itself, none lost."""

from pathlib import Path

from campaigns.lists.delimiters import delimiter_of
from campaigns.lists.encodings import encoding_of, open_text
from campaigns.lists.text_rows import ENDLESS, MISTAKES, TOO_LARGE, UNCLOSED, Row, text_rows
from tests.lists.writing_lists import text_list


def rows(folder: Path, text: str | bytes, *, delimiter: str = ";") -> list[Row]:
    path = text_list(folder, text)
    return list(text_rows(open_text(path, encoding_of(path)), delimiter=delimiter))


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_only(tmp_path: Path) -> None:
    assert rows(tmp_path, '1;"Acme\n2;b\n\n4;"c"\n5;d\n') == [
        (1, ["1", '"Acme'], UNCLOSED),
        (2, ["2", "b"], None),
        (3, [], None),
        (4, ["4", "c"], None),
        (5, ["5", "d"], None),
    ]


def test_a_quotation_mark_open_at_the_end_of_the_file_spoils_its_own_row_only(tmp_path: Path) -> None:
    found = rows(tmp_path, '1;"a\n' + "2;b\n" * 500)
    assert [trouble for _, _, trouble in found] == [UNCLOSED] + [None] * 500
    assert found[-1] == (501, ["2", "b"], None)


def test_a_file_full_of_open_quotation_marks_is_read_in_time(tmp_path: Path) -> None:
    found = rows(tmp_path, '1;"a;x\n' * 5_000)
    assert len(found) == 5_000
    assert sum(trouble is UNCLOSED for _, _, trouble in found) == MISTAKES
    assert found[-1] == (5_000, ["1", '"a', "x"], None)  # as it stands: it will not fit the header


def test_quotation_marks_around_a_part_of_a_cell_are_taken_as_they_stand(tmp_path: Path) -> None:
    assert rows(tmp_path, '1;ТОВ "Ромашка"\n2;"Ромашка" ТОВ\n') == [
        (1, ["1", 'ТОВ "Ромашка"'], None),
        (2, ["2", "Ромашка ТОВ"], None),
    ]


def test_a_cell_of_a_megabyte_spoils_its_own_row_only(tmp_path: Path) -> None:
    found = rows(tmp_path, f"1;a\n2;{'x' * 200_000}\n3;{'x' * 3_000_000}\n4;d\n")
    assert [(number, trouble) for number, _, trouble in found] == [
        (1, None),
        (2, TOO_LARGE),
        (3, ENDLESS),
        (4, None),
    ]


def test_bytes_that_are_no_text_spoil_their_own_row_only(tmp_path: Path) -> None:
    good = "0671234567;Олена\n".encode() * 3
    found = rows(tmp_path, good + b"0501234567;\xff\xfe\n" + good)
    assert len(found) == 7
    assert [cells[1].isprintable() for _, cells, _ in found] == [True] * 3 + [False] + [True] * 3


def test_line_ends_of_every_kind_end_a_row(tmp_path: Path) -> None:
    assert [cells for _, cells, _ in rows(tmp_path, "1;a\r\n2;b\r3;c\n4;d")] == [
        ["1", "a"],
        ["2", "b"],
        ["3", "c"],
        ["4", "d"],
    ]


def test_the_delimiter_is_the_one_that_cuts_lines_alike() -> None:
    assert delimiter_of("p;sum\n067;1 250,5\n068;1,2\n") == ";"  # commas only in the amounts
    assert delimiter_of("phone;name, surname\n1;Ann, A\n2;Ben, B\n") == ";"
    assert delimiter_of('phone,note\n1,"a;b;c"\n2,"d;e;f"\n') == ","
    assert delimiter_of("phone;address\n1;Kyiv, Main St, 5\n2;Lviv, Long St, 6\n") == ";"
    assert delimiter_of("1;Kyiv, Main St, 5\n2;Lviv, Long St, 6\n") == ";"
    assert delimiter_of("phone,name\n067\n068\n063,Ann\n") == ","
    assert delimiter_of("phone,note\n067,a;b\n068,c;d\n") == ","
    assert delimiter_of("phone\n067\n068\n") == ";"  # a single column has none


def test_a_utf_16_list_that_was_cut_within_a_character_is_read_up_to_there(tmp_path: Path) -> None:
    """Found by fuzzing: the half character stopped the whole import with a traceback."""
    whole = "phone;name\n0671234567;Ольга\n0501112233;Іван".encode("utf-16")
    _, (_, first, _), (_, last, _) = rows(tmp_path, whole[:-1])
    assert first == ["0671234567", "Ольга"]
    assert last[1].startswith("Іва")
    assert last[1] != "Іван"
