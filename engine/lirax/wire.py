"""Between our words and LiraX's: values into form fields, answers into values or errors. Pure.

Tolerant as the LiraX reference asks in sections 1 and 7: JSON whatever the header says, ids quoted or
bare, an `error` on 200 is a failure. What an answer proves decides the class of the error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode

from engine.lirax.commands import Command, Repeat
from engine.lirax.errors import LiraxError, Refused, Unavailable, Unclear

MAX_ANSWER_BYTES = 64 * 1024  # the longest documented answer is a list of users, far shorter
MAX_ID_LENGTH = 255  # real ids have some 13 to 30 characters; our indexes must be able to hold them
MODEM_BUSY_PAUSE = timedelta(seconds=5)  # one request per modem and 5 s
MODEM_OFF_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class CallRequest:
    """One make2Calls. `not_before` and `not_after` are two-digit hours in the account's zone."""

    from_ext: str
    to1: str
    to2: str  # a number, or the address of an mp3 or wav file
    success_seconds: int
    not_before: str
    not_after: str
    money: str | None  # 0.00
    date: str | None  # dd.mm.YYYY, today, tomorrow
    time: str | None  # hh:mm


@dataclass(frozen=True)
class Shop:
    id: int
    name: str


class SmsDelivery(IntEnum):
    HANDED_OVER = 1  # the provider has it, its state is unknown; so is any number LiraX may add
    IN_PROGRESS = 2  # delivery is under way
    DELIVERED = 3
    EXPIRED = 4  # the provider gave up


def form_of(command: Command, params: Mapping[str, str], *, token: str) -> bytes:
    """The body of the request. LiraX's own redialling is off unless somebody asks for it by name."""
    fields = {"cmd": command.name, **params, "token": token}
    if "timeout" in command.params:
        fields.setdefault("timeout", "0")
    # A lone surrogate (half a character, from somebody's JSON) cannot be sent: it goes as a question mark.
    return urlencode(fields, encoding="utf-8", errors="replace").encode("ascii")


def call_params(call: CallRequest) -> dict[str, str]:
    params = {
        "from": call.from_ext,
        "to1": bare_number(call.to1),
        "to2": call.to2 if _is_address(call.to2) else bare_number(call.to2),
        "timeout": "0",
        "successtime": str(call.success_seconds),
        "notbefore": call.not_before,
        "notafter": call.not_after,
    }
    spoken = {"vtime": call.time, "vdate": call.date, "vmoney": call.money}
    return params | {name: value for name, value in spoken.items() if value is not None}


def sms_params(*, ext: str, modem: str, phone: str, text: str) -> dict[str, str]:
    return {"ext": ext, "provider": bare_number(modem), "phone": bare_number(phone), "text": text}


def check_params_of(*, ext: str, modem: str, sms_id: str) -> dict[str, str]:
    return {"ext": ext, "provider": bare_number(modem), "id_sms": sms_id}


def bare_number(text: str) -> str:
    """The number without what people put between digits: spaces, brackets, dashes, the plus."""
    return "".join(character for character in text if not character.isspace() and character not in "+()-")


def read_answer(command: Command, status: int, *, body: bytes) -> dict[str, Any]:
    """What LiraX answered, as it is, {} for an empty body or plain text; raises what the answer proves.

    Of a command that must not be repeated only 400 and 401 (and, over a modem, 402 and 403) prove that
    nothing was done: any web server on the way may have said the rest.
    """
    said = _decoded(body)
    if status == 200:
        return _read_success(command, body)
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


def read_id(answer: Mapping[str, Any], field: str) -> str | None:
    """An opaque id as text, byte for byte; None if there is none or it cannot be one."""
    value = answer.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= MAX_ID_LENGTH and value.isprintable() else None


def read_whole_number(value: object) -> int | None:
    """A number that may come quoted; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) else None


def read_sms_id(answer: Mapping[str, Any]) -> str | None:
    """An integer by the reference; kept as text, `007` and 7 being one id."""
    number = read_whole_number(answer.get("id_sms"))
    return read_id(answer, "id_sms") if number is None else str(number)


def read_delivery(answer: Mapping[str, Any]) -> SmsDelivery:
    number = read_whole_number(answer.get("sms_status"))
    known = {delivery.value: delivery for delivery in SmsDelivery}
    return known.get(number or 0, SmsDelivery.HANDED_OVER)


def read_shops(answer: Mapping[str, Any]) -> list[Shop]:
    rows = [row for row in answer.get("shops") or [] if isinstance(row, dict)]
    numbered = [(read_whole_number(row.get("id")), str(row.get("name") or "")) for row in rows]
    return [Shop(number, name) for number, name in numbered if number is not None]


def _read_success(command: Command, body: bytes) -> dict[str, Any]:
    said = _decoded(body[:MAX_ANSWER_BYTES])
    if len(body) > MAX_ANSWER_BYTES:
        raise unclear(
            command, f"LiraX answered {command.name} with more than 64 KB.", **_kept("protocol", 200, said)
        )
    answer = _parsed(said)
    if answer.get("error"):
        raise _error_on_200(command, answer, said)
    if command.promises is None or _keeps_promise(command, answer):
        return answer
    message = f"LiraX answered {command.name} without the promised {command.promises}."
    raise unclear(command, message, **_kept("protocol", 200, said))


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


def _keeps_promise(command: Command, answer: Mapping[str, Any]) -> bool:
    assert command.promises is not None
    if command.promises_list:
        return command.promises in answer and isinstance(answer[command.promises], list | None)
    return read_id(answer, command.promises) is not None


def _parsed(said: str) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _decoded(body: bytes) -> str:
    return body[:MAX_ANSWER_BYTES].decode("utf-8", "replace").lstrip("\ufeff").strip()


def _because(said: str) -> str:
    return "it calls the parameters invalid." if not said else f"it says {said[:200]!r}."


def _kept(kind: str, status: int, body: str) -> dict[str, Any]:
    return {"kind": kind, "status": status, "body": body}


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
