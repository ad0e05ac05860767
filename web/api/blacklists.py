"""`/api/v1/accounts/{name}/blacklist`: LiraX's own blacklists, of phone numbers and of IP addresses."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.blacklists import read_written
from engine.commands.black_ips import add_ip, listed_ips, remove_ip
from web.api.bodies import described, read_model
from web.api.entry import Here
from web.api.shapes import answer

routes = APIRouter(tags=["accounts"])


class NewAddress(BaseModel):
    """IPv4; leading zeros are allowed."""

    model_config = ConfigDict(extra="forbid")
    ip: StrictStr


class Address(BaseModel):
    ip: str


class Written(BaseModel):
    """As LiraX writes them."""

    items: list[str]


@routes.get("/accounts/{name}/blacklist/phones", response_model=Written)
async def phones(name: str, house: Here) -> Response:
    """Every number on LiraX's own blacklist. Ours is `/suppressions`; `/suppressions/sync` joins both."""
    client = house.accounts.client(house.accounts.find(name).id)
    return answer({"items": await read_written(client)})


@routes.get("/accounts/{name}/blacklist/ips", response_model=Written)
async def ips(name: str, house: Here) -> Response:
    """Every IP address on LiraX's blacklist."""
    return answer({"items": await listed_ips(house, house.accounts.find(name))})


@routes.post(
    "/accounts/{name}/blacklist/ips",
    status_code=201,
    response_model=Address,
    openapi_extra=described(NewAddress),
)
async def put_on(name: str, request: Request, house: Here) -> Response:
    """Put an IP address on LiraX's blacklist; 200 when it stood there already, in any spelling."""
    account = house.accounts.find(name)
    asked = await read_model(request, NewAddress)
    address, new = await add_ip(house, account, asked.ip)
    return answer({"ip": address}, 201 if new else 200)


@routes.delete("/accounts/{name}/blacklist/ips/{ip}", status_code=204)
async def take_off(name: str, ip: str, house: Here) -> Response:
    """Take an IP address off LiraX's blacklist."""
    await remove_ip(house, house.accounts.find(name), ip)
    return Response(status_code=204)
