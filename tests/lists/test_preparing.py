"""A row of a list and what becomes of it."""

from typing import Any

import orjson
import pytest

from campaigns.lists.demands import Demand, check_columns
from campaigns.lists.headings import Heading
from campaigns.lists.preparing import NUL, UNREADABLE, ListPreparer, MappingPreparer, Prepared, RowError
from campaigns.problems import WrongInput

NAMES = ("phone", "external_id", "name", "сума", "due", "at", "timezone")
HEADING = Heading(columns=NAMES, phone=0, external_id=1, timezone=6, header=1)
SPOKEN = {"money": "{{ сума }}", "date": "{{ due }}", "time": "{{ at | default('') }}"}
NEEDED = {"сума": "call.variables.money", "due": "call.variables.date"}


def demand(**wanted: Any) -> Demand:
    usual: dict[str, Any] = {"country": "UA", "variables": {}, "needed": {}, "own_zones": False}
    return Demand(**(usual | {"now": "2026-12-01T08:00:00+00:00"} | wanted))


def cells(**filled: str) -> list[str]:
    filled = {"phone": "0671234567"} | filled
    return [filled.get(name, "") for name in NAMES]


def prepared(row: list[str], asked: Demand | None = None) -> Prepared:
    found = ListPreparer(asked or demand(), HEADING).prepare((7, row, None))
    assert found is not None
    return found


def refused(row: list[str], asked: Demand | None = None) -> str:
    with pytest.raises(RowError) as caught:
        prepared(row, asked)
    return str(caught.value)


def test_a_row_becomes_a_recipient_with_the_lists_own_columns() -> None:
    found = prepared(cells(external_id="A-1", name=" Олена ", сума="12,50"))
    assert (found.phone, found.external_id, found.row) == ("380671234567", "A-1", 7)
    assert (found.zones, found.variables) == (None, None)
    assert orjson.loads(found.data) == {"name": "Олена", "сума": "12,50", "due": "", "at": "", "timezone": ""}


def test_a_phone_column_of_another_name_stays_a_column_of_the_list() -> None:
    heading = Heading(columns=("Телефон", "phone"), phone=0, external_id=None, timezone=None, header=1)
    found = ListPreparer(demand(), heading).prepare((2, ["0671234567", "office"], None))
    assert found is not None
    assert orjson.loads(found.data) == {"Телефон": "0671234567", "phone": "office"}


def test_texts_may_show_the_number_itself() -> None:
    found = prepared(cells(), demand(needed={"phone": "rules.0.note"}))
    assert orjson.loads(found.data)["phone"] == "380671234567"


VARIABLES = [
    # сума, due, at → what LiraX gets
    ("1 250,5", "01.12.2026", "9:30", {"money": "1250.50", "date": "01.12.2026", "time": "09:30"}),
    ("1250", "2026-12-01", "", {"money": "1250.00", "date": "01.12.2026"}),
    ("1\u00a0250,50 грн", "tomorrow", "23:59", {"money": "1250.50", "date": "tomorrow", "time": "23:59"}),
]


@pytest.mark.parametrize(("money", "due", "at", "said"), VARIABLES)
def test_variables_are_put_into_the_form_of_lirax(
    money: str, due: str, at: str, said: dict[str, str]
) -> None:
    found = prepared(cells(сума=money, due=due, at=at), demand(variables=SPOKEN, needed=NEEDED))
    assert found.variables is not None
    assert orjson.loads(found.variables) == said


BAD_ROWS = [
    ({"сума": "багато"}, "call.variables.money: “багато” is not a sum"),
    ({"сума": "1,250"}, "call.variables.money: “1,250” may mean"),
    ({"сума": "-5"}, "below zero"),
    ({"due": "31.02.2026"}, "call.variables.date: “31.02.2026” is not a day"),
    ({"at": "25:00"}, "call.variables.time: “25:00” is not a time"),
    ({"сума": ""}, "the column “сума” is empty, and call.variables.money needs it"),
    ({"сума": "  "}, "the column “сума” is empty"),
    ({"phone": "3.80671E+11"}, "damaged by a spreadsheet"),
    ({"phone": ""}, "the phone cell is empty"),
    ({"name": "Оле\udcd0на"}, UNREADABLE),
    ({"name": "Оле\0на"}, NUL),
    ({"external_id": "A\0"}, NUL),
    ({"external_id": "A\ud800"}, UNREADABLE),
]


@pytest.mark.parametrize(("filled", "reason"), BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_a_row_that_cannot_be_called_says_why(filled: dict[str, str], reason: str) -> None:
    row = cells(**({"сума": "1", "due": "today"} | filled))
    assert reason in refused(row, demand(variables=SPOKEN, needed=NEEDED))


def test_text_that_only_looks_like_an_escape_is_kept() -> None:
    assert orjson.loads(prepared(cells(name="\\u0000")).data)["name"] == "\\u0000"


def test_signs_that_only_look_dangerous_are_kept() -> None:
    name = "=1+1 \u202eabc\u202c 😀 {{ phone }}"
    assert orjson.loads(prepared(cells(name=name)).data)["name"] == name


def test_a_blank_row_is_nobody() -> None:
    assert ListPreparer(demand(), HEADING).prepare((3, ["", " ", ""], None)) is None
    assert ListPreparer(demand(), HEADING).prepare((3, [], None)) is None


def test_a_short_row_lacks_its_last_cells_and_a_long_one_is_refused() -> None:
    assert orjson.loads(prepared(["0671234567", "A-1"]).data)["name"] == ""
    assert prepared([*cells(), "", ""]).phone == "380671234567"
    assert "8 cells where the list has 7 columns" in refused([*cells(), "shifted"])


def test_the_recipients_own_zone_is_that_of_the_list_or_else_of_the_number() -> None:
    own = demand(own_zones=True)
    assert prepared(cells(), own).zones == "Europe/Kyiv"
    assert prepared(cells(timezone="Europe/Warsaw"), own).zones == "Europe/Warsaw"
    assert "“Kyiv” is not a time zone" in refused(cells(timezone="Kyiv"), own)
    assert "“../etc” is not a time zone" in refused(cells(timezone="../etc"), own)
    zones = prepared(cells(phone="+79161234567"), own).zones
    assert zones is not None
    assert "Europe/Moscow" in zones.split("|")


def test_an_unusual_number_is_taken_and_warned_about() -> None:
    preparer = ListPreparer(demand(), HEADING)
    assert preparer.prepare((2, cells(phone="19101234567"), None)) is not None
    [(row, phone, warning)] = preparer.warned
    assert (row, phone) == (2, "19101234567")
    assert "range" in warning


def test_columns_that_texts_need_and_the_list_lacks_are_all_named() -> None:
    asked = demand(needed={"amount": "rules.0.sms", "name": "rules.1.note", "phone": "rules.2.note"})
    with pytest.raises(WrongInput) as caught:
        check_columns(["Phone", "Сума"], asked, name="list.csv")
    assert [str(problem) for problem in caught.value.problems] == [
        "list.csv: the list has no column “amount”, which rules.0.sms uses; it has: Phone, Сума",
        "list.csv: the list has no column “name”, which rules.1.note uses; it has: Phone, Сума",
    ]


def test_columns_are_found_whatever_the_case_and_signs_of_their_names() -> None:
    check_columns(
        ["Сума боргу, грн", "external id"],
        demand(needed={"сума_боргу_грн": "x", "external_id": "y"}),
        name="l",
    )


def test_a_mapping_becomes_a_recipient_and_keeps_its_values() -> None:
    row = {"phone": 380671234567, "external_id": 15, "amount": 12.5, "paid": False, "note": None}
    found = MappingPreparer(demand(variables={"money": "{{ amount }}"}, needed={"amount": "x"})).prepare(
        1, row
    )
    assert (found.phone, found.external_id) == ("380671234567", "15")
    assert found.variables is not None
    assert orjson.loads(found.variables) == {"money": "12.50"}
    assert orjson.loads(found.data) == {"amount": 12.5, "paid": False, "note": None}


BAD_MAPPINGS: list[tuple[dict[str, Any], str]] = [
    ({}, "the phone cell is empty"),
    ({"phone": None}, "the phone cell is empty"),
    ({"phone": {}}, "does not hold a number"),
    ({"phone": "0671234567"}, "“amount” is missing, and x needs it"),
    ({"phone": "0671234567", "amount": ""}, "“amount” is missing"),
    ({"phone": "0671234567", "amount": 1, "tags": ["a"]}, "“tags” must be a text or a number"),
    ({"phone": "0671234567", "amount": 1, "na\0me": "x"}, NUL),
]


@pytest.mark.parametrize(("row", "reason"), BAD_MAPPINGS)
def test_a_mapping_that_cannot_be_called_says_why(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        MappingPreparer(demand(needed={"amount": "x"})).prepare(1, row)


CONSENT = {"given": "{{ due }}", "source": "{{ name | default('') }}", "proof": "{{ сума }}"}


@pytest.mark.parametrize(
    ("row", "consent", "warning"),
    [
        (
            cells(due="2026-01-31", name="Form", сума="A-17"),
            ("2026-01-30T22:00:00+00:00", "Form", "A-17"),  # the beginning of that day in Kyiv
            None,
        ),
        (cells(due="31.01.2026", name="Form"), ("2026-01-30T22:00:00+00:00", "Form", None), None),
        (cells(due="2026-01-31T12:00:00Z", name="Form"), ("2026-01-31T12:00:00+00:00", "Form", None), None),
        (cells(name="Form"), None, None),  # who gave none is still somebody of the list
        (cells(due="так", name="Form"), None, "no consent is recorded: “так” is not a date"),
        (cells(due="2026-01-31"), None, "no consent is recorded: where it was given is empty"),
        (cells(due="2026-12-01 10:00", name="Form"), ("2026-12-01T08:00:00+00:00", "Form", None), None),
        (
            cells(due="2026-12-01 10:01", name="Form"),
            None,
            "no consent is recorded: 2026-12-01 10:01 has not",
        ),
    ],
)
def test_a_row_tells_of_consent(row: list[str], consent: object, warning: str | None) -> None:
    asked = demand(consent=CONSENT, timezone="Europe/Kyiv")
    preparer = ListPreparer(asked, HEADING)
    found = preparer.prepare((7, row, None))
    assert found is not None
    assert found.consent == consent
    told = [(warned.row, warned.phone) for warned in preparer.warned]
    assert told == ([] if warning is None else [(7, "380671234567")])
    assert all(warned.warning.startswith(warning or "") for warned in preparer.warned)


def test_a_person_given_as_a_mapping_tells_of_consent() -> None:
    asked = demand(consent=CONSENT, timezone="UTC")
    row = {"phone": "0671234567", "due": "2026-01-31", "name": "Form"}
    found = MappingPreparer(asked).prepare(1, row)
    assert found.consent == ("2026-01-31T00:00:00+00:00", "Form", None)


def test_a_list_without_the_columns_of_consent_is_wrong_input() -> None:
    with pytest.raises(WrongInput) as caught:
        check_columns(["phone", "name"], demand(consent=CONSENT), name="list.csv")
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 2
    assert "consent.given" in told[0]
    assert "consent.proof" in told[1]
