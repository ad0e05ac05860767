"""How far LiraX's clock is from ours, by the time that it writes into its answers."""

from email.utils import parsedate_to_datetime

import httpx

from engine.clock import Clock

PATIENCE_SECONDS = 10.0


async def seconds_ahead(url: str, *, clock: Clock) -> float | None:
    """Seconds that LiraX's clock is ahead, to the second; None where it does not tell the time.

    It is asked without a command and without a key.
    """
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = await client.head(url)
        theirs = parsedate_to_datetime(answer.headers["date"])
        return (theirs - clock.now()).total_seconds()
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, TypeError):
        return None
