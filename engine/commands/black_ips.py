"""LiraX's blacklist of IP addresses: look at it, put an address on it, take one off."""

from campaigns.problems import Problem, WrongInput
from engine.accounts import AccountFacts
from engine.errors import NotFound
from engine.house import House
from engine.lirax.addresses import read_ipv4, same_among
from engine.lirax.client import LiraxClient
from engine.lirax.errors import Refused
from engine.lirax.requests import AddBlackIp, DelBlackIp, ListBlackIp
from engine.lirax.spelling import comparable_ip


async def listed_ips(house: House, account: AccountFacts) -> list[str]:
    """As LiraX writes them. Raises LiraxError."""
    return await _read(house.accounts.client(account.id))


async def add_ip(house: House, account: AccountFacts, text: str) -> tuple[str, bool]:
    """How LiraX writes the address now, and whether it is new there. Raises WrongInput, LiraxError."""
    address = _address(text)
    client = house.accounts.client(account.id)
    there = await _find(client, address)
    if there is not None:
        return there, False
    await _put_on(client, address)
    return await _find(client, address) or address, True


async def remove_ip(house: House, account: AccountFacts, text: str) -> str:
    """The spelling that was taken off. Raises WrongInput, NotFound, LiraxError."""
    address = _address(text)
    client = house.accounts.client(account.id)
    there = same_among(address, await _read(client))
    if there is None:
        raise NotFound(f"{address} is not on the blacklist of the LiraX account “{account.name}”")
    await client.send(DelBlackIp(ip=there))
    return there


async def _put_on(client: LiraxClient, address: str) -> None:
    """As it was written; some LiraX take no leading zeros. After a 400 it may be there all the same (C34)."""
    plain = comparable_ip(address)
    try:
        await client.send(AddBlackIp(ip=address))
        return
    except Refused as error:
        if error.status != 400:
            raise
        if await _find(client, address) is not None:
            return
        if plain == address:
            raise
    await client.send(AddBlackIp(ip=plain))


async def _find(client: LiraxClient, address: str) -> str | None:
    """None also where this LiraX does not let its list be read: to add an address twice does no harm."""
    try:
        return same_among(address, await _read(client))
    except Refused as error:
        if error.kind == "invalid_token":
            raise
        return None


async def _read(client: LiraxClient) -> list[str]:
    return (await client.send(ListBlackIp())).blacklist


def _address(text: str) -> str:
    try:
        return read_ipv4(text)
    except ValueError as error:
        raise WrongInput(Problem(str(error), field="ip")) from error
