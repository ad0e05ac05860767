"""`/local/reconcile`: what `dzvin reconcile` asks."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictFloat, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.moments import utc_text
from engine.commands import reconciling as commands
from engine.commands.reconciling import Decision, Looked
from web.api.bodies import read_model
from web.api.entry import Here, admit_this_machine
from web.api.shapes import answer
from web.drift_shown import as_json, drift_shown

routes = APIRouter(
    prefix="/local/reconcile", dependencies=[Depends(admit_this_machine)], include_in_schema=False
)


class Asked(BaseModel):
    """`account` is None for all of them; `seconds` back from now are compared."""

    model_config = ConfigDict(extra="forbid")
    account: StrictStr | None = None
    seconds: StrictInt | StrictFloat = 86_400


@routes.post("")
async def look(request: Request, house: Here) -> Response:
    """Look into history now; what could be decided is."""
    asked = await read_model(request, Asked)
    looked = [
        await commands.look_now(house, facts) for facts in commands.accounts_to_ask(house, asked.account)
    ]
    return answer({"items": [_looked(each) for each in looked]})


@routes.post("/report")
async def report(request: Request, house: Here) -> Response:
    """Compare what webhooks, events and history told."""
    asked = await read_model(request, Asked)
    items = []
    for facts in commands.accounts_to_ask(house, asked.account):
        made = await commands.report_now(house, facts, back=timedelta(seconds=asked.seconds))
        shown = await drift_shown(
            house, made_at=made.made_at, since=made.since, until=made.until, body=made.body
        )
        items.append({"account": facts.name, **as_json(shown)})
    return answer({"items": items})


def _looked(looked: Looked) -> dict[str, Any]:
    return {
        "account": looked.account,
        "trouble": looked.trouble,
        "calls": [_decision(decision) for decision in looked.decisions],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "phone": decision.call.phone,
        "campaign": decision.call.campaign,
        "claimed_at": utc_text(decision.call.claimed_at),
        "decided": decision.word.value,
        "result": decision.call.result,
        "believed_from": utc_text(decision.believed_from),
    }
