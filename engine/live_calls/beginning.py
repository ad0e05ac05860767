"""Begins a live call: a campaign of one person, by the same way as any other."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from campaigns.definition import Definition, read_definition
from campaigns.lists.numbers import NumberError, read_number
from campaigns.problems import Problem, WrongInput
from campaigns.rules.calling_hours import opening_at
from campaigns.rules.vocabulary import CampaignId, DirectoryKind, RecipientId
from campaigns.store import attempts, custody, suppressions
from engine.accounts import AccountFacts
from engine.commands.campaigns import create_campaign, start
from engine.commands.directories import directories_of, refresh
from engine.commands.triggering import Trigger, trigger_call
from engine.errors import Conflict
from engine.house import House
from engine.judging import PATIENCE
from engine.live_calls.hours import closed_hours
from engine.live_calls.tone import write_tone

ANY_HOUR = "00:00-24:00"
COUNTRY = "UA"  # how a number without its country is read, as in definitions


@dataclass(frozen=True)
class LiveCall:
    """At most one of `play` and `connect`; without both, tones of our own are played.

    `from_ext` None: the first extension we know of the account.
    `outside_hours`: LiraX is given hours that are closed now. It may ring when they begin.
    """

    phone: str
    account: str
    play: str | None = None
    connect: str | None = None
    from_ext: str | None = None
    any_hour: bool = False
    outside_hours: bool = False


@dataclass(frozen=True)
class Begun:
    call_id: RecipientId
    campaign_id: CampaignId
    phone: str
    from_ext: str
    hours: tuple[str, str] | None  # that LiraX is given, where they are not those of the window


async def begin(house: House, asked: LiveCall) -> Begun:
    """Raises WrongInput; Conflict where the number must not be called now; NotFound for the account."""
    facts = house.accounts.find(asked.account)
    phone = _number(asked.phone)
    from_ext = asked.from_ext or await _extension(house, facts)
    hours = closed_hours(house.clock.now(), facts.timezone) if asked.outside_hours else None
    with TemporaryDirectory() as folder:
        definition = _definition(house, facts, asked, from_ext=from_ext, hours=hours, folder=Path(folder))
        await _check(house, facts, definition, phone=phone)
        campaign_id = await create_campaign(house, definition)
    call_id = await trigger_call(house, Trigger(campaign_id, f"+{phone}"))
    await start(house, campaign_id)
    return Begun(call_id, campaign_id, phone, from_ext, hours)


def _number(text: str) -> str:
    try:
        return read_number(text, country=COUNTRY).digits
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error


async def _extension(house: House, facts: AccountFacts) -> str:
    if facts.extensions:
        return facts.extensions[0]
    known = await directories_of(house, facts.id)
    if known.of(DirectoryKind.USERS).fetched_at is None:  # the server has only just started
        known = await refresh(house, facts.id, kinds=[DirectoryKind.USERS], patience=PATIENCE)
    for user in known.of(DirectoryKind.USERS).entries:
        ext, active = getattr(user, "ext", ""), getattr(user, "active", False)
        if ext and active:
            return str(ext)
    raise WrongInput(
        Problem(
            "is needed: the LiraX extension the call is placed for; nothing is known of them", field="from"
        )
    )


def _definition(
    house: House,
    facts: AccountFacts,
    asked: LiveCall,
    *,
    from_ext: str,
    hours: tuple[str, str] | None,
    folder: Path,
) -> Definition:
    now = house.clock.now()
    local = now.astimezone(ZoneInfo(facts.timezone))
    ours = asked.play is None and asked.connect is None
    target = {"play": write_tone(folder) if ours else asked.play, "connect": asked.connect}
    document: dict[str, Any] = {
        "name": f"Live call of dzvin doctor, {local:%Y-%m-%d %H:%M:%S}",
        "account": facts.name,
        "from": from_ext,
        "call": {name: value for name, value in target.items() if value is not None},
        "goal": "answered",
        **({"window": {"hours": ANY_HOUR}} if asked.any_hour else {}),
    }
    definition = read_definition(
        json.dumps(document),
        file=None,
        form="json",
        beside=folder if ours else None,
        account_timezone=facts.timezone,
        today=now.date(),
        accounts=house.accounts.terms(),
    )
    if hours is None:
        return definition
    return replace(definition, document={**definition.document, "request_hours": "-".join(hours)})


async def _check(house: House, facts: AccountFacts, definition: Definition, *, phone: str) -> None:
    """Says at once why nobody would be called; the call itself is guarded like any other."""
    window = definition.policy.window
    if opening_at(window, (window.timezone or facts.timezone,), at=house.clock.now()) is None:
        raise Conflict(
            "it is not between 08:00 and 20:00 in the account's zone; --any-hour calls all the same"
        )

    def objection(connection: Connection) -> str | None:
        if (reason := custody.objection(connection)) is not None:
            return reason
        if suppressions.among(connection, [phone]):
            return f"{phone} is on the do-not-call list"
        if attempts.numbers_open(connection, [phone]):
            return f"a call to {phone} is open; there is never more than one to a number"
        return None

    if (reason := await house.database.read(objection)) is not None:
        raise Conflict(reason)
