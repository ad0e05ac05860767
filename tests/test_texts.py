"""Texts: what a person reads, and what a text may never do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.texts import LONGEST_TEXT, TextError, column_name, parse_text, render_text

ANNA = {
    "phone": "380671234567",
    "Name": "Анна",
    "Сума боргу": "1 250,5",
    "due-date": "2026-12-01",
    "Ім'я": "МАР'ЯНА КОВАЛЬ-БОЙКО",
    "empty": "  ",
    "2024 борг": "7",
    "self": "herself",
    "row": 12.0,
}


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("Дякуємо, {{ name }}!", "Дякуємо, Анна!"),
        ("{{name}}", "Анна"),
        ("{{ сума_боргу }}", "1 250,5"),
        ("{{ Сума_Боргу|money }} грн", "1250.50 грн"),
        ("до {{ due_date|date }}", "до 01.12.2026"),
        ("{{ імя|title }}", "Мар'яна Коваль-Бойко"),
        ("{{ імʼя|lower }}", "мар'яна коваль-бойко"),  # U+02BC is a letter to Jinja
        ("{{ name|upper }}", "АННА"),
        ("{{ _2024_борг|money }}", "7.00"),
        ("{{ self }}", "herself"),
        ("{{ row }}", "12"),
        ('{{ empty|default("друже") }}', "друже"),
        ("{{ nowhere|default('друже')|upper }}", "ДРУЖЕ"),
        ("{{ nowhere|default(0) }}", "0"),
        ("{{ nowhere }}", ""),
        ("{{ name|money }}", "Анна"),  # what cannot be read stays as it was written
        ("{{ name|date }}", "Анна"),
        ("{{ empty|money }}", ""),
        ("no column, a } and a { too\n", "no column, a } and a { too\n"),
    ],
)
def test_a_text_is_filled_from_the_list(text: str, reads: str) -> None:
    assert render_text(text, ANNA) == reads


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{{ 7 }}",
        "{{ 'a' }}",
        "{{''.__class__.__mro__[1].__subclasses__()}}",
        "{{ name.__class__ }}",
        "{{ name['x'] }}",
        "{{ name[0] }}",
        "{{ name() }}",
        "{{ name.upper() }}",
        "{{ name|attr('__class__') }}",
        "{{ name|safe }}",
        "{{ name|map('upper') }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__ }}",
        "{{ config.items() }}",
        "{{ name ~ name }}",
        "{{ name + name }}",
        "{{ name, name }}",
        "{{ [name] }}",
        "{{ {'a': name} }}",
        "{{ name if name }}",
        "{{ name is defined }}",
        "{{ not name }}",
        "{{ name == 'a' }}",
        "{{ (name) }}",
        "{{ true }}",
        "{{ _ }}",
        "{{}}",
        "{{ }}",
        "{{- name -}}",
        "{{+ name }}",
        "{% if name %}a{% endif %}",
        "{% for x in name %}{% endfor %}",
        "{%- set a = 1 -%}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% raw %}{{ name }}{% endraw %}",
        "{# a comment #}",
        "{#",
        "{%",
        "{{ name",
        "{{ name }",
        "{{ {{ name }} }}",
        "{{ name|default }}",
        "{{ name|default() }}",
        "{{ name|default(other) }}",
        "{{ name|default('a', true) }}",
        "{{ name|default(default_value='a') }}",
        "{{ name|default(*name) }}",
        "{{ name|default(1+1) }}",
        "{{ name|default(('a')) }}",
        r"{{ name|default('\ud800') }}",
        r"{{ name|default('\x00') }}",
        "{{ name|default(" + "9" * 5_000 + ") }}",
        "{{ name|upper() if 1 }}",
        "{{ name|upper('a') }}",
        "{{" + "(" * 4_000 + "name",
        "{{ name" + "|upper" * 1_000 + " }}",
        "{{ name }}" * 51,
        "{{" * 5_000,
        "a" * (LONGEST_TEXT + 1),
    ],
)
def test_anything_but_a_column_and_its_filters_is_refused(text: str) -> None:
    with pytest.raises(TextError) as error:
        parse_text(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    "cell",
    ["{{7*7}}", "{{ name }}", "{% raw %}", "{{''.__class__}}", "{#", "<script>", "%s %(a)s {0}", "${7*7}"],
)
def test_braces_in_a_cell_come_out_as_they_stand(cell: str) -> None:
    assert render_text("[{{ name }}]", {"name": cell}) == f"[{cell}]"


def test_a_header_with_spaces_is_named_in_the_advice() -> None:
    with pytest.raises(TextError, match=r"a column called “сума боргу” is written \{\{ сума_боргу \}\}"):
        parse_text("Сума {{ сума боргу }} грн")


def test_the_guilty_piece_is_quoted() -> None:
    with pytest.raises(TextError, match=r"^\{\{ name\.x \}\} is not allowed"):
        parse_text("{{ name }} {{ name.x }} {{ other }}")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("amount", "amount"),
        (" Сума боргу, грн ", "сума_боргу_грн"),
        ("DUE-DATE", "due_date"),
        ("Ім'я", "імя"),
        ("Ім’я", "імя"),
        ("№ договору", "договору"),
        ("2024 борг", "_2024_борг"),
        ("Straße", "strasse"),
        ("ﬁ", "fi"),
        ("№", ""),
        ("", ""),
    ],
)
def test_a_column_is_called_by_the_plain_form_of_its_header(header: str, name: str) -> None:
    assert column_name(header) == name


def test_names_that_python_would_confuse_are_one_column() -> None:
    assert render_text("{{ ﬁ }}{{ fi }}", {"fi": "a"}) == "aa"


def test_a_text_knows_its_columns_and_which_may_not_be_missing() -> None:
    text = parse_text("{{ Name|default('a') }} {{ due_date|date }} {{ a|default('x') }} {{ a }}")
    assert text.columns == {"name", "due_date", "a"}
    assert text.required == {"due_date", "a"}


def test_of_two_headers_with_one_name_the_first_filled_one_counts() -> None:
    assert render_text("{{ a_b }}", {"a b": "", "a-b": "second", "A B": "third"}) == "second"


def test_a_cell_cannot_flood_a_text() -> None:
    assert len(render_text("{{ name }}", {"name": "a" * 1_000_000})) == 2_000


def test_a_text_is_compiled_once() -> None:
    assert parse_text("{{ name }} once") is parse_text("{{ name }} once")


TEMPLATE_SIGNS = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "|", "(", ")", "name", "default", "'a'", " "]
)


@settings(deadline=None)
@given(st.lists(TEMPLATE_SIGNS | st.text(max_size=4), max_size=20).map("".join))
def test_any_text_is_filled_or_refused_with_a_sentence(source: str) -> None:
    try:
        text = parse_text(source)
    except TextError as error:
        assert "allowed" in str(error)
    else:
        assert isinstance(text.render({"name": "{{ name }}"}), str)


@settings(deadline=None)
@given(st.text())
def test_any_cell_is_shown_and_never_run(cell: str) -> None:
    assert render_text("{{ name }}", {"name": cell}) == cell
