"""Makes the keys of the HTTP API: 256 random bits, shown once."""

import secrets
from typing import NamedTuple

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import Scope
from campaigns.store import keys
from engine.house import House, fingerprint_of

BEGINNING = "dzv_live_"
SHOWN = len(BEGINNING) + 4  # letters kept, so that people can tell their keys apart
LONGEST_NAME = 200


class NewKey(NamedTuple):
    """`key` is shown now and never again."""

    id: int
    key: str


async def create_key(house: House, name: str, *, scope: Scope) -> NewKey:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise WrongInput(Problem(f"expected a name of 1 to {LONGEST_NAME} letters", field="name"))
    key = BEGINNING + secrets.token_urlsafe(32)
    now = house.clock.now()
    key_id = await house.database.write(
        lambda connection: keys.add_key(
            connection, fingerprint_of(key), name=name, prefix=key[:SHOWN], scope=scope, now=now
        )
    )
    return NewKey(key_id, key)
