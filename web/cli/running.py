"""`dzvin run`: a definition from its file to its results, in one go that may be interrupted at any time."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer
from sqlalchemy import Connection

from campaigns.definition import Definition
from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import CampaignId, CampaignState
from campaigns.store import campaigns
from campaigns.store.views import CampaignView, campaign_view
from engine.commands.campaigns import create_campaign, find_campaign, resume, start
from engine.commands.directories import check_names
from engine.commands.importing import ImportResult, add_recipients, import_list
from engine.errors import CannotDo, Conflict, NotFound
from engine.house import House
from engine.settings import Settings
from web.cli.importing import import_bar
from web.cli.logs import quiet_logs
from web.cli.progress import final_of, showing
from web.cli.serving import open_house
from web.cli.signals import run_until_signal
from web.cli.talking import answer, answer_table, tell
from web.exports import as_csv, result_batches

LOOK_SECONDS = 0.5
T = TypeVar("T")


class Interrupted(Exception):
    """We were asked to end before the work was done; all that was written stays."""


def run_definition(settings: Settings, definition: Definition, *, results: Path | None) -> None:
    quiet_logs()
    try:
        run_until_signal(lambda stop: _run(settings, definition, results=results, stop=stop))
    except Interrupted:
        tell("nothing is lost: the same command goes on where this one stopped")
        raise typer.Abort from None


async def _run(
    settings: Settings, definition: Definition, *, results: Path | None, stop: asyncio.Event
) -> None:
    async with open_house(settings, dials=True) as house:
        tell(f"Dzvin listens on {house.settings.public_url}")
        campaign_id = await create_or_find(house, definition)
        await unless_stopped(bring_to_life(house, campaign_id, definition), stop)
        view = await _watch(house, campaign_id, stop=stop)
        if results is not None:
            await _write_results(house, campaign_id, results)
        _summarise(view)
    if view.state is CampaignState.CANCELLED:
        raise CannotDo(f"the campaign “{view.name}” was cancelled")


async def unless_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """What `work` returns; raises Interrupted, and cancels it, when we are asked to end before."""
    task = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():  # also when the work failed: an interrupt reaches what it had started, too
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise Interrupted
    return task.result()


async def create_or_find(house: House, definition: Definition) -> CampaignId:
    name = definition.policy.name
    try:
        campaign_id = await find_campaign(house, name)
    except NotFound:
        for remark in await check_names(house, definition):
            tell(remark)
        return await create_campaign(house, definition)
    if await _fingerprint(house, campaign_id) != definition.fingerprint:
        raise WrongInput(
            Problem(
                f"a campaign “{name}” made from another definition exists; give this one another name",
                field="name",
            )
        )
    return campaign_id


async def _fingerprint(house: House, campaign_id: CampaignId) -> str | None:
    row = await house.database.read(lambda connection: campaigns.get(connection, campaign_id))
    return None if row is None else row.fingerprint


async def bring_to_life(house: House, campaign_id: CampaignId, definition: Definition) -> None:
    """To `running` from whatever state an earlier run has left; a list read half is read again whole."""
    view = await view_of(house, campaign_id)
    match view.state:
        case CampaignState.DRAFT:
            await import_people(house, campaign_id, definition)
            await start(house, campaign_id)
        case CampaignState.PAUSED | CampaignState.PAUSING:
            await resume(house, campaign_id)
        case CampaignState.CANCELLED:
            raise Conflict(f"the campaign “{view.name}” was cancelled; to call again, give it another name")
        case CampaignState.RUNNING | CampaignState.SCHEDULED | CampaignState.FINISHED:
            tell(
                f"going on with “{view.name}”: {final_of(view)} of {view.counts['total']} people are through"
            )


async def import_people(house: House, campaign_id: CampaignId, definition: Definition) -> None:
    match definition.recipients:
        case None:
            return
        case Path() as source:
            result = await _import_list(house, campaign_id, source, definition.phone_column)
        case rows:
            result = await add_recipients(house, campaign_id, rows=rows)
    _tell_import(result)


async def _import_list(
    house: House, campaign_id: CampaignId, source: Path, phone_column: str | None
) -> ImportResult:
    with import_bar(source.name) as bar:
        return await import_list(
            house,
            campaign_id,
            source=source,
            name=source.name,
            phone_column=phone_column,
            progress=lambda told: bar(told.done, told.accepted + told.duplicates + told.rejected),
        )


def _tell_import(result: ImportResult) -> None:
    tell(f"accepted {result.accepted}, duplicates {result.duplicates}, rejected {result.rejected_count}")
    for row in result.rejected:
        tell(f"row {row.row}: {row.phone or '(no number)'}: {row.reason}")
    for warned in result.warned:
        tell(str(warned))


async def _watch(house: House, campaign_id: CampaignId, *, stop: asyncio.Event) -> CampaignView:
    """The campaign once it has ended; raises Interrupted."""
    with showing() as show:
        while True:
            view = await view_of(house, campaign_id)
            show(view, now=house.clock.now())
            if view.state in {CampaignState.FINISHED, CampaignState.CANCELLED} and not view.calls.in_flight:
                return view
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stop.wait()
                raise Interrupted
            except TimeoutError:
                continue


async def view_of(house: House, campaign_id: CampaignId) -> CampaignView:
    def read(connection: Connection) -> CampaignView | None:
        return campaign_view(connection, campaign_id, now=house.clock.now(), policies=house.policies)

    view = await house.database.read(read)
    if view is None:
        raise NotFound(f"there is no campaign {campaign_id} any more")
    return view


async def _write_results(house: House, campaign_id: CampaignId, path: Path) -> None:
    with path.open("wb") as file:
        async for part in as_csv(result_batches(house, campaign_id)):
            file.write(part)
    tell(f"results written to {path}")


def _summarise(view: CampaignView) -> None:
    answer(
        f"{view.name}: {view.state}; {view.counts['total']} people, "
        f"{view.calls.placed} calls placed, {view.calls.answered} answered"
    )
    rows = sorted(view.outcomes.items(), key=lambda item: -item[1])
    answer_table(("outcome", "people"), rows)
