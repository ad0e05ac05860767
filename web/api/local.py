"""`/local`: what only the command line of this machine may ask, with the key that lies beside the database.

Not part of the API and not in its description: files are named by their path on this machine.
"""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import Role, Scope
from engine.commands.campaigns import find_campaign
from engine.commands.keys import create_key
from engine.commands.lirax import send_command
from engine.commands.people import create_user
from engine.errors import NotFound
from engine.lirax.commands import UnknownWord
from web.api.bodies import read_model
from web.api.entry import Here, admit_this_machine
from web.api.jobs import ImportOrder, Jobs
from web.api.shapes import answer, imported_body

routes = APIRouter(prefix="/local", dependencies=[Depends(admit_this_machine)], include_in_schema=False)


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: StrictStr
    scope: Scope = Scope.READ


class NewUser(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: StrictStr
    password: StrictStr
    role: Role


class NewImport(BaseModel):
    """`campaign` is a name or an id; `rejected` is where the rows left out are written."""

    model_config = ConfigDict(extra="forbid")
    campaign: StrictStr
    path: Path
    phone_column: StrictStr | None = None
    rejected: Path | None = None


class LiraxCommand(BaseModel):
    model_config = ConfigDict(extra="forbid")
    command: StrictStr
    params: dict[str, StrictStr] = {}
    account: StrictStr = "default"


@routes.post("/keys")
async def new_key(request: Request, house: Here) -> Response:
    """The key, which is shown this once."""
    asked = await read_model(request, NewKey)
    made = await create_key(house, asked.name, scope=asked.scope)
    return answer({"id": made.id, "name": asked.name, "scope": asked.scope.value, "key": made.key}, 201)


@routes.post("/users")
async def new_user(request: Request, house: Here) -> Response:
    asked = await read_model(request, NewUser)
    user_id = await create_user(house, asked.email, password=asked.password, role=asked.role)
    return answer({"id": user_id, "email": asked.email, "role": asked.role.value}, 201)


@routes.post("/imports")
async def new_import(request: Request, house: Here) -> Response:
    """Begin an import; its name is for asking how far it is."""
    asked = await read_model(request, NewImport)
    campaign_id = await find_campaign(house, asked.campaign)
    order = ImportOrder(campaign_id, asked.path, asked.phone_column, asked.rejected)
    return answer({"job": _jobs(request).begin(house, order)}, 202)


@routes.get("/imports/{name}")
async def import_under_way(name: str, request: Request) -> Response:
    """How far it is; `share` of the list has been read. What stopped it is answered as a problem."""
    job = _jobs(request).find(name)
    if job is None:
        raise NotFound("there is no such import; the server was started anew, begin it again")
    result = job.result()
    told = job.progress
    return answer(
        {
            "rows": told.accepted + told.duplicates + told.rejected,
            "accepted": told.accepted,
            "duplicates": told.duplicates,
            "rejected_count": told.rejected,
            "share": told.done,
            "done": result is not None,
            "result": None if result is None else imported_body(result),
        }
    )


@routes.post("/lirax")
async def lirax(request: Request, house: Here) -> Response:
    """Send one LiraX command, and answer what LiraX answered."""
    asked = await read_model(request, LiraxCommand)
    try:
        said: dict[str, Any] = await send_command(house, asked.command, asked.params, account=asked.account)
    except UnknownWord as error:
        raise WrongInput(Problem(str(error))) from error
    return answer(said)


def _jobs(request: Request) -> Jobs:
    jobs = request.app.state.jobs
    assert isinstance(jobs, Jobs)
    return jobs
