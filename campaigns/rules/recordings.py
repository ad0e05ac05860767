"""Where the sound of a call can be fetched: the addresses that LiraX told, kept in one text.

They stand in the order of the alphabet: which comes first decides nothing (see `confluence`).
"""

MOST = 20  # a call in pieces; more addresses for one call are a fault of somebody's
LONGEST = 2000  # characters of one address


def recordings_of(kept: str | None) -> tuple[str, ...]:
    return tuple((kept or "").split())


def with_recording(kept: str | None, address: str | None) -> str | None:
    """What to keep once this address is known too; unchanged where it tells nothing new."""
    known = recordings_of(kept)
    told = "%20".join((address or "").split())
    if not told or len(told) > LONGEST or told in known:
        return kept
    return " ".join(sorted((*known, told))[:MOST])
