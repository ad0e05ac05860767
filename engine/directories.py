"""Asks LiraX for what it has - employees, shops, deal stages, user statuses - each list for itself."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import assert_never

from campaigns.rules.directories import Employee, Entry, Said, Shop, Stage, UserStatus
from campaigns.rules.vocabulary import DirectoryKind
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError
from engine.lirax.requests import GetShops, GetStages, GetUsers, GetUserStatuses

LONGEST_NAME = 200


async def ask(
    client: LiraxClient, kinds: Iterable[DirectoryKind], *, patience: timedelta | None = None
) -> Mapping[DirectoryKind, Said]:
    """What LiraX said of each list. When it cannot be reached at all, it is asked only once."""
    said: dict[DirectoryKind, Said] = {}
    unreachable: str | None = None
    for kind in kinds:
        try:
            async with asyncio.timeout(None if patience is None else patience.total_seconds()):
                said[kind] = unreachable or await _ask_for(client, kind)
        except TimeoutError:
            assert patience is not None
            unreachable = said[kind] = f"LiraX did not answer within {patience.total_seconds():g} s."
        except LiraxError as error:
            said[kind] = str(error)
            unreachable = str(error) if error.kind == "network" else None
    return said


async def _ask_for(client: LiraxClient, kind: DirectoryKind) -> tuple[Entry, ...]:
    match kind:
        case DirectoryKind.USERS:
            users = (await client.send(GetUsers())).users
            return tuple(Employee(user.ext, _words(user.name), user.active) for user in users if user.ext)
        case DirectoryKind.SHOPS:
            return tuple(Shop(shop.id, _words(shop.name)) for shop in (await client.send(GetShops())).shops)
        case DirectoryKind.STAGES:
            stages = (await client.send(GetStages())).stages
            return tuple(Stage(stage.stage, _words(stage.title)) for stage in stages)
        case DirectoryKind.STATUSES:
            statuses = (await client.send(GetUserStatuses())).statuses
            return tuple(UserStatus(status.status, _words(status.title)) for status in statuses)
        case _:
            assert_never(kind)


def _words(text: str) -> str:
    """A name as every database keeps it: one line, nothing that cannot be printed."""
    return "".join(character for character in text if character.isprintable())[:LONGEST_NAME].strip()
