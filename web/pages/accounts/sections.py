"""The sections of an account's page, in their order: each reads its own values for a template of its own.

To add one: `async def name(visit, account) -> values` in a file of its own, `templates/accounts/NAME.html`
(a `<section class="card">`), and a line in `SECTIONS`; its forms answer with `routes.account_page`. In every
template stand `account`, `zone`, `is_admin`, `may_operate`, `form_token`, `now`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from web.accounts import AccountShown
from web.pages.accounts.agents import agents
from web.pages.accounts.calls import calls
from web.pages.accounts.directory import directory
from web.pages.accounts.drift import drift
from web.pages.accounts.errands import errands
from web.pages.accounts.live_call import live_call
from web.pages.accounts.own_sections import closing, settings, standing, webhooks
from web.pages.accounts.received import received
from web.pages.templating import render_template
from web.pages.visit import Visit

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """`read` gives the values of `templates/accounts/{name}.html`; None leaves the section out."""

    name: str
    read: Callable[[Visit, AccountShown], Awaitable[Values | None]]


SECTIONS = (
    Section("standing", standing),
    Section("agents", agents),
    Section("errands", errands),
    Section("directory", directory),
    Section("live_call", live_call),
    Section("webhooks", webhooks),
    Section("received", received),
    Section("drift", drift),
    Section("calls", calls),
    Section("settings", settings),
    Section("closing", closing),
)


async def render_sections(
    visit: Visit, account: AccountShown, *, more: Mapping[str, Values] | None = None
) -> list[Markup]:
    """All sections that have something to show; `more` has values over those of a section, by its name."""
    shown = []
    for section in SECTIONS:
        values = await section.read(visit, account)
        if values is not None:
            values = {**common(visit, account), **values, **(more or {}).get(section.name, {})}
            shown.append(render_template(visit.desk.templates, f"accounts/{section.name}.html", values))
    return shown


def common(visit: Visit, account: AccountShown) -> dict[str, Any]:
    """What every section's template may use."""
    return {
        "account": account,
        "zone": account.timezone,
        "is_admin": visit.is_admin,
        "may_operate": visit.may_operate,
        "form_token": visit.session.form_token,
        "now": visit.now,
    }
