"""`/metrics`: Prometheus figures. Open to everybody, so no name, number or key stands in them."""

from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from campaigns.rules.vocabulary import CallResult, CampaignState, RecipientState
from campaigns.store.figures import Figures, figures
from web.api.entry import Here

routes = APIRouter(include_in_schema=False)


class Requests:
    """Counts the answers of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answered = Counter(
            "dzvin_http_requests", "Requests answered.", ["method", "status"], registry=self.registry
        )

    def count(self, method: str, status: int | None) -> None:
        known = method if method in ("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS") else "other"
        self._answered.labels(known, str(status or "none")).inc()


@routes.get("/metrics")
async def metrics(request: Request, house: Here) -> Response:
    told = await house.database.read(partial(figures, now=house.clock.now()))
    registry = CollectorRegistry()
    registry.register(_Told(told, house.reception.spooled_bytes))
    requests = request.app.state.requests
    assert isinstance(requests, Requests)
    body = generate_latest(registry) + generate_latest(requests.registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


class _Told(Collector):
    """Figures that were just read, in the words of Prometheus."""

    def __init__(self, told: Figures, spooled_bytes: int) -> None:
        self._told = told
        self._spooled_bytes = spooled_bytes

    def collect(self) -> Iterable[Metric]:
        told = self._told
        states = {state.value: 0 for state in CampaignState}
        yield from _calls(told)
        yield _by("dzvin_campaigns", "Campaigns by state.", states | told.campaigns)
        yield _by(
            "dzvin_recipients",
            "Recipients by state.",
            {state.value: told.tallies.get(("state", state.value), 0) for state in RecipientState},
        )
        yield from _lines(told)
        yield _by(
            "dzvin_accounts_held", "LiraX accounts that do not dial, by what holds them.", told.holds, "kind"
        )
        yield from _accounts(told)
        yield _one("dzvin_modems", "GSM modems.", told.modems)
        yield _one("dzvin_modems_in_trouble", "GSM modems that are off or busy.", told.modems_in_trouble)
        yield _one("dzvin_sms_queued", "SMS waiting for their modem.", told.sms_queued)
        yield _one("dzvin_effects_queued", "Orders of rules still to be done.", told.effects_queued)
        yield _one(
            "dzvin_campaigns_resting",
            "Running campaigns that rest because LiraX called their requests invalid.",
            told.campaigns_resting,
        )
        yield _one("dzvin_inbox_waiting", "Webhooks of LiraX not applied yet.", told.inbox_waiting)
        yield _one(
            "dzvin_inbox_set_aside",
            "Webhooks that could not be applied, try after try.",
            told.inbox_set_aside,
        )
        yield _one(
            "dzvin_inbox_long_unknown",
            "Results of calls that came a day ago or earlier, of calls nobody knows.",
            told.inbox_long_unknown,
        )
        yield _one("dzvin_spooled_bytes", "Webhooks in files, for want of a database.", self._spooled_bytes)


def _calls(told: Figures) -> Iterable[Metric]:
    results = CounterMetricFamily("dzvin_attempts", "Attempts that have ended, by result.", labels=["result"])
    for result in CallResult:
        results.add_metric([result.value], told.tallies.get(("result", result.value), 0))
    yield results
    placed = told.tallies.get(("calls", "placed"), 0)
    yield CounterMetricFamily("dzvin_calls_placed", "Calls LiraX took or may have taken.", placed)
    abandoned = told.tallies.get(("calls", "abandoned"), 0)
    yield CounterMetricFamily(
        "dzvin_calls_abandoned", "Calls answered by people whom nobody took.", abandoned
    )
    in_flight = told.tallies.get(("calls", "in_flight"), 0)
    yield _one("dzvin_calls_in_flight", "Calls that may be up now.", in_flight)
    held = int(told.quarantine is not None)
    yield _one("dzvin_quarantine", "1 while nothing is dialled because the database was restored.", held)


def _lines(told: Figures) -> Iterable[Metric]:
    total = GaugeMetricFamily("dzvin_lines", "Lines of an account.", labels=["account"])
    busy = GaugeMetricFamily("dzvin_lines_busy", "Lines with a call.", labels=["account"])
    for lines in told.lines:
        total.add_metric([str(lines.account_id)], lines.total)
        busy.add_metric([str(lines.account_id)], lines.busy)
    yield total
    yield busy


def _accounts(told: Figures) -> Iterable[Metric]:
    at_work = GaugeMetricFamily("dzvin_account_at_work", "1 while the account dials.", labels=["account"])
    heard = GaugeMetricFamily(
        "dzvin_last_webhook_timestamp_seconds", "When LiraX last sent a webhook.", labels=["account"]
    )
    for standing in told.standing:
        at_work.add_metric([str(standing.account_id)], standing.state == "open")
        if standing.last_webhook_at is not None:
            heard.add_metric([str(standing.account_id)], standing.last_webhook_at.timestamp())
    yield at_work
    yield heard


def _by(name: str, says: str, counts: dict[str, int], label: str = "state") -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label])
    for word, count in counts.items():
        family.add_metric([word], count)
    return family


def _one(name: str, says: str, value: int) -> Metric:
    return GaugeMetricFamily(name, says, value)
