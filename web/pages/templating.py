"""The one place where templates are made ready: autoescape everywhere, an unknown name is an error."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web import by_hand
from web.pages import moments, orders, words
from web.pages.assets import ROOT, asset_url

TEMPLATES = ROOT / "templates"


def build_templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        number=number,
        spoken=words.spoken,
        short_moment=moments.short_moment,
        clock_moment=moments.clock_moment,
        about=moments.about,
        utc=moments.utc_text,
        iso=moments.iso,
        pressed=pressed,
        told_by_hand=by_hand.told,
        named=named,
        share=share,
        percent=percent,
    )
    environment.globals.update(
        asset=asset_url,
        campaign_words=words.CAMPAIGN,
        recipient_words=words.RECIPIENT,
        word_of_outcome=words.word_of_outcome,
        word_of_call=words.word_of_call,
        effect_words=words.EFFECT,
        ordered=orders.ordered,
    )
    return environment


def render_parts(
    templates: Environment, names: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, Markup]:
    """The parts of a page by the id of their element; each was escaped when it was rendered."""
    return {part: render_template(templates, f"partials/{name}.html", values) for part, name in names.items()}


def render_template(templates: Environment, name: str, values: Mapping[str, Any]) -> Markup:
    """A piece of a page, safe to stand in another: it was escaped when it was rendered."""
    return Markup(_without_indents(templates.get_template(name).render(values)))  # noqa: S704


def _without_indents(html: str) -> str:
    """A third of a page are spaces that only its authors see; live pages are sent twice a second."""
    return "\n".join(line for each in html.splitlines() if (line := each.strip()))


def number(value: int) -> str:
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """Percent without a lie at the ends: neither 0 % of somebody, nor 100 % while somebody is left."""
    if whole == 0 or part == 0:
        return "0\N{NO-BREAK SPACE}%"
    percent = round(100 * part / whole)
    if percent == 0:
        return "<1\N{NO-BREAK SPACE}%"
    if percent == 100 and part < whole:
        return "99\N{NO-BREAK SPACE}%"
    return f"{percent}\N{NO-BREAK SPACE}%"


def percent(part: float) -> str:
    """Of a share between 0 and 1."""
    return f"{int(100 * part)}\N{NO-BREAK SPACE}%"


def pressed(keys: Any) -> str:
    return " ".join(str(press.get("key", "")) for press in keys or ())


NAME_COLUMNS = ("name", "ім'я", "имя", "піб", "фио", "full_name")


def named(data: Any) -> str:
    """The person's name as the list gives it; empty when it gives none."""
    for column, value in (data or {}).items():
        if str(column).casefold().replace("’", "'") in NAME_COLUMNS and value not in (None, ""):
            return str(value)
    return ""
