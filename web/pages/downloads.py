"""Results to take away: people, calls and rejected rows of a campaign as CSV files."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import FileResponse, Response, StreamingResponse

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import campaign_view
from engine.errors import NotFound
from web.exports import as_csv, attempt_batches, result_batches
from web.pages.campaigns import Id
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit

router = APIRouter(route_class=PageRoute)

CSV = "text/csv; charset=utf-8"


@router.get("/campaigns/{campaign_id}/results.csv")
async def results(visit: Here, campaign_id: Id) -> Response:
    name = await _campaign_name(visit, CampaignId(campaign_id))
    return _csv(as_csv(result_batches(visit.house, CampaignId(campaign_id))), f"{name} results")


@router.get("/campaigns/{campaign_id}/attempts.csv")
async def attempts(visit: Here, campaign_id: Id) -> Response:
    name = await _campaign_name(visit, CampaignId(campaign_id))
    return _csv(as_csv(attempt_batches(visit.house, CampaignId(campaign_id))), f"{name} calls")


@router.get("/campaigns/{campaign_id}/rejected.csv")
async def rejected_rows(visit: Here, campaign_id: Id) -> Response:
    name = await _campaign_name(visit, CampaignId(campaign_id))
    entry = visit.desk.imports.find(CampaignId(campaign_id))
    if entry is None or not entry.rejected_file.is_file():
        raise NotFound("the rejected rows are no longer kept")
    return FileResponse(entry.rejected_file, media_type=CSV, headers=_attached(f"{name} rejected rows"))


async def _campaign_name(visit: Visit, campaign_id: CampaignId) -> str:
    view = await visit.house.database.read(
        lambda connection: campaign_view(
            connection, campaign_id, now=visit.now, policies=visit.house.policies
        )
    )
    if view is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return view.name


def _csv(body: AsyncIterator[bytes], name: str) -> Response:
    return StreamingResponse(body, media_type=CSV, headers=_attached(name))


def _attached(name: str) -> dict[str, str]:
    """A download under the campaign's own name, whatever letters it has; no header can be broken by it."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "campaign"
    full = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "-", name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{quote(full)}.csv"
    }
