"""What an answer of the history server means: an export, a session that is over, or an error."""

import asyncio
from dataclasses import replace
from typing import assert_never
from zoneinfo import ZoneInfo

from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.history.reading import NotAnExport, Unlike, read_export
from engine.lirax.history.values import Export
from engine.lirax.history.visits import Answer

OK = 200
REDIRECTS = range(300, 400)
INVALID_LOGIN = "invalid_login"


class SessionGone(Exception):
    """Whoever asks has to log in. `verdict` is what it means if that was done a moment ago."""

    def __init__(self, verdict: LiraxError) -> None:
        super().__init__(str(verdict))
        self.verdict = verdict


def login_error(answer: Answer, *, has_cookie: bool) -> LiraxError | None:
    """None if we seem to be let in. Some servers give everybody a cookie: then the first export tells."""
    if (answer.status == OK or answer.status in REDIRECTS) and has_cookie:
        return None
    if answer.status == OK or answer.status in REDIRECTS or answer.status in (400, 401, 403):
        return _refused_login(answer.status)
    return _error_of(answer.status, "the login of call history")


async def export_of(answer: Answer, zone: ZoneInfo, *, must_end: bool) -> Export:
    """The export, read in a thread: a large one takes seconds. Raises SessionGone, LiraxError."""
    if answer.status in (401, 403) or answer.status in REDIRECTS:
        raise SessionGone(_refused_login(answer.status))
    if answer.status != OK:
        raise _error_of(answer.status, "the export of call history")
    try:
        export = await asyncio.to_thread(read_export, answer.body, zone, must_end=must_end)
    except NotAnExport as other:
        raise _unlike(other) from None
    return replace(export, told_at=answer.told_at)


def _unlike(other: NotAnExport) -> Exception:
    error = Unavailable(f"an answer of call history is no export: {other}", kind="protocol", status=OK)
    match other.what:
        case Unlike.LOGIN_PAGE:
            return SessionGone(_refused_login(OK))
        case Unlike.PAGE:
            return SessionGone(error)
        case Unlike.NOTHING | Unlike.GARBAGE:
            return error
        case _:
            assert_never(other.what)


def _refused_login(status: int) -> Refused:
    return Refused(
        "call history does not let us in: check its address, login and password",
        kind=INVALID_LOGIN,
        status=status,
    )


def _error_of(status: int, what: str) -> LiraxError:
    if status == 400:
        return Refused(f"{what} calls the parameters invalid", kind="invalid_parameters", status=status)
    if status in (404, 405, 410):
        return Refused(
            f"{what} is not there ({status}): check the address", kind="not_supported", status=status
        )
    kind = "server" if status >= 500 or status == 429 else "protocol"
    return Unavailable(f"{what} answers {status}", kind=kind, status=status)
