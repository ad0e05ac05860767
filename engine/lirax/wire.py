"""Between our words and LiraX's: parameters into a form, a reply into an answer or an error. Pure.

Tolerant as the LiraX reference asks in sections 1 and 7: JSON whatever the header says, an `error` on 200
is a failure; values are read by `engine.lirax.answers`. What a reply proves decides the class of the error.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic import ValidationError

from engine.lirax.answers import Answer
from engine.lirax.commands import Command
from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear
from engine.lirax.requests import Repeat
from engine.lirax.spelling import sendable

LONGEST_KEPT = 64 * 1024  # of an answer that is an error
MODEM_BUSY_PAUSE = timedelta(seconds=5)  # one request per modem and 5 s
MODEM_OFF_PAUSE = timedelta(seconds=30)


class Reply(NamedTuple):
    answer: Answer
    values: dict[str, Any]  # as they came; {} for an empty body or plain text


def form_of(command: Command, params: Mapping[str, str], *, token: str) -> bytes:
    """The body of the request. LiraX's own redialling is off unless somebody asks for it by name."""
    fields = {"cmd": command.name, **params, "token": token}
    if "timeout" in command.params:
        fields.setdefault("timeout", "0")
    return urlencode({name: sendable(value) for name, value in fields.items()}).encode("ascii")


def read_reply(command: Command, status: int, *, body: bytes) -> Reply:
    """What LiraX answered; raises what the answer proves.

    Of a command that must not be repeated only 400 and 401 (and, over a modem, 402 and 403) prove that
    nothing was done: any web server on the way may have said the rest.
    """
    if status == 200:
        return _read_success(command, body)
    said = _decoded(body[:LONGEST_KEPT])
    if status == 400:
        raise Refused(
            f"LiraX refused {command.name}: {_because(said)}", **_kept(command.kind_of_400, status, said)
        )
    if status == 401:
        raise Refused("LiraX refused our key.", **_kept("invalid_token", status, said))
    if command.over_modem and status == 402:
        raise Unavailable(
            "The modem is not connected.",
            retry_after=MODEM_OFF_PAUSE,
            **_kept("modem_not_connected", status, said),
        )
    if command.over_modem and status == 403:
        raise Unavailable(
            "The modem is busy.", retry_after=MODEM_BUSY_PAUSE, **_kept("modem_busy", status, said)
        )
    if status in {404, 405} and command.repeat is Repeat.SAFE:
        raise Refused(f"LiraX does not know {command.name}.", **_kept("not_supported", status, said))
    kind = "server" if status >= 500 else "protocol"
    raise unclear(
        command, f"LiraX answered {command.name} with {status}.", kind=kind, status=status, body=said
    )


def unclear(
    command: Command, message: str, *, kind: str, status: int | None = None, body: str = ""
) -> LiraxError:
    """The error for not knowing: Unclear, or Unavailable where doing it twice does no harm."""
    if command.repeat is Repeat.SAFE:
        return Unavailable(message, kind=kind, status=status, body=body)
    return Unclear(message, kind=kind, status=status, body=body)


def _read_success(command: Command, body: bytes) -> Reply:
    said = _decoded(body[: command.most_bytes])
    if len(body) > command.most_bytes:
        message = f"LiraX answered {command.name} with more than {command.most_bytes // 1024:,} KB."
        raise unclear(command, message, **_kept("protocol", 200, said))
    values = _parsed(said)
    if values is None:
        message = f"LiraX answered {command.name} with something that is no answer."
        raise unclear(command, message, **_kept("protocol", 200, said))
    if values.get("error"):
        raise _error_on_200(command, values, said)
    try:
        return Reply(command.answer.model_validate(values), values)
    except ValidationError as error:
        message = f"LiraX answered {command.name} without the promised {command.promises}."
        raise unclear(command, message, **_kept("protocol", 200, said)) from error


def _error_on_200(command: Command, answer: Mapping[str, Any], said: str) -> LiraxError:
    """A 200 that names an error (C7): certain only in the words of 400 and 401, with no id beside them."""
    word = str(answer["error"]).strip().rstrip(".").lower()
    if command.promises is None or answer.get(command.promises) is None:
        if word == "invalid parameters":
            return Refused(
                f"LiraX refused {command.name}: {_because(said)}", **_kept(command.kind_of_400, 200, said)
            )
        if word == "invalid token":
            return Refused("LiraX refused our key.", **_kept("invalid_token", 200, said))
    return unclear(command, f"LiraX answered {command.name} with an error.", **_kept("protocol", 200, said))


def _parsed(said: str) -> dict[str, Any] | None:
    """The values of a JSON object; {} for nothing or for words; None for a page or for JSON that is cut."""
    try:
        values = json.loads(said)
    except (ValueError, RecursionError):
        return None if said.startswith(("<", "{")) else {}
    return values if isinstance(values, dict) else {}


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "replace").lstrip("\ufeff").strip()


def _because(said: str) -> str:
    return "it calls the parameters invalid." if not said else f"it says {said[:200]!r}."


def _kept(kind: str, status: int, body: str) -> dict[str, Any]:
    return {"kind": kind, "status": status, "body": body[:LONGEST_KEPT]}
