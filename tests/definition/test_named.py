"""Extensions and deal stages of a definition, judged by what LiraX lists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.definition import judge, named_in_document, survey_definition
from campaigns.rules.directories import Directories, Employee, Listed, Stage
from campaigns.rules.vocabulary import DirectoryKind

READ_AT = datetime(2026, 12, 1, tzinfo=UTC)
KNOWN = Directories(
    users=Listed((Employee("101", "Dima"), Employee("201", "Olga"), Employee("300", active=False)), READ_AT),
    stages=Listed((Stage(1, "New"), Stage(2, "Won")), READ_AT),
)
DEFINITION = """\
name: Reminder
from: "101"
call: {connect: "5001"}
rules:
  - when: {key: "1"}
    deal: {name: Debt, sum: 5, stage: 7}
  - when: {key: "2"}
    task:
      text: Call back
      ext: 1 09
    message: {ext: 201, text: Hello}
sms: {modem: "380671234567", ext: "300"}
"""


def document(**more: Any) -> dict[str, Any]:
    return {"name": "Reminder", "from": "101", **more}


def with_rule(action: Mapping[str, Any]) -> dict[str, Any]:
    return document(rules=[{"when": {"key": "1"}, **action}])


@pytest.mark.parametrize(
    ("written", "field", "told"),
    [
        (document(**{"from": "109"}), "from", "LiraX has no extension 109"),
        (document(sms={"ext": "102"}), "sms.ext", "did you mean 101 (Dima)?"),
        (document(agents=["101", "555"]), "agents.1", "no extension 555"),
        (document(agents="555"), "agents", "no extension 555"),
        (document(call={"connect": "5001", "agents": ["555"]}), "call.agents.0", "no extension 555"),
        (with_rule({"task": {"ext": "9", "text": "a"}}), "rules.0.task.ext", "it has 101 (Dima), 201 (Olga)"),
        (with_rule({"message": {"ext": "9"}}), "rules.0.message.ext", "no extension 9"),
        (with_rule({"deal": {"ext": "9", "stage": "1"}}), "rules.0.deal.ext", "no extension 9"),
        (with_rule({"deal": {"stage": "3"}}), "rules.0.deal.stage", "no deal stage 3; it has 1 (New), 2"),
    ],
)
def test_what_lirax_does_not_have_is_a_problem(written: dict[str, Any], field: str, told: str) -> None:
    [problem] = judge(named_in_document(written), KNOWN).problems
    assert problem.field == field
    assert told in problem.message


@pytest.mark.parametrize(
    "written",
    [
        document(),
        document(**{"from": "+1 01"}),  # as fields are read: what stands between digits does not count
        document(agents="all"),
        with_rule({"deal": {"stage": "01"}, "task": {"text": "a"}, "note": "of extension 9"}),
    ],
)
def test_what_lirax_has_is_no_problem(written: dict[str, Any]) -> None:
    verdict = judge(named_in_document(written), KNOWN)
    assert (verdict.problems, verdict.remarks, verdict.doubts, verdict.to_ask) == ((), (), (), frozenset())


def test_each_is_named_with_its_file_and_line() -> None:
    definition, problems = survey_definition(
        DEFINITION,
        file="reminder.yaml",
        form="yaml",
        beside=None,
        account_timezone="Europe/Kyiv",
        today=READ_AT.date(),
    )
    assert not problems
    verdict = judge(definition.named, KNOWN)
    assert [(problem.file, problem.line, problem.field) for problem in verdict.problems] == [
        ("reminder.yaml", 6, "rules.0.deal.stage"),
        ("reminder.yaml", 10, "rules.1.task.ext"),
    ]
    assert verdict.remarks == ("sms.ext: 300 is switched off in LiraX.",)
    assert verdict.to_ask == {DirectoryKind.USERS, DirectoryKind.STAGES}


def test_of_two_employees_with_one_extension_the_active_one_counts() -> None:
    twice = replace(KNOWN, users=Listed((Employee("101", active=False), Employee("101", "Dima")), READ_AT))
    assert judge(named_in_document(document()), twice).remarks == ()


def test_of_many_only_the_nearest_is_named() -> None:
    many = replace(KNOWN, users=Listed(tuple(Employee(str(200 + n)) for n in range(40)), READ_AT))
    [problem] = judge(named_in_document(document(**{"from": "2011"})), many).problems
    assert problem.message.startswith("LiraX has no extension 2011; did you mean 2")
    [problem] = judge(named_in_document(document(**{"from": "777"})), many).problems
    assert problem.message == (
        "LiraX has no extension 777; it has 40 of them: `dzvin directory show` lists them"
    )


@pytest.mark.parametrize(
    ("users", "why"),
    [
        (Listed[Employee](), "it has not been asked yet"),
        (Listed[Employee]((), READ_AT), "its list of employees is empty"),
        (Listed((Employee("201"),), READ_AT, "LiraX answered getUsers with 502."), "with 502"),
    ],
)
def test_a_list_that_is_empty_or_could_not_be_read_decides_nothing(users: Listed[Employee], why: str) -> None:
    verdict = judge(named_in_document(document(sms={"ext": "102"})), replace(KNOWN, users=users))
    assert not verdict.problems
    [doubt] = verdict.doubts
    assert doubt.startswith("from (101), sms.ext (102) could not be checked against LiraX: ")
    assert why in doubt


def test_who_is_on_an_old_list_needs_no_new_one() -> None:
    old = replace(KNOWN, users=replace(KNOWN.users, trouble="LiraX cannot be reached."))
    assert judge(named_in_document(document()), old).to_ask == frozenset()
