"""LiraX's call ids, as far as they must be compared."""


def plain(callid: str) -> str:
    """Without dashes: `record` may leave out those that `event` had (LiraX reference, C40)."""
    return callid.replace("-", "")
