"""Consent on record, and the compliance profiles that ask for it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.lists.numbers import NumberError, read_number
from campaigns.problems import WrongInput
from campaigns.profiles import NOT_LEGAL_ADVICE, profile_named, profile_names
from campaigns.profiles.telling import limits_of
from campaigns.rules.consents import Consent, read_given
from campaigns.store import consents
from campaigns.store.consents import Entry
from engine.commands.consents import record_consent, withdraw_consent
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
marketer_router = APIRouter(route_class=PageRoute)

PATH = "/consent"
SHOWN = 50
COUNTRY = "UA"  # whose national spelling is read; every other number needs its country code
LONGEST = 1000
WITHDRAWN_HERE = "withdrawn on the page"


@viewer_router.get(PATH)
async def show(visit: Here, q: Annotated[str, Query(max_length=40)] = "") -> Response:
    return await _page(visit, q=q.strip())


@viewer_router.get("/profiles")
async def profiles(visit: Here) -> Response:
    """Each with its latest version."""
    shown = [profile_named(name) for name in profile_names()]
    limits = {profile.name: list(limits_of(profile.versions[-1])) for profile in shown}
    return visit.page("consents/profiles.html", profiles=shown, limits=limits, no_advice=NOT_LEGAL_ADVICE)


@marketer_router.post(PATH)
async def record(visit: Here) -> Response:
    fields = visit.form.fields
    source, proof = (fields.get(name, "").strip()[:LONGEST] for name in ("source", "proof"))
    try:
        phone = read_number(fields.get("phone", ""), country=COUNTRY).digits
        given_at = _given_at(visit, fields.get("given", "").strip())
        if not source:
            return await _page(visit, notice="Say where the consent was given.", status=422)
        await record_consent(visit.house, Consent(phone, source, given_at, proof or None))
    except (NumberError, ValueError, WrongInput) as error:
        return await _page(visit, notice=f"Not recorded: {error}.", status=422)
    return go_to(PATH)


@marketer_router.post(f"{PATH}/withdraw")
async def withdraw(visit: Here) -> Response:
    try:
        phone = read_number(visit.form.fields.get("phone", ""), country=COUNTRY).digits
    except NumberError as error:
        return await _page(visit, notice=f"Not withdrawn: {error}.", status=422)
    await withdraw_consent(visit.house, phone, source=WITHDRAWN_HERE)
    return go_to(PATH)


def _given_at(visit: Visit, text: str) -> datetime:
    """Now, where nothing was written. Raises ValueError."""
    return read_given(text, timezone=visit.house.settings.account_timezone) if text else visit.now


async def _page(visit: Visit, *, q: str = "", notice: str | None = None, status: int = 200) -> Response:
    digits = "".join(character for character in q if character.isascii() and character.isdigit())
    beginning = f"38{digits}" if digits.startswith("0") else digits

    def read(connection: Connection) -> tuple[int, list[Entry]]:
        found = consents.newest_first(connection, limit=SHOWN, beginning=beginning)
        return consents.how_many(connection), found

    total, entries = await visit.house.database.read(read)
    return visit.page(
        "consents/show.html",
        status=status,
        total=total,
        entries=entries,
        most=SHOWN,
        q=q,
        notice=notice,
        zone=visit.house.settings.account_timezone,
        form=visit.form.fields if notice else {},
    )
