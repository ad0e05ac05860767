"""LiraX's blacklist of phone numbers: what is on it, and putting numbers on it, twice doing no harm.

LiraX may answer 200 or 400 to a number that is there already (reference, C34). So after a 400 the list itself
is looked at; where it cannot be read, 400 is taken to mean that.
"""

from collections.abc import Iterable, Sequence

from campaigns.lists.blacklisted import read_blacklisted
from campaigns.lists.zones import country_of
from engine.lirax.client import Sender
from engine.lirax.errors import Refused
from engine.lirax.requests import AddBlackPhone, DelBlackPhone, ListBlackPhone


class Theirs:
    """Their list as it was read; numbers by our digits."""

    def __init__(self, written: Iterable[str], *, timezone: str) -> None:
        country = country_of(timezone)
        self.spellings: dict[str, str] = {}  # our digits → as LiraX writes it
        self.unreadable: list[str] = []
        for each in written:
            digits = read_blacklisted(each, country=country)
            if digits is None:
                self.unreadable.append(each)
            else:
                self.spellings.setdefault(digits, each)

    def __contains__(self, phone: str) -> bool:
        return phone in self.spellings


async def read_theirs(client: Sender, *, timezone: str) -> Theirs:
    """Raises LiraxError."""
    return Theirs(await read_written(client), timezone=timezone)


async def read_written(client: Sender) -> list[str]:
    """As LiraX writes them. Raises LiraxError."""
    return (await client.send(ListBlackPhone())).blacklist


async def put_on(client: Sender, phones: Iterable[str], *, timezone: str) -> Sequence[str]:
    """Those that LiraX does not take, although they are not on its list. Raises LiraxError."""
    refused = [phone for phone in phones if not await _takes(client, AddBlackPhone(phone=phone))]
    if not refused:
        return ()
    theirs = await _look(client, timezone=timezone)
    return () if theirs is None else [phone for phone in refused if phone not in theirs]


async def take_off(client: Sender, phones: Iterable[str], *, timezone: str) -> Sequence[str]:
    """Those that LiraX keeps on its list. Raises LiraxError."""
    refused = [phone for phone in phones if not await _takes(client, DelBlackPhone(phone=phone))]
    theirs = await _look(client, timezone=timezone) if refused else None
    if theirs is None:
        return ()
    spelt = {phone: theirs.spellings[phone] for phone in refused if phone in theirs}
    return [
        phone for phone, written in spelt.items() if not await _takes(client, DelBlackPhone(phone=written))
    ]


async def _takes(client: Sender, request: AddBlackPhone | DelBlackPhone) -> bool:
    try:
        await client.send(request)
    except Refused as error:
        if error.status != 400:
            raise
        return False
    return True


async def _look(client: Sender, *, timezone: str) -> Theirs | None:
    """None where this LiraX does not let its list be read."""
    try:
        return await read_theirs(client, timezone=timezone)
    except Refused as error:
        if error.kind == "invalid_token":
            raise
        return None
