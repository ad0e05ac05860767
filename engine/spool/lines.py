"""A webhook as one line of a spool file, with a checksum before it. Pure.

A line whose checksum is wrong was torn off by a crash while it was written: nobody was told that it is kept.
"""

import binascii
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

import orjson

from campaigns.rules.vocabulary import AccountId
from campaigns.store.inbox import Arrival

CHECKSUM_LETTERS = 8


def write_line(arrival: Arrival) -> bytes:
    """A line that gives back the same arrival."""
    document = {**arrival._asdict(), "received_at": arrival.received_at.isoformat()}
    words = orjson.dumps(document)
    return b"%08x %s\n" % (binascii.crc32(words), words)


def read_line(line: bytes) -> Arrival | None:
    """None for a line that is not whole."""
    checksum, words = line[:CHECKSUM_LETTERS], line[CHECKSUM_LETTERS + 1 :]
    try:
        if int(checksum, 16) != binascii.crc32(words):
            return None
        document = orjson.loads(words)
        received_at = datetime.fromisoformat(document.pop("received_at"))
        account_id = AccountId(document.pop("account_id"))
        return Arrival(account_id=account_id, received_at=received_at, **document)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def once(arrival: Arrival) -> Arrival:
    """With a key of its own where it has none, so that the same line is never stored twice."""
    if arrival.dedupe_key is not None:
        return arrival
    return arrival._replace(dedupe_key=f"spool:{secrets.token_hex(16)}")


def lines_of(piece: bytes) -> Iterator[bytes]:
    return (line for line in piece.split(b"\n") if line)


def write_lines(arrivals: Iterable[Arrival]) -> bytes:
    return b"".join(map(write_line, arrivals))
