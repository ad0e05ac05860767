"""YAML traps: what looks like a phone number, a time or a country is one (YAML 1.2, contract section 4)."""

import codecs
import json
from collections.abc import Callable
from typing import Any

import pytest

from campaigns.definition import Definition
from campaigns.rules.windows import Hours
from tests.definition.reading_aloud import MINIMAL, minimal, problem_of, problems_of, read

Look = Callable[[Definition], Any]


def first_row(definition: Definition) -> dict[str, Any]:
    assert isinstance(definition.recipients, list)
    return definition.recipients[0]


@pytest.mark.parametrize(
    ("more", "look", "means"),
    [
        # written, looked at, what it means; in the comment what YAML 1.1 would make of it
        ("country: NO\n", lambda d: d.policy.country, "NO"),  # False
        ("rules: [{when: {key: 1}, outcome: on}]\n", lambda d: d.policy.rules[0].outcome, "on"),  # True
        ("rules: [{when: {key: 01}, outcome: no}]\n", lambda d: d.policy.rules[0].when.key, "01"),  # 1
        (
            "rules: [{when: {key: 1, entry: 010}, outcome: a}]\n",
            lambda d: d.policy.rules[0].when.entry,
            "010",
        ),
        ("rules: [{when: {key: 1, ivr: 1e3}, outcome: a}]\n", lambda d: d.policy.rules[0].when.ivr, "1e3"),
        ("rules: [{when: {key: '#'}, outcome: 1_000}]\n", lambda d: d.policy.rules[0].outcome, "1_000"),
        ("window: {hours: 09:00-20:00}\n", lambda d: d.policy.window.hours, (Hours(540, 1200),)),
        ("window: {hours: [9:00-12:00]}\n", lambda d: d.policy.window.hours, (Hours(540, 720),)),
        ("recipients: [{phone: 0671234567}]\n", lambda d: first_row(d)["phone"], "0671234567"),  # octal
        ("recipients: [{phone: 380671234567}]\n", lambda d: first_row(d)["phone"], "380671234567"),
        ("recipients: [{phone: +380671234567}]\n", lambda d: first_row(d)["phone"], "+380671234567"),
        ("recipients: [{phone: 3.80671E+11}]\n", lambda d: first_row(d)["phone"], "3.80671E+11"),  # a float
        ("recipients: [{phone: 067, a: 12:30:45}]\n", lambda d: first_row(d)["a"], "12:30:45"),  # 45045
        ("recipients: [{phone: 067, a: 2026-12-01}]\n", lambda d: first_row(d)["a"], "2026-12-01"),  # a date
        ("recipients: [{phone: 067, a: 1250.50}]\n", lambda d: first_row(d)["a"], "1250.50"),  # 1250.5
        ("recipients: [{phone: 067, a: yes}]\n", lambda d: first_row(d)["a"], "yes"),
        ("recipients: [{phone: 067, a: 0x1F}]\n", lambda d: first_row(d)["a"], "0x1F"),
        ("recipients: [{phone: 067, a: .inf}]\n", lambda d: first_row(d)["a"], ".inf"),
        ("recipients: [{phone: 067, a: =}]\n", lambda d: first_row(d)["a"], "="),
        ("recipients: [{phone: 067, a: null}]\n", lambda d: first_row(d)["a"], ""),
        ("recipients: [{phone: 067, a: 'null'}]\n", lambda d: first_row(d)["a"], "null"),
        ("recipients: [{phone: 067, 1: b}]\n", lambda d: first_row(d)["1"], "b"),
        ("open: true\n", lambda d: d.policy.open, True),
        ("open: 'true'\n", lambda d: d.policy.open, True),
        ("pace: {lines: 010}\n", lambda d: d.policy.pace.lines, 10),  # 8
        ("retry: {attempts: '3'}\n", lambda d: d.policy.retry.attempts, 3),
        ("sms: {modem: 0671234567}\n", lambda d: d.policy.sms and d.policy.sms.modem, "0671234567"),
        (
            "sms: {modem: +38 (067) 123-45-67}\n",
            lambda d: d.policy.sms and d.policy.sms.modem,
            "380671234567",
        ),
    ],
)
def test_a_value_means_what_it_looks_like(more: str, look: Look, means: object) -> None:
    assert look(minimal(more)) == means


@pytest.mark.parametrize(
    ("text", "look", "means"),
    [
        ("name: 2026\nfrom: 101\ncall: {connect: 5001}", lambda d: d.policy.name, "2026"),
        ("name: yes\nfrom: 101\ncall: {connect: 5001}", lambda d: d.policy.name, "yes"),
        ("name: a\nfrom: 0101\ncall: {connect: 5001}", lambda d: d.policy.from_ext, "0101"),
        ("name: a\nfrom: 1\ncall: {connect: 0445001}", lambda d: d.policy.call.connect, "0445001"),
        (
            "name: a\nfrom: 1\ncall: {connect: 5, variables: {time: 12:30}}",
            lambda d: dict(d.policy.call.variables),
            {"time": "12:30"},
        ),
        (
            "name: a\nfrom: 1\ncall: {connect: 5, variables: {date: 2026-12-01, money: 1250.50}}",
            lambda d: dict(d.policy.call.variables),
            {"money": "1250.50", "date": "2026-12-01"},
        ),
        ("name: 'Борг 💰'\nfrom: 1\ncall: {connect: 5}", lambda d: d.policy.name, "Борг 💰"),
        ("\ufeffname: a\nfrom: 1\ncall: {connect: 5}", lambda d: d.policy.name, "a"),
        (codecs.BOM_UTF8 + b"name: a\nfrom: 1\ncall: {connect: 5}", lambda d: d.policy.name, "a"),
        ("name: Борг\nfrom: 1\ncall: {connect: 5}".encode("utf-16"), lambda d: d.policy.name, "Борг"),
        ("---\nname: &n a\naccount: *n\nfrom: 1\ncall: {connect: 5}\n...\n", lambda d: d.policy.account, "a"),
    ],
)
def test_the_required_values_mean_what_they_look_like(text: str | bytes, look: Look, means: object) -> None:
    assert look(read(text)) == means


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("open: yes\n", "open"),
        ("open: 1\n", "open"),
        ("pace: {lines: 1.5}\n", "pace.lines"),
        ("pace: {lines: 0x10}\n", "pace.lines"),
        ("pace: {lines: five}\n", "pace.lines"),
        ("pace: {lines: [5]}\n", "pace.lines"),
        ("pace: {lines: ٣}\n", "pace.lines"),
        ("country: [UA]\n", "country"),
        ("country: {UA: 1}\n", "country"),
        ("country: false\n", "country"),
        ("phone_column: ''\n", "phone_column"),
        ("phone_column: '  '\n", "phone_column"),
        ('phone_column: "a\\0b"\n', "phone_column"),
        ('phone_column: "a\\nb"\n', "phone_column"),
        ("phone_column: !!python/name:os.system x\n", "phone_column"),
        ("phone_column: !secret x\n", "phone_column"),
        ("phone_column: !!int 3\n", "phone_column"),
        ("window: !!map2 {hours: 1}\n", "window"),
    ],
)
def test_what_a_field_cannot_be_is_a_problem_naming_it(more: str, field: str) -> None:
    problem = problem_of(more)
    assert (problem.field, problem.line) == (field, 4)


@pytest.mark.parametrize("column", ["{{ amount }}", "{{ amount|money }}", "{amount}"])
def test_a_text_that_forgot_its_quotes_is_told_so(column: str) -> None:
    text = f"name: a\nfrom: 1\ncall:\n  connect: 5\n  variables:\n    money: {column}\n"
    (problem,) = problems_of(text)
    assert problem.line == 6
    assert "quotes" in problem.message or "single" in problem.message or "text" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (MINIMAL + "country: {{ a }} b\n", 4, 'put the value in quotes, as in money: "{{ amount }}"'),
        (MINIMAL + "window:\n\thours: 1\n", 5, "a tab cannot indent"),
        (MINIMAL + "rules: [{when: {key: *}, outcome: a}]\n", 4, "begins with * or & must stand in quotes"),
        (MINIMAL + "phone_column: *nothing\n", 4, "*nothing points to nothing above it"),
        (MINIMAL + "goal: key: 1\n", 4, "must stand in quotes"),
        (MINIMAL + "country: @UA\n", 4, "must stand in quotes"),
        (MINIMAL + 'country: "UA\n', 5, "is never closed"),
        (MINIMAL + 'country: "\\q"\n', 4, "must be written \\\\"),
        (MINIMAL + "pace: {lines: 1\ngoal: key\n", 5, "never closed, or a comma is missing"),
        (MINIMAL + " goal: key\n", 4, "this is not YAML"),
        (MINIMAL + "country: U\x07A\n", 4, "a control character"),
        (MINIMAL + "---\nname: b\n", 5, "several documents"),
        (MINIMAL + "window: " + "[" * 100, 4, "levels deep"),
        ("", None, "the definition is empty"),
        ("# nothing yet\n", None, "the definition is empty"),
        ("null", None, "the definition is empty"),
        ("- name: a\n", 1, "must be a section with keys: name,"),
        ("name", 1, "must be a section"),
        ("name: Борг\nfrom: 1".encode("cp1251"), 1, "not UTF-8"),
        ("name: a\n\ud800", 2, "half a character"),
        (b"\xff\xfe\x00", 1, "not UTF-8"),
    ],
)
def test_what_is_no_yaml_is_one_problem_with_its_line(text: str | bytes, line: int | None, told: str) -> None:
    (problem,) = problems_of(text)
    assert told in problem.message
    assert (problem.line, problem.file) == (line, "campaign.yaml")


def test_aliases_cannot_explode() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    (problem,) = problems_of(bomb)
    assert "aliases (*) repeat too much" in problem.message


def test_an_alias_within_itself_is_refused() -> None:
    (problem,) = problems_of("rules: &a [*a]\n")
    assert "*a points to nothing above it" in problem.message


def test_a_huge_definition_is_refused_and_long_texts_are_quoted_shortly() -> None:
    (problem,) = problems_of("x" * 20_000_001)
    assert "larger than 20 MB" in problem.message
    (problem,) = problems_of(MINIMAL + "goal: " + "x" * 900_000)
    assert len(problem.message) < 200


def test_a_document_without_its_recipients_stays_small() -> None:
    found = problems_of(MINIMAL + "".join(f"? {'x' * 1_000}{number}\n: 1\n" for number in range(1_100)))
    assert any("without its recipients" in problem.message for problem in found)


# The same in JSON.

REQUIRED = '"name": "a", "from": "101", "call": {"connect": "5001"}'


@pytest.mark.parametrize(
    ("more", "look", "means"),
    [
        ('"pace": {"lines": 5}', lambda d: d.policy.pace.lines, 5),
        ('"pace": {"lines": 5.0}', lambda d: d.policy.pace.lines, 5),
        ('"pace": {"lines": "5"}', lambda d: d.policy.pace.lines, 5),
        ('"open": true', lambda d: d.policy.open, True),
        ('"open": false', lambda d: d.policy.open, False),
        ('"end": null', lambda d: d.policy.end, None),
        ('"rules": [{"when": {"key": 1}, "outcome": "a"}]', lambda d: d.policy.rules[0].when.key, "1"),
        ('"recipients": [{"phone": 380671234567}]', lambda d: first_row(d)["phone"], "380671234567"),
        ('"recipients": [{"phone": 380671234567.0}]', lambda d: first_row(d)["phone"], "380671234567"),
        ('"recipients": [{"phone": 3.8e11}]', lambda d: first_row(d)["phone"], "3.8e11"),
        ('"recipients": [{"phone": "0671234567"}]', lambda d: first_row(d)["phone"], "0671234567"),
        ('"recipients": [{"phone": "1", "a": 1250.50}]', lambda d: first_row(d)["a"], "1250.50"),
        ('"recipients": [{"phone": "1", "a": true}]', lambda d: first_row(d)["a"], "true"),
        ('"recipients": [{"phone": "1", "a": null}]', lambda d: first_row(d)["a"], ""),
    ],
)
def test_json_values_mean_the_same(more: str, look: Look, means: object) -> None:
    assert look(read(f"{{{REQUIRED}, {more}}}", form="json")) == means


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ('"open": 1', "open"),
        ('"open": "yes"', "open"),
        ('"country": true', "country"),
        ('"country": 5', "country"),
        ('"pace": {"lines": 1e1}', "pace.lines"),
        ('"pace": {"lines": true}', "pace.lines"),
        ('"pace": []', "pace"),
        ('"phone_column": "a\\u0000b"', "phone_column"),
        ('"phone_column": "\\ud800"', "phone_column"),
        ('"rules": [{"when": {"key": "1"}, "sms": true}]', "rules.0.sms"),
        ('"recipients": [{"phone": "1", "a": {"b": 1}}]', "recipients.0"),
        ('"recipients": [{"phone": "1", "a": "\\u0000"}]', "recipients.0"),
    ],
)
def test_what_a_field_cannot_be_in_json_is_a_problem_naming_it(more: str, field: str) -> None:
    found = problems_of(f'{{{REQUIRED}, {more}, "sms": {{"modem": "1"}}}}', form="json")
    assert [problem.field for problem in found] == [field]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('{\n"from": 0101}', 2, "a number that begins with 0 must stand in quotes"),
        ('{\n"recipients": [{"phone": 0671234567}]}', 2, "a number that begins with 0 must stand in quotes"),
        ('{"name": "a",}', 1, "this is not JSON: "),
        ("{'name': 1}", 1, "this is not JSON: "),
        ("", 1, "this is not JSON: "),
        ('{"name": NaN}', None, "NaN is not a value of JSON"),
        ('{"name": -Infinity}', None, "-Infinity is not a value of JSON"),
        ('{"name": ' + "[" * 100 + "]" * 100 + "}", None, "levels deep"),
        ("[" * 100_000, None, "levels deep"),
        ("null", None, "the definition is empty"),
        ("[]", None, "must be a section"),
        ('"name"', None, "must be a section"),
        (b"\xff", 1, "not UTF-8"),
    ],
)
def test_what_is_no_json_is_one_problem(text: str | bytes, line: int | None, told: str) -> None:
    (problem,) = problems_of(text, form="json")
    assert told in problem.message
    assert problem.line == line


def test_yaml_and_the_same_in_json_have_one_fingerprint() -> None:
    yaml = minimal("open: true\npace: {per_minute: 30, lines: 5}\nend:\nrecipients: [{phone: 067}]\n")
    as_json = {
        "pace": {"lines": 5, "per_minute": 30},
        "call": {"connect": 5001},
        "from": 101,
        "open": True,
        "name": "Reminder",
        "end": None,
    }
    json_form = read(json.dumps(as_json), form="json")
    assert yaml.fingerprint == json_form.fingerprint
    assert yaml.policy == json_form.policy
    assert yaml.fingerprint != minimal("open: false\npace: {per_minute: 30, lines: 5}\n").fingerprint
    json.dumps(yaml.document)
