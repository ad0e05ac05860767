"""What a person may ask of a campaign: create, start, pause, resume, cancel."""

import secrets
from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import Connection

from campaigns.definition import Definition, policy_of
from campaigns.definition.terms import terms_problems
from campaigns.problems import Problem, WrongInput
from campaigns.rules.standing import (
    Cancelled,
)
from campaigns.rules.vocabulary import AccountId, CampaignId, CampaignState
from campaigns.store import accounts, audio, campaigns
from campaigns.store.accounts import AccountRow
from campaigns.store.campaigns import CampaignRow
from engine.apply.breakers import release
from engine.apply.campaigns import become, transaction
from engine.apply.change import Change
from engine.errors import Conflict, NotFound
from engine.house import House
from engine.passes.housekeeping import take_off

NAME_BYTES = 24  # of the unguessable name of a hosted sound file
CONTENT_TYPES = {".mp3": "audio/mpeg", ".wav": "audio/wav"}


async def create_campaign(house: House, definition: Definition) -> CampaignId:
    """A new campaign in state `draft`, without its people.

    Raises Conflict when the name is taken, WrongInput when there is no such account.
    """
    sound = definition.play_file
    body = sound.read_bytes() if sound is not None else b""

    def create(connection: Connection) -> CampaignId:
        account = _account_for(connection, definition)
        # Who read the definition may not have known this account's zone; times without one are in it.
        policy = policy_of(definition.document, account_timezone=account.timezone)
        if campaigns.find(connection, policy.name) is not None:
            raise Conflict(f"there is a campaign named {policy.name!r} already")
        now = house.clock.now()
        campaign_id = campaigns.add(
            connection,
            name=policy.name,
            account_id=AccountId(account.id),
            state=CampaignState.DRAFT.value,
            definition=definition.document,
            fingerprint=definition.fingerprint,
            had_recipients=False,
            start_at=policy.start,
            end_at=policy.end,
            credit=0.0,
            created_at=now,
        )
        if sound is not None:
            ending = sound.suffix.lower()
            audio.add(
                connection,
                campaign_id,
                name=secrets.token_urlsafe(NAME_BYTES) + ending,
                content_type=CONTENT_TYPES.get(ending, "application/octet-stream"),
                body=body,
                now=now,
            )
        return campaign_id

    return await house.database.write(create)


def _account_for(connection: Connection, definition: Definition) -> AccountRow:
    """The account that the definition names, which may have changed since it was read. Raises WrongInput."""
    rows = {row.name: row for row in accounts.every(connection)}
    terms = {name: row.terms for name, row in rows.items()}
    told = terms_problems(definition.policy, definition.named, terms)
    problems = [Problem(message, field=field) for field, message in told]
    if problems:
        raise WrongInput(*problems)
    return rows[definition.policy.account]


async def find_campaign(house: House, name_or_id: str | int) -> CampaignId:
    """The campaign of that name, else of that id; a number is an id before it is a name. Raises NotFound."""
    text = str(name_or_id)

    def by_id(connection: Connection) -> CampaignId | None:
        if not (text.isascii() and text.isdigit() and len(text) < 18):
            return None
        row = campaigns.get(connection, CampaignId(int(text)))
        return None if row is None else row.id

    def find(connection: Connection) -> CampaignId | None:
        by_name = campaigns.find(connection, text)
        if isinstance(name_or_id, int):
            return by_id(connection) or by_name
        return by_name or by_id(connection)

    campaign_id = await house.database.read(find)
    if campaign_id is None:
        raise NotFound(f"there is no campaign named {name_or_id!r}")
    return campaign_id


async def start(house: House, campaign_id: CampaignId) -> None:
    """From `draft` to `running`, or to `scheduled` while its start lies ahead."""

    def write(change: Change) -> None:
        row = change.campaign(campaign_id)
        _demand(change, campaign_id, "started", {CampaignState.DRAFT})
        _demand_open_account(row, "started")
        if row.end_at is not None and row.end_at <= change.now:
            raise Conflict(f"campaign {row.name!r} cannot be started: its end has passed")
        later = row.start_at is not None and row.start_at > change.now
        campaigns.save(change.connection, campaign_id, started_at=change.now)
        become(change, campaign_id, CampaignState.SCHEDULED if later else CampaignState.RUNNING)

    await _command(house, campaign_id, write)


async def pause(house: House, campaign_id: CampaignId) -> None:
    """No new call from now; `pausing` until the open calls have ended, then `paused`."""

    def write(change: Change) -> None:
        _demand(change, campaign_id, "paused", {CampaignState.RUNNING, CampaignState.SCHEDULED})
        become(change, campaign_id, CampaignState.PAUSING)

    await _command(house, campaign_id, write)


async def resume(house: House, campaign_id: CampaignId) -> None:
    """From `paused` or `pausing` back to `running`, or to `scheduled` while its start lies ahead.

    One that rests because LiraX called its requests invalid goes on at once.
    """

    def write(change: Change) -> None:
        row = change.campaign(campaign_id)
        if row.hold_kind is not None:
            release(change, campaign_id)
            if row.state is CampaignState.RUNNING:
                return
        _demand(change, campaign_id, "resumed", {CampaignState.PAUSED, CampaignState.PAUSING})
        _demand_open_account(row, "resumed")
        later = row.start_at is not None and row.start_at > change.now
        become(change, campaign_id, CampaignState.SCHEDULED if later else CampaignState.RUNNING)

    await _command(house, campaign_id, write)


async def cancel(house: House, campaign_id: CampaignId) -> None:
    """At once: nobody else is called; open calls end by their own result, all others are `cancelled`."""

    def write(change: Change) -> None:
        ended = {CampaignState.FINISHED, CampaignState.CANCELLED}
        _demand(change, campaign_id, "cancelled", set(CampaignState) - ended)
        become(change, campaign_id, CampaignState.CANCELLED)

    await _command(house, campaign_id, write)
    await take_off(house, campaign_id, Cancelled())


def _demand(change: Change, campaign_id: CampaignId, verb: str, states: Iterable[CampaignState]) -> None:
    row = change.campaign(campaign_id)
    if row.state not in set(states):
        raise Conflict(f"campaign {row.name!r} is {row.state} and cannot be {verb}")


def _demand_open_account(row: CampaignRow, verb: str) -> None:
    if row.account_closed_at is not None:
        raise Conflict(
            f"campaign {row.name!r} cannot be {verb}: its LiraX account is closed; reopen it first"
        )


async def _command(house: House, campaign_id: CampaignId, write: Any) -> None:
    await house.database.write(partial(_in_transaction, house, campaign_id, write))
    house.bells.housekeeping.set()
    house.bells.roll_calling.set()
    house.bells.after_change()


def _in_transaction(house: House, campaign_id: CampaignId, write: Any, connection: Connection) -> None:
    with transaction(connection, house) as change:
        if change.lock(campaign_id) is None:
            raise NotFound(f"there is no campaign {campaign_id}")
        write(change)
        change.touched.add(campaign_id)
