"""Every command of LiraX, with its parameters exactly as printed: the table that `wire` reads.

A further command is a further row. `cmd` and `token` go with each and are not listed.
Source: LiraX reference, sections 2 to 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from types import MappingProxyType

INVALID = "invalid_parameters"
INVALID_OR_UNCHANGED = "invalid_parameters_or_unchanged"  # updateDeal says 400 for both


class Repeat(Enum):
    SAFE = "safe"  # sent twice, it does what it does once
    UNSAFE = "unsafe"  # a phone rings twice, a message comes twice


@dataclass(frozen=True)
class Command:
    name: str
    params: tuple[str, ...]
    repeat: Repeat
    promises: str | None = None  # the field without which a 200 is no success
    promises_list: bool = False  # null stands for an empty list
    over_modem: bool = False  # 402 and 403 speak of the modem
    kind_of_400: str = INVALID


def _safe(name: str, *params: str) -> Command:
    return Command(name, params, Repeat.SAFE)


def _unsafe(name: str, *params: str, promises: str | None = None) -> Command:
    return Command(name, params, Repeat.UNSAFE, promises=promises)


def _listing(name: str, *params: str, promises: str) -> Command:
    return Command(name, params, Repeat.SAFE, promises=promises, promises_list=True)


MAKE2CALLS_PARAMS = (
    *("from", "to1", "to2", "timeout", "successtime", "notbefore", "notafter"),
    *("vtime", "vdate", "vmoney"),
)
UPDATE_DEAL_PARAMS = ("ext", "ani", "id_deal", "name", "sum", "stage", "status")

_ROWS = (
    _unsafe("makeCall", "from", "to", "idshop", promises="id_makecall"),
    _safe("killCall", "Call_id"),
    _unsafe("make2Calls", *MAKE2CALLS_PARAMS, promises="id_make2calls"),
    _safe("checkContact", "ext", "ani", "name", "add_phone", "emails"),
    _unsafe("createTask", "ext", "ani", "text", "date", "type"),
    _unsafe("createNote", "ext", "ani", "text"),
    _unsafe("createDeal", "ext", "ani", "name", "sum", "stage", promises="id_deal"),
    Command("updateDeal", UPDATE_DEAL_PARAMS, Repeat.SAFE, kind_of_400=INVALID_OR_UNCHANGED),
    _safe("addBlackPhone", "phone"),
    _listing("listBlackPhone", "phone", promises="blacklist"),
    _safe("delBlackPhone", "phone"),
    _listing("listBlackIP", "phone", promises="blacklist"),
    _safe("addBlackIP", "IP"),
    _safe("delBlackIP", "IP"),
    _listing("getStages", promises="stages"),
    _listing("getShops", promises="shops"),
    _listing("getUserStatuses", promises="statuses"),
    _listing("getUsers", promises="users"),
    _safe("initStatuses"),
    _unsafe("sendMsg", "ext", "ani", "text"),
    Command(
        "sendSMS",
        ("ext", "provider", "phone", "text"),
        Repeat.UNSAFE,
        promises="id_sms",
        over_modem=True,
    ),
    Command(
        "checkSMS",
        ("ext", "provider", "id_sms"),
        Repeat.SAFE,
        promises="sms_status",
        over_modem=True,
    ),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({row.name: row for row in _ROWS})


class UnknownWord(ValueError):
    """LiraX has no command, or the command no parameter, of this name. Nothing was sent."""


def command_named(name: str) -> Command:
    """The row of a command; raises UnknownWord. Letters count: `makeCall`, not `makecall`."""
    if name not in COMMANDS:
        raise UnknownWord(f"LiraX has no command {name!r}{_hint(name, COMMANDS)}")
    return COMMANDS[name]


def check_params(command: Command, params: Mapping[str, str]) -> None:
    """Raises UnknownWord for the first name that the command does not take."""
    for name in params:
        if name not in command.params:
            raise UnknownWord(f"{command.name} has no parameter {name!r}{_hint(name, command.params)}")


def _hint(name: str, known: Mapping[str, Command] | tuple[str, ...]) -> str:
    by_lower = {word.lower(): word for word in known}
    nearest = get_close_matches(name.lower(), by_lower, n=1)
    if nearest:
        return f"; did you mean {by_lower[nearest[0]]!r}?"
    return f"; it takes {', '.join(known)}." if known else "; it takes none."
