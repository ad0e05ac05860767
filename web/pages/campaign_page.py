"""A campaign's own page: its state and reason, progress, last calls and people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.definition import judge, named_in_document
from campaigns.rules.agent_reasons import dials_slower
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import (
    AccountId,
    CampaignId,
    CampaignState,
    EffectState,
    RecipientId,
    RecipientState,
)
from campaigns.store import directories, employee_calls
from campaigns.store.crews import AgentShown, agents_of_campaign
from campaigns.store.dashboard import COUNTED, LastCall, SmsFigures, last_calls, sms_figures
from campaigns.store.effect_views import COUNTED as EFFECTS_COUNTED
from campaigns.store.effect_views import EffectFigures, effect_figures, effects_of_people
from campaigns.store.employee_calls import EmployeeCallRow
from campaigns.store.facts import CampaignRow, campaign_rows, policy_for, select_campaigns
from campaigns.store.views import CampaignView, RecipientView, campaign_view, recipient_views
from campaigns.tables import Campaign
from engine.errors import NotFound
from engine.house import House
from web.pages.cards import Card, card_of
from web.pages.desk import Desk
from web.pages.imports import Import
from web.pages.orders import told_of_person
from web.pages.telling import facts_of
from web.pages.templating import number, render_parts, share
from web.pages.visit import Visit

PEOPLE_SHOWN = 25
REJECTED_SHOWN = 20
TRIES_SHOWN = 5
AGENTS_SHOWN = 50
ENDED = frozenset({CampaignState.FINISHED, CampaignState.CANCELLED})
PARTS = {
    "page-state": "page_state",
    "campaign-head": "campaign_head",
    "campaign-import": "campaign_import",
    "campaign-progress": "campaign_progress",
    "campaign-agents": "campaign_agents",
    "last-calls": "calls_table",
    "campaign-people": "campaign_people",
    "campaign-tries": "campaign_tries",
}

_campaign = Campaign.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class People:
    """Which people of a campaign a browser looks at; part of the page's address."""

    state: RecipientState | None = None
    q: str = ""
    after: int = 0

    def path(self, campaign_id: CampaignId, *, tail: str = "", after: int = 0) -> str:
        asked = {"state": self.state, "q": self.q, "after": after}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/campaigns/{campaign_id}{tail}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Picture:
    """Everything the page shows, of one snapshot. One person more than a page shows: there is a next page."""

    view: CampaignView
    calls: Sequence[LastCall]
    sms: SmsFigures
    effects: EffectFigures
    effects_of: Mapping[RecipientId, Mapping[EffectState, int]]  # people without any are left out
    people: Sequence[RecipientView]
    tries: Sequence[EmployeeCallRow]
    agents: Sequence[AgentShown]  # who take its calls; nobody where they wait for nobody


async def campaign_page(
    visit: Visit, campaign_id: CampaignId, *, people: People, notice: str | None = None, status: int = 200
) -> Response:
    house, now = visit.house, visit.now

    def read(connection: Connection) -> tuple[Picture, Policy, Sequence[str]]:
        picture = read_picture(connection, campaign_id, people=people, house=house, now=now)
        row = campaign_rows(connection, select_campaigns().where(_campaign.c.id == campaign_id))[0]
        return picture, policy_for(row, house.policies), warnings_of(connection, row)

    picture, policy, warnings = await house.database.read(read)
    return visit.page(
        "campaigns/show.html",
        status=status,
        view=picture.view,
        parts=render(visit.desk, picture, people=people, may_operate=visit.may_operate, now=now),
        notice=notice,
        warnings=warnings,
        facts=facts_of(policy),
        q=people.q,
        chosen=people.state,
        live_path=people.path(campaign_id, tail="/live", after=people.after),
        actions=("start", "pause", "resume", "cancel"),
        may_add=visit.may_operate and picture.view.state not in ENDED,
    )


async def live_parts(
    desk: Desk, campaign_id: CampaignId, *, people: People, may_operate: bool
) -> Mapping[str, str]:
    """As the page shows them, but for people found by a search: to search twice a second is dear."""
    house = desk.house
    now = house.clock.now()
    picture = await house.database.read(
        lambda connection: read_picture(connection, campaign_id, people=people, house=house, now=now)
    )
    parts = render(desk, picture, people=people, may_operate=may_operate, now=now)
    if people.q:
        del parts["campaign-people"]
    return parts


def read_picture(
    connection: Connection, campaign_id: CampaignId, *, people: People, house: House, now: datetime
) -> Picture:
    view = campaign_view(connection, campaign_id, now=now, policies=house.policies)
    if view is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    found = recipient_views(
        connection,
        campaign_id,
        now=now,
        policies=house.policies,
        state=people.state,
        q=people.q or None,
        after=people.after,
        limit=PEOPLE_SHOWN + 1,
    )
    calls = last_calls(connection, campaign_id=campaign_id)
    sms, effects = sms_figures(connection, campaign_id), effect_figures(connection, campaign_id)
    effects_of = effects_of_people(connection, [person.id for person in found]) if effects.any else {}
    tries = employee_calls.latest(connection, campaign_id=campaign_id, limit=TRIES_SHOWN)
    agents = agents_of_campaign(connection, campaign_id, policies=house.policies)
    return Picture(view, calls, sms, effects, effects_of, found, tries, agents)


def render(
    desk: Desk, picture: Picture, *, people: People, may_operate: bool, now: datetime
) -> dict[str, Markup]:
    view = picture.view
    card = card_of(view)
    entry = desk.imports.find(view.id)
    values = {
        **_head(card, entry),
        **_progress(picture),
        **_people(picture, people),
        "view": view,
        "zone": view.timezone,
        "now": now,
        "may_operate": may_operate,
        "calls": picture.calls,
        "tries": picture.tries,
        "agents": picture.agents[:AGENTS_SHOWN],
        "agents_left": max(0, len(picture.agents) - AGENTS_SHOWN),
        "slower": _slower(view),
        "with_campaign": False,
        "no_calls": _no_calls(view.state),
        "entry": entry,
        "shown": REJECTED_SHOWN,
    }
    return render_parts(desk.templates, PARTS, values)


def _head(card: Card, entry: Import | None) -> dict[str, Any]:
    view = card.view
    done = f"{card.share} · " if view.state in (CampaignState.RUNNING, CampaignState.PAUSED) else ""
    return {
        "card": card,
        "headline": card.headline,
        "reason_tone": card.tone,
        "reason_icon": card.icon,
        "title": f"{done}{view.name} – Dzvin",
        "tone": card.tone,
        "importing": entry is not None and entry.running,
    }


def _progress(picture: Picture) -> dict[str, Any]:
    calls, sms = picture.view.calls, picture.sms
    return {
        "sms": sms,
        "effects": picture.effects,
        "effects_hint": _unsettled(picture.effects),
        "effects_capped": picture.effects.done >= EFFECTS_COUNTED,
        "sms_capped": sms.sent >= COUNTED,
        "sms_hint": _unsettled(sms),
        "answer_share": f"{share(calls.answered, calls.placed)} of those placed" if calls.placed else "",
        "abandoned_share": share(calls.abandoned, calls.answered) if calls.answered else "",
        "outcomes": sorted(picture.view.outcomes.items(), key=lambda item: (-item[1], item[0])),
    }


def _slower(view: CampaignView) -> str | None:
    """That abandoned people slow it down, where its reason does not say so already."""
    sentence = None if view.agents is None else dials_slower(view.agents)
    return None if sentence == view.reason else sentence


def _unsettled(figures: EffectFigures | SmsFigures) -> str:
    waiting = f"{number(figures.waiting)} waiting" if figures.waiting else ""
    failed = f"{number(figures.failed)} failed" if figures.failed else ""
    unclear = f"{number(figures.unknown)} unclear" if figures.unknown else ""
    return ", ".join(part for part in (waiting, failed, unclear) if part)


def _people(picture: Picture, people: People) -> dict[str, Any]:
    campaign_id = picture.view.id
    shown = picture.people[:PEOPLE_SHOWN]
    more = len(picture.people) > PEOPLE_SHOWN
    return {
        "people": shown,
        "orders_of": {id_: told_of_person(counts) for id_, counts in picture.effects_of.items()},
        "q": people.q,
        "chosen": people.state,
        "after": people.after,
        "here": f"/campaigns/{campaign_id}",
        "page_size": PEOPLE_SHOWN,
        "first_path": people.path(campaign_id),
        "next_path": people.path(campaign_id, after=shown[-1].id) if more else None,
    }


def _no_calls(state: CampaignState) -> str:
    if state is CampaignState.DRAFT:
        return "No call yet. Calls appear here once the campaign is started."
    return "No call yet. Calls appear here the moment they are placed."


def warnings_of(connection: Connection, row: CampaignRow) -> Sequence[str]:
    """What LiraX does not have (any more) of what the campaign names; nothing once it has ended."""
    if row.state in ENDED:
        return ()
    known = directories.read(connection, AccountId(row.account_id))
    verdict = judge(named_in_document(row.definition), known)
    gone = [f"{problem.field}: {problem.message}." for problem in verdict.problems]
    unsure = verdict.doubts if row.state is CampaignState.DRAFT else ()
    return (*gone, *verdict.remarks, *unsure)
