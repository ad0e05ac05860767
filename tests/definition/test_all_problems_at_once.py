"""A wrong definition: every problem at once, each with its line and dotted field."""

import pytest

from campaigns.problems import Problem
from tests.definition.reading_aloud import MINIMAL, minimal, problem_of, problems_of

TEN_MISTAKES = """\
name: Ten mistakes
from: reception
call:
  play: https://files.example.com/reminder.ogg
  sucess_after: 15s
country: Ukraine
start: 2027-03-28 03:30
window:
  hours: 20:00-09:00
  days: [mon, tue]
  timezone: Europe/Kiyv
retry:
  attempts: 0
rules:
  - when: {key: 1, result: busy}
    outcome: promised
  - when: {state: exhausted}
    sms: "{{ amount.real }}"
sms: {modem: "380671234567"}
"""


def test_ten_mistakes_are_ten_problems_with_their_lines() -> None:
    found = [(problem.line, problem.field) for problem in problems_of(TEN_MISTAKES)]
    assert found == [
        (2, "from"),
        (4, "call.play"),
        (5, "call.sucess_after"),
        (6, "country"),
        (7, "start"),
        (9, "window.hours"),
        (11, "window.timezone"),
        (13, "retry.attempts"),
        (15, "rules.0.when"),
        (18, "rules.1.sms"),
    ]


def test_a_problem_reads_as_file_line_field_and_sentence() -> None:
    assert str(problem_of("goal: lisened\n")) == (
        "campaign.yaml:4: goal: “lisened” is not one of: answered, listened, key; did you mean “listened”?"
    )


@pytest.mark.parametrize(
    ("more", "field", "hint"),
    [
        ("windw: {}\n", "windw", "did you mean “window”?"),
        ("Goal: key\n", "Goal", "did you mean “goal”?"),
        ("window: {hour: '09:00-20:00'}\n", "window.hour", "did you mean “hours”?"),
        ("pace: {line: 5}\n", "pace.line", "did you mean “lines”?"),
        ("pace: {per_min: 5}\n", "pace.per_min", "did you mean “per_minute”?"),
        ("retry: {attemps: 3}\n", "retry.attemps", "did you mean “attempts”?"),
        ("retry: {by_result: {bussy: 3m}}\n", "retry.by_result.bussy", "did you mean “busy”?"),
        ("sms: {modem: '38067', exten: '1'}\n", "sms.exten", "did you mean “ext”?"),
        ("xyzzy: 1\n", "xyzzy", "known here: name, account, from, call,"),
        ("<<: 1\n", "<<", "known here:"),
        ("? ''\n: 1\n", "", "is not a key here"),
    ],
)
def test_an_unknown_key_comes_with_the_nearest_right_one(more: str, field: str, hint: str) -> None:
    problem = problem_of(more)
    assert (problem.field or "", problem.line) == (field, 4)
    assert hint in problem.message


def test_a_repeated_key_is_a_problem_and_names_the_first_line() -> None:
    assert problem_of("goal: key\nopen: true\ngoal: listened\n") == Problem(
        "stands here twice, first in line 4", field="goal", file="campaign.yaml", line=6
    )


def test_a_key_repeated_in_a_rule_is_a_problem_too() -> None:
    problem = problem_of("rules:\n  - when: {key: '1', key: '2'}\n    outcome: a\n")
    assert (problem.field, problem.line) == ("rules.0.when.key", 5)


def test_a_repeated_key_in_json_is_a_problem() -> None:
    text = '{"name": "a", "name": "b", "from": "101", "call": {"connect": "5001"}}'
    assert [(p.field, p.message) for p in problems_of(text, form="json")] == [("name", "stands here twice")]


def test_all_that_is_required_is_named_when_it_is_missing() -> None:
    found = problems_of("country: UA\n")
    assert [problem.field for problem in found] == ["name", "from", "call"]
    assert all("is required" in problem.message and problem.line == 1 for problem in found)


def test_what_is_left_empty_counts_as_left_out() -> None:
    empty = minimal("end:\nwindow: ~\nrules: null\n")
    assert (empty.policy.end, empty.policy.rules, empty.document) == (
        None,
        (),
        {"name": "Reminder", "from": "101", "call": {"connect": "5001"}},
    )


@pytest.mark.parametrize(
    "section",
    ["call: text", "window: [1]", "pace: 5", "retry: 3", "sms: yes", "rules: [text]", "rules: {when: 1}"],
)
def test_a_section_that_is_none_is_one_problem(section: str) -> None:
    text = 'name: a\nfrom: "1"\n' + ("" if section.startswith("call") else 'call: {connect: "1"}\n') + section
    (problem,) = problems_of(text)
    assert "must be a" in problem.message


def test_thousands_of_problems_are_told_as_a_hundred_and_a_count() -> None:
    lines = "".join(f"  - when: {{key: x{number}}}\n    outcome: a\n" for number in range(150))
    found = problems_of(MINIMAL + "rules:\n" + lines)
    assert len(found) == 101
    assert found[-1].message == "and 50 further problems"


def test_thousands_of_unknown_keys_are_told_shortly() -> None:
    found = problems_of(MINIMAL + "".join(f"unknown{number}: 1\n" for number in range(5_000)))
    assert len(found) == 21
    assert any("4980 further keys" in problem.message for problem in found)
