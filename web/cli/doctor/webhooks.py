"""Finds out whether webhooks reach us: sends one to ourselves through the public address, and looks for it.

Its command is one that LiraX does not have, so it is stored and does nothing.
"""

import secrets
from functools import partial
from urllib.parse import urlsplit

import httpx

from campaigns.store import inbox_looking, received
from campaigns.store.inbox_looking import SELF_TEST
from engine.setting_values import is_loopback
from web.cli.doctor.findings import Finding, broken, fine, look
from web.cli.doctor.patients import Patient, way_to_set
from web.cli.holding import serving_holder

PATIENCE_SECONDS = 10.0
LONG_UNKNOWN = (
    "{number} that came a day ago or earlier tell results of calls nobody knows: does another program"
    " call with this key? `dzvin received list --orphans` shows them, `dzvin received discard ID` ends one"
)
UNTOLD = "so it cannot be told whether webhooks arrive"


async def examine_webhooks(patient: Patient) -> list[Finding]:
    settings = patient.settings
    ours, theirs = _host(settings.public_url), _host(patient.facts.url)
    if patient.facts.webhook_token is None:
        lacks = way_to_set(
            patient.facts, "DZVIN_WEBHOOK_TOKEN", otherwise=f"rotate-webhook {patient.facts.name}"
        )
        return [broken("webhooks", f"no key: {lacks}: every webhook is refused, no result is learnt")]
    found = [await _self_test(patient, token=patient.facts.webhook_token), *await _left_over(patient)]
    if is_loopback(ours) and not is_loopback(theirs):
        says = f"DZVIN_PUBLIC_URL is {settings.public_url}: LiraX reaches only an address of the Internet"
        found.append(broken("address", says))
    return found


async def _left_over(patient: Patient) -> list[Finding]:
    """Webhooks that could not be applied, or whose call nobody knows; nothing where there are none."""
    if patient.database is None:
        return []
    account_id, now = patient.facts.id, patient.clock.now()
    told = await patient.database.read(partial(received.trouble, account_id=account_id))
    unknown = await patient.database.read(partial(received.long_unknown, account_id=account_id, now=now))
    found = []
    if told.dead:
        says = f"{told.dead} could not be applied and were set aside: `dzvin received list` shows them"
        found.append(look("webhooks", says))
    if unknown:
        found.append(look("webhooks", LONG_UNKNOWN.format(number=unknown)))
    return found


async def _self_test(patient: Patient, *, token: str) -> Finding:
    word = secrets.token_hex(8)
    form = {"cmd": SELF_TEST, "word": word, "from_LiraX_token": token}
    began = patient.clock.elapsed()
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = await client.post(patient.webhook_url, data=form)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _nobody(patient, str(error) or type(error).__name__)
    took = patient.clock.elapsed() - began
    if answer.status_code != httpx.codes.OK:
        return broken("webhooks", f"{patient.webhook_url} {_meaning(answer.status_code)}")
    if patient.database is None:
        return look("webhooks", f"{patient.webhook_url} answers, but there is no database here to look into")
    seen = await patient.database.read(
        lambda connection: inbox_looking.has_come(connection, patient.facts.id, cmd=SELF_TEST, word=word)
    )
    if not seen:
        says = "answers, but what we sent there is not in this database: is it another dzvin?"
        return broken("webhooks", f"{patient.webhook_url} {says}")
    return fine("webhooks", f"one that we sent to {patient.webhook_url} arrived, in {took:.2f} s")


def _nobody(patient: Patient, reason: str) -> Finding:
    address = patient.settings.public_url
    holder = serving_holder(patient.settings)
    if holder is None:
        return look("webhooks", f"nobody answers at {address}, {UNTOLD}: start `dzvin serve`")
    return broken("webhooks", f"dzvin serves at {holder.url}, but nothing gets there by {address}: {reason}")


def _meaning(status: int) -> str:
    match status:
        case 401:
            return "refuses our key: the server there was started with another one"
        case 404 | 405:
            return f"answers {status}: that is not dzvin; look at DZVIN_PUBLIC_URL and the proxy before it"
        case _:
            return f"answers {status} where LiraX needs a 200"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
