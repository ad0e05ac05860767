"""Which column is the phone, and whether the first row is a header."""

import pytest

from campaigns.lists.headings import Heading, NoPhoneColumnError, read_heading

MOBILE, HOME, NONE = "0671234567", "0442345678", ""


def heading(*rows: list[str], phone_column: str | None = None) -> Heading:
    return read_heading(list(enumerate(rows, start=1)), country="UA", phone_column=phone_column)


HEADERS = [
    # header, its phone column
    (["name", "phone"], 1),
    (["Name", "Phone Number", "Amount"], 1),
    (["MSISDN", "x"], 0),
    (["Mobile", "x"], 0),
    (["ПІБ", "Телефон"], 1),
    (["ПІБ", "Номер телефону:"], 1),
    (["Ім'я", "Моб. тел."], 1),
    (["Мобільний телефон", "Борг"], 0),
    (["ФИО", "Номер телефона"], 1),
    (["Имя", "Сотовый"], 1),
    (["Клієнт", "Контакт"], 1),  # by what is in it
    (["Клієнт", "Телефон абонента (основний)"], 1),
]


@pytest.mark.parametrize(("header", "phone"), HEADERS)
def test_the_phone_column_is_found_by_its_name_or_by_what_is_in_it(header: list[str], phone: int) -> None:
    row = ["Ann"] * len(header)
    row[phone] = MOBILE
    found = heading(header, row, row)
    assert (found.phone, found.header) == (phone, 1)
    assert found.columns == tuple(header)


def test_of_two_phone_columns_the_one_with_more_numbers_is_called() -> None:
    found = heading(["Телефон", "Мобільний"], [NONE, MOBILE], [HOME, MOBILE], [NONE, MOBILE])
    assert found.phone == 1


def test_a_column_called_phone_without_any_number_gives_way_to_one_full_of_them() -> None:
    assert heading(["Телефон", "Контакт"], [NONE, MOBILE], [NONE, HOME]).phone == 1


def test_a_damaged_phone_column_stays_the_phone_column() -> None:
    assert heading(["name", "phone"], ["Ann", "3.80671E+11"], ["Ben", "3.80501E+11"]).phone == 1


def test_a_list_without_a_header_begins_with_its_first_person() -> None:
    found = heading(["Ann", MOBILE], ["Ben", HOME])
    assert (found.header, found.columns) == (None, ("column_1", "phone"))


def test_a_single_column_without_a_header_is_the_phone() -> None:
    assert heading([MOBILE], [HOME]).columns == ("phone",)


def test_a_header_may_stand_under_a_title() -> None:
    found = heading(["Боржники за червень", ""], ["Ім'я", "Телефон"], ["Ann", MOBILE])
    assert (found.header, found.columns) == (2, ("Ім'я", "Телефон"))


@pytest.mark.parametrize("named", ["Contact", " contact ", "CONTACT"])
def test_the_column_that_is_named_is_called(named: str) -> None:
    assert heading(["phone", "Contact"], [HOME, MOBILE], phone_column=named).phone == 1


def test_without_numbers_the_columns_there_are_are_named() -> None:
    with pytest.raises(NoPhoneColumnError) as caught:
        heading(["name", "city"], ["Ann", "Kyiv"])
    assert caught.value.columns == ("name", "city")


def test_columns_of_one_name_and_of_none_are_told_apart() -> None:
    found = heading(["phone", "note", "", "note ", "", ""], [MOBILE, "a", "b", "c", "", ""])
    assert found.columns == ("phone", "note", "column_3", "note_2")


def test_a_heading_with_broken_characters_can_be_shown_and_stored() -> None:
    found = heading(["phone", "na\udcffme", "a\0b"], [MOBILE, "Ann", "x"])
    assert found.columns == ("phone", "na?me", "a\ufffdb")
    with pytest.raises(NoPhoneColumnError) as caught:
        heading(["p\udcff"], ["Ann"])
    assert caught.value.columns == ("p?",)


def test_external_ids_and_time_zones_are_recognised() -> None:
    found = heading(["External ID", "phone", "Часовий пояс"], ["7", MOBILE, "Europe/Kyiv"])
    assert (found.external_id, found.timezone) == (0, 2)
