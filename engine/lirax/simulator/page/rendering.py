"""The page as HTML: as a whole, and in the parts that change while one looks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import RequestFault, WebhookFault
from engine.lirax.simulator.page.assets import ROOT, asset_url
from engine.lirax.simulator.page.view import shown

PARTS = ("state", "phones", "employees", "calls", "texts", "webhooks", "requests", "switches", "options")


class Pages:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._templates = Environment(
            loader=FileSystemLoader(ROOT / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters.update(clock=_clock, iso=_iso)
        self._templates.globals.update(asset=asset_url)

    def parts(self) -> dict[str, Markup]:
        """The parts by their names; each was escaped when it was rendered."""
        values = shown(self._exchange)
        return {
            name: Markup(self._templates.get_template(f"simulator/{name}.html").render(values))  # noqa: S704
            for name in PARTS
        }

    def whole(self) -> str:
        values = shown(self._exchange)
        return self._templates.get_template("simulator/page.html").render(
            parts=self.parts(),
            request_faults=[str(kind) for kind in RequestFault],
            webhook_faults=[str(kind) for kind in WebhookFault],
            modem=next(iter(values["modems"]), "380441234567"),
        )

    def refusal(self, sentence: str) -> str:
        return self._templates.get_template("simulator/refused.html").render(sentence=sentence)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M:%S}"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
