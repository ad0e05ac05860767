"""A campaign out of uploaded files: checked whole, made as a draft, its list read in the background."""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from campaigns.definition import Definition, read_definition
from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import CampaignId
from engine.commands.campaigns import create_campaign
from engine.commands.directories import check_names
from engine.commands.importing import add_recipients
from engine.errors import Conflict, NotFound
from web.pages.addresses import Id
from web.pages.forms import UploadedFile
from web.pages.lirax_names import names_known
from web.pages.route import PageRoute
from web.pages.uploading import MB
from web.pages.visit import Here, Visit, go_to

form_router = APIRouter(route_class=PageRoute)
upload_router = APIRouter(route_class=PageRoute)

UPLOAD_CAPS = {"definition": 20 * MB, "list": 100 * MB, "audio": 20 * MB}
FORMS: dict[str, Literal["yaml", "json"]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
NAMED_LIST = re.compile(r"""^[ \t]*["']?recipients["']?[ \t]*:[ \t]*["']?([^"'\n#,{}\[\]]+)""", re.MULTILINE)
NAMED_SOUND = re.compile(r"""["']?\bplay["']?[ \t]*:[ \t]*["']?([^"'\n#,{}\[\]]+)""")
LOOKED_THROUGH = 200_000  # letters in which the two names are looked for
NO_DEFINITION = Problem("choose the file with the campaign's definition (.yaml or .json)", field="definition")


@form_router.get("/campaigns/new")
async def show_form(visit: Here) -> Response:
    return await _form(visit)


@upload_router.post("/campaigns")
async def make_campaign(visit: Here) -> Response:
    try:
        definition = await _definition(visit)
        await check_names(visit.house, definition)
        campaign_id = await create_campaign(visit.house, definition)
    except WrongInput as error:
        return await _form(visit, error.problems, status=422)
    except (Conflict, NotFound) as error:
        return await _form(visit, [Problem(str(error), field="name")], status=409)
    await _take_in(visit, campaign_id, definition)
    return go_to(f"/campaigns/{campaign_id}")


@upload_router.post("/campaigns/{campaign_id}/list")
async def add_list(visit: Here, campaign_id: Id) -> Response:
    uploaded = visit.form.files.get("list")
    if uploaded is None:
        raise Conflict("choose the file with the list of people first")
    running = visit.desk.imports.find(CampaignId(campaign_id))
    if running is not None and running.running:
        raise Conflict("another list is being read for this campaign; wait until it is in")
    visit.desk.imports.begin(
        CampaignId(campaign_id), folder=visit.form.keep_files(), source=uploaded.path, phone_column=None
    )
    return go_to(f"/campaigns/{campaign_id}")


async def _definition(visit: Visit) -> Definition:
    uploaded = visit.form.files.get("definition")
    if uploaded is None:
        raise WrongInput(NO_DEFINITION)
    form = FORMS.get(uploaded.path.suffix.lower())
    if form is None:
        raise WrongInput(Problem("a definition is a .yaml or .json file", file=uploaded.name))
    return await asyncio.to_thread(_read, visit, uploaded, form)


def _read(visit: Visit, uploaded: UploadedFile, form: Literal["yaml", "json"]) -> Definition:
    text = uploaded.path.read_bytes()
    beside = _laid_side_by_side(visit, text)
    try:
        return read_definition(
            text,
            file=uploaded.name,
            form=form,
            beside=beside,
            account_timezone=visit.house.settings.account_timezone,
            today=visit.now.date(),
            accounts=visit.house.accounts.terms(),
            account=visit.form.fields.get("account") or None,
        )
    except WrongInput as error:
        raise WrongInput(*(_about_uploads(problem, beside) for problem in error.problems)) from error


def _about_uploads(problem: Problem, beside: Path) -> Problem:
    """Names no folder of ours: what a person can do is to upload the file too."""
    return replace(problem, message=problem.message.replace(f", in {beside}", "; upload it as well"))


def _laid_side_by_side(visit: Visit, definition: bytes) -> Path:
    """A folder where the files stand under their own names, and under those the definition calls them."""
    folder = visit.form.folder
    assert folder is not None
    beside = Path(tempfile.mkdtemp(dir=folder))
    text = definition[:LOOKED_THROUGH].decode(errors="replace")
    for field, pattern in (("list", NAMED_LIST), ("audio", NAMED_SOUND)):
        uploaded = visit.form.files.get(field)
        if uploaded is not None:
            _lay(uploaded, beside, called=pattern.search(text))
    return beside


def _lay(uploaded: UploadedFile, beside: Path, *, called: re.Match[str] | None) -> None:
    names = {uploaded.name}
    if called is not None:
        wanted = Path(called[1].strip())
        if wanted.name == str(wanted) and wanted.suffix.lower() == uploaded.path.suffix.lower():
            names.add(wanted.name)
    for name in names:
        (beside / name).hardlink_to(uploaded.path)


async def _take_in(visit: Visit, campaign_id: CampaignId, definition: Definition) -> None:
    """People written into the definition at once; a list in the background, its files kept until it is in."""
    if isinstance(definition.recipients, list):
        await add_recipients(visit.house, campaign_id, rows=definition.recipients)
    uploaded = visit.form.files.get("list")
    if uploaded is not None:
        visit.desk.imports.begin(
            campaign_id,
            folder=visit.form.keep_files(),
            source=uploaded.path,
            phone_column=definition.phone_column,
        )


async def _form(visit: Visit, problems: Sequence[Problem] = (), *, status: int = 200) -> Response:
    names = await visit.house.database.read(names_known)
    chosen = visit.form.fields.get("account", "")
    return visit.page(
        "campaigns/new.html", status=status, problems=problems, names=names, chosen_account=chosen
    )
