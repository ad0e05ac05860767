"""The first page: what is going on now, and the campaigns that matter most at the moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.rules.vocabulary import OPEN_STATES, CampaignState
from campaigns.store import custody
from campaigns.store.dashboard import (
    COUNTED,
    AccountLines,
    LastCall,
    ModemQueue,
    account_lines,
    last_calls,
    modem_queues,
)
from campaigns.store.views import CampaignView, latest_campaign_views
from engine.accounts import DEFAULT
from engine.house import House
from web.pages.cards import Card, card_of
from web.pages.desk import Desk
from web.pages.moments import lasting
from web.pages.route import PageRoute
from web.pages.templating import render_parts
from web.pages.visit import Here
from web.pages.words import Tone

router = APIRouter(route_class=PageRoute)

LOOKED_AT = 200  # newest campaigns; one that is under way is rarely older
SHOWN = 12
UNDER_WAY = frozenset(
    {CampaignState.RUNNING, CampaignState.PAUSING, CampaignState.PAUSED, CampaignState.SCHEDULED}
)
ORDER = (
    CampaignState.RUNNING,
    CampaignState.PAUSING,
    CampaignState.PAUSED,
    CampaignState.SCHEDULED,
    CampaignState.DRAFT,
    CampaignState.FINISHED,
    CampaignState.CANCELLED,
)
PARTS = {
    "page-state": "page_state",
    "dashboard-figures": "dashboard_figures",
    "dashboard-campaigns": "dashboard_campaigns",
    "last-calls": "calls_table",
}
NO_WEBHOOKS = (
    "Results cannot come in: DZVIN_WEBHOOK_TOKEN is not set, so every webhook of LiraX is refused. "
    "Set it, and start Dzvin again."
)
NO_WEBHOOKS_OF = (
    "Results of the LiraX account {name} cannot come in: it has no webhook key, so every webhook is refused. "
    "Make one on its page."
)


@dataclass(frozen=True)
class Picture:
    """Everything the dashboard shows, of one snapshot."""

    views: list[CampaignView]
    calls: list[LastCall]
    lines: list[AccountLines]
    modems: list[ModemQueue]
    quarantine: str | None


@router.get("/")
async def show_dashboard(visit: Here) -> Response:
    parts = await dashboard_parts(visit.desk, may_operate=visit.may_operate)
    return visit.page("dashboard/show.html", parts=parts)


async def dashboard_parts(desk: Desk, *, may_operate: bool) -> Mapping[str, str]:
    """The parts by the id of their element, as page and live stream show them."""
    house = desk.house
    now = house.clock.now()

    def read(connection: Connection) -> Picture:
        views = latest_campaign_views(connection, now=now, policies=house.policies, limit=LOOKED_AT)
        lines, modems = account_lines(connection), modem_queues(connection)
        return Picture(views, last_calls(connection), lines, modems, custody.objection(connection))

    values = _values(await house.database.read(read), house=house, now=now)
    return render_parts(desk.templates, PARTS, {**values, "now": now, "may_operate": may_operate})


def _values(picture: Picture, *, house: House, now: datetime) -> dict[str, object]:
    settings = house.settings
    cards = sorted((card_of(view) for view in picture.views), key=lambda card: ORDER.index(card.view.state))
    running = [card for card in cards if card.view.state is CampaignState.RUNNING]
    under_way = [card for card in cards if card.view.state in UNDER_WAY]
    return {
        **_figures(picture, running=running, under_way=under_way, sms_interval=settings.sms_interval),
        "cards": cards[:SHOWN],
        "calls": picture.calls,
        "with_campaign": True,
        "no_calls": "No call yet. Calls appear here the moment they are placed.",
        "zone": settings.account_timezone,
        "warnings": _warnings(house),
        "title": f"{len(running)} running – Dzvin" if running else "Dashboard – Dzvin",
        "tone": _tone(picture, running=running),
    }


def _warnings(house: House) -> list[str]:
    """Of open accounts whose webhooks are all refused."""
    deaf = [
        facts.name
        for facts in house.accounts.all()
        if not (facts.closed_at or facts.webhook_token or facts.next_webhook_token)
    ]
    troubles = [f"{house.custody.trouble}."] if house.custody.trouble else []
    return troubles + [NO_WEBHOOKS if name == DEFAULT else NO_WEBHOOKS_OF.format(name=name) for name in deaf]


def _figures(
    picture: Picture, *, running: list[Card], under_way: list[Card], sms_interval: timedelta
) -> dict[str, object]:
    waiting = sum(modem.queued for modem in picture.modems)
    longest = max((modem.queued for modem in picture.modems), default=0)
    takes = longest * sms_interval  # each modem sends one message in that time
    troubles = [f"modem {modem.modem}: {modem.trouble}" for modem in picture.modems if modem.trouble]
    return {
        "holds": [line.hold for line in picture.lines if line.hold],
        "quarantine": picture.quarantine,
        "lines_busy": sum(line.busy for line in picture.lines),
        "lines_total": sum(line.total for line in picture.lines),
        "running": len(running),
        "waiting_campaigns": len(under_way) - len(running),
        "people_left": sum(card.view.counts[state] for card in under_way for state in OPEN_STATES),
        "calls_placed": sum(card.view.calls.placed for card in under_way),
        "calls_answered": sum(card.view.calls.answered for card in under_way),
        "sms_waiting": waiting,
        "sms_capped": any(modem.queued >= COUNTED for modem in picture.modems),
        "sms_hint": "; ".join(troubles) or (f"{lasting(takes)} of sending" if longest else ""),
    }


def _tone(picture: Picture, *, running: list[Card]) -> Tone:
    if picture.quarantine or any(line.hold for line in picture.lines):
        return Tone.BAD
    return Tone.LIVE if running else Tone.QUIET
