"""The one table from our errors to HTTP answers: `application/problem+json` (RFC 9457).

A problem has `type`, `title`, `status` and `detail`; for input `errors: [{field, message}]`; and, beside what
the standard asks for, `code` for programs and `request_id` to ask us about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from campaigns.problems import Problem, WrongInput
from engine.errors import AlreadyRunning, CannotDo, Conflict, DatabaseTrouble, NotFound
from engine.lirax.errors import LiraxError

MEDIA_TYPE = "application/problem+json"
OUR_FAULT = "Something went wrong on our side; the request id helps to find out what."
CONTENT = "Content"  # HTTPStatus still says "Entity" in Python 3.11

_MOMENT = "is not a moment; write it like 2026-12-01T09:00:00Z"
_WORDS = {  # for the kinds of mistakes that pydantic tells as a programmer would
    "missing": "is required",
    "extra_forbidden": "is not a field here",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "dict_type": "must be an object with names and values",
    "int_parsing": "is not a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "enum": "is not one of {expected}",
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_type": _MOMENT,
    "timezone_aware": "needs its zone, as in 2026-12-01T09:00:00Z",
}


class TurnedAway(Exception):
    """The request itself is not in order: its key, its form, its size."""

    def __init__(
        self, status: HTTPStatus, *, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Trouble:
    """What is answered."""

    status: int
    code: str
    detail: str
    errors: Sequence[Mapping[str, Any]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def trouble_of(error: Exception) -> Trouble:
    """The table. What is not in it is our fault, and says nothing of the inside."""
    match error:
        case TurnedAway():
            return Trouble(error.status, error.code, error.detail, headers=error.headers)
        case WrongInput():
            return _wrong_input(error.problems)
        case RequestValidationError() | ValidationError():
            return _wrong_input([_problem(each) for each in error.errors()])
        case NotFound():
            return Trouble(404, "not_found", str(error))
        case Conflict():
            return Trouble(409, "conflict", str(error))
        case DatabaseTrouble() | AlreadyRunning():
            return Trouble(503, "database_trouble", str(error), headers={"Retry-After": "5"})
        case LiraxError():
            return Trouble(502, "lirax", str(error), more={"kind": error.kind})
        case CannotDo():
            return Trouble(503, "cannot_do", str(error))
        case HTTPException():
            code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
            return Trouble(error.status_code, code, error.detail, headers=error.headers or {})
        case _:
            return Trouble(500, "our_fault", OUR_FAULT)


def problem_answer(request: Request, trouble: Trouble) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:dzvin:problem:{trouble.code}",
        "title": HTTPStatus(trouble.status).phrase.replace("Entity", CONTENT),
        "status": trouble.status,
        "detail": _sentence(trouble.detail),
        "code": trouble.code,
        "request_id": getattr(request.state, "request_id", None),
        **trouble.more,
    }
    if trouble.errors is not None:
        body["errors"] = trouble.errors
    return Response(orjson.dumps(body), trouble.status, media_type=MEDIA_TYPE, headers=dict(trouble.headers))


async def answer_error(request: Request, error: Exception) -> Response:
    """The handler of every error that has a place in the table."""
    return problem_answer(request, trouble_of(error))


def _wrong_input(problems: Sequence[Problem]) -> Trouble:
    detail = str(problems[0]) if len(problems) == 1 else f"{len(problems)} things are wrong; see `errors`"
    return Trouble(422, "wrong_input", detail, errors=[_told(problem) for problem in problems])


def _told(problem: Problem) -> dict[str, Any]:
    told: dict[str, Any] = {"field": problem.field or "", "message": problem.message}
    place = {"file": problem.file, "line": problem.line}
    return told | {name: value for name, value in place.items() if value is not None}


def _problem(error: Mapping[str, Any]) -> Problem:
    """Of pydantic's words. The first part of the place tells path, query or body, which nobody asked for."""
    place = [str(part) for part in error["loc"] if part not in ("query", "path", "body", "header")]
    message = _WORDS.get(error["type"])
    if message is None:
        return Problem(str(error["msg"]), field=".".join(place) or None)
    return Problem(message.format(**error.get("ctx", {})), field=".".join(place) or None)


def _sentence(text: str) -> str:
    """With a capital letter, unless it begins with the name of a field or file, which is left as it is."""
    return text[:1].upper() + text[1:] if _is_plain(text.split(" ", 1)[0]) else text


def _is_plain(word: str) -> bool:
    """Not a name, such as `createNote`, which is written as it is."""
    return word.isalpha() and word.islower()
