"""The do-not-call list: look at it, find a number, put numbers on it, take one off, join it with LiraX's."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.columns import from_microseconds, to_microseconds
from campaigns.lists.numbers import NumberError, read_number
from campaigns.store import suppressions
from campaigns.store.suppressions import Entry, Place
from engine.commands.suppressing import suppress, unsuppress
from engine.commands.syncing import Joined, joinable, sync_all
from engine.errors import CannotDo, Conflict
from engine.lirax.errors import LiraxError
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
marketer_router = APIRouter(route_class=PageRoute)

PATH = "/do-not-call"
SHOWN = 50
COUNTRY = "UA"  # whose national spelling is read; every other number needs its country code
LONGEST_REASON = 200
MOST_NAMED = 10
SOURCES = {
    "operator": "by hand",
    "api": "API",
    "rule": "a campaign's rule",
    "sms": "answered an SMS",
    "import": "import",
    "lirax": "LiraX's blacklist",
    "erase": "is being erased",
}


@viewer_router.get(PATH)
async def show(
    visit: Here,
    q: Annotated[str, Query(max_length=40)] = "",
    before: Annotated[str, Query(pattern=r"^(-?\d{1,18}-\d{1,20})?$")] = "",
) -> Response:
    return await _page(visit, q=q.strip(), before=_place_in(before))


@marketer_router.post(PATH)
async def add(visit: Here) -> Response:
    """All numbers that can be read; the others stay in the form, to be mended."""
    good, bad = _numbers_in(visit.form.fields.get("phones", ""))
    reason = visit.form.fields.get("reason", "").strip()[:LONGEST_REASON]
    new = await suppress(visit.house, good, reason=reason or None, source="operator")
    if good and not bad:
        return go_to(PATH)
    added = f"{new} {'number is' if new == 1 else 'numbers are'} new on the list. " if good else ""
    named = "; ".join(f"“{line}”: {why}" for line, why in bad[:MOST_NAMED])
    told = f"{added}Not read: {named}." if bad else "Write at least one number."
    rest = "\n".join(line for line, _ in bad)
    return await _page(visit, notice=told, tone="wait", written=rest, reason=reason, status=422)


@marketer_router.post(f"{PATH}/remove")
async def remove(visit: Here) -> Response:
    """Also that of somebody who was erased, if it is written out; not while they are being erased."""
    try:
        phone = visit.form.fields.get("phone", "")
        await unsuppress(visit.house, phone, by=visit.session.email)
    except Conflict as error:
        return await _page(visit, notice=f"{error}.", tone="wait", status=409)
    return go_to(PATH)


@marketer_router.post(f"{PATH}/sync")
async def join(visit: Here) -> Response:
    """What was done, said on the page; a long list takes several turns."""
    try:
        done = await sync_all(visit.house, joinable(visit.house, None), dry_run=False)
    except (LiraxError, CannotDo) as error:
        return await _page(visit, notice=f"Nothing was changed. {error}", tone="bad", status=502)
    told = [_told(name if len(done) > 1 else "", joined) for name, joined in done.items()]
    failed = any(joined.trouble or joined.refused for joined in done.values())
    return await _page(visit, notice=" ".join(told), tone="wait" if failed else "good")


async def _page(
    visit: Visit,
    *,
    q: str = "",
    before: Place | None = None,
    notice: str | None = None,
    tone: str = "good",
    status: int = 200,
    **form: str,
) -> Response:
    def read(connection: Connection) -> tuple[int, Sequence[Entry]]:
        find = partial(suppressions.newest_first, connection, limit=SHOWN + 1, before=before)
        return suppressions.how_many(connection), find(beginning=_digits(q))

    total, found = await visit.house.database.read(read)
    shown = found[:SHOWN]
    values: dict[str, Any] = {"written": "", "reason": "", **form}
    return visit.page(
        "do_not_call/show.html",
        status=status,
        total=total,
        entries=shown,
        older=_cursor(shown[-1]) if len(found) > SHOWN else None,
        first=before is None,
        q=q,
        notice=notice,
        tone=tone,
        sources=SOURCES,
        zone=visit.house.settings.account_timezone,
        **values,
    )


def _numbers_in(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Digits of what can be read, each once; and the lines that cannot, with the reason."""
    good: dict[str, None] = {}
    bad: list[tuple[str, str]] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        try:
            good[read_number(line, country=COUNTRY).digits] = None
        except NumberError as error:
            bad.append((line[:40], str(error)))
    return list(good), bad


def _digits(q: str) -> str:
    """A number as it is searched for: a national one by what it is called from abroad."""
    digits = "".join(character for character in q if character.isascii() and character.isdigit())
    return f"38{digits}" if digits.startswith("0") else digits


def _told(name: str, joined: Joined) -> str:
    told = (
        f"{name + ': ' if name else ''}Taken over {joined.taken_over}, sent {joined.sent}, "
        f"already on both {joined.on_both}, could not be read {len(joined.unreadable)}."
    )
    if joined.refused:
        told += f" LiraX does not take {', '.join(joined.refused[:MOST_NAMED])}."
    if joined.trouble:
        return f"{told} {joined.trouble}"
    return f"{told} {joined.left} are left: join again to go on." if joined.left else told


def _cursor(entry: Entry) -> str:
    return f"{to_microseconds(entry.added_at)}-{entry.phone}"


def _place_in(cursor: str) -> Place | None:
    if not cursor:
        return None
    microseconds, _, phone = cursor.rpartition("-")
    return Place(from_microseconds(int(microseconds)), phone)
