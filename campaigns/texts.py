"""Texts with `{{ column }}` and six filters, nothing else of a template language.

Jinja2 reads a text once; every sign and every syntax node outside a short allow-list is an error, and what
is left is compiled in Jinja's immutable sandbox (OWASP ASVS 1.3.7). A cell is only ever a value: braces in
it come out as they stand.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaigns.text_filters import FILTERS, is_blank, written

LONGEST_TEXT = 10_000
MOST_EXPRESSIONS = 50
_LONGEST_EXPRESSION = 30  # tokens; more would only serve to exhaust the parser
_ALLOWED = f"only {{{{ column }}}} with the filters {', '.join(FILTERS)} is allowed"
_TOKENS = frozenset({"data", "whitespace", "name", "string", "integer"})
_OPERATORS = frozenset({"|", "(", ")"})
_EXPRESSION = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
_LIKE_A_HEADER = re.compile(r"[^\W\d][\w\s'’ʼ`-]*")
_APOSTROPHES = re.compile("['’ʼ`‘′]")
_NOT_OF_A_NAME = re.compile(r"\W+")
_PREFIX = "column_"  # keeps a column called `self` or `loop` apart from Jinja's own names


class TextError(ValueError):
    """A text that is not allowed; its message is one sentence."""


@lru_cache(maxsize=4096)
def column_name(header: str) -> str:
    """How texts call a column: `Сума боргу, грн` is `{{ сума_боргу_грн }}`, `Ім'я` is `{{ імя }}`.

    Case does not matter, apostrophes are dropped, every run of other signs becomes one `_`. Empty when the
    header has neither letter nor digit; a leading digit gets `_` before it.
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", header.replace("№", " ")).casefold())
    name = _NOT_OF_A_NAME.sub("_", plain).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


@dataclass(frozen=True)
class Text:
    """A text that was read and found good. `required` are the columns used without `default`."""

    source: str
    columns: frozenset[str]
    required: frozenset[str]
    _template: Template

    def render(self, data: Mapping[str, Any]) -> str:
        """The text for one person; `data` is keyed by headers as the list has them. Never fails."""
        return self._template.render(self._cells(data))

    def _cells(self, data: Mapping[str, Any]) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for header, value in data.items():
            name = column_name(header)
            if name in self.columns and is_blank(cells.get(_PREFIX + name)):
                cells[_PREFIX + name] = value
        return {_PREFIX + name: None for name in self.columns} | cells


def render_text(source: str, data: Mapping[str, Any]) -> str:
    """As `parse_text(source).render(data)`; the parsing is remembered."""
    return parse_text(source).render(data)


@lru_cache(maxsize=1024)
def parse_text(source: str) -> Text:
    """The text, compiled. Raises TextError with one sentence when it holds more than columns and filters."""
    if len(source) > LONGEST_TEXT:
        raise TextError(f"the text has {len(source)} characters, at most {LONGEST_TEXT} are allowed")
    try:
        return _read(source)
    except TextError:
        raise
    except (TemplateSyntaxError, ValueError) as error:  # ValueError: `_NotAllowed`, or an endless number
        raise TextError(_sentence(source)) from error


class _NotAllowed(ValueError):
    """More than a column and its filters."""


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=False, keep_trailing_newline=True, finalize=written, cache_size=0
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = dict(FILTERS)
    return environment


_SANDBOX = _environment()


def _read(source: str) -> Text:
    _check_signs(source)
    tree = _SANDBOX.parse(source)
    uses = [_use(expression) for expression in _expressions(tree)]
    for name in tree.find_all(nodes.Name):
        name.name = _PREFIX + column_name(name.name)
    return Text(
        source=source,
        columns=frozenset(column for column, _ in uses),
        required=frozenset(column for column, spared in uses if not spared),
        _template=_SANDBOX.from_string(tree),
    )


def _check_signs(source: str) -> None:
    """Refuses what leaves no trace in the syntax tree (comments, raw blocks, brackets, `{{-`), and floods."""
    expressions = length = 0
    before = ""
    for _, kind, sign in _SANDBOX.lex(source):
        if kind == "variable_begin":
            expressions, length = expressions + 1, 0
        length += kind not in ("data", "whitespace")
        if not _is_sign_allowed(kind, sign, before=before) or length > _LONGEST_EXPRESSION:
            raise _NotAllowed
        before = before if kind == "whitespace" else sign
    if expressions > MOST_EXPRESSIONS:
        raise TextError(f"the text uses {expressions} columns, at most {MOST_EXPRESSIONS} are allowed")


def _is_sign_allowed(kind: str, sign: str, *, before: str) -> bool:
    if kind == "operator":
        return sign in _OPERATORS and (sign != "(" or before == "default")
    if kind in ("variable_begin", "variable_end"):
        return len(sign) == 2
    return kind in _TOKENS


def _expressions(tree: nodes.Template) -> Iterator[nodes.Expr]:
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise _NotAllowed
        yield from (node for node in output.nodes if not isinstance(node, nodes.TemplateData))


def _use(expression: nodes.Expr) -> tuple[str, bool]:
    """The column an expression shows, and whether a `default` stands in for an empty cell."""
    spared = False
    while isinstance(expression, nodes.Filter) and expression.node is not None:
        _check_filter(expression)
        spared = spared or expression.name == "default"
        expression = expression.node
    if not isinstance(expression, nodes.Name) or not column_name(expression.name):
        raise _NotAllowed
    return column_name(expression.name), spared


def _check_filter(used: nodes.Filter) -> None:
    if used.name not in FILTERS or used.kwargs or used.dyn_args or used.dyn_kwargs:
        raise _NotAllowed
    if len(used.args) != (1 if used.name == "default" else 0):
        raise _NotAllowed
    if not all(isinstance(arg, nodes.Const) and _is_plain(arg.value) for arg in used.args):
        raise _NotAllowed


def _is_plain(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isprintable())


def _sentence(source: str) -> str:
    for found in islice(_EXPRESSION.finditer(source), MOST_EXPRESSIONS):
        if not _is_allowed(found[0]):
            return f"{_shortened(found[0])} is not allowed: {_ALLOWED}{_advice(found[1].strip())}"
    rest = _EXPRESSION.sub("", source)
    for opening, closing in (("{%", "%}"), ("{#", "#}")):
        if opening in rest:
            return f"{opening} … {closing} is not allowed in a text: {_ALLOWED}"
    return f"a {{{{ is not closed by }}}}: {_ALLOWED}"


def _is_allowed(source: str) -> bool:
    try:
        _read(source)
    except (TemplateSyntaxError, ValueError):
        return False
    return True


def _advice(inside: str) -> str:
    name = column_name(inside)
    if _LIKE_A_HEADER.fullmatch(inside) and name not in ("", inside):
        return f"; a column called “{inside}” is written {{{{ {name} }}}}"
    if "default" in inside:
        return '; default takes one text: {{ column|default("friend") }}'
    return ""


def _shortened(piece: str) -> str:
    return piece if len(piece) <= 60 else f"{piece[:60]}…"
