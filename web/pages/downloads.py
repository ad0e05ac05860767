"""Results to take away: people, calls and rejected rows of a campaign as CSV files."""

import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import campaign_view
from engine.errors import NotFound
from web.exports import as_csv, attempt_batches, result_batches, write_xlsx
from web.pages.addresses import Id
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit

router = APIRouter(route_class=PageRoute)

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/campaigns/{campaign_id}/results.csv")
async def results(visit: Here, campaign_id: Id) -> Response:
    name = await _campaign_name(visit, CampaignId(campaign_id))
    return _csv(as_csv(result_batches(visit.house, CampaignId(campaign_id))), f"{name} results")


@router.get("/campaigns/{campaign_id}/results.xlsx")
async def results_for_excel(visit: Here, campaign_id: Id) -> Response:
    """A workbook cannot be sent before it is whole: it is written to a file that goes with the answer."""
    name = await _campaign_name(visit, CampaignId(campaign_id))
    folder = Path(tempfile.mkdtemp(prefix="dzvin-download-"))
    forget = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    book = folder / "results.xlsx"
    try:
        await write_xlsx(result_batches(visit.house, CampaignId(campaign_id)), book, name="results")
    except BaseException:
        await forget()
        raise
    headers = _attached(f"{name} results", ending="xlsx")
    return FileResponse(book, media_type=XLSX, headers=headers, background=forget)


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


def _attached(name: str, *, ending: str = "csv") -> dict[str, str]:
    """A download under the campaign's own name, whatever letters it has; no header can be broken by it."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "campaign"
    full = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "-", name)
    told = f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(full)}.{ending}"
    return {"Content-Disposition": told}
