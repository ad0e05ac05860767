"""What the API answers, as models; they make the description at /openapi.json."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from campaigns.moments import utc_text
from campaigns.rules.agents import CrewFacts
from campaigns.rules.caps import NO_CAPS, ContactCaps
from campaigns.rules.durations import write_duration
from campaigns.rules.vocabulary import CampaignState, RecipientState
from campaigns.store.views import CampaignView, RecipientView
from engine.commands.importing import ImportResult

T = TypeVar("T")


class Press(BaseModel):
    ivr_name: str
    ivr_entry: str
    key: str


class CallCounts(BaseModel):
    placed: int
    answered: int
    in_flight: int
    abandoned: int


class Agents(BaseModel):
    """Who can take calls of the campaign, and how many calls are in the air for them."""

    free: int
    busy: int
    away: int
    in_the_air: int
    per_agent: float
    abandoned_lately: int
    answered_lately: int


class RejectedRow(BaseModel):
    row: int
    phone: str
    reason: str


class WarnedRow(BaseModel):
    row: int
    phone: str
    warning: str


class Imported(BaseModel):
    """The first 1,000 rows of each kind; `warned`, of rows taken in, is left out where there are none."""

    accepted: int
    duplicates: int
    rejected_count: int
    rejected: list[RejectedRow]
    warned_count: int = 0
    warned: list[WarnedRow] = []


class Caps(BaseModel):
    """What holds of calls to one number: the campaign's own caps, its account's and its profile's."""

    per_day: int | None
    per_week: int | None
    after_conversation: str | None


class Campaign(BaseModel):
    id: int
    name: str
    state: CampaignState
    counts: dict[str, int]
    outcomes: dict[str, int]
    calls: CallCounts
    agents: Agents | None = None
    caps: Caps | None = None
    reason: str | None
    eta: str | None
    created_at: str
    started_at: str | None
    finished_at: str | None


class NewCampaign(Campaign):
    """`recipients` tells of those that stood in the definition.

    `remarks` are sentences on extensions and deal stages that are odd or could not be checked against LiraX.
    """

    remarks: list[str] = []
    recipients: Imported | None = None


class Recipient(BaseModel):
    id: int
    phone: str
    external_id: str | None
    state: RecipientState
    outcome: str | None
    attempts: int
    due_at: str | None
    reason: str
    keys: list[Press]
    data: dict[str, Any]


class Call(Recipient):
    campaign: str


class Calls(BaseModel):
    items: list[Call]


class Suppression(BaseModel):
    phone: str
    reason: str | None
    source: str
    added_at: str


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None


class FieldError(BaseModel):
    field: str
    message: str


class ProblemDetails(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json", headers=dict(headers or {}))


def campaign_body(view: CampaignView) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.name,
        "state": view.state.value,
        "counts": dict(view.counts),
        "outcomes": dict(view.outcomes),
        "calls": {
            "placed": view.calls.placed,
            "answered": view.calls.answered,
            "in_flight": view.calls.in_flight,
            "abandoned": view.calls.abandoned,
        },
        **_agents_body(view.agents),
        **_caps_body(view.caps),
        "reason": view.reason,
        "eta": utc_text(view.eta),
        "created_at": utc_text(view.created_at),
        "started_at": utc_text(view.started_at),
        "finished_at": utc_text(view.finished_at),
    }


def _caps_body(caps: ContactCaps) -> dict[str, Any]:
    """Only of a campaign that may not call one number as often as it likes."""
    if caps == NO_CAPS:
        return {}
    rest = caps.after_conversation
    told = {"per_day": caps.per_day, "per_week": caps.per_week}
    return {"caps": {**told, "after_conversation": None if rest is None else write_duration(rest)}}


def _agents_body(crew: CrewFacts | None) -> dict[str, Any]:
    """Only of a campaign whose calls wait for somebody to be free."""
    if crew is None:
        return {}
    told = {
        "free": crew.free,
        "busy": crew.busy,
        "away": crew.away,
        "in_the_air": crew.in_the_air,
        "per_agent": round(crew.effective, 2),
        "abandoned_lately": crew.lately.abandoned,
        "answered_lately": crew.lately.answered,
    }
    return {"agents": told}


def recipient_body(view: RecipientView) -> dict[str, Any]:
    return {
        "id": view.id,
        "phone": view.phone,
        "external_id": view.external_id,
        "state": view.state.value,
        "outcome": view.outcome,
        "attempts": view.attempts,
        "due_at": utc_text(view.due_at),
        "reason": view.reason,
        "keys": list(view.keys),
        "data": dict(view.data),
    }


def call_body(view: RecipientView) -> dict[str, Any]:
    return {"campaign": view.campaign, **recipient_body(view)}


def imported_body(result: ImportResult) -> dict[str, Any]:
    return {
        "accepted": result.accepted,
        "duplicates": result.duplicates,
        "rejected_count": result.rejected_count,
        "rejected": [
            {"row": rejected.row, "phone": rejected.phone, "reason": rejected.reason}
            for rejected in result.rejected
        ],
        **(_warned(result) if result.warned_count else {}),
    }


def _warned(result: ImportResult) -> dict[str, Any]:
    return {"warned_count": result.warned_count, "warned": [warned._asdict() for warned in result.warned]}
