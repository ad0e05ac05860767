"""Examines what lies outside: LiraX, the way its webhooks take to us, history, and the clock."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from engine.clock import SystemClock
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError
from engine.lirax.requests import GetShops
from engine.setting_values import is_loopback
from engine.settings import Settings
from web.cli.doctor.findings import Finding, broken, fine, look

PATIENCE_SECONDS = 10.0
CLOCK_ODD_SECONDS = 30.0
CLOCK_WRONG_SECONDS = 300.0


async def examine_lirax(settings: Settings) -> Finding:
    if settings.lirax_token is None:
        return broken("lirax", "DZVIN_LIRAX_TOKEN is not set: nothing can be dialled")
    client = LiraxClient(
        settings.lirax_url, token=settings.lirax_token, timeout=settings.lirax_timeout, lines=1
    )
    clock = SystemClock()
    asked = clock.elapsed()
    try:
        await client.send(GetShops())
    except LiraxError as error:
        return broken("lirax", f"{settings.lirax_url}: {error.kind}: {error}")
    finally:
        await client.close()
    return fine("lirax", f"{settings.lirax_url} takes our key, in {clock.elapsed() - asked:.2f} s")


async def examine_webhooks(settings: Settings) -> list[Finding]:
    token = (
        broken("webhooks", "DZVIN_WEBHOOK_TOKEN is not set: every webhook is refused, no result is learnt")
        if settings.webhook_token is None
        else fine("webhooks", f"LiraX must send its webhooks to {settings.public_url}/lirax")
    )
    return [token, await _public_address(settings)]


def examine_history(settings: Settings) -> Finding:
    if settings.history_url and settings.history_login and settings.history_password:
        return fine("history", f"{settings.history_url} is set")
    return fine("history", "not set: a call whose fate LiraX does not report ends as unknown")


async def examine_clock(settings: Settings) -> Finding:
    """Against the time LiraX writes into its answers."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = await client.head(settings.lirax_url)
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError, TypeError):
        return look("clock", "cannot be compared: LiraX does not tell the time")
    apart = abs((SystemClock().now() - theirs).total_seconds())
    says = f"{apart:.0f} s apart from that of LiraX"
    if apart > CLOCK_WRONG_SECONDS:
        return broken("clock", f"{says}: set this machine's clock, or phones ring at the wrong hour")
    return look("clock", says) if apart > CLOCK_ODD_SECONDS else fine("clock", says)


async def _public_address(settings: Settings) -> Finding:
    ours, theirs = urlsplit(settings.public_url).hostname or "", urlsplit(settings.lirax_url).hostname or ""
    if is_loopback(ours) and not is_loopback(theirs):
        return broken(
            "address",
            f"DZVIN_PUBLIC_URL is {settings.public_url}: LiraX reaches only an address of the Internet",
        )
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = await client.get(f"{settings.public_url}/healthz")
    except httpx.HTTPError as error:
        return look("address", f"nobody answers at {settings.public_url}: {error or type(error).__name__}")
    if answer.is_success:
        return fine("address", f"dzvin answers at {settings.public_url}")
    return look("address", f"{settings.public_url}/healthz answers {answer.status_code}: is that ours?")
